"""Sets a 2.0.1 charger up to report what we need (part 2, chapter 2.1: controller components)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
import logging
import re

from ..makes import UNKNOWN, Make
from ..sampling import REGISTER
from ..station import Abilities, LocalListAbility
from .device_model import ACCEPTED, REBOOT_REQUIRED, DeviceModel, count_of
from .variables import VariableName, limit_name

_LOGGER = logging.getLogger(__name__)

_MEASURANDS = (
    REGISTER,
    "Power.Active.Import",
    "Current.Import",
    "Voltage",
    "Current.Offered",
    "SoC",
)
#: Seconds; the first that the charger takes. Some makes refuse anything below 30.
_INTERVALS = ("10", "30", "60")
UPDATED_INTERVAL = "SampledDataCtrlr.TxUpdatedInterval"
_UPDATED_MEASURANDS = "SampledDataCtrlr.TxUpdatedMeasurands"
_SMART, _SMART_AVAILABLE = "SmartChargingCtrlr.Enabled", "SmartChargingCtrlr.Available"
_RATE_UNIT, _MAX_STACK = "SmartChargingCtrlr.RateUnit", "SmartChargingCtrlr.ProfileStackLevel"
#: OCPP 2.1.
DYNAMIC_PROFILES = "SmartChargingCtrlr.SupportsDynamicProfiles"
#: In which the charger shows prices and costs.
CURRENCY = "TariffCostCtrlr.Currency"
_DISPLAY = "DisplayMessageCtrlr.Available", "DisplayMessageCtrlr.Enabled"
_AUTHORIZES = "AuthCtrlr.Enabled"
_LIST_AVAILABLE, _LIST_ENABLED = "LocalAuthListCtrlr.Available", "LocalAuthListCtrlr.Enabled"
_LIST_ITEMS, _LIST_BYTES = (
    "LocalAuthListCtrlr.ItemsPerMessage",
    "LocalAuthListCtrlr.BytesPerMessage",
)
_LIST_ENTRIES = "LocalAuthListCtrlr.Entries"
#: Bytes of the longest entry as we write it, and of what is around them.
_LIST_ENTRY, _LIST_FRAME = 240, 160
_EVSE = re.compile(r"(?:EVSE|Connector)(?:\[[^\]]*\])?#([1-9]\d{0,2})[.:]")
_EITHER = ("A", "W")
#: Preconditions of charging that end a transaction when one is over (E06): not a pause.
_POWER_PATH, _BOTH = "PowerPathClosed", {"EVConnected", "Authorized"}
#: What is asked for by name where the charger makes no reports.
_ASKED = (
    "OCPPCommCtrlr.HeartbeatInterval", "AlignedDataCtrlr.Enabled", "AlignedDataCtrlr.Interval",
    "AlignedDataCtrlr.Measurands", "AlignedDataCtrlr.TxEndedInterval", _AUTHORIZES,
    "AuthCtrlr.AuthorizeRemoteStart", "AuthCtrlr.LocalAuthorizeOffline",
    "AuthCtrlr.LocalPreAuthorize", "AuthCtrlr.OfflineTxForUnknownIdEnabled",
    "AuthCacheCtrlr.Enabled", _LIST_AVAILABLE, _LIST_ENABLED, _LIST_ITEMS, _LIST_BYTES,
    "ChargingStation.AvailabilityState", "ChargingStation.Model",
    "ChargingStation.VendorName", *_DISPLAY, "EVSE#1.Power", "SampledDataCtrlr.Enabled",
    "SampledDataCtrlr.TxEndedInterval", "SampledDataCtrlr.TxEndedMeasurands",
    "SampledDataCtrlr.TxStartedMeasurands", "TariffCostCtrlr.Available[Cost]",
    "TariffCostCtrlr.Available[Tariff]", CURRENCY, "TariffCostCtrlr.Enabled[Cost]",
    "TariffCostCtrlr.Enabled[Tariff]", UPDATED_INTERVAL, _UPDATED_MEASURANDS,
    _SMART, _SMART_AVAILABLE, _RATE_UNIT, _MAX_STACK, DYNAMIC_PROFILES, "TxCtrlr.EVConnectionTimeOut",
    "TxCtrlr.StopTxOnEVSideDisconnect", "TxCtrlr.StopTxOnInvalidId", "TxCtrlr.TxStartPoint",
    "TxCtrlr.TxStopPoint",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a variable is to be: whether a value is right, and values to try, the best first."""

    is_right: Callable[[str], bool]
    values: tuple[str, ...]


def _exactly(*values: str) -> _Wish:
    return _Wish(lambda text: text.strip().lower() in {value.lower() for value in values}, values)


def _with(*measurands: str) -> _Wish:
    return _Wish(lambda text: set(measurands) <= _listed(text), (",".join(measurands),))


def _starts_well(text: str) -> bool:
    return bool(_listed(text) & {_POWER_PATH, *_BOTH})


def _stops_well(text: str) -> bool:
    points = _listed(text)
    return points <= {_POWER_PATH, *_BOTH} and (_POWER_PATH in points or points >= _BOTH)


_WISHES: dict[str, _Wish] = {
    "AlignedDataCtrlr.Enabled": _exactly("true"),
    "AlignedDataCtrlr.Interval": _exactly("900"),
    "AlignedDataCtrlr.Measurands": _with(REGISTER),
    # All values of a session in its last message could make that too large to be taken.
    "AlignedDataCtrlr.TxEndedInterval": _exactly("0"),
    "SampledDataCtrlr.Enabled": _exactly("true"),
    "SampledDataCtrlr.TxEndedInterval": _exactly("0"),
    "SampledDataCtrlr.TxEndedMeasurands": _with(REGISTER),
    "SampledDataCtrlr.TxStartedMeasurands": _with(REGISTER),
    UPDATED_INTERVAL: _exactly(*_INTERVALS[:1]),
    _UPDATED_MEASURANDS: _with(*_MEASURANDS),
    _SMART: _exactly("true"),
    # Unplugging the car ends the session, and so does whoever stops it; a pause does not.
    "TxCtrlr.StopTxOnEVSideDisconnect": _exactly("true"),
    "TxCtrlr.TxStartPoint": _Wish(_starts_well, (_POWER_PATH, "Authorized")),
    "TxCtrlr.TxStopPoint": _Wish(_stops_well, (_POWER_PATH, "EVConnected,Authorized")),
}


async def prepare(model: DeviceModel, make: Make = UNKNOWN) -> Abilities:
    """Set the charger up and return what it can do. Raises NotConnectedError and timeouts."""
    wishes = _wishes(make)
    found = await model.report()
    if not found:
        found = await model.get(VariableName.parse(name) for name in _ASKED)
    pending = {
        name: wish.values
        for name, wish in wishes.items()
        if (present := found.get(name)) is not None and not wish.is_right(present)
    }
    while pending:
        pending = await _set_first(model, found, pending)
    measurands, present = wishes.get(_UPDATED_MEASURANDS), found.get(_UPDATED_MEASURANDS)
    if measurands is not None and present is not None and not measurands.is_right(present):
        await _set_singly(model, found)
    return _abilities(found)


def _wishes(make: Make) -> dict[str, _Wish]:
    """Return what a charger's variables are to be, without what harms its make."""
    wishes = dict(_WISHES)
    if make.keeps_measurands:
        del wishes[_UPDATED_MEASURANDS]
    values = tuple(each for each in _INTERVALS if int(each) >= make.meter_interval)
    if values:
        wishes[UPDATED_INTERVAL] = _Wish(lambda text: text.strip() == values[0], values)
    else:
        del wishes[UPDATED_INTERVAL]
    return wishes


async def _set_first(
    model: DeviceModel, found: dict[str, str | None], pending: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Set each variable to the first of its values; return those refused, with what is left."""
    tried = {name: values[0] for name, values in pending.items()}
    statuses = await model.set(tried)
    left: dict[str, tuple[str, ...]] = {}
    for name, value in tried.items():
        if _is_set(name, statuses):
            found[name] = value
        elif rest := _better(pending[name][1:], found[name]):
            left[name] = rest
    return left


def _better(values: tuple[str, ...], present: str | None) -> tuple[str, ...]:
    """Return what is left to try: nothing from where the charger is already."""
    return values[: values.index(present)] if present in values else values


async def _set_singly(model: DeviceModel, found: dict[str, str | None]) -> None:
    """Ask for one measurand after the other where the list was refused."""
    taken: list[str] = []
    for measurand in _MEASURANDS:
        value = ",".join([*taken, measurand])
        if _is_set(_UPDATED_MEASURANDS, await model.set({_UPDATED_MEASURANDS: value})):
            taken.append(measurand)
            found[_UPDATED_MEASURANDS] = value


def _is_set(name: str, statuses: Mapping[str, str]) -> bool:
    status = statuses.get(name)
    if status == REBOOT_REQUIRED:
        _LOGGER.info("%s takes effect when the charger restarts", name)
    return status in {ACCEPTED, REBOOT_REQUIRED}


def _listed(text: str) -> set[str]:
    return {word.strip() for word in text.split(",") if word.strip()}


def _abilities(found: Mapping[str, str | None]) -> Abilities:
    evses = {int(place[1]) for name in found if (place := _EVSE.match(name))}
    return Abilities(
        connectors=max(evses, default=None),
        smart_charging=_smart_charging(found),
        meter_interval=count_of(found.get(UPDATED_INTERVAL)),
        local_list=_local_list(found),
        running_cost=has_prices(found, "Cost"),
        final_cost=not _denies_prices(found, "Cost"),
        price_text=_shows_texts(found),
        configuration=dict(found),
    )


def _local_list(found: Mapping[str, str | None]) -> LocalListAbility | None:
    """Return what the local list has room for (LocalAuthListCtrlr), None without one."""
    available = (found.get(_LIST_AVAILABLE) or "").strip().lower()
    if available == "false" or (not available and _LIST_ENABLED not in found):
        return None
    items, size = (count_of(found.get(name)) for name in (_LIST_ITEMS, _LIST_BYTES))
    if size:
        fit = max(1, (size - _LIST_FRAME) // _LIST_ENTRY)
        items = fit if items is None else min(items, fit)
    return LocalListAbility(
        max_entries=count_of(found.get(limit_name(_LIST_ENTRIES))), per_message=items
    )


def has_prices(found: Mapping[str, str | None], kind: str) -> bool:
    """Tell whether the charger shows the Tariff or the Cost, as ``kind`` says (TariffCostCtrlr)."""
    return all(told == "true" for told in _told_of_prices(found, kind))


def _shows_texts(found: Mapping[str, str | None]) -> bool:
    """Tell whether the display shows a text about prices: it has one for tariffs, or for messages."""
    told = [(found.get(name) or "").strip().lower() for name in _DISPLAY]
    has_display = "true" in told and "false" not in told
    return has_prices(found, "Tariff") or (has_display and not _denies_prices(found, "Tariff"))


def _denies_prices(found: Mapping[str, str | None], kind: str) -> bool:
    """Tell whether the charger says that it does not show the Tariff or the Cost."""
    return "false" in _told_of_prices(found, kind)


def _told_of_prices(found: Mapping[str, str | None], kind: str) -> tuple[str, ...]:
    told = (found.get(f"TariffCostCtrlr.{name}[{kind}]") for name in ("Available", "Enabled"))
    return tuple((value or "").strip().lower() for value in told)


def _smart_charging(found: Mapping[str, str | None]) -> bool | None:
    told = [found.get(name) for name in (_SMART_AVAILABLE, _SMART)]
    known = [value.strip().lower() == "true" for value in told if value]
    return all(known) if known else None


def is_open_to_all(found: Mapping[str, str | None]) -> bool:
    """Tell whether the charger asks nobody for a token."""
    return (found.get(_AUTHORIZES) or "").strip().lower() == "false"


def limit_abilities(found: Mapping[str, str | None]) -> tuple[tuple[str, ...], int | None]:
    """Return the units of limits that the charger takes, best first, and its highest stack level."""
    words = _listed(found.get(_RATE_UNIT) or "")
    return _ordered(words) or _EITHER, count_of(found.get(_MAX_STACK))


def _ordered(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(unit for unit in _EITHER if unit in words)
