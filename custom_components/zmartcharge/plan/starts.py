"""Places one car's energy so that what it costs and what its starts cost is least together.

For a given value of energy the best choice of segments is a small dynamic program over time and
on/off. That value is searched for at which as much is chosen as is needed (Lagrangian relaxation; each
step is the secant of the two choices around the need, so it ends at the lower hull, which also bounds
how much better any choice could be). Where that leaves something to gain, a dynamic program over time,
energy and on/off adds a choice. Each one that suffices is filled exactly, and the cheapest is taken.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from ..units import WattHour
from .breathing import breathe
from .lattice import walk
from .track import SHORTEST_RUN, Pattern, Track

_ROUNDS = 24
#: By how much the steps to a value on the other side grow, and how much may be too much for a step.
_LONGER, _NEARLY = 3, 1.25
_NEVER = -1e18
#: The segment that a run begins at which was charging before the first.
_GOES_ON = -1
#: Less than this is not worth a closer look: a share of the cost, and of a start's.
_GAIN, _GAIN_STARTS = 0.003, 0.3
#: What a crumb is taken to cost: more than any of prices, less than a few Wh of another stage.
_CRUMB = 10.0
#: How many changes of a choice are tried at most where budgets bind, so that the search had to guess
#: how they are split. By how many segments runs are lengthened.
_MOVES = 60
_STEPS = (1, 2, 4)


def place(
    track: Track, energy: WattHour, optimum: list[WattHour], *, closely: bool = True
) -> list[WattHour]:
    """Return the energy in each segment.

    ``optimum``: the cheapest placement of it without regard to starts; the result places as much.
    ``closely``: also look at what the first search may have missed.
    """
    if not energy or not any(optimum):
        return optimum
    kept = _worth_a_look(track, energy, optimum)
    choice = _Choice(_reduced(track, kept), energy, [optimum[index] for index in kept])
    ways = _caps(choice.track)
    for caps in ways if closely else ways[:1]:
        found, bound = _search(choice.track, caps, energy)
        if found is not None:
            choice.try_out(found)
        if closely and choice.may_gain(bound):
            taken = walk(choice.track, caps, [energy], energy)
            choice.try_out(tuple(each > 0 for each in taken))
            if len(ways) > 1 and choice.may_gain(bound):
                choice.climb(_MOVES)
    placed = [0] * len(track.most)
    for index, each in zip(kept, choice.placed, strict=True):
        placed[index] = each
    return placed


class _Choice:
    """The cheapest placement of those that were tried out."""

    def __init__(self, track: Track, energy: WattHour, placed: list[WattHour]) -> None:
        """Begin with a placement."""
        self.track = track
        self.placed = placed
        self._energy = energy
        self._cost = self._weigh(placed)
        self._seen: set[Pattern] = set()
        self.try_out(tuple(each > 0 for each in placed))

    def may_gain(self, bound: float) -> bool:
        """Tell whether it is worth looking on when nothing can cost less than ``bound``."""
        gain = self._cost - bound
        return gain > _GAIN * abs(bound) + _GAIN_STARTS * self.track.penalty

    def _weigh(self, placed: list[WattHour]) -> float:
        crumbs, cost = self.track.cost(placed, self._energy)
        return cost + crumbs * _CRUMB

    def try_out(self, pattern: Pattern) -> bool:
        """Take the cheapest placement on a pattern if it costs less; tell whether it does."""
        better = False
        while pattern not in self._seen:
            self._seen.add(pattern)
            placed = self.track.filled(pattern, self._energy)
            if placed is None:
                break
            if (cost := self._weigh(placed)) < self._cost:
                self.placed, self._cost, better = placed, cost, True
            pattern = tuple(each > 0 for each in placed)
        return better

    def climb(self, left: int) -> None:
        """Change the runs as long as that makes it cheaper, ``left`` times at most."""
        better = True
        while better:
            better = False
            for pattern in self._neighbours(tuple(each > 0 for each in self.placed)):
                better |= self.try_out(pattern)
                left -= 1
                if not left:
                    return

    def _neighbours(self, pattern: Pattern) -> Iterator[Pattern]:
        """Yield patterns with a run longer, shorter, split or left out."""
        runs = list(self.track.runs(pattern))
        for first, last in runs:
            for steps in _STEPS:
                yield from self._changed(pattern, range(first - steps, first), on=True)
                yield from self._changed(pattern, range(last + 1, last + 1 + steps), on=True)
        for first, last in runs:
            yield from self._changed(pattern, range(first, last + 1), on=False)
            for at in range(first, last + 1):
                yield from self._changed(pattern, range(at, at + 1), on=False)

    def _changed(self, pattern: Pattern, span: range, *, on: bool) -> Iterator[Pattern]:
        if span[0] >= 0 and span[-1] < len(pattern) and all(self.track.most[i] for i in span):
            yield (*pattern[: span[0]], *[on] * len(span), *pattern[span[-1] + 1 :])


def _worth_a_look(track: Track, energy: WattHour, optimum: Sequence[WattHour]) -> list[int]:
    """Return the segments that can be of use, without those that are too dear even for a bridge."""
    dearest = max(track.worth[index] for index, each in enumerate(optimum) if each)
    dearest += 4 * track.penalty / max(1, min(energy, max(track.most)))
    # To avoid a crumb, what comes next has to be there to choose of.
    ample = 2 * energy + 2 * max(track.most)
    for index in track.order:
        if ample <= 0:
            break
        ample -= track.most[index]
        dearest = max(dearest, track.worth[index])
    useful = bytearray(len(track.most) + 2)
    for index in track.order:
        if not track.most[index]:
            continue
        bridge = track.penalty / max(1, min(track.least[index], track.most[index]))
        if track.worth[index] <= dearest + bridge:
            # A run that would be a crumb is lengthened by what lies beside it.
            useful[index] = useful[index + 1] = useful[index + 2] = True
    return sorted(index for index in track.order if useful[index + 1] and track.most[index])


def _reduced(track: Track, kept: Sequence[int]) -> Track:
    """Return a track of these segments only."""
    place_of = {index: at for at, index in enumerate(kept)}
    return replace(
        track,
        starts=[track.starts[index] for index in kept],
        ends=[track.ends[index] for index in kept],
        highest=[track.highest[index] for index in kept],
        most=[track.most[index] for index in kept],
        least=[track.least[index] for index in kept],
        worth=[track.worth[index] for index in kept],
        order=[place_of[index] for index in track.order if index in place_of],
        hour=[track.hour[index] for index in kept],
        charging=track.charging and kept[0] == 0,
    )


def _caps(track: Track) -> list[list[WattHour]]:
    """Return ways to split the hours' budgets on their segments.

    Evenly, on as many as can charge at once; the cheapest first; and so that one hour's charging goes
    on in the next, from every other hour.
    """
    inside: dict[int, list[int]] = {}
    for index in track.order:
        if track.hour[index] >= 0:
            inside.setdefault(track.hour[index], []).append(index)
    bound = {
        hour: found
        for hour, found in inside.items()
        if sum(track.most[index] for index in found) > track.budgets[hour]
    }
    if not bound:
        return [list(track.most)]
    shares = [list(track.most) for _ in range(4)]
    for hour, cheapest in bound.items():
        budget, times = track.budgets[hour], sorted(cheapest)
        together = _together(track, times, budget)
        for index in times:
            among = index in together
            shares[0][index] = min(track.most[index], budget // len(together)) if among else 0
        _pour(shares[1], track, cheapest, budget)
        _pour(shares[2 + hour % 2], track, times, budget)
        _pour(shares[3 - hour % 2], track, times[::-1], budget)
    return shares


def _together(track: Track, times: list[int], budget: WattHour) -> list[int]:
    """Return the cheapest neighbours of an hour that can all charge within its budget."""
    least = max(1, *(track.least[index] for index in times))
    count = max(1, min(len(times), budget // least))
    spans = [times[first : first + count] for first in range(len(times) - count + 1)]
    return min(spans, key=lambda span: sum(track.worth[index] for index in span))


def _pour(share: list[WattHour], track: Track, order: Sequence[int], left: WattHour) -> None:
    for index in order:
        share[index] = min(track.most[index], left)
        left -= share[index]


def _search(
    track: Track, caps: Sequence[WattHour], energy: WattHour
) -> tuple[Pattern | None, float]:
    """Return the choice that suffices and exceeds the need least, and what any costs at least."""
    entries = _entries(track, caps, energy)
    lows = [min(low, cap) for low, cap in zip(track.least, caps, strict=True)]
    before = [track.starts[0], *track.ends]
    joined = [
        cap > 0 and start == end
        for cap, start, end in zip(caps, track.starts, before, strict=False)
    ]
    found: Pattern | None = None
    bound = _NEVER
    value = _first_value(track, caps, energy)
    step = max(track.penalty / energy, 1e-5)
    enough: tuple[float, float] | None = None
    short: tuple[float, float] | None = None
    for _ in range(_ROUNDS):
        breathe()
        pattern, taken, cost = _best(track, caps, lows, joined, entries, value)
        bound = max(bound, cost + value * (energy - taken))
        if taken >= energy:
            found = pattern
            if enough and short and taken >= enough[0]:
                break
            enough = taken, cost
        else:
            if enough and short and taken <= short[0]:
                break
            short = taken, cost
        if enough is None:
            value += step
            step *= _LONGER
        elif short is None and enough[0] < _NEARLY * energy:
            value -= step
            step *= _LONGER
        else:
            less, cheaper = short or (0.0, 0.0)
            value = (enough[1] - cheaper) / (enough[0] - less)
    return found, bound


def _first_value(track: Track, caps: Sequence[WattHour], energy: WattHour) -> float:
    """Return at least what the last Wh costs without regard to starts."""
    left = energy
    for index in track.order:
        left -= caps[index]
        if left <= 0:
            return track.worth[index] + 1e-7
    return track.worth[track.order[-1]] + 1e-7


def _entries(track: Track, caps: Sequence[WattHour], energy: WattHour) -> list[int]:
    """Return for each segment the latest one to have started at, for the run not to be a crumb.

    -1 where none can end.
    """
    shortest = min(SHORTEST_RUN, track.shortest_time(energy)) - 1e-6
    entries = []
    begin = latest = 0
    for index, (start, end) in enumerate(zip(track.starts, track.ends, strict=True)):
        if index and track.ends[index - 1] != start:
            begin = latest = index
        if not caps[index]:
            begin = latest = index + 1
            entries.append(-1)
            continue
        while latest < index and end - track.starts[latest + 1] >= shortest:
            latest += 1
        if end - track.starts[latest] >= shortest:
            entries.append(latest)
        else:
            ends_here = (
                index + 1 == len(caps) or not caps[index + 1] or track.starts[index + 1] != end
            )
            entries.append(begin if ends_here else -1)
    return entries


def _best(
    track: Track,
    caps: Sequence[WattHour],
    lows: Sequence[WattHour],
    joined: Sequence[bool],
    entries: Sequence[int],
    value: float,
) -> tuple[Pattern, WattHour, float]:
    """Return the best choice when energy is worth ``value`` per Wh, its energy and its cost."""
    gains = [
        (value - worth) * (cap if worth < value else low)
        for worth, cap, low in zip(track.worth, caps, lows, strict=True)
    ]
    # What is gained with the car off, and with it on less what all segments so far gain: so a run that
    # goes on stays as it is.
    off, on = 0.0, 0.0 if track.charging else _NEVER
    penalty = track.penalty
    # As ``on``, for a run that begins at each segment.
    fresh = [-penalty]
    begin = _GOES_ON
    runs: list[tuple[int, int]] = []
    segments = zip(accumulate(gains), joined, entries, strict=True)
    for index, (total, goes_on, entry) in enumerate(segments):
        if not goes_on:
            on = _NEVER
        if entry >= 0 and fresh[entry] > on:
            on, begin = fresh[entry], entry
        if on + total > off:
            off = on + total
            runs.append((begin, index))
        fresh.append(off - penalty - total)
    return _trace(track, caps, lows, value, runs)


def _trace(
    track: Track,
    caps: Sequence[WattHour],
    lows: Sequence[WattHour],
    value: float,
    runs: list[tuple[int, int]],
) -> tuple[Pattern, WattHour, float]:
    """Return the choice of the best of ``runs`` (first and last segment), and what comes before it."""
    pattern = [False] * len(caps)
    energy, cost = 0, 0.0
    until = len(caps)
    for begin, last in reversed(runs):
        if last >= until:
            continue
        until = max(begin, 0)
        for each in range(until, last + 1):
            pattern[each] = True
            worth = track.worth[each]
            taken = caps[each] if worth < value else lows[each]
            energy += taken
            cost += taken * worth
        if begin != _GOES_ON:
            cost += track.penalty
    return tuple(pattern), energy, cost
