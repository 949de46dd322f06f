"""General block transfer: one APDU in several blocks (DLMS UA Green Book, clause 9.4.6.13).

A block is ``E0``, block control (80 = last block, 40 = streaming, low six bits = window), block
number, number acknowledged, and the data with their length. Landis+Gyr's meters push so.
"""

from .apdu import LLC, Tag
from .axdr import read_length
from .errors import DecodeError

_LAST_BLOCK = 0x80
_HEADER_LENGTH = 6
# Several times the longest list that is known, and little enough for any machine.
_MAX_LENGTH = 16 * 1024


class BlockTransfer:
    """Puts blocks together; one that is missing costs its own APDU and no other."""

    def __init__(self) -> None:
        self._data = b""
        self._next = 1

    def add(self, apdu: bytes) -> bytes | None:
        """Take a block and return the whole APDU when it was the last; ``None`` before that.

        Raises ``DecodeError`` for a block that is malformed, too much, or not the next one.
        """
        number, last, data = _parse_block(apdu)
        if number == 1:
            self._data, self._next = b"", 1
        if number != self._next:
            expected = self._next
            self._data, self._next = b"", 1
            raise DecodeError(f"block {number} of a block transfer came where {expected} belongs")
        self._data += data
        self._next += 1
        if len(self._data) > _MAX_LENGTH:
            self._data, self._next = b"", 1
            raise DecodeError(f"a block transfer of more than {_MAX_LENGTH} octets")
        if not last:
            return None
        whole, self._data, self._next = self._data, b"", 1
        return whole


def _parse_block(apdu: bytes) -> tuple[int, bool, bytes]:
    start = len(LLC) if apdu.startswith(LLC) else 0
    if apdu[start : start + 1] != bytes([Tag.GENERAL_BLOCK_TRANSFER]):
        raise DecodeError("not a block of a block transfer")
    try:
        size, position = read_length(apdu, start + _HEADER_LENGTH)
    except IndexError:
        raise DecodeError("a block of a block transfer is cut off") from None
    data = apdu[position : position + size]
    if len(data) != size:
        raise DecodeError("a block of a block transfer is cut off")
    number = int.from_bytes(apdu[start + 2 : start + 4])
    return number, bool(apdu[start + 1] & _LAST_BLOCK), data
