"""The registers of an electricity meter by OBIS code (IEC 62056-61), and how their values are read.

Codes are written as their groups C.D.E; A and B (medium, channel) differ between makers without a
difference in meaning.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from ..dlms import CosemDateTime, Data, DecodeError
from ..meter_list import Manufacturer, MeterList

# Beyond these a scaler is noise: no meter counts in units of 10^10 or 10^-10.
_SCALERS = range(-9, 10)
OBIS_LENGTH = 6


class Unit(IntEnum):
    """The units that a meter's list uses (DLMS UA Blue Book, clause 4.3.2)."""

    TEXT = 0
    CLOCK = 1
    WATT = 27
    VAR = 29
    WATT_HOUR = 30
    VAR_HOUR = 32
    AMPERE = 33
    VOLT = 35


# A and V keep their decimals; powers and energies are whole numbers.
_FRACTIONAL = {Unit.AMPERE, Unit.VOLT}


@dataclass(frozen=True, slots=True)
class Register:
    """Where in a ``MeterList`` a register goes, and its unit."""

    field: str
    unit: Unit


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a list; the value is ``raw * 10 ** scaler``, in ``unit`` when that was sent."""

    register: Register
    raw: Data
    scaler: int = 0
    unit: int | None = None


LIST_VERSION = Register("list_version", Unit.TEXT)
METER_ID = Register("meter_id", Unit.TEXT)
METER_TYPE = Register("meter_type", Unit.TEXT)
CLOCK = Register("clock", Unit.CLOCK)
POWER_IMPORT = Register("power_import", Unit.WATT)
POWER_EXPORT = Register("power_export", Unit.WATT)
REACTIVE_POWER_IMPORT = Register("reactive_power_import", Unit.VAR)
REACTIVE_POWER_EXPORT = Register("reactive_power_export", Unit.VAR)
CURRENTS = tuple(Register(f"current_l{line}", Unit.AMPERE) for line in (1, 2, 3))
VOLTAGES = tuple(Register(f"voltage_l{line}", Unit.VOLT) for line in (1, 2, 3))
ENERGY_IMPORT = Register("energy_import", Unit.WATT_HOUR)
ENERGY_EXPORT = Register("energy_export", Unit.WATT_HOUR)
REACTIVE_ENERGY_IMPORT = Register("reactive_energy_import", Unit.VAR_HOUR)
REACTIVE_ENERGY_EXPORT = Register("reactive_energy_export", Unit.VAR_HOUR)

_BY_CODE: dict[str, Register] = {
    "0.2.129": LIST_VERSION,
    "96.1.0": METER_ID,
    "0.0.5": METER_ID,
    "96.1.7": METER_TYPE,
    "96.1.1": METER_TYPE,
    "1.0.0": CLOCK,
    "1.7.0": POWER_IMPORT,
    "2.7.0": POWER_EXPORT,
    "3.7.0": REACTIVE_POWER_IMPORT,
    "4.7.0": REACTIVE_POWER_EXPORT,
    "31.7.0": CURRENTS[0],
    "51.7.0": CURRENTS[1],
    "71.7.0": CURRENTS[2],
    "32.7.0": VOLTAGES[0],
    "52.7.0": VOLTAGES[1],
    "72.7.0": VOLTAGES[2],
    "21.7.0": Register("power_import_l1", Unit.WATT),
    "22.7.0": Register("power_export_l1", Unit.WATT),
    "41.7.0": Register("power_import_l2", Unit.WATT),
    "42.7.0": Register("power_export_l2", Unit.WATT),
    "61.7.0": Register("power_import_l3", Unit.WATT),
    "62.7.0": Register("power_export_l3", Unit.WATT),
    "1.8.0": ENERGY_IMPORT,
    "2.8.0": ENERGY_EXPORT,
    "3.8.0": REACTIVE_ENERGY_IMPORT,
    "4.8.0": REACTIVE_ENERGY_EXPORT,
}
_BY_OBIS = {bytes(map(int, code.split("."))): register for code, register in _BY_CODE.items()}


def find_register(obis: Data) -> Register | None:
    """Return the register with this OBIS code, or ``None`` for one that we have no use for.

    Raises ``DecodeError`` when the value is no OBIS code at all.
    """
    if not isinstance(obis, bytes) or len(obis) != OBIS_LENGTH:
        raise DecodeError(f"expected an OBIS code and found {obis!r}"[:80])
    return _BY_OBIS.get(obis[2:5])


def build_list(
    manufacturer: Manufacturer, entries: Iterable[Entry], clock: CosemDateTime | None
) -> MeterList:
    """Put the entries together; the clock is the notification's, for a list without one inside.

    Raises ``DecodeError`` when not one value could be read.
    """
    values: dict[str, Any] = {}
    for entry in entries:
        value = _read(entry)
        if value is not None:
            values[entry.register.field] = value
    if not values:
        raise DecodeError("a list without one known register")
    values.setdefault("clock", clock)
    return MeterList(manufacturer=manufacturer, **values)


def _read(entry: Entry) -> str | int | float | CosemDateTime | None:
    unit, raw = entry.register.unit, entry.raw
    if unit is Unit.TEXT:
        return _text(raw)
    if unit is Unit.CLOCK:
        return CosemDateTime.from_octets(raw) if isinstance(raw, bytes) else None
    if not isinstance(raw, int) or isinstance(raw, bool) or entry.scaler not in _SCALERS:
        return None
    if entry.unit not in {None, unit}:
        return None
    # Multiplying and dividing by one whole power of ten rounds at most once, so that 13 at scaler -1
    # is exactly the float 1.3.
    factor: int = 10 ** abs(entry.scaler)
    if entry.scaler >= 0:
        return raw * factor
    return raw / factor if unit in _FRACTIONAL else round(raw / factor)


def _text(raw: Data) -> str | None:
    if isinstance(raw, bytes):
        raw = raw.decode("ascii", errors="replace")
    if not isinstance(raw, str):
        return None
    return "".join(letter for letter in raw if letter.isprintable()).strip() or None
