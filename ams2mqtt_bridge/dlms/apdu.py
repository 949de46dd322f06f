"""The data-notification APDU that a meter pushes (DLMS UA Green Book, clause 9.5)."""

from dataclasses import dataclass
from enum import IntEnum

from .axdr import Data, parse_data_at
from .clock import LENGTH as DATE_TIME_LENGTH, CosemDateTime
from .errors import DecodeError

LLC = bytes.fromhex("e6e700")
_INVOKE_ID_LENGTH = 4
_OCTET_STRING, _ARRAY = 0x09, 0x01


class Tag(IntEnum):
    """The tags of the APDUs that a meter pushes."""

    DATA_NOTIFICATION = 0x0F
    GENERAL_GLO_CIPHERING = 0xDB
    GENERAL_DED_CIPHERING = 0xDC
    GENERAL_CIPHERING = 0xDD
    GENERAL_BLOCK_TRANSFER = 0xE0


CIPHERED = frozenset({Tag.GENERAL_GLO_CIPHERING, Tag.GENERAL_DED_CIPHERING, Tag.GENERAL_CIPHERING})


@dataclass(frozen=True, slots=True)
class DataNotification:
    """A pushed list: the time that the meter put on it, if any, and its body.

    ``is_array`` tells an array from a structure, which both become a ``list``. The body is in the
    octets from ``start`` to ``end`` of the payload, with the time right before it.
    """

    clock: CosemDateTime | None
    body: Data
    is_array: bool = False
    start: int = 0
    end: int = 0


def parse_notification(payload: bytes) -> DataNotification:
    """Read a data-notification, with or without the LLC header of HDLC before it.

    Raises ``DecodeError``.
    """
    start = len(LLC) if payload.startswith(LLC) else 0
    tag = payload[start : start + 1]
    if not tag:
        raise DecodeError("no content")
    if tag[0] in CIPHERED:
        raise DecodeError("the frame is encrypted: this meter needs a key from the grid company")
    if tag[0] != Tag.DATA_NOTIFICATION:
        raise DecodeError(f"not a data-notification but {tag[0]:#04x}")
    clock, position = _read_clock(payload, start + 1 + _INVOKE_ID_LENGTH)
    body, end = parse_data_at(payload, position)
    return DataNotification(clock, body, payload[position] == _ARRAY, position, end)


def _read_clock(payload: bytes, position: int) -> tuple[CosemDateTime | None, int]:
    # The standard has a bare length and no tag, as Aidon (0) and Kamstrup (12) send it. Kaifa puts
    # the tag of an octet-string before it.
    if payload[position : position + 1] == bytes([_OCTET_STRING]):
        position += 1
    if position >= len(payload):
        raise DecodeError("cut off before the date-time")
    length = payload[position]
    position += 1
    if length == 0:
        return None, position
    if length != DATE_TIME_LENGTH:
        raise DecodeError(f"a date-time of {length} octets")
    end = position + DATE_TIME_LENGTH
    return CosemDateTime.from_octets(payload[position:end]), end
