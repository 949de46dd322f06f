"""The actions for the logs of chargers."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .charger import Charger
from .charger_actions import async_register_charger_action
from .const import DOMAIN
from .helpers import translated_errors
from .log_files import KIND_NAMES
from .log_views import LOG_PATH
from .schemas import address, moment
from .targets import running_hub, targeted_charger

ATTR_END = "end"
ATTR_FILE_NAME = "file_name"
ATTR_KIND = "kind"
ATTR_START = "start"
ATTR_URL = "url"

SERVICE_GET_LOG = "get_log"
SERVICE_LIST_LOGS = "list_logs"

#: A browser follows a link without our login, so the links themselves let it in for a while.
_LINKS_HOLD = timedelta(hours=1)
_KINDS = {name: kind for kind, name in KIND_NAMES.items()}
_GET_LOG_FIELDS = {
    vol.Optional(ATTR_KIND, default="diagnostics"): vol.In(_KINDS),
    vol.Optional(ATTR_START): moment,
    vol.Optional(ATTR_END): moment,
    vol.Optional(ATTR_URL): address("http", "https", "ftp", "ftps", "sftp"),
}


@callback
def async_setup_log_services(hass: HomeAssistant) -> None:
    """Register the actions; a log may hold more than everybody should see."""
    async_register_charger_action(
        hass, SERVICE_GET_LOG, _get_log, _GET_LOG_FIELDS, SupportsResponse.OPTIONAL
    )
    async_register_charger_action(
        hass, SERVICE_LIST_LOGS, _list_logs, response=SupportsResponse.ONLY
    )


async def _get_log(call: ServiceCall) -> ServiceResponse:
    charger, kind = targeted_charger(call), _KINDS[call.data[ATTR_KIND]]
    oldest, latest = (call.data.get(name) for name in (ATTR_START, ATTR_END))
    if oldest and latest and oldest >= latest:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="log_ends_before_it_begins"
        )
    with translated_errors(charger.config.name):
        if elsewhere := call.data.get(ATTR_URL):
            await charger.logs.ask_to_send(kind, elsewhere, oldest, latest)
            return {} if call.return_response else None
        name = await charger.logs.ask(kind, oldest, latest)
    return _told(call.hass, charger, name) if call.return_response else None


async def _list_logs(call: ServiceCall) -> ServiceResponse:
    charger = targeted_charger(call)
    files = await call.hass.async_add_executor_job(
        running_hub(call.hass).uploads.files.all_of, charger.config.subentry_id
    )
    return {
        "logs": [
            _told(call.hass, charger, file.name)
            | {"size": file.size, "asked_at": dt_util.as_local(file.asked_at).isoformat()}
            for file in files
        ]
    }


def _told(hass: HomeAssistant, charger: Charger, name: str) -> dict[str, Any]:
    path = f"{LOG_PATH}/{charger.config.subentry_id}/{name}"
    signed = async_sign_path(hass, path, _LINKS_HOLD)
    with suppress(NoURLAvailableError):
        signed = get_url(hass) + signed
    return {ATTR_FILE_NAME: name, ATTR_URL: signed}
