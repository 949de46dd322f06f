"""Aidon: an array of structures of OBIS code, value, and scaler with unit.

Source: Aidon, "HAN Interface Description", v1.0A (NO), and "RJ45 HAN Interface", v1.3A (SE). In IT
nets the lists have 12 and 17 elements instead of 13 and 18: there is no current of L2.
"""

from collections.abc import Iterator

from ..dlms import Data, DataNotification, DecodeError
from ..meter_list import Manufacturer, MeterList
from .registers import Entry, build_list, find_register


def decode(notification: DataNotification) -> MeterList | None:
    """Return the list, or ``None`` when the body has another maker's shape.

    Raises ``DecodeError`` when it has Aidon's shape and is wrong inside.
    """
    body = notification.body
    if not isinstance(body, list) or not body or not all(isinstance(item, list) for item in body):
        return None
    return build_list(Manufacturer.AIDON, _entries(body), notification.clock)


def _entries(body: list[Data]) -> Iterator[Entry]:
    for element in body:
        match element:
            case [obis, raw]:
                entry = _entry(obis, raw, 0, None)
            case [obis, raw, [int(scaler), int(unit)]]:
                entry = _entry(obis, raw, scaler, unit)
            case _:
                raise DecodeError(f"expected OBIS code, value and scaler, found {element!r}"[:80])
        if entry is not None:
            yield entry


def _entry(obis: Data, raw: Data, scaler: int, unit: int | None) -> Entry | None:
    register = find_register(obis)
    return None if register is None else Entry(register, raw, scaler, unit)
