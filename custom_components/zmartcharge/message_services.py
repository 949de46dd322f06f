"""The actions for messages: on a charger's display, and those of its vendor's own."""

from typing import TYPE_CHECKING, Any

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

from .charger_actions import CHARGER_FIELD, async_register_charger_action
from .const import DOMAIN
from .csms import CallRejectedError, DisplayMessage, DisplayPriority, DisplayStatus, VendorMessage
from .helpers import translated_errors
from .schemas import moment
from .targets import allowed_charger, targeted_charger

if TYPE_CHECKING:
    from .charger import Charger

ATTR_DATA = "data"
ATTR_END = "end"
ATTR_LANGUAGE = "language"
ATTR_MESSAGE = "message"
ATTR_MESSAGE_ID = "message_id"
ATTR_NUMBER = "number"
ATTR_PRIORITY = "priority"
ATTR_SHOWN_WHILE = "shown_while"
ATTR_START = "start"
ATTR_VENDOR = "vendor"

SERVICE_CLEAR_DISPLAY_MESSAGE = "clear_display_message"
SERVICE_DATA_TRANSFER = "data_transfer"
SERVICE_SET_DISPLAY_MESSAGE = "set_display_message"

_PRIORITIES = {
    "always": DisplayPriority.ALWAYS_FRONT,
    "in_front": DisplayPriority.IN_FRONT,
    "in_turn": DisplayPriority.NORMAL_CYCLE,
}
#: What to tell people of a charger's refusal, by its status; one of any other has no reason.
_REFUSALS = {
    DisplayStatus.NOT_SUPPORTED_FORMAT: "message_format_unknown",
    DisplayStatus.NOT_SUPPORTED_PRIORITY: "message_priority_unknown",
    DisplayStatus.NOT_SUPPORTED_STATE: "message_state_unknown",
    DisplayStatus.LANGUAGE_NOT_SUPPORTED: "message_language_unknown",
}
#: OCPP 2.0.1, MessageStateEnumType.
_STATES = {
    "charging": "Charging",
    "faulted": "Faulted",
    "idle": "Idle",
    "unavailable": "Unavailable",
}
#: OCPP 2.0.1, MessageContentType; DataTransferRequest.
_LONGEST_TEXT, _LONGEST_LANGUAGE = 512, 8
_LONGEST_VENDOR, _LONGEST_MESSAGE_ID = 255, 50
_HIGHEST_NUMBER = 2**31 - 1

_NUMBER = {
    vol.Optional(ATTR_NUMBER, default=1): vol.All(
        vol.Coerce(int), vol.Range(min=0, max=_HIGHEST_NUMBER)
    )
}
_DISPLAY_SCHEMA = vol.Schema(
    {
        **CHARGER_FIELD,
        **_NUMBER,
        vol.Required(ATTR_MESSAGE): vol.All(cv.string, vol.Length(min=1, max=_LONGEST_TEXT)),
        vol.Optional(ATTR_PRIORITY, default="in_turn"): vol.In(_PRIORITIES),
        vol.Optional(ATTR_SHOWN_WHILE): vol.In(_STATES),
        vol.Optional(ATTR_LANGUAGE): vol.All(cv.string, vol.Length(max=_LONGEST_LANGUAGE)),
        vol.Optional(ATTR_START): moment,
        vol.Optional(ATTR_END): moment,
    }
)
_CLEAR_DISPLAY_SCHEMA = vol.Schema({**CHARGER_FIELD, **_NUMBER})
_DATA_TRANSFER_FIELDS = {
    vol.Required(ATTR_VENDOR): vol.All(cv.string, vol.Length(min=1, max=_LONGEST_VENDOR)),
    vol.Optional(ATTR_MESSAGE_ID): vol.All(cv.string, vol.Length(max=_LONGEST_MESSAGE_ID)),
    vol.Optional(ATTR_DATA): object,
}


@callback
def async_setup_message_services(hass: HomeAssistant) -> None:
    """Register the actions; what a vendor's message does nobody knows, so administrators send it."""
    for name, act, schema in (
        (SERVICE_SET_DISPLAY_MESSAGE, _set_display, _DISPLAY_SCHEMA),
        (SERVICE_CLEAR_DISPLAY_MESSAGE, _clear_display, _CLEAR_DISPLAY_SCHEMA),
    ):
        hass.services.async_register(DOMAIN, name, act, schema=schema)
    async_register_charger_action(
        hass,
        SERVICE_DATA_TRANSFER,
        _data_transfer,
        _DATA_TRANSFER_FIELDS,
        SupportsResponse.OPTIONAL,
    )


async def _set_display(call: ServiceCall) -> None:
    charger, data = await allowed_charger(call), call.data
    start, end = (data.get(name) for name in (ATTR_START, ATTR_END))
    if start and end and start >= end:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="message_ends_before_it_begins"
        )
    shown_while = data.get(ATTR_SHOWN_WHILE)
    message = DisplayMessage(
        message_id=data[ATTR_NUMBER],
        text=data[ATTR_MESSAGE],
        priority=_PRIORITIES[data[ATTR_PRIORITY]],
        language=data.get(ATTR_LANGUAGE) or None,
        state=_STATES[shown_while] if shown_while else None,
        start=start,
        end=end,
    )
    with translated_errors(charger.config.name):
        _check_version(charger)
        try:
            status = await charger.station.set_display_message(message)
        except CallRejectedError:
            status = DisplayStatus.REJECTED
    if status is not DisplayStatus.ACCEPTED:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key=_REFUSALS.get(status, "message_not_shown"),
            translation_placeholders={"charger": charger.config.name},
        )


async def _clear_display(call: ServiceCall) -> None:
    charger = await allowed_charger(call)
    with translated_errors(charger.config.name):
        _check_version(charger)
        # One that there is not comes to the same.
        await charger.station.clear_display_message(call.data[ATTR_NUMBER])


def _check_version(charger: Charger) -> None:
    """Raise a translated error for a charger whose version knows no such messages."""
    if charger.station.version == "1.6":
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_display_messages",
            translation_placeholders={"charger": charger.config.name},
        )


async def _data_transfer(call: ServiceCall) -> ServiceResponse:
    charger = targeted_charger(call)
    message = VendorMessage(
        vendor_id=call.data[ATTR_VENDOR],
        message_id=call.data.get(ATTR_MESSAGE_ID) or None,
        data=call.data.get(ATTR_DATA),
    )
    with translated_errors(charger.config.name):
        answer = await charger.station.data_transfer(message)
    told: dict[str, Any] = {"status": answer.status.value, ATTR_DATA: answer.data}
    return told if call.return_response else None
