"""What every framer does."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameCounts:
    """How a stream has been so far: frames, and octets that belong to no frame."""

    good: int = 0
    bad: int = 0
    noise: int = 0


class Framer(Protocol):
    """Turns chunks of a stream, cut anywhere, into the payloads of whole frames."""

    @property
    def counts(self) -> FrameCounts:
        """Return how many frames were good and bad, and how many octets were noise."""
        ...

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take the next octets and return the payloads of the frames that are now whole.

        Never raises, whatever the octets.
        """
        ...
