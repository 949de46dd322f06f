"""JSON: the objects that AMS readers publish for each list of the meter.

Powers in W, currents in A, voltages in V, energies in kWh, ``t`` in Unix seconds. The values are
below ``data`` (one topic, or one topic per list); in the flat form, and on the topics made for Home
Assistant, they are beside ``t``. The reader's own account of the hour is below ``realtime``, has the
prefix ``rt_`` in the flat form, and is a payload of its own on the topic ``realtime``.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from ..units import Ampere, Phase
from .conversion import to_watt_hours, to_watts
from .errors import PayloadError, PayloadProblem, shorten
from .estimate import estimate_margin
from .numbers import MAX_CURRENT, MAX_ENERGY, MAX_POWER, MAX_VOLTAGE, counter, load_object, number
from .reading import PartialReading, ReaderAccount

_CURRENTS = {Phase.L1: "I1", Phase.L2: "I2", Phase.L3: "I3"}
_VOLTAGES = {Phase.L1: "U1", Phase.L2: "U2", Phase.L3: "U3"}
# ams2mqtt_bridge's estimate of a current that the meter does not measure, and the most it can be.
_ESTIMATED, _AT_MOST = "I2e", "I2max"
# Set where the meter's values fit no net, so that only the bound is certain.
_CLAMPED = "I2c"
_PEAKS = 3
# Before this a reader counts from its own start, because it has not asked for the time yet.
_CLOCK_IS_SET = datetime(2020, 1, 1, tzinfo=UTC)
_LAST_SEQUENCE = 2**53
_LAST_TIME = Decimal(int(datetime(9999, 1, 1, tzinfo=UTC).timestamp()))
_WEAKEST_SIGNAL = -120


def parse_json(
    text: str, *, received: datetime, retained: bool, account_only: bool = False
) -> PartialReading:
    """Read one object; raise ``PayloadError`` when it is not one, or anything in it is absurd.

    ``account_only`` says that the object is the reader's account of the hour, whose short names
    mean other things elsewhere.
    """
    top = load_object(text)
    if account_only:
        return PartialReading(
            received=received, retained=retained, account=_account(top, "", None, received)
        )
    data = top.get("data", top)
    if not isinstance(data, dict):
        raise PayloadError(PayloadProblem.NOT_AN_OBJECT, start=text)
    currents, margins = _currents(data)
    return PartialReading(
        received=received,
        retained=retained,
        source_time=_time(top),
        currents=currents,
        margins=margins,
        voltages=_phases(data, _VOLTAGES, MAX_VOLTAGE),
        power_import=_power(data, "P"),
        power_export=_power(data, "PO"),
        reactive_import=_power(data, "Q"),
        reactive_export=_power(data, "QO"),
        energy_import=_energy(data, "tPI"),
        energy_export=_energy(data, "tPO"),
        account=_account_of(top, received),
        signal=_signal(top),
        meter_id=_text(data, "meterId"),
        meter_type=_text(data, "type"),
        sequence=_sequence(top),
    )


def _power(data: Mapping[str, Any], name: str) -> float | None:
    value = number(data, name, MAX_POWER)
    return None if value is None else to_watts(value, "W")


def _energy(data: Mapping[str, Any], name: str) -> int | None:
    value = counter(data, name)
    return None if value is None else to_watt_hours(value, "kWh")


def _phases(
    data: Mapping[str, Any], names: Mapping[Phase, str], limit: Decimal
) -> dict[Phase, float]:
    values = {phase: number(data, name, limit) for phase, name in names.items()}
    return {phase: float(value) for phase, value in values.items() if value is not None}


def _currents(data: Mapping[str, Any]) -> tuple[dict[Phase, Ampere], dict[Phase, Ampere]]:
    """Return the currents, and how much more those that are estimated may be."""
    currents = _phases(data, _CURRENTS, MAX_CURRENT)
    estimate = number(data, _ESTIMATED, MAX_CURRENT)
    if estimate is None or Phase.L2 in currents:
        return currents, {}
    most = number(data, _AT_MOST, MAX_CURRENT)
    bound = sum(abs(current) for current in currents.values()) if most is None else float(most)
    room = max(0.0, bound - float(estimate))
    margin = room if data.get(_CLAMPED) else min(room, estimate_margin(bound))
    return {**currents, Phase.L2: float(estimate)}, {Phase.L2: margin}


def _account_of(top: Mapping[str, Any], received: datetime) -> ReaderAccount | None:
    up = top.get("up")
    uptime = up if isinstance(up, Decimal) and up.is_finite() else None
    account = top.get("realtime")
    if isinstance(account, dict):
        return _account(account, "", uptime, received)
    return _account(top, "rt_", uptime, received)


def _account(
    values: Mapping[str, Any], prefix: str, uptime: Decimal | None, received: datetime
) -> ReaderAccount | None:
    hour = number(values, f"{prefix}h", MAX_ENERGY)
    if hour is None or hour < 0:
        return None
    peaks = values.get(f"{prefix}peaks")
    found = [peak for peak in peaks if isinstance(peak, Decimal)] if isinstance(peaks, list) else []
    sound = [peak for peak in found if peak.is_finite() and 0 <= peak <= MAX_POWER]
    return ReaderAccount(
        hour=to_watt_hours(hour, "kWh"),
        complete=_is_complete(values.get(f"{prefix}hq"), uptime, received),
        peaks=tuple(sorted((to_watt_hours(peak, "kWh") for peak in sound), reverse=True)[:_PEAKS]),
    )


def _is_complete(quality: object, uptime: Decimal | None, received: datetime) -> bool:
    """Tell whether a reader has counted the whole hour: by what it says, or by how long it is up."""
    if isinstance(quality, str):
        return quality == "good"
    return uptime is None or uptime >= received.minute * 60 + received.second


def _time(top: Mapping[str, Any]) -> datetime | None:
    seconds = number(top, "t", _LAST_TIME)
    if seconds is None:
        return None
    time = datetime.fromtimestamp(max(0.0, float(seconds)), UTC)
    return time if time >= _CLOCK_IS_SET else None


def _sequence(top: Mapping[str, Any]) -> int | None:
    value = top.get("seq")
    if isinstance(value, Decimal) and value.is_finite() and 0 <= value <= _LAST_SEQUENCE:
        return int(value)
    return None


def _signal(top: Mapping[str, Any]) -> int | None:
    value = top.get("rssi")
    # Readers without a radio say 0, or nothing.
    if isinstance(value, Decimal) and value.is_finite() and _WEAKEST_SIGNAL <= value < 0:
        return int(value)
    return None


def _text(data: Mapping[str, Any], name: str) -> str | None:
    value = data.get(name)
    return shorten(value) if isinstance(value, str) and value else None
