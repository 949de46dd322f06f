"""Kaifa: values alone, told apart by their places (NO), or pairs of OBIS code and value (SE).

Source: Kaifa, "OBIS List Information", KFM_001. Currents in mA, voltages in dV, energy in Wh.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import batched

from ..dlms import Data, DataNotification
from ..meter_list import Manufacturer, MeterList
from .registers import (
    CLOCK,
    CURRENTS,
    ENERGY_EXPORT,
    ENERGY_IMPORT,
    LIST_VERSION,
    METER_ID,
    METER_TYPE,
    OBIS_LENGTH,
    POWER_EXPORT,
    POWER_IMPORT,
    REACTIVE_ENERGY_EXPORT,
    REACTIVE_ENERGY_IMPORT,
    REACTIVE_POWER_EXPORT,
    REACTIVE_POWER_IMPORT,
    VOLTAGES,
    Entry,
    Register,
    Unit,
    build_list,
    find_register,
)

_VERSION_PREFIX = b"KFM"
_SCALERS = {Unit.AMPERE: -3, Unit.VOLT: -1}

_HEAD = (
    LIST_VERSION,
    METER_ID,
    METER_TYPE,
    POWER_IMPORT,
    POWER_EXPORT,
    REACTIVE_POWER_IMPORT,
    REACTIVE_POWER_EXPORT,
)
_COUNTERS = (
    CLOCK,
    ENERGY_IMPORT,
    ENERGY_EXPORT,
    REACTIVE_ENERGY_IMPORT,
    REACTIVE_ENERGY_EXPORT,
)
_SINGLE_PHASE = (*_HEAD, CURRENTS[0], VOLTAGES[0])
_THREE_PHASE = (*_HEAD, *CURRENTS, *VOLTAGES)
_LAYOUTS: dict[int, tuple[Register, ...]] = {
    len(layout): layout
    for layout in (
        (POWER_IMPORT,),
        _SINGLE_PHASE,
        _THREE_PHASE,
        (*_SINGLE_PHASE, *_COUNTERS),
        (*_THREE_PHASE, *_COUNTERS),
    )
}
# Made for IT nets, with two current coils: it sends a place for L2 and never anything but 0 there.
_WITHOUT_CURRENT_L2 = "MA304T3"


def decode(notification: DataNotification) -> MeterList | None:
    """Return the list, or ``None`` when the body has another maker's shape.

    Raises ``DecodeError`` when it has Kaifa's shape and is wrong inside.
    """
    match notification.body:
        case [bytes(obis), bytes(version), *_] as body if len(
            obis
        ) == OBIS_LENGTH and version.startswith(_VERSION_PREFIX):
            entries = _pairs(body)
        case [bytes(version), *_] as body if (
            version.startswith(_VERSION_PREFIX) and len(body) in _LAYOUTS
        ):
            entries = _places(body)
        case [int()] as body:
            entries = _places(body)
        case _:
            return None
    meter_list = build_list(Manufacturer.KAIFA, entries, notification.clock)
    if meter_list.meter_type == _WITHOUT_CURRENT_L2 and not meter_list.current_l2:
        return replace(meter_list, current_l2=None)
    return meter_list


def _places(items: list[Data]) -> Iterator[Entry]:
    for register, raw in zip(_LAYOUTS[len(items)], items, strict=True):
        yield _entry(register, raw)


def _pairs(items: list[Data]) -> Iterator[Entry]:
    for obis, raw in batched(items[: len(items) // 2 * 2], 2, strict=True):
        if (register := find_register(obis)) is not None:
            yield _entry(register, raw)


def _entry(register: Register, raw: Data) -> Entry:
    return Entry(register, raw, _SCALERS.get(register.unit, 0))
