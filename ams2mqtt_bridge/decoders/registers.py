"""The registers of an electricity meter by OBIS code (IEC 62056-61; DLMS UA Blue Book, clause 6)."""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from ..dlms import Data

OBIS_LENGTH = 6
_LAST_GROUP = 0xFF


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
    NONE = 255


@dataclass(frozen=True, slots=True)
class Register:
    """Where in a ``MeterList`` a register goes, its unit, and which tariff's part it is, if any."""

    field: str
    unit: Unit
    tariff: int | None = None


class Entry(NamedTuple):
    """One value of a list; the value is ``raw * 10 ** scaler``, in ``unit`` when that was sent.

    A scaler of ``None`` was not sent: what the value counts is then up to the maker. There is no
    ``register`` for a code that we have no use for.
    """

    register: Register | None
    raw: Data
    scaler: int | None = None
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

_ENERGIES = {
    1: ENERGY_IMPORT,
    2: ENERGY_EXPORT,
    3: REACTIVE_ENERGY_IMPORT,
    4: REACTIVE_ENERGY_EXPORT,
}
_TARIFFS = range(1, 5)

# By the groups C.D.E of the code; the quantities of L1, L2 and L3 are 20, 40 and 60 further on.
ELECTRICITY: dict[str, Register] = {
    "1.7.0": POWER_IMPORT,
    "2.7.0": POWER_EXPORT,
    "3.7.0": REACTIVE_POWER_IMPORT,
    "4.7.0": REACTIVE_POWER_EXPORT,
    "13.7.0": Register("power_factor", Unit.NONE),
    **{
        f"{quantity + 20 * line}.7.0": Register(f"{field}_l{line}", unit)
        for line in (1, 2, 3)
        for quantity, field, unit in (
            (1, "power_import", Unit.WATT),
            (2, "power_export", Unit.WATT),
            (3, "reactive_power_import", Unit.VAR),
            (4, "reactive_power_export", Unit.VAR),
            (13, "power_factor", Unit.NONE),
        )
    },
    **{f"{11 + 20 * line}.7.0": CURRENTS[line - 1] for line in (1, 2, 3)},
    **{f"{12 + 20 * line}.7.0": VOLTAGES[line - 1] for line in (1, 2, 3)},
    **{f"{quantity}.8.0": register for quantity, register in _ENERGIES.items()},
    **{
        f"{quantity}.8.{tariff}": Register(register.field, register.unit, tariff)
        for quantity, register in _ENERGIES.items()
        for tariff in _TARIFFS
    },
}

_IDENTITIES: dict[str, Register] = {
    "1.1.0.2.129": LIST_VERSION,  # Norway's lists
    "1.0.0.2.129": LIST_VERSION,  # Kaifa in Sweden
    "0.0.96.1.0": METER_ID,
    "1.1.0.0.5": METER_ID,  # Kamstrup, the GS1 number
    "1.1.0.0.1": METER_ID,  # Kamstrup in Denmark, the serial number
    "0.0.42.0.0": METER_ID,  # the logical device name
    "0.0.96.1.7": METER_TYPE,
    "1.1.96.1.1": METER_TYPE,  # Kamstrup
    "0.0.96.1.1": METER_TYPE,
    "0.0.1.0.0": CLOCK,
    "0.1.1.0.0": CLOCK,  # Kamstrup
}
_CHANNELS = range(3)


def _octets(code: str) -> bytes:
    return bytes([*map(int, code.split(".")), _LAST_GROUP])


_BY_OBIS: dict[bytes, Register] = {
    **{_octets(code): register for code, register in _IDENTITIES.items()},
    # Makers differ in the channel (group B) without a difference in meaning. The other media
    # (group A), such as gas, are no business of ours.
    **{
        _octets(f"1.{channel}.{code}"): register
        for code, register in ELECTRICITY.items()
        for channel in _CHANNELS
    },
}
_MEDIA = {0, 1}


def find_register(obis: bytes) -> Register | None:
    """Return the register with this OBIS code, or ``None`` for one that we have no use for."""
    return _BY_OBIS.get(obis)


def is_obis(item: Data) -> bool:
    """Tell whether a value looks like the OBIS code of an abstract or an electricity object."""
    return (
        type(item) is bytes
        and len(item) == OBIS_LENGTH
        and item[5] == _LAST_GROUP
        and item[0] in _MEDIA
    )
