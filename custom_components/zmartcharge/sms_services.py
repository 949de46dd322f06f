"""The actions of charging by SMS, and of asking for charging as somebody at the charger would."""

import asyncio
from dataclasses import replace
from itertools import count
import secrets
from typing import TYPE_CHECKING, Any

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey
import voluptuous as vol

from .access import IdTokenType, phone_number
from .asking import Answer, ask_to_start
from .const import DOMAIN, SMS_PREFIX
from .devices import connectors_of_device, device_id_of
from .ledger import LedgerError
from .said import LANGUAGES
from .sms import Message, SmsDesk
from .targets import check_rights, no_target, running_hub
from .token_services import (
    ABOUT,
    ATTR_BLOCKED,
    ATTR_HOLDER,
    ATTR_LABEL,
    ATTR_LANGUAGE,
    ATTR_PHONE,
    TEXT,
    ledger_failed,
    token_record,
)

if TYPE_CHECKING:
    from .hub import Hub

ATTR_MESSAGE_ID = "message_id"
ATTR_SENDER = "sender"
ATTR_TEXT = "text"

SERVICE_ASK_TO_START = "ask_to_start"
SERVICE_HANDLE_SMS = "handle_sms"
SERVICE_REGISTER_PHONE = "register_phone"

#: Held from looking for a number until it is registered.
_REGISTERING: HassKey[asyncio.Lock] = HassKey(f"{DOMAIN}_registering_phones")
_DESK: HassKey[SmsDesk] = HassKey(f"{DOMAIN}_sms")
#: Longer than any message that an SMS is made of (3GPP TS 23.040: 255 parts of 153 characters).
_LONGEST_MESSAGE = 255 * 153

_MESSAGE = vol.All(cv.string, vol.Length(max=_LONGEST_MESSAGE))
_HANDLE_SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_SENDER): _MESSAGE,
        vol.Required(ATTR_TEXT): vol.Any(_MESSAGE, vol.All(None, lambda _: "")),
        vol.Optional(ATTR_MESSAGE_ID): vol.Any(None, _MESSAGE),
    }
)
_LANGUAGE = vol.Any(None, vol.All("", lambda _: None), vol.In(LANGUAGES))
_ASK_SCHEMA = vol.Schema(
    {vol.Required(ATTR_DEVICE_ID): cv.string, vol.Optional(ATTR_LANGUAGE): _LANGUAGE}
)
_REGISTER_SCHEMA = vol.Schema(
    {
        **{each: how for each, how in ABOUT.items() if each != ATTR_HOLDER},
        vol.Required(ATTR_PHONE): TEXT,
        vol.Required(ATTR_HOLDER): vol.All(TEXT, vol.Length(min=1)),
        vol.Optional(ATTR_LANGUAGE): _LANGUAGE,
        vol.Optional(ATTR_BLOCKED, default=False): cv.boolean,
    }
)


@callback
def async_setup_sms_services(hass: HomeAssistant) -> None:
    """Register the actions; only administrators and automations speak for others."""
    hass.data[_DESK] = SmsDesk(hass)
    hass.data[_REGISTERING] = asyncio.Lock()
    for name, act, schema, response in (
        (SERVICE_HANDLE_SMS, _handle, _HANDLE_SCHEMA, SupportsResponse.OPTIONAL),
        (SERVICE_REGISTER_PHONE, _register, _REGISTER_SCHEMA, SupportsResponse.NONE),
    ):
        async_register_admin_service(
            hass, DOMAIN, name, act, schema=schema, supports_response=response
        )
    hass.services.async_register(
        DOMAIN, SERVICE_ASK_TO_START, _ask, _ASK_SCHEMA, SupportsResponse.OPTIONAL
    )


async def _handle(call: ServiceCall) -> ServiceResponse:
    hub = running_hub(call.hass)
    message = Message(
        sender=call.data[ATTR_SENDER],
        text=call.data[ATTR_TEXT],
        message_id=call.data.get(ATTR_MESSAGE_ID),
    )
    told, person = await call.hass.data[_DESK].take(hub, message)
    return {
        **_told(call.hass, told),
        "person": person.record.holder if person else None,
        "sender": phone_number(message.sender, call.hass.config.country),
    }


async def _ask(call: ServiceCall) -> ServiceResponse:
    hub = running_hub(call.hass)
    connectors = connectors_of_device(hub, call.data[ATTR_DEVICE_ID])
    if not connectors:
        raise no_target()
    await check_rights(call, connectors)
    charger = connectors[0].charger
    one = connectors[0] if len(connectors) < len(charger.connectors) else None
    told = await ask_to_start(hub, charger, call.data.get(ATTR_LANGUAGE), connector=one)
    return _told(call.hass, told)


async def _register(call: ServiceCall) -> None:
    hub, data = running_hub(call.hass), dict(call.data)
    number = phone_number(data[ATTR_PHONE], call.hass.config.country)
    if number is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_phone_number")
    async with call.hass.data[_REGISTERING]:
        await _put(hub, data, number)


async def _put(hub: Hub, data: dict[str, Any], number: str) -> None:
    known = hub.tokens.by_phone(number)
    id_tag = known.record.id_tag if known else f"{SMS_PREFIX}{secrets.token_hex(6).upper()}"
    data[ATTR_LABEL] = data[ATTR_LABEL] or _free_label(hub, data[ATTR_HOLDER], id_tag)
    status = "blocked" if data[ATTR_BLOCKED] else "accepted"
    record = replace(
        token_record(hub, data, id_tag=id_tag, status=status),
        type=IdTokenType.CENTRAL.value,
        phone=number,
        language=data.get(ATTR_LANGUAGE),
    )
    try:
        await hub.tokens.put(record, dt_util.utcnow())
    except LedgerError as err:
        raise ledger_failed(err) from err


def _free_label(hub: Hub, holder: str, id_tag: str) -> str:
    """Return what a phone is called that nobody named: somebody may have several."""
    labels = (f"{holder} (SMS{f' {number}' if number > 1 else ''})" for number in count(1))
    return next(
        label
        for label in labels
        if (other := hub.tokens.named(label)) is None or other.id_tag == id_tag
    )


def _told(hass: HomeAssistant, told: Answer) -> dict[str, Any]:
    charger = told.charger
    return {
        "started": told.started,
        "outcome": told.outcome,
        "answer": told.text,
        "language": told.language,
        "charger": charger.config.name if charger else None,
        "device_id": device_id_of(hass, charger.config.subentry_id) if charger else None,
    }
