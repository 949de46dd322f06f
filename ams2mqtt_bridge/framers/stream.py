"""Finds frames of every kind in one stream, by looking at what arrives."""

from collections.abc import Callable
import re
from typing import override

from . import hdlc, mbus, p1
from .apdu import is_whole_apdu
from .base import Frame, FrameCounts, FrameKind, Framer, Verdict
from .segments import Segments

_EXAMINERS: dict[int, Callable[[bytes, int], Frame | Verdict]] = {
    hdlc.FLAG: hdlc.examine_hdlc,
    mbus.START: mbus.examine_mbus,
    p1.START: p1.examine_p1,
}
_BEGINNING = re.compile(b"[" + re.escape(bytes(_EXAMINERS)) + b"]")
# What separates telegrams is no noise.
_SEPARATORS = b"\r\n"


class StreamFramer(Framer):
    """Never loses a good frame to a damaged one before it, nor to a change of protocol.

    Every octet that may begin a frame is tried as one. While a frame is not yet whole, what has come
    of it is tried too: when a whole frame with its checks right begins inside, the outer one was cut
    short, and there is no waiting for octets that will never come. There are no modes, so a port
    that is switched to another protocol is read on from the first whole frame.

    A chunk that is exactly one APDU, with nothing kept from before, is a message without a frame.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._segments = Segments()
        self._good = [0] * len(FrameKind)
        self._bad = 0
        self._noise = 0

    @property
    @override
    def counts(self) -> FrameCounts:
        return FrameCounts(
            good=sum(self._good),
            bad=self._bad,
            noise=self._noise,
            fragments=self._segments.lost,
            hdlc=self._good[FrameKind.HDLC],
            mbus=self._good[FrameKind.MBUS],
            p1=self._good[FrameKind.P1],
            apdu=self._good[FrameKind.APDU],
        )

    @override
    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the messages that are now whole; frames without content carry nothing."""
        if not self._rest and is_whole_apdu(chunk):
            self._good[FrameKind.APDU] += 1
            return [chunk]
        data = self._rest + chunk
        messages: list[bytes] = []
        done = 0
        while (found := _BEGINNING.search(data, done)) is not None:
            start = found.start()
            if done < start:
                self._skip(data, done, start)
            verdict = _EXAMINERS[data[start]](data, start)
            if isinstance(verdict, Frame):
                done = verdict.end
                self._take(verdict, messages)
            elif verdict is Verdict.INCOMPLETE:
                if (inner := _good_frame_after(data, start)) < 0:
                    self._rest = data[start:]
                    return messages
                self._damaged()
                self._skip(data, start + 1, inner)
                done = inner
            else:
                done = start + 1
                if verdict is Verdict.DAMAGED:
                    self._damaged()
        if done < len(data):
            self._skip(data, done, len(data))
        self._rest = b""
        return messages

    def _take(self, frame: Frame, messages: list[bytes]) -> None:
        self._good[frame.kind] += 1
        if frame.payload and (message := self._segments.add(frame)):
            messages.append(message)

    def _damaged(self) -> None:
        self._bad += 1
        self._segments.doubt()

    def _skip(self, data: bytes, start: int, end: int) -> None:
        self._noise += len(data[start:end].strip(_SEPARATORS))


def _good_frame_after(data: bytes, outer: int) -> int:
    """Return where the next whole frame with content begins, or -1."""
    start = outer
    while (found := _BEGINNING.search(data, start + 1)) is not None:
        start = found.start()
        verdict = _EXAMINERS[data[start]](data, start)
        if isinstance(verdict, Frame) and verdict.payload:
            return start
    return -1
