"""A serial line down to its bits, so that a wrong speed, parity or polarity gives what it gives."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ams2mqtt_bridge.config import Parity
from ams2mqtt_bridge.sources.line import LineSettings


@dataclass(frozen=True)
class Edge:
    """From this moment the line is high or low."""

    at: float
    high: bool


@dataclass(frozen=True)
class Octet:
    at: float
    value: int
    framing_error: bool = False
    parity_error: bool = False


def transmit(
    bursts: Iterable[tuple[float, bytes]], settings: LineSettings, *, inverted: bool = False
) -> list[Edge]:
    """Send bursts, each at its moment; within one the octets follow each other without a pause."""
    edges = [Edge(float("-inf"), high=not inverted)]
    for start, octets in bursts:
        moment = start
        for octet in octets:
            for bit in (0, *_data(octet), *_parity(octet, settings.parity), 1):
                high = bool(bit) is not inverted
                if edges[-1].high is not high:
                    edges.append(Edge(moment, high))
                moment += 1 / settings.baudrate
        if edges[-1].high is inverted:
            edges.append(Edge(moment, high=not inverted))
    return edges


def receive(
    edges: list[Edge], settings: LineSettings, since: float = float("-inf")
) -> Iterator[Octet]:
    """Yield what a receiver that is opened at a moment makes of the line.

    It waits for a start bit, and then samples each bit in its middle.
    """
    bit = 1 / settings.baudrate
    line = _Line(edges)
    parity_bits = 0 if settings.parity is Parity.NONE else 1
    moment = since
    while (start := line.next_fall(moment)) is not None:
        if line.high(start + bit / 2):
            moment = start + bit / 2
            continue
        bits = [int(line.high(start + (1.5 + index) * bit)) for index in range(8 + parity_bits)]
        value = sum(one << index for index, one in enumerate(bits[:8]))
        moment = start + (9.5 + parity_bits) * bit
        yield Octet(
            moment,
            value,
            framing_error=not line.high(moment),
            parity_error=tuple(bits[8:]) != _parity(value, settings.parity),
        )


class _Line:
    def __init__(self, edges: list[Edge]) -> None:
        self._edges = edges
        self._index = 0

    def high(self, moment: float) -> bool:
        self._seek(moment)
        return self._edges[self._index].high

    def next_fall(self, moment: float) -> float | None:
        self._seek(moment)
        for index in range(self._index + 1, len(self._edges)):
            if not self._edges[index].high:
                return self._edges[index].at
        return None

    def _seek(self, moment: float) -> None:
        while self._index + 1 < len(self._edges) and self._edges[self._index + 1].at <= moment:
            self._index += 1


def _data(octet: int) -> tuple[int, ...]:
    return tuple(octet >> index & 1 for index in range(8))


def _parity(octet: int, parity: Parity) -> tuple[int, ...]:
    match parity:
        case Parity.NONE:
            return ()
        case Parity.EVEN:
            return (octet.bit_count() % 2,)
        case Parity.ODD:
            return (1 - octet.bit_count() % 2,)
