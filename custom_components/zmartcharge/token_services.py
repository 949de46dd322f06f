"""The actions for cards and other tokens: who may charge where access is restricted."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

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
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from .access import MAX_LENGTH_16, is_id_tag, masked, normalised
from .const import DOMAIN
from .devices import charger_of_device, device_id_of
from .hub import Hub
from .ledger import LedgerError, RegisteredToken, TokenRecord
from .targets import no_target, running_hub

if TYPE_CHECKING:
    from .charger import Charger

ATTR_BLOCKED = "blocked"
ATTR_CHARGERS = "chargers"
ATTR_GROUP = "group"
ATTR_HOLDER = "holder"
ATTR_ID_TAG = "id_tag"
ATTR_LABEL = "label"
ATTR_LANGUAGE = "language"
ATTR_MAY_CHARGE = "may_charge"
ATTR_MINUTES = "minutes"
ATTR_PHONE = "phone"
#: Chargers that can never read or be told the number, as their OCPP has no room for it.
ATTR_TOO_LONG_FOR = "too_long_for"
ATTR_VALID_FROM = "valid_from"
ATTR_VALID_UNTIL = "valid_until"

SERVICE_LEARN = "learn_token"
SERVICE_LIST = "list_tokens"
SERVICE_REGISTER = "register_token"
SERVICE_REMOVE = "remove_token"

#: Stands for the idTag of a card that is still to be held to the charger.
_NOT_KNOWN_YET = "-"
_LONGEST_TEXT = 100
_VERSION_16 = "1.6"


def _id_tag(value: Any) -> str:
    text = cv.string(value).strip()
    if not is_id_tag(text):
        raise vol.Invalid("expected 1 to 36 printable ASCII characters")
    return text


TEXT = vol.All(cv.string, str.strip, vol.Length(max=_LONGEST_TEXT))
ABOUT = {
    vol.Optional(ATTR_LABEL, default=""): TEXT,
    vol.Optional(ATTR_HOLDER, default=""): TEXT,
    vol.Optional(ATTR_GROUP): vol.Any(None, vol.All("", lambda _: None), _id_tag),
    vol.Optional(ATTR_VALID_FROM): vol.Any(None, cv.datetime),
    vol.Optional(ATTR_VALID_UNTIL): vol.Any(None, cv.datetime),
    vol.Optional(ATTR_CHARGERS, default=list): vol.All(cv.ensure_list, [cv.string]),
}
_REGISTER_SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_ID_TAG): vol.All(TEXT, vol.Length(min=1)),
        vol.Optional(ATTR_BLOCKED, default=False): cv.boolean,
        **ABOUT,
    }
)
_LEARN_SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_DEVICE_ID): cv.string,
        vol.Optional(ATTR_MINUTES, default=2): vol.All(
            vol.Coerce(float), vol.Range(min=0.5, max=30)
        ),
        vol.Optional(ATTR_MAY_CHARGE, default=False): cv.boolean,
        **ABOUT,
    }
)
_REMOVE_SCHEMA = vol.Schema({vol.Required(ATTR_ID_TAG): vol.All(TEXT, vol.Length(min=1))})


@callback
def async_setup_token_services(hass: HomeAssistant) -> None:
    """Register the actions; only administrators decide who may charge."""
    for name, act, schema, response in (
        (SERVICE_REGISTER, _register, _REGISTER_SCHEMA, SupportsResponse.NONE),
        (SERVICE_LEARN, _learn, _LEARN_SCHEMA, SupportsResponse.NONE),
        (SERVICE_REMOVE, _remove, _REMOVE_SCHEMA, SupportsResponse.NONE),
        (SERVICE_LIST, _list, vol.Schema({}), SupportsResponse.ONLY),
    ):
        async_register_admin_service(
            hass, DOMAIN, name, act, schema=schema, supports_response=response
        )


async def _register(call: ServiceCall) -> None:
    hub, before = running_hub(call.hass), None
    status = "blocked" if call.data[ATTR_BLOCKED] else "accepted"
    given, about = call.data[ATTR_ID_TAG], dict(call.data)
    if (known := hub.tokens.find(given)) is not None:
        # It may be called by its name, which it keeps unless it gets another one.
        about[ATTR_LABEL] = about[ATTR_LABEL] or known.label
        record = token_record(hub, about, id_tag=known.id_tag, status=status)
        before = hub.tokens.record(known.id_tag)
        record = replace(record, phone=before.phone, language=before.language, type=before.type)
    else:
        record = token_record(hub, about, id_tag=_new_id_tag(hub, given), status=status)
    # A card that cannot be used somewhere can still be blocked, named or kept to other chargers.
    if before is None or _chargers_too_old(hub, record) - _chargers_too_old(hub, before):
        _check_length(hub, record)
    try:
        await hub.tokens.put(record, dt_util.utcnow())
    except LedgerError as err:
        raise ledger_failed(err) from err


async def _learn(call: ServiceCall) -> None:
    hub = running_hub(call.hass)
    charger = charger_of_device(hub, call.data[ATTR_DEVICE_ID])
    if charger is None:
        raise no_target()
    charger.gatekeeper.learn(
        token_record(hub, call.data, id_tag=_NOT_KNOWN_YET),
        timedelta(minutes=call.data[ATTR_MINUTES]),
        may_charge=call.data[ATTR_MAY_CHARGE],
    )


async def _remove(call: ServiceCall) -> None:
    hub, given = running_hub(call.hass), call.data[ATTR_ID_TAG]
    token = hub.tokens.find(given)
    if token is None:
        key = "token_name_ambiguous" if hub.tokens.named(given) else "no_such_token"
        raise _refused(key, given if hub.tokens.named(given) else masked(given))
    try:
        await hub.tokens.remove(token.id_tag)
    except LedgerError as err:
        raise ledger_failed(err) from err


async def _list(call: ServiceCall) -> ServiceResponse:
    hub = running_hub(call.hass)
    return {"tokens": [_told(hub, each) for each in hub.tokens.tokens]}


def token_record(
    hub: Hub, data: Mapping[str, Any], *, id_tag: str, status: str = "accepted"
) -> TokenRecord:
    """Return what is to be registered; raises a translated error for what makes no sense."""
    begin, end = (_moment(data.get(name)) for name in (ATTR_VALID_FROM, ATTR_VALID_UNTIL))
    if begin and end and begin >= end:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="token_ends_before_it_begins"
        )
    chargers = [charger_of_device(hub, device_id) for device_id in data[ATTR_CHARGERS]]
    if None in chargers:
        raise no_target()
    named = hub.tokens.named(data[ATTR_LABEL]) if data[ATTR_LABEL] else None
    if named is not None and normalised(named.id_tag) != normalised(id_tag):
        raise _refused("token_name_taken", data[ATTR_LABEL])
    ids = frozenset(each.config.charge_point_id for each in chargers if each)
    return TokenRecord(
        id_tag=id_tag,
        label=data[ATTR_LABEL],
        holder=data[ATTR_HOLDER],
        group=data.get(ATTR_GROUP),
        status=status,
        valid_from=begin,
        valid_until=end,
        charge_point_ids=ids or None,
    )


def _new_id_tag(hub: Hub, given: str) -> str:
    """Return the number of a card that is not registered yet."""
    if hub.tokens.named(given) is not None:
        raise _refused("token_name_ambiguous", given)
    if not is_id_tag(given):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="token_number_invalid"
        )
    return given


def _check_length(hub: Hub, record: TokenRecord) -> None:
    """Refuse a number that a charger it is for can never read or be told."""
    too_old = _chargers_too_old(hub, record)
    if not too_old:
        return
    others = {charger.config.charge_point_id for charger in _meant(hub, record)} - too_old
    names = sorted(
        charger.config.name
        for charger in hub.chargers.values()
        if charger.config.charge_point_id in too_old
    )
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="token_too_long_for_some" if others else "token_too_long",
        translation_placeholders={"length": str(MAX_LENGTH_16), "chargers": ", ".join(names)},
    )


def _chargers_too_old(hub: Hub, record: TokenRecord) -> frozenset[str]:
    """Return those that a token is for, by what is known of them, and whose OCPP has no room for it."""
    if len(record.id_tag) <= MAX_LENGTH_16:
        return frozenset()
    return frozenset(
        charger.config.charge_point_id
        for charger in _meant(hub, record)
        if charger.traits.version == _VERSION_16
    )


def _meant(hub: Hub, record: TokenRecord) -> list[Charger]:
    """Return the chargers that a token is for."""
    ids = record.charge_point_ids
    return [
        each for each in hub.chargers.values() if ids is None or each.config.charge_point_id in ids
    ]


def _refused(key: str, token: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders={"token": token}
    )


def _moment(value: datetime | None) -> datetime | None:
    return None if value is None else dt_util.as_utc(value)


def _told(hub: Hub, token: RegisteredToken) -> dict[str, JsonValueType]:
    """Return a token as the action answers it, in the words of ``register_token``."""
    record = token.record
    return {
        ATTR_ID_TAG: record.id_tag,
        ATTR_LABEL: record.label,
        ATTR_HOLDER: record.holder,
        ATTR_GROUP: record.group,
        ATTR_PHONE: record.phone,
        ATTR_LANGUAGE: record.language,
        ATTR_BLOCKED: record.status == "blocked",
        ATTR_VALID_FROM: _local(record.valid_from),
        ATTR_VALID_UNTIL: _local(record.valid_until),
        ATTR_CHARGERS: _device_ids(hub, record.charge_point_ids or ()),
        ATTR_TOO_LONG_FOR: _device_ids(hub, _chargers_too_old(hub, record)),
        "last_used": _local(token.last_used_at),
        "last_used_at_charger": token.last_used_charge_point_id,
    }


def _device_ids(hub: Hub, charge_point_ids: Iterable[str]) -> list[JsonValueType]:
    """Return the devices of chargers, as far as there are any."""
    devices = {c.config.charge_point_id: c.config.subentry_id for c in hub.chargers.values()}
    return [
        device_id
        for charge_point_id in sorted(charge_point_ids)
        if (subentry_id := devices.get(charge_point_id))
        and (device_id := device_id_of(hub.hass, subentry_id))
    ]


def _local(moment: datetime | None) -> str | None:
    return None if moment is None else dt_util.as_local(moment).isoformat()


def ledger_failed(err: LedgerError) -> HomeAssistantError:
    """Return what an action is answered whose register could not be written."""
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=f"ledger_{err.key}",
        translation_placeholders={"error": str(err)},
    )
