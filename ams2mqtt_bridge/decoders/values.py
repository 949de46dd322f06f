"""Reads the values of a list, in the units of a ``MeterList``."""

from collections.abc import Callable, Iterable, Mapping
from math import isfinite
from typing import Any

from ..dlms import CosemDateTime, Data, DecodeError
from ..meter_list import Manufacturer, MeterList
from .registers import Entry, Unit

type Scalers = Mapping[Unit, int | None]

# What comes before in the units is no quantity: names and times.
_LAST_NAME = int(Unit.CLOCK)
# Beyond these a scaler is noise: no meter counts in units of 10^10 or 10^-10.
_MAX_SCALER = 9
_POWERS: tuple[int, ...] = tuple(10**exponent for exponent in range(_MAX_SCALER + 1))
# By unit, as tables, because the hash of an enumeration's member is slow.
# These keep their decimals; powers and energies are whole numbers.
_FRACTIONAL = [unit in {Unit.AMPERE, Unit.VOLT, Unit.NONE} for unit in range(max(Unit) + 1)]
_SIGNED = [unit in {Unit.AMPERE, Unit.NONE} for unit in range(max(Unit) + 1)]
# No line of a house has more, and none with a tenth of it would be read as one with a decimal.
_HIGHEST_VOLTAGE = 500
_VOLTAGE_DECIMALS = range(4)


def build_list(
    manufacturer: Manufacturer,
    entries: Iterable[Entry],
    clock: CosemDateTime | None,
    scalers: Scalers,
    correct: Callable[[dict[str, Any]], None] | None = None,
) -> MeterList:
    """Put the entries together; the clock is the notification's, for a list without one inside.

    ``scalers`` are the maker's for values that came without one: a unit that is missing there counts
    by itself, and one with ``None`` cannot be known. The first value of a register counts. Energies
    that came by tariff alone are summed up. ``correct`` may take out what a meter cannot know.
    Raises ``DecodeError`` when not one quantity was read.
    """
    values: dict[str, Any] = {}
    tariffs: dict[str, dict[int, int | None]] = {}
    quantities = 0
    for entry in entries:
        register = entry[0]
        if register is None:
            continue
        value = _READERS[register.unit](entry, register.unit, scalers)
        if register.tariff is not None:
            tariffs.setdefault(register.field, {})[register.tariff] = value
        elif value is not None:
            values.setdefault(register.field, value)
            quantities += register.unit > _LAST_NAME
    for field, parts in tariffs.items():
        if field not in values and (total := _sum(parts)) is not None:
            values[field] = total
            quantities += 1
    if not quantities:
        raise DecodeError("a list without one known register")
    if correct is not None:
        correct(values)
    values.setdefault("clock", clock)
    return MeterList(manufacturer=manufacturer, **values)


def _sum(parts: Mapping[int, int | None]) -> int | None:
    """Return the total of the tariffs, unless one of them is missing."""
    if set(parts) != set(range(1, len(parts) + 1)):
        return None
    known = [value for value in parts.values() if value is not None]
    return sum(known) if len(known) == len(parts) else None


def _read_quantity(entry: Entry, unit: Unit, scalers: Scalers) -> int | float | None:
    _, raw, scaler, sent_unit = entry
    if sent_unit is not None and sent_unit != unit:
        return None
    if type(raw) is float:
        return _read_float(raw, scaler or 0, unit)
    if type(raw) is not int:
        return None
    if scaler is None:
        scaler = scalers.get(unit, 0)
        if scaler is None:
            return None
    return _scale(raw, scaler, unit)


def _scale(raw: int, scaler: int, unit: Unit) -> int | float | None:
    """Return ``raw * 10 ** scaler``, exact or rounded once; ``None`` for what cannot be."""
    if raw < 0 and not _SIGNED[unit]:
        return None
    if scaler == 0:
        return raw
    if not -_MAX_SCALER <= scaler <= _MAX_SCALER:
        return None
    if scaler > 0:
        return raw * _POWERS[scaler]
    divisor = _POWERS[-scaler]
    # One division rounds at most once, so that 13 at scaler -1 is exactly the float 1.3; a counter
    # of 64 bits would lose digits as a float.
    return raw / divisor if _FRACTIONAL[unit] else (raw + divisor // 2) // divisor


def _read_float(raw: float, scaler: int, unit: Unit) -> int | float | None:
    if not isfinite(raw) or (raw < 0 and not _SIGNED[unit]) or abs(scaler) > _MAX_SCALER:
        return None
    value = raw * _POWERS[scaler] if scaler >= 0 else raw / _POWERS[-scaler]
    return value if _FRACTIONAL[unit] else round(value)


def _read_voltage(entry: Entry, unit: Unit, scalers: Scalers) -> int | float | None:
    """Read a voltage; one without a scaler has as many decimals as make it that of a house.

    Kamstrup's lists count in V, and in cV where a grid company has asked for decimals; Landis+Gyr's
    in V or dV. Nothing in the list tells which.
    """
    if entry.scaler is None and Unit.VOLT not in scalers and type(entry.raw) is int:
        for decimals in _VOLTAGE_DECIMALS:
            if abs(entry.raw) <= _HIGHEST_VOLTAGE * _POWERS[decimals]:
                return _scale(entry.raw, -decimals, Unit.VOLT)
        return None
    return _read_quantity(entry, unit, scalers)


def _read_text(entry: Entry, _unit: Unit, _scalers: Scalers) -> str | None:
    return clean_text(entry.raw)


def clean_text(raw: Data) -> str | None:
    """Return the printable part of a text; a serial number may have come as an integer."""
    if isinstance(raw, bytes):
        raw = raw.decode("ascii", errors="replace")
    elif type(raw) is int:
        raw = str(raw)
    if not isinstance(raw, str):
        return None
    if not raw.isprintable():
        raw = "".join(letter for letter in raw if letter.isprintable())
    return raw.strip() or None


def _read_clock(entry: Entry, _unit: Unit, _scalers: Scalers) -> CosemDateTime | None:
    return CosemDateTime.from_octets(entry.raw) if isinstance(entry.raw, bytes) else None


_READERS: list[Callable[[Entry, Unit, Scalers], Any]] = [_read_quantity] * (max(Unit) + 1)
_READERS[Unit.VOLT] = _read_voltage
_READERS[Unit.TEXT] = _read_text
_READERS[Unit.CLOCK] = _read_clock
