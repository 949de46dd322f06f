"""What every framer does."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import NamedTuple, Protocol, Self


class FrameKind(IntEnum):
    """What a message was framed in."""

    HDLC = 0
    MBUS = 1
    P1 = 2
    APDU = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameCounts:
    """How a stream has been so far: frames, and octets that belong to no frame.

    ``good`` is the sum of the good frames of each kind. ``bad`` frames had a wrong check sequence or
    were cut short; ``fragments`` were good by themselves, and the rest of their message was missing.
    """

    good: int = 0
    bad: int = 0
    noise: int = 0
    fragments: int = 0
    hdlc: int = 0
    mbus: int = 0
    p1: int = 0
    apdu: int = 0

    def since(self, earlier: Self) -> FrameCounts:
        """Return what has come since then."""
        return FrameCounts(
            good=self.good - earlier.good,
            bad=self.bad - earlier.bad,
            noise=self.noise - earlier.noise,
            fragments=self.fragments - earlier.fragments,
            hdlc=self.hdlc - earlier.hdlc,
            mbus=self.mbus - earlier.mbus,
            p1=self.p1 - earlier.p1,
            apdu=self.apdu - earlier.apdu,
        )


class Frame(NamedTuple):
    """A whole frame with its checks right, which ends before the octet ``end``.

    A message may come in parts: ``first`` and ``last`` tell where this one belongs, ``part`` is its
    number where the protocol counts them, and ``sender`` tells parts of different
    messages apart.
    """

    kind: FrameKind
    payload: bytes
    end: int
    first: bool = True
    last: bool = True
    part: int | None = None
    sender: bytes = b""


class Verdict(StrEnum):
    """Why there is no frame at a place."""

    INCOMPLETE = "it looks like a frame so far, and octets are still to come"
    DAMAGED = "a frame began here, and a check was wrong"
    NOTHING = "no frame begins here"


class Framer(Protocol):
    """Turns chunks of a stream, cut anywhere, into the payloads of whole messages."""

    @property
    def counts(self) -> FrameCounts:
        """Return how many frames were good and bad, and how many octets were noise."""
        ...

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take the next octets and return the payloads of the messages that are now whole.

        Never raises, whatever the octets.
        """
        ...
