"""The data-notification APDU that a meter pushes (DLMS UA Green Book, clause 9.5)."""

from dataclasses import dataclass

from .axdr import Data, parse_data
from .clock import LENGTH as DATE_TIME_LENGTH, CosemDateTime
from .errors import DecodeError

_LLC = bytes.fromhex("e6e700")
_DATA_NOTIFICATION = 0x0F
_INVOKE_ID_LENGTH = 4
_OCTET_STRING = 0x09
_CIPHERED = {0xDB, 0xDC, 0xDD}


@dataclass(frozen=True, slots=True)
class DataNotification:
    """A pushed list: the time that the meter put on it, if any, and its body."""

    clock: CosemDateTime | None
    body: Data


def parse_notification(payload: bytes) -> DataNotification:
    """Read a data-notification, with or without the LLC header of HDLC before it.

    Raises ``DecodeError``.
    """
    apdu = payload.removeprefix(_LLC)
    if not apdu:
        raise DecodeError("no content")
    if apdu[0] in _CIPHERED:
        raise DecodeError("the frame is encrypted: this meter needs a key from the grid company")
    if apdu[0] != _DATA_NOTIFICATION:
        raise DecodeError(f"not a data-notification but {apdu[0]:#04x}")
    clock, rest = _take_clock(apdu[1 + _INVOKE_ID_LENGTH :])
    return DataNotification(clock, parse_data(rest))


def _take_clock(octets: bytes) -> tuple[CosemDateTime | None, bytes]:
    # The standard has a bare length and no tag, as Aidon (0) and Kamstrup (12) send it. Kaifa puts
    # the tag of an octet-string before it.
    if octets[:1] == bytes([_OCTET_STRING]):
        octets = octets[1:]
    if not octets:
        raise DecodeError("cut off before the date-time")
    length, rest = octets[0], octets[1:]
    if length == 0:
        return None, rest
    if length != DATE_TIME_LENGTH:
        raise DecodeError(f"a date-time of {length} octets")
    return CosemDateTime.from_octets(rest[:DATE_TIME_LENGTH]), rest[DATE_TIME_LENGTH:]
