"""The action for the firmware of chargers."""

from datetime import timedelta

from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .charger_actions import async_register_charger_action
from .const import DOMAIN
from .csms import FirmwareUpdate
from .firmware import FirmwareOrder
from .helpers import translated_errors
from .schemas import address, moment
from .targets import targeted_charger

ATTR_CERTIFICATE = "certificate"
ATTR_FORCE = "force"
ATTR_INSTALL_AT = "install_at"
ATTR_RETRIES = "retries"
ATTR_RETRIEVE_AT = "retrieve_at"
ATTR_RETRY_INTERVAL = "retry_interval"
ATTR_SIGNATURE = "signature"
ATTR_URL = "url"
ATTR_VERSION = "version"

SERVICE_UPDATE_FIRMWARE = "update_firmware"

#: OCPP 2.0.1, FirmwareType.
_LONGEST_CERTIFICATE, _LONGEST_SIGNATURE = 5500, 800
_LONGEST_VERSION = 50
_MOST_RETRIES = 10
_LONGEST_INTERVAL = 3600

_FIELDS = {
    vol.Required(ATTR_URL): address("http", "https", "ftp", "ftps"),
    vol.Optional(ATTR_VERSION): vol.All(
        cv.string, str.strip, vol.Length(min=1, max=_LONGEST_VERSION)
    ),
    vol.Optional(ATTR_RETRIEVE_AT): moment,
    vol.Optional(ATTR_INSTALL_AT): moment,
    vol.Optional(ATTR_RETRIES): vol.All(vol.Coerce(int), vol.Range(min=0, max=_MOST_RETRIES)),
    vol.Optional(ATTR_RETRY_INTERVAL): vol.All(
        vol.Coerce(int), vol.Range(min=1, max=_LONGEST_INTERVAL)
    ),
    vol.Optional(ATTR_CERTIFICATE): vol.All(cv.string, vol.Length(max=_LONGEST_CERTIFICATE)),
    vol.Optional(ATTR_SIGNATURE): vol.All(cv.string, vol.Length(max=_LONGEST_SIGNATURE)),
    vol.Optional(ATTR_FORCE, default=False): cv.boolean,
}


@callback
def async_setup_firmware_services(hass: HomeAssistant) -> None:
    """Register the action; a wrong firmware can ruin a charger, so it is for administrators."""
    async_register_charger_action(hass, SERVICE_UPDATE_FIRMWARE, _update_firmware, _FIELDS)


async def _update_firmware(call: ServiceCall) -> None:
    charger, data = targeted_charger(call), call.data
    interval = data.get(ATTR_RETRY_INTERVAL)
    try:
        update = FirmwareUpdate(
            location=data[ATTR_URL],
            retrieve_at=data.get(ATTR_RETRIEVE_AT) or dt_util.utcnow(),
            install_at=data.get(ATTR_INSTALL_AT),
            retries=data.get(ATTR_RETRIES),
            retry_interval=timedelta(seconds=interval) if interval else None,
            certificate=data.get(ATTR_CERTIFICATE) or None,
            signature=data.get(ATTR_SIGNATURE) or None,
        )
    except ValueError as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="firmware_half_signed"
        ) from err
    order = FirmwareOrder(update=update, version=data.get(ATTR_VERSION))
    with translated_errors(charger.config.name):
        await charger.firmware.update(order, force=data[ATTR_FORCE])
