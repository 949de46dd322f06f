"""Long frames of a wired M-Bus (EN 13757-2, clause 5.4), with DLMS inside (EN 13757-3, annex).

``68 L L 68 C A CI … checksum 16``, where L counts from C to before the checksum, which is the sum of
the same octets. With a CI of 00 to 1F the content is a part of a DLMS message after two octets of
transport addresses: the low four bits of CI count the parts, at most 16, and 10 marks the last one.
"""

from .base import Frame, FrameKind, Verdict

START = 0x68
_STOP = 0x16
_HEADER_LENGTH = 4
_TRAILER_LENGTH = 2
_CONTROLS_LENGTH = 5
_SHORTEST = 3
_TRANSPORT = 0x1F
_LAST, _PART = 0x10, 0x0F
# Sagemcom's frames of 257 octets say 1: the length has one octet, and the rest of it is lost.
_LENGTH_OVERFLOW = 256
_LONGEST_OVERFLOWN = 16


def examine_mbus(buffer: bytes, start: int) -> Frame | Verdict:
    """Judge the long frame that would begin at this place."""
    header = buffer[start : start + _HEADER_LENGTH]
    if len(header) >= 3 and header[1] != header[2]:
        return Verdict.NOTHING
    if len(header) < _HEADER_LENGTH:
        return Verdict.INCOMPLETE
    if header[3] != START:
        return Verdict.NOTHING
    length = header[1]
    verdict = _examine(buffer, start, length) if length >= _SHORTEST else Verdict.NOTHING
    if isinstance(verdict, Frame) or length > _LONGEST_OVERFLOWN:
        return verdict
    overflown = _examine(buffer, start, length + _LENGTH_OVERFLOW)
    return verdict if overflown is Verdict.DAMAGED else overflown


def _examine(buffer: bytes, start: int, length: int) -> Frame | Verdict:
    content_end = start + _HEADER_LENGTH + length
    end = content_end + _TRAILER_LENGTH
    if len(buffer) < end:
        return Verdict.INCOMPLETE
    content = buffer[start + _HEADER_LENGTH : content_end]
    if buffer[content_end] != sum(content) & 0xFF or buffer[end - 1] != _STOP:
        return Verdict.DAMAGED
    information = content[2]
    if information > _TRANSPORT or length < _CONTROLS_LENGTH:
        return Frame(FrameKind.MBUS, b"", end)
    part = information & _PART
    return Frame(
        FrameKind.MBUS,
        content[_CONTROLS_LENGTH:],
        end,
        first=part == 0,
        last=bool(information & _LAST),
        part=part,
        sender=content[1:2] + content[3:_CONTROLS_LENGTH],
    )
