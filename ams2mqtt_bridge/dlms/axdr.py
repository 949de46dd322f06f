"""A-XDR: how COSEM data is put into octets (IEC 61334-6; DLMS UA Blue Book, clause 4.1.5)."""

from collections.abc import Callable
from dataclasses import dataclass
import struct

from .clock import LENGTH as DATE_TIME_LENGTH
from .errors import DecodeError

type Data = bool | int | float | str | bytes | list[Data] | None

# A meter's list is at most an array of structures of a structure; more is noise or an attack.
_MAX_DEPTH = 8


@dataclass(slots=True)
class _Cursor:
    data: bytes
    position: int = 0

    def take(self, count: int) -> bytes:
        end = self.position + count
        if end > len(self.data):
            raise DecodeError(f"cut off at octet {len(self.data)}, {end - len(self.data)} missing")
        taken = self.data[self.position : end]
        self.position = end
        return taken

    def length(self) -> int:
        first = self.take(1)[0]
        if first < 0x80:
            return first
        size = first & 0x7F
        if not 1 <= size <= 2:
            raise DecodeError(f"a length of {size} octets at octet {self.position - 1}")
        return int.from_bytes(self.take(size))


def _unsigned(size: int) -> Callable[[_Cursor], Data]:
    return lambda cursor: int.from_bytes(cursor.take(size))


def _signed(size: int) -> Callable[[_Cursor], Data]:
    return lambda cursor: int.from_bytes(cursor.take(size), signed=True)


def _floating(layout: str, size: int) -> Callable[[_Cursor], Data]:
    def read(cursor: _Cursor) -> Data:
        (value,) = struct.unpack(layout, cursor.take(size))
        return float(value)

    return read


def _text(cursor: _Cursor) -> Data:
    return cursor.take(cursor.length()).decode("utf-8", errors="replace")


_READERS: dict[int, Callable[[_Cursor], Data]] = {
    0x00: lambda _: None,
    0x03: lambda cursor: cursor.take(1) != b"\0",
    0x04: lambda cursor: cursor.take((cursor.length() + 7) // 8),
    0x05: _signed(4),
    0x06: _unsigned(4),
    0x09: lambda cursor: cursor.take(cursor.length()),
    0x0A: _text,
    0x0C: _text,
    0x0F: _signed(1),
    0x10: _signed(2),
    0x11: _unsigned(1),
    0x12: _unsigned(2),
    0x14: _signed(8),
    0x15: _unsigned(8),
    0x16: _unsigned(1),
    0x17: _floating(">f", 4),
    0x18: _floating(">d", 8),
    0x19: lambda cursor: cursor.take(DATE_TIME_LENGTH),
}
_ARRAY, _STRUCTURE = 0x01, 0x02


def parse_data(octets: bytes) -> Data:
    """Return the one value that the octets begin with; what follows it is ignored.

    Integers and enumerations become ``int``, octet-strings, bit-strings and date-times ``bytes``,
    visible and UTF-8 strings ``str``, arrays and structures ``list``. Raises ``DecodeError``.
    """
    return _parse(_Cursor(octets), 0)


def _parse(cursor: _Cursor, depth: int) -> Data:
    tag = cursor.take(1)[0]
    if tag in {_ARRAY, _STRUCTURE}:
        if depth >= _MAX_DEPTH:
            raise DecodeError(f"nested more than {_MAX_DEPTH} deep")
        return [_parse(cursor, depth + 1) for _ in range(cursor.length())]
    if (reader := _READERS.get(tag)) is None:
        raise DecodeError(f"unknown data type {tag:#04x} at octet {cursor.position - 1}")
    return reader(cursor)
