"""The raw form: one topic per value, the value alone as text.

Readers publish it only when it changes, so the silence of a single value means nothing; see
``PartialReading.on_change``.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from ..units import Phase
from .conversion import to_watt_hours, to_watts
from .numbers import MAX_CURRENT, MAX_ENERGY, MAX_POWER, MAX_VOLTAGE, not_negative, parse_decimal
from .reading import PartialReading

type _Field = tuple[Decimal, Callable[[str, Decimal], dict[str, Any]]]


def _power(field: str) -> _Field:
    return MAX_POWER, lambda _name, value: {field: to_watts(value, "W")}


def _energy(field: str) -> _Field:
    return MAX_ENERGY, lambda name, value: {field: to_watt_hours(not_negative(name, value), "kWh")}


def _phase(field: str, phase: Phase, limit: Decimal) -> _Field:
    return limit, lambda _name, value: {field: {phase: float(value)}}


_FIELDS: dict[str, _Field] = {
    "meter/import/active": _power("power_import"),
    "meter/export/active": _power("power_export"),
    "meter/import/reactive": _power("reactive_import"),
    "meter/export/reactive": _power("reactive_export"),
    "meter/import/active/accumulated": _energy("energy_import"),
    "meter/export/active/accumulated": _energy("energy_export"),
    **{
        f"meter/{phase}/{name}": _phase(field, phase, limit)
        for phase in Phase
        for name, field, limit in (
            ("current", "currents", MAX_CURRENT),
            ("voltage", "voltages", MAX_VOLTAGE),
        )
    },
}


def is_raw(subtopic: str) -> bool:
    """Tell whether a topic carries a value of the raw form."""
    return subtopic in _FIELDS


def parse_raw(subtopic: str, text: str, *, received: datetime, retained: bool) -> PartialReading:
    """Read the value of a topic for which ``is_raw`` holds; raise ``PayloadError``."""
    limit, build = _FIELDS[subtopic]
    value = parse_decimal(subtopic, text, limit)
    return PartialReading(
        received=received, retained=retained, on_change=True, **build(subtopic, value)
    )
