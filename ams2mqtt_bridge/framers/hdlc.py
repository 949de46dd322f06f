"""HDLC frames of format type 3, as meters send them (IEC 62056-46, clause 6.4).

Meters do no octet stuffing: the flag 7E also occurs inside frames. A frame therefore ends where its
length says, and nothing but its check sequences tells a frame from a stray 7E.
"""

from typing import NamedTuple, override

from .base import FrameCounts, Framer
from .crc import crc_x25

_FLAG = 0x7E
_FORMAT_TYPE_MASK, _FORMAT_TYPE = 0xF0, 0xA0
_LENGTH_MASK = 0x07FF
_FORMAT_LENGTH = 2
_MAX_ADDRESS_LENGTH = 4
_CHECK_LENGTH = 2
_SHORTEST = _FORMAT_LENGTH + 1 + 1 + 1 + _CHECK_LENGTH


class _Good(NamedTuple):
    information: bytes
    length: int


class _Incomplete(NamedTuple):
    """So far it looks like a frame, but octets are still to come."""


class _Damaged(NamedTuple):
    """A frame began here, and a check sequence is wrong."""


class _NoFrame(NamedTuple):
    """An octet 7E that ends a frame, fills time or is payload."""


type _Verdict = _Good | _Incomplete | _Damaged | _NoFrame


class HdlcFramer(Framer):
    """Finds frames by their length and never loses a good one to a damaged one before it.

    Every 7E is tried as the beginning of a frame. While a frame is not yet whole, the flags inside
    what has come of it are tried too: when one of them begins a whole frame with both check sequences
    right, the outer one was cut short, and there is no waiting for octets that will never come.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._good = 0
        self._bad = 0
        self._noise = 0

    @property
    @override
    def counts(self) -> FrameCounts:
        return FrameCounts(good=self._good, bad=self._bad, noise=self._noise)

    @override
    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the information fields that are now whole; frames without one carry nothing.

        The parts of a segmented frame come out one by one; no known meter segments its lists.
        """
        self._buffer += chunk
        payloads: list[bytes] = []
        done = 0
        while (flag := self._buffer.find(_FLAG, done)) >= 0:
            self._noise += flag - done
            match _examine(self._buffer, flag):
                case _Good(information, length):
                    self._good += 1
                    done = flag + 1 + length
                    if information:
                        payloads.append(information)
                case _Damaged():
                    self._bad += 1
                    done = flag + 1
                case _NoFrame():
                    done = flag + 1
                case _Incomplete():
                    if (inner := self._good_frame_after(flag)) < 0:
                        del self._buffer[:flag]
                        return payloads
                    self._bad += 1
                    self._noise += inner - flag - 1
                    done = inner
        self._noise += len(self._buffer) - done
        self._buffer.clear()
        return payloads

    def _good_frame_after(self, outer: int) -> int:
        """Return where the next whole frame with content begins, or -1."""
        flag = outer
        while (flag := self._buffer.find(_FLAG, flag + 1)) >= 0:
            verdict = _examine(self._buffer, flag)
            if isinstance(verdict, _Good) and verdict.information:
                return flag
        return -1


def _examine(buffer: bytearray, flag: int) -> _Verdict:
    """Judge the frame that would begin with the flag at this place."""
    start = flag + 1
    available = len(buffer) - start
    if available and buffer[start] & _FORMAT_TYPE_MASK != _FORMAT_TYPE:
        return _NoFrame()
    if available < _FORMAT_LENGTH:
        return _Incomplete()
    length = int.from_bytes(buffer[start : start + _FORMAT_LENGTH]) & _LENGTH_MASK
    if length < _SHORTEST:
        return _NoFrame()
    frame = bytes(buffer[start : start + length])
    header = _header_length(frame)
    if header is None:
        return _Incomplete() if len(frame) < length else _NoFrame()
    return _check(frame, length, header)


def _header_length(frame: bytes) -> int | None:
    """Return the octets of format, both addresses and control; ``None`` when an address has no end.

    The last octet of an address is the one with its lowest bit set.
    """
    position = _FORMAT_LENGTH
    for _ in ("destination", "source"):
        address = frame[position : position + _MAX_ADDRESS_LENGTH]
        size = next((index for index, octet in enumerate(address, 1) if octet & 1), None)
        if size is None:
            return None
        position += size
    return position + 1


def _check(frame: bytes, length: int, header: int) -> _Verdict:
    # A frame without information has one check sequence, at its end, and no separate one for the
    # header.
    information = header if length == header + _CHECK_LENGTH else header + _CHECK_LENGTH
    if length < information + _CHECK_LENGTH:
        return _NoFrame()
    if information > header and len(frame) >= information and not _is_intact(frame[:information]):
        return _Damaged()
    if len(frame) < length:
        return _Incomplete()
    if not _is_intact(frame):
        return _Damaged()
    # One flag may close this frame and open the next, so the closing one is left in the stream.
    return _Good(frame[information:-_CHECK_LENGTH], length)


def _is_intact(octets: bytes) -> bool:
    content, check = octets[:-_CHECK_LENGTH], octets[-_CHECK_LENGTH:]
    return crc_x25(content) == int.from_bytes(check, "little")
