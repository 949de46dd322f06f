"""Exact conversions of powers and energies between their units."""

from decimal import ROUND_HALF_EVEN, Decimal

from ..units import Watt, WattHour

_WATTS = {"W": Decimal(1), "kW": Decimal(1000), "MW": Decimal(1_000_000)}
_WATT_HOURS = {"Wh": Decimal(1), "kWh": Decimal(1000), "MWh": Decimal(1_000_000)}


def to_watts(value: Decimal, unit: str) -> Watt:
    """Return a power in W, given in W, kW or MW; raise ``KeyError`` for another unit.

    The multiplication is decimal, so that 1.1 kW is 1100.0 W and not 1100.0000000000002.
    """
    return float(value * _WATTS[unit])


def to_watt_hours(value: Decimal, unit: str) -> WattHour:
    """Return an energy in whole Wh, given in Wh, kWh or MWh; raise ``KeyError`` for another unit.

    Parts of a Wh are rounded half to even.
    """
    return int((value * _WATT_HOURS[unit]).to_integral_value(ROUND_HALF_EVEN))
