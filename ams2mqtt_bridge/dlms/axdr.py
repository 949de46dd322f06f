"""A-XDR: how COSEM data is put into octets (IEC 61334-6; DLMS UA Blue Book, clause 4.1.5)."""

from collections.abc import Callable
import struct
from typing import Any, NamedTuple

from .errors import DecodeError


class Place(NamedTuple):
    """Where the octets of a number or a date-time are, and how ``struct`` reads them."""

    start: int
    end: int
    code: str


type Data = bool | int | float | str | bytes | Place | list[Data] | None
type _Reader = Callable[[bytes], Data]

# A meter's list is at most an array of structures of a structure; more is noise or an attack.
_MAX_DEPTH = 8
_ARRAY, _STRUCTURE, _OCTET_STRING, _NULL = 0x01, 0x02, 0x09, 0x00
_SHORT_LENGTH = 0x80

_UNSIGNED = {0x06: 4, 0x11: 1, 0x12: 2, 0x15: 8, 0x16: 1}
_SIGNED = {0x05: 4, 0x0F: 1, 0x10: 2, 0x14: 8}


def _floating(layout: str) -> _Reader:
    def read(octets: bytes) -> Data:
        # Octets that are cut off are reported by the end that lies behind them.
        return float(unpack(octets)[0]) if len(octets) == size else None

    unpack, size = struct.Struct(layout).unpack, struct.calcsize(layout)
    return read


def _raw(octets: bytes) -> Data:
    return octets


# The rarer types of a fixed size: booleans, BCD, floats, date-time, date and time.
_FIXED: dict[int, tuple[int, _Reader]] = {
    0x03: (1, lambda octets: octets != b"\0"),
    0x0D: (1, lambda octets: (octets[0] >> 4) * 10 + (octets[0] & 0x0F) if octets else None),
    0x17: (4, _floating(">f")),
    0x18: (8, _floating(">d")),
    0x19: (12, _raw),
    0x1A: (5, _raw),
    0x1B: (4, _raw),
}
_TEXTS = {0x0A, 0x0C}
_BIT_STRING = 0x04


def parse_data(octets: bytes) -> Data:
    """Return the one value that the octets begin with; what follows it is ignored.

    Integers and enumerations become ``int``, octet-strings, bit-strings, dates and times ``bytes``,
    visible and UTF-8 strings ``str``, arrays and structures ``list``; a ``Place`` comes from
    ``parse_places_at`` alone. Raises ``DecodeError``.
    """
    return parse_data_at(octets, 0)[0]


def parse_data_at(octets: bytes, position: int) -> tuple[Data, int]:
    """Return the value at this place, and where it ends. Raises ``DecodeError``."""
    try:
        value, end = _parse(octets, position, 0)
    except IndexError:
        raise DecodeError(f"cut off at octet {len(octets)}") from None
    # A slice that reaches behind the end is shorter and raises nothing, so the end tells.
    if end > len(octets):
        raise DecodeError(f"cut off at octet {len(octets)}, {end - len(octets)} missing")
    return value, end


def read_length(octets: bytes, position: int) -> tuple[int, int]:
    """Return the length at this place, and where its octets end.

    Raises ``DecodeError`` for one of more than two octets, ``IndexError`` when it is cut off.
    """
    first = octets[position]
    if first < _SHORT_LENGTH:
        return first, position + 1
    size = first & 0x7F
    if not 1 <= size <= 2:
        raise DecodeError(f"a length of {size} octets at octet {position}")
    end = position + 1 + size
    if end > len(octets):
        raise IndexError
    return int.from_bytes(octets[position + 1 : end]), end


def _parse(octets: bytes, position: int, depth: int) -> tuple[Data, int]:
    tag = octets[position]
    position += 1
    if (size := _UNSIGNED.get(tag)) is not None:
        end = position + size
        return int.from_bytes(octets[position:end]), end
    if tag == _OCTET_STRING:
        size, position = read_length(octets, position)
        end = position + size
        return octets[position:end], end
    if tag in {_ARRAY, _STRUCTURE}:
        return _parse_items(octets, position, depth)
    if (size := _SIGNED.get(tag)) is not None:
        end = position + size
        return int.from_bytes(octets[position:end], signed=True), end
    if tag == _NULL:
        return None, position
    return _parse_rarer(tag, octets, position)


def _parse_items(octets: bytes, position: int, depth: int) -> tuple[Data, int]:
    if depth >= _MAX_DEPTH:
        raise DecodeError(f"nested more than {_MAX_DEPTH} deep")
    count, position = read_length(octets, position)
    items: list[Data] = []
    for _ in range(count):
        item, position = _parse(octets, position, depth + 1)
        items.append(item)
    return items, position


def _parse_rarer(tag: int, octets: bytes, position: int) -> tuple[Data, int]:
    if tag in _TEXTS:
        size, position = read_length(octets, position)
        end = position + size
        return octets[position:end].decode("utf-8", errors="replace"), end
    if (fixed := _FIXED.get(tag)) is not None:
        size, read = fixed
        end = position + size
        return read(octets[position:end]), end
    if tag == _BIT_STRING:
        bits, position = read_length(octets, position)
        end = position + (bits + 7) // 8
        return octets[position:end], end
    raise DecodeError(f"unknown data type {tag:#04x} at octet {position - 1}")


# Numbers of one octet are scalers, units and attributes: they belong to the form of a list.
_CODES = {0x05: "i", 0x06: "I", 0x10: "h", 0x12: "H", 0x14: "q", 0x15: "Q"}
_DATE_TIME_LENGTH = 12


def parse_places_at(octets: bytes, position: int) -> list[Data]:
    """Return the items of the array or structure at this place, with places instead of values.

    Numbers of two octets and more, and octet-strings as long as a date-time, become a ``Place``;
    everything else is as ``parse_data`` has it. Only for octets that ``parse_data`` has accepted.
    """
    _, items = _parse_places(octets, position)
    return items if isinstance(items, list) else []


def _parse_places(octets: bytes, position: int) -> tuple[int, Any]:
    tag = octets[position]
    if tag in {_ARRAY, _STRUCTURE}:
        count, position = read_length(octets, position + 1)
        items = []
        for _ in range(count):
            position, item = _parse_places(octets, position)
            items.append(item)
        return position, items
    value, end = _parse(octets, position, 0)
    if tag in _CODES:
        return end, Place(position + 1, end, _CODES[tag])
    if tag == _OCTET_STRING and isinstance(value, bytes) and len(value) == _DATE_TIME_LENGTH:
        return end, Place(end - _DATE_TIME_LENGTH, end, f"{_DATE_TIME_LENGTH}s")
    return end, value
