"""From octets to lists, counting what went wrong on the way."""

from dataclasses import dataclass, field
from typing import Self

from .decoders import Undecodable, decode
from .framers import FrameCounts, Framer
from .meter_list import MeterList


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What has come through so far; the last frame that was no known list, and why."""

    octets: int = 0
    frames: FrameCounts = field(default_factory=FrameCounts)
    lists: int = 0
    undecodable: int = 0
    reason: str | None = None

    def since(self, earlier: Self) -> Counts:
        """Return what has come since then."""
        return Counts(
            octets=self.octets - earlier.octets,
            frames=FrameCounts(
                good=self.frames.good - earlier.frames.good,
                bad=self.frames.bad - earlier.frames.bad,
                noise=self.frames.noise - earlier.frames.noise,
            ),
            lists=self.lists - earlier.lists,
            undecodable=self.undecodable - earlier.undecodable,
            reason=self.reason,
        )


class Pipeline:
    """Frames and decodes a stream. Never raises, whatever the octets."""

    def __init__(self, framer: Framer) -> None:
        self._framer = framer
        self._octets = 0
        self._lists = 0
        self._undecodable = 0
        self._reason: str | None = None

    @property
    def counts(self) -> Counts:
        """Return what has come through so far."""
        return Counts(
            octets=self._octets,
            frames=self._framer.counts,
            lists=self._lists,
            undecodable=self._undecodable,
            reason=self._reason,
        )

    def feed(self, chunk: bytes) -> list[MeterList]:
        """Take the next octets and return the lists that are now whole."""
        self._octets += len(chunk)
        lists = []
        for payload in self._framer.feed(chunk):
            match decode(payload):
                case Undecodable(reason):
                    self._undecodable += 1
                    self._reason = reason
                case meter_list:
                    self._lists += 1
                    lists.append(meter_list)
        return lists
