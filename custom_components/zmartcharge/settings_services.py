"""The actions for what a charger has set and remembers."""

from functools import partial
import re
from typing import Any

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .charger_actions import async_register_charger_action
from .const import DOMAIN
from .csms import CallFailedError, CallRejectedError
from .devices import connectors_of_device
from .helpers import translated_errors
from .targets import running_hub, targeted_charger

ATTR_CONNECTOR = "connector"
ATTR_KEY = "key"
ATTR_KEYS = "keys"
ATTR_MESSAGE = "message"
ATTR_VALUE = "value"

SERVICE_CLEAR_CACHE = "clear_cache"
SERVICE_GET_CONFIGURATION = "get_configuration"
SERVICE_SET_CONFIGURATION = "set_configuration"
SERVICE_TRIGGER_MESSAGE = "trigger_message"

#: OCPP 1.6, clause 7.29; the variables of 2.0.1 have a component's name before them.
_LONGEST_KEY = 150
#: OCPP 2.0.1, SetVariableDataType; 1.6 takes 500.
_LONGEST_VALUE = 1000
#: OCPP 1.6, clause 6.47; vendors have triggers of their own.
_LONGEST_MESSAGE = 50
#: What chargers of any version know, as services.yaml offers it.
_MESSAGES = (
    "StatusNotification",
    "MeterValues",
    "BootNotification",
    "Heartbeat",
    "FirmwareStatusNotification",
    "DiagnosticsStatusNotification",
    "LogStatusNotification",
)
#: By these a charger is let in. Changed alone they would lock it out.
_WAYS_IN = re.compile(r"(?:^|\.)(?:AuthorizationKey|BasicAuthPassword)$", re.IGNORECASE)
#: By these a charger knows how securely it has to come, and where to. Changed alone they could lead
#: it away, or back to a connection that anybody can read.
_WAYS_HERE = re.compile(
    r"(?:^|\.)(?:SecurityProfile|AllowSecurityProfileDowngrade|NetworkConfigurationPriority)$"
    r"|^NetworkConfiguration\[",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\s*wss?://", re.IGNORECASE)
_HIDDEN = "**REDACTED**"
_REBOOT_REQUIRED = "RebootRequired"

_KEY = vol.All(cv.string, str.strip, vol.Length(min=1, max=_LONGEST_KEY))
_GET_FIELDS = {vol.Optional(ATTR_KEYS, default=list): vol.All(cv.ensure_list, [_KEY])}
_SET_FIELDS = {
    vol.Required(ATTR_KEY): _KEY,
    vol.Required(ATTR_VALUE): vol.All(cv.string, vol.Length(max=_LONGEST_VALUE)),
}
_TRIGGER_FIELDS = {
    vol.Required(ATTR_MESSAGE): vol.All(
        cv.string, str.strip, vol.Length(min=1, max=_LONGEST_MESSAGE)
    ),
    vol.Optional(ATTR_CONNECTOR): cv.positive_int,
}


@callback
def async_setup_settings_services(hass: HomeAssistant) -> None:
    """Register the actions; a charger's settings are for administrators."""
    register = partial(async_register_charger_action, hass)
    register(SERVICE_CLEAR_CACHE, _clear_cache)
    register(SERVICE_GET_CONFIGURATION, _get_configuration, _GET_FIELDS, SupportsResponse.ONLY)
    register(SERVICE_SET_CONFIGURATION, _set_configuration, _SET_FIELDS, SupportsResponse.OPTIONAL)
    register(SERVICE_TRIGGER_MESSAGE, _trigger_message, _TRIGGER_FIELDS)


async def _clear_cache(call: ServiceCall) -> None:
    charger = targeted_charger(call)
    with translated_errors(charger.config.name):
        cleared = await charger.station.clear_cache()
    if not cleared:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="no_cache",
            translation_placeholders={"charger": charger.config.name},
        )


async def _get_configuration(call: ServiceCall) -> ServiceResponse:
    charger = targeted_charger(call)
    with translated_errors(charger.config.name):
        found = await charger.station.configuration(*call.data[ATTR_KEYS])
    values: dict[str, Any] = {
        key: _HIDDEN if value and _WAYS_IN.search(key) else value
        for key, value in sorted(found.items())
    }
    unknown: list[Any] = [key for key in call.data[ATTR_KEYS] if key not in found]
    return {"configuration": values, "unknown": unknown}


async def _set_configuration(call: ServiceCall) -> ServiceResponse:
    charger, key = targeted_charger(call), call.data[ATTR_KEY]
    if _WAYS_IN.search(key):
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="use_change_key")
    known = charger.abilities.configuration.get(key) or ""
    if _WAYS_HERE.search(key) or _ADDRESS.match(call.data[ATTR_VALUE]) or _ADDRESS.match(known):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="use_change_charger"
        )
    with translated_errors(charger.config.name):
        status = await charger.station.configure(key, call.data[ATTR_VALUE])
    return {"restart_needed": status == _REBOOT_REQUIRED} if call.return_response else None


async def _trigger_message(call: ServiceCall) -> None:
    charger = targeted_charger(call)
    connector_id = call.data.get(ATTR_CONNECTOR)
    if connector_id is None:
        # The device of one connector of several says which is meant.
        meant = connectors_of_device(running_hub(call.hass), call.data[ATTR_DEVICE_ID])
        if len(meant) < len(charger.connectors):
            connector_id = meant[0].connector_id
    message = call.data[ATTR_MESSAGE]
    with translated_errors(charger.config.name):
        try:
            await charger.station.trigger(message, connector_id)
        except (CallRejectedError, CallFailedError) as err:
            if message in _MESSAGES:
                raise
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="no_such_message",
                translation_placeholders={
                    "charger": charger.config.name,
                    "message": message,
                    "choices": ", ".join(_MESSAGES),
                },
            ) from err
