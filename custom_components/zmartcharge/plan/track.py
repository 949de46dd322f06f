"""One car's way through time: what its placed energy costs, and which placements are whole runs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..units import WattHour
from .filling import refill

#: A time of charging is not shorter than this in s, unless all of it is or there is no power for more.
SHORTEST_RUN = 1800.0
_TOLERANCE = 1.0

type Pattern = tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One car's segments, and what it may take in each.

    ``highest`` and ``least`` in Wh for a whole segment at the highest current and at the lowest;
    ``most`` is what others leave of it: less than ``least`` only lasts for a part of the segment.
    ``worth`` per Wh, ``order`` the segments that may be used, the lowest worth first. ``budgets`` in
    Wh by the index in ``hour`` (-1: none). ``penalty``: what a start costs. ``charging``: going on
    in the first segment is no start.
    """

    starts: Sequence[float]
    ends: Sequence[float]
    highest: Sequence[WattHour]
    most: Sequence[WattHour]
    least: Sequence[WattHour]
    worth: Sequence[float]
    order: Sequence[int]
    hour: Sequence[int]
    budgets: Sequence[WattHour]
    penalty: float
    charging: bool
    #: The highest power that there is, in Wh per s, once it was asked for.
    _highest_power: list[float] = field(init=False, repr=False, compare=False, default_factory=list)

    def runs(self, placed: Sequence[WattHour]) -> Iterator[tuple[int, int]]:
        """Yield the first and the last segment of each run that a placement has."""
        starts, ends = self.starts, self.ends
        first = last = -1
        for index in [at for at, energy in enumerate(placed) if energy]:
            if last < 0 or last + 1 < index or ends[last] != starts[index]:
                if last >= 0:
                    yield first, last
                first = index
            last = index
        if last >= 0:
            yield first, last

    def shortest_time(self, energy: WattHour) -> float:
        """Return how long it takes to charge an energy at the highest power that there is, in s."""
        if not self._highest_power:
            spans = zip(self.most, self.starts, self.ends, strict=True)
            highest = max([most / (end - start) for most, start, end in spans], default=0.0)
            self._highest_power.append(highest)
        highest = self._highest_power[0]
        return energy / highest if highest else 0.0

    def lasting(self, placed: Sequence[WattHour], index: int) -> float:
        """Return how long the energy placed in a segment can take at most, in s."""
        whole = self.ends[index] - self.starts[index]
        least = self.least[index]
        return whole if placed[index] >= least else whole * placed[index] / least

    def cost(self, placed: Sequence[WattHour], energy: WattHour) -> tuple[int, float]:
        """Return how many runs are crumbs, and what a placement costs with its starts."""
        total, crumbs = 0.0, 0
        shortest = min(SHORTEST_RUN, self.shortest_time(energy)) - _TOLERANCE
        for first, last in self.runs(placed):
            going = first == 0 and self.charging
            lasts = 0.0
            for index in range(first, last + 1):
                total += placed[index] * self.worth[index]
                time = self.lasting(placed, index)
                lasts += time
                paused = time < self.ends[index] - self.starts[index] - _TOLERANCE
                if index == last or (paused and index > first):
                    total += 0.0 if going else self.penalty
                    crumbs += not going and lasts < shortest
                    going, lasts = False, 0.0
        return crumbs, total

    def filled(self, pattern: Pattern, energy: WattHour) -> list[WattHour] | None:
        """Return the cheapest placement on these segments, ``None`` if it does not fit.

        Within a run at least the lowest current flows. Its ends are cut as long as it is no crumb.
        """
        placed = [0] * len(pattern)
        left = list(self.budgets)
        kept = [each for run in self.runs(pattern) for each in self._kept(*run)]
        least = [0] * len(pattern)
        for index in kept:
            least[index] = min(self.least[index], self.most[index])
        total = sum(least)
        if total <= energy:
            refill(kept, least, self.hour, left, total, placed)
        chosen = [index for index in self.order if pattern[index]]
        refill(chosen, self.most, self.hour, left, energy - sum(placed), placed)
        return placed if sum(placed) == energy else None

    def _kept(self, first: int, last: int) -> range:
        """Return which segments of a run are used whole; its ends only if it is too short else."""
        lasts = self.ends[last] - self.starts[first]
        ends = sorted({first, last}, key=self.worth.__getitem__, reverse=True)
        for end in ends:
            if end == first and first == 0 and self.charging:
                continue
            whole = self.ends[end] - self.starts[end]
            if lasts - whole < SHORTEST_RUN:
                continue
            lasts -= whole
            first, last = (first + 1, last) if end == first else (first, last - 1)
        return range(first, last + 1)
