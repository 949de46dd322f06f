"""JSON classic: the object that AMS readers publish for each list of the meter.

Powers in W, currents in A, voltages in V, energies in kWh, ``t`` in Unix seconds. The values are
below ``data``; in the flat variant they are beside ``t``.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
import json
from typing import Any

from ..units import Phase
from .conversion import to_watt_hours, to_watts
from .errors import PayloadError, PayloadProblem, shorten
from .reading import PartialReading

# Far beyond any fuse box with a HAN port; what a certain house can have is judged by its fuse.
_MAX_CURRENT = Decimal(10_000)
_MAX_VOLTAGE = Decimal(1_000)
_MAX_POWER = Decimal(10_000_000)
_MAX_ENERGY = Decimal(10_000_000_000)

_CURRENTS = {Phase.L1: "I1", Phase.L2: "I2", Phase.L3: "I3"}
_VOLTAGES = {Phase.L1: "U1", Phase.L2: "U2", Phase.L3: "U3"}
# Before this a reader counts from its own start, because it has not asked for the time yet.
_CLOCK_IS_SET = datetime(2020, 1, 1, tzinfo=UTC)
_LAST_SEQUENCE = 2**53
_LAST_TIME = Decimal(int(datetime(9999, 1, 1, tzinfo=UTC).timestamp()))


def parse_json_classic(text: str, *, received: datetime, retained: bool) -> PartialReading:
    """Read one object; raise ``PayloadError`` when it is not one, or anything in it is absurd."""
    top = _load(text)
    data = top.get("data", top)
    if not isinstance(data, dict):
        raise PayloadError(PayloadProblem.NOT_AN_OBJECT, start=text)
    power_import = _number(data, "P", _MAX_POWER)
    power_export = _number(data, "PO", _MAX_POWER)
    energy_import = _counter(data, "tPI")
    energy_export = _counter(data, "tPO")
    reading = PartialReading(
        received=received,
        retained=retained,
        source_time=_time(top),
        currents=_phases(data, _CURRENTS, _MAX_CURRENT),
        voltages=_phases(data, _VOLTAGES, _MAX_VOLTAGE),
        power_import=None if power_import is None else to_watts(power_import, "W"),
        power_export=None if power_export is None else to_watts(power_export, "W"),
        energy_import=None if energy_import is None else to_watt_hours(energy_import, "kWh"),
        energy_export=None if energy_export is None else to_watt_hours(energy_export, "kWh"),
        meter_id=_text(data, "meterId"),
        meter_type=_text(data, "type"),
        sequence=_sequence(top),
    )
    if _is_empty(reading):
        raise PayloadError(PayloadProblem.NO_KNOWN_VALUES, start=text)
    return reading


def _load(text: str) -> dict[str, Any]:
    try:
        top = json.loads(text, parse_float=_decimal, parse_int=_decimal, parse_constant=Decimal)
    except (ValueError, RecursionError) as error:
        raise PayloadError(PayloadProblem.NOT_JSON, start=text) from error
    if not isinstance(top, dict):
        raise PayloadError(PayloadProblem.NOT_AN_OBJECT, start=text)
    return top


def _decimal(digits: str) -> Decimal:
    try:
        return Decimal(digits)
    except InvalidOperation:  # an exponent of twenty digits
        return Decimal("Infinity")


def _number(data: Mapping[str, Any], name: str, limit: Decimal) -> Decimal | None:
    """Return the value, or ``None`` when it is absent or null."""
    value = data.get(name)
    if value is None:
        return None
    if not isinstance(value, Decimal):
        given = value if isinstance(value, str) else type(value).__name__
        raise PayloadError(PayloadProblem.NOT_A_NUMBER, name=name, value=given)
    if not value.is_finite():
        raise PayloadError(PayloadProblem.NOT_FINITE, name=name, value=value)
    # Not abs(), which overflows at an exponent of nine digits.
    if value.copy_abs() > limit:
        raise PayloadError(PayloadProblem.ABSURD, name=name, value=value)
    return value


def _counter(data: Mapping[str, Any], name: str) -> Decimal | None:
    value = _number(data, name, _MAX_ENERGY)
    if value is not None and value < 0:
        raise PayloadError(PayloadProblem.ABSURD, name=name, value=value)
    return value


def _phases(
    data: Mapping[str, Any], names: Mapping[Phase, str], limit: Decimal
) -> dict[Phase, float]:
    values = {phase: _number(data, name, limit) for phase, name in names.items()}
    return {phase: float(value) for phase, value in values.items() if value is not None}


def _time(top: Mapping[str, Any]) -> datetime | None:
    seconds = _number(top, "t", _LAST_TIME)
    if seconds is None:
        return None
    time = datetime.fromtimestamp(max(0.0, float(seconds)), UTC)
    return time if time >= _CLOCK_IS_SET else None


def _sequence(top: Mapping[str, Any]) -> int | None:
    value = top.get("seq")
    if isinstance(value, Decimal) and value.is_finite() and 0 <= value <= _LAST_SEQUENCE:
        return int(value)
    return None


def _text(data: Mapping[str, Any], name: str) -> str | None:
    value = data.get(name)
    return shorten(value) if isinstance(value, str) and value else None


def _is_empty(reading: PartialReading) -> bool:
    values = (
        reading.power_import,
        reading.power_export,
        reading.energy_import,
        reading.energy_export,
    )
    return not reading.currents and not reading.voltages and all(v is None for v in values)
