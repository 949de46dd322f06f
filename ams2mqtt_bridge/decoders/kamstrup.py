"""Kamstrup: the list version, then pairs of OBIS code and value without scalers.

Source: Kamstrup, "HAN-NVE interface description", revision 3.1. List 1 (every 10 s) has power,
currents and voltages, list 2 (hourly) has the counters too. A single-phase meter sends nulls in the
places of the other phases.
"""

from collections.abc import Iterator
from itertools import batched

from ..dlms import Data, DataNotification
from ..meter_list import Manufacturer, MeterList
from .registers import LIST_VERSION, METER_TYPE, Entry, Unit, build_list, find_register

_VERSION_PREFIX = "Kamstrup"
_SCALERS = {Unit.AMPERE: -2, Unit.WATT_HOUR: 1, Unit.VAR_HOUR: 1}
# The meters for current transformers count their currents in mA.
_TRANSFORMER_TYPE_PREFIX = "685"
_TRANSFORMER_SCALERS = _SCALERS | {Unit.AMPERE: -3}


def decode(notification: DataNotification) -> MeterList | None:
    """Return the list, or ``None`` when the body has another maker's shape.

    Raises ``DecodeError`` when it has Kamstrup's shape and is wrong inside.
    """
    match notification.body:
        case [str(version), *items] if version.startswith(_VERSION_PREFIX):
            pass
        case _:
            return None
    entries = [Entry(LIST_VERSION, version), *_entries(items)]
    scalers = _TRANSFORMER_SCALERS if _has_transformers(entries) else _SCALERS
    scaled = (
        Entry(entry.register, entry.raw, scalers.get(entry.register.unit, 0)) for entry in entries
    )
    return build_list(Manufacturer.KAMSTRUP, scaled, notification.clock)


def _entries(items: list[Data]) -> Iterator[Entry]:
    for obis, raw in batched(items[: len(items) // 2 * 2], 2, strict=True):
        if obis is not None and (register := find_register(obis)) is not None:
            yield Entry(register, raw)


def _has_transformers(entries: list[Entry]) -> bool:
    return any(
        entry.register is METER_TYPE and str(entry.raw).startswith(_TRANSFORMER_TYPE_PREFIX)
        for entry in entries
    )
