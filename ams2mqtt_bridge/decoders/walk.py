"""Finds the OBIS-coded values in the body of a list, however its maker has arranged them.

- Aidon, Iskraemeco and Norway's Landis+Gyr: structures of code, value, and scaler with unit.
- Kamstrup, Kaifa in Sweden, Landis+Gyr's E450: code, value, code, value …, without scalers.
- Austria's lists: code, value, scaler with unit, code … in one row, or mixed with the first.
- Landis+Gyr's E360, E450 and E570: first an array that describes each value (class, code, attribute,
  data index; Blue Book, push setup, clause 4.4.8), then the values alone.
"""

from collections.abc import Iterator

from ..dlms import Data, DecodeError
from .registers import Entry, find_register, is_obis

_DESCRIPTION_LENGTHS = {4, 6}
_VALUE_ATTRIBUTE = 2


def walk(body: list[Data]) -> Iterator[Entry]:
    """Yield the coded values of a body, in its order.

    Which these are depends on everything but the values themselves.

    A code with nothing behind it, and items that belong to no code, are left out. Raises
    ``DecodeError`` for a description that does not fit its values.
    """
    if body and (described := _descriptions(body[0])):
        yield from _walk_described(described, body[1:])
    else:
        yield from _walk_coded(body)


def is_described(body: Data) -> bool:
    """Tell whether a body describes its values at its beginning."""
    return isinstance(body, list) and bool(body) and bool(_descriptions(body[0]))


def _walk_coded(items: list[Data]) -> Iterator[Entry]:
    count = len(items)
    index = 0
    while index < count:
        item = items[index]
        index += 1
        if type(item) is list:
            yield from _walk_coded(item)
        elif is_obis(item) and index < count:
            raw = items[index]
            index += 1
            scaler_unit = items[index] if index < count else None
            register = find_register(item)  # type: ignore[arg-type]  # is_obis has looked
            if type(scaler_unit) is list and len(scaler_unit) == 2:
                scaler, unit = scaler_unit
                if type(scaler) is int and type(unit) is int:
                    index += 1
                    yield Entry(register, raw, scaler, unit)
                    continue
            yield Entry(register, raw)


def _descriptions(first: Data) -> list[tuple[bytes, Data]]:
    """Return code and attribute of each value that the first item describes; nothing if it does not."""
    if not isinstance(first, list) or not first:
        return []
    found: list[tuple[bytes, Data]] = []
    for item in first:
        if not isinstance(item, list) or len(item) not in _DESCRIPTION_LENGTHS:
            return []
        code = item[1]
        if not isinstance(code, bytes) or not isinstance(item[0], int):
            return []
        found.append((code, item[2]))
    return found


def _walk_described(described: list[tuple[bytes, Data]], values: list[Data]) -> Iterator[Entry]:
    # The first one described is the list of descriptions itself: the push setup's attribute 2.
    if len(described) == len(values) + 1:
        described = described[1:]
    if len(described) != len(values):
        raise DecodeError(f"{len(values)} values and {len(described)} descriptions of them")
    for (code, attribute), raw in zip(described, values, strict=True):
        yield Entry(find_register(code) if attribute == _VALUE_ATTRIBUTE else None, raw)
