"""HDLC frames of format type 3, as meters send them (IEC 62056-46, clause 6.4).

Meters do no octet stuffing: the flag 7E also occurs inside frames. A frame therefore ends where its
length says, and nothing but its check sequences tells a frame from a stray 7E.
"""

from .base import Frame, FrameKind, Verdict
from .crc import crc_x25

FLAG = 0x7E
_FORMAT_TYPE_MASK, _FORMAT_TYPE = 0xF0, 0xA0
_SEGMENTED = 0x08
_LENGTH_MASK = 0x07FF
_FORMAT_LENGTH = 2
_MAX_ADDRESS_LENGTH = 4
_CHECK_LENGTH = 2
_SHORTEST = _FORMAT_LENGTH + 1 + 1 + 1 + _CHECK_LENGTH
# A message begins with the header of its LLC sublayer, and its later segments do not (8.3.2).
_LLC = bytes.fromhex("e6e700")


def examine_hdlc(buffer: bytes, flag: int) -> Frame | Verdict:
    """Judge the frame that would begin with the flag at this place.

    One flag may close a frame and open the next, so the closing one does not belong to the frame.
    """
    start = flag + 1
    available = len(buffer) - start
    if available and buffer[start] & _FORMAT_TYPE_MASK != _FORMAT_TYPE:
        return Verdict.NOTHING
    if available < _FORMAT_LENGTH:
        return Verdict.INCOMPLETE
    length = (buffer[start] << 8 | buffer[start + 1]) & _LENGTH_MASK
    if length < _SHORTEST:
        return Verdict.NOTHING
    frame = buffer[start : start + length]
    header = _header_length(frame)
    if header is None:
        return Verdict.INCOMPLETE if len(frame) < length else Verdict.NOTHING
    return _check(frame, length, header, start + length)


def _header_length(frame: bytes) -> int | None:
    """Return the octets of format, both addresses and control; ``None`` when an address has no end.

    The last octet of an address is the one with its lowest bit set.
    """
    position = _FORMAT_LENGTH
    for _ in ("destination", "source"):
        for octet in frame[position : position + _MAX_ADDRESS_LENGTH]:
            position += 1
            if octet & 1:
                break
        else:
            return None
    return position + 1


def _check(frame: bytes, length: int, header: int, end: int) -> Frame | Verdict:
    # A frame without information has one check sequence, at its end, and no separate one for the
    # header.
    information = header if length == header + _CHECK_LENGTH else header + _CHECK_LENGTH
    if length < information + _CHECK_LENGTH:
        return Verdict.NOTHING
    if information > header and len(frame) >= information and not _is_intact(frame[:information]):
        return Verdict.DAMAGED
    if len(frame) < length:
        return Verdict.INCOMPLETE
    if not _is_intact(frame):
        return Verdict.DAMAGED
    payload = frame[information:-_CHECK_LENGTH]
    return Frame(
        FrameKind.HDLC,
        payload,
        end,
        first=payload.startswith(_LLC),
        last=not frame[0] & _SEGMENTED,
        sender=frame[_FORMAT_LENGTH : header - 1],
    )


def _is_intact(octets: bytes) -> bool:
    content, check = octets[:-_CHECK_LENGTH], octets[-_CHECK_LENGTH:]
    return crc_x25(content) == check[0] | check[1] << 8
