"""The cheapest way to place several cars' energy on segments that they share.

A minimum-cost flow from cars through segments and hours to the grid, found by successive shortest
paths (Ahuja, Magnanti and Orlin, 1993, chapter 9.7): each further Wh goes the cheapest way that is
left, and may move what others have. A price is that of the segment, whoever charges, so a search needs
the cars and the full hours only, and sets of segments are the bits of one integer, the cheapest lowest.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from ..units import WattHour
from .breathing import breathe

_PRECISION = 1e15
_UNLIMITED = 2**62


@dataclass(frozen=True, slots=True)
class _Step:
    """How a search came to a car: ``giver`` takes on ``takes``, and the car gives up ``gives``.

    Both are ranks of segments; where they differ they lie in the same full hour.
    """

    giver: int
    takes: int
    gives: int


class Flow:
    """Energy of cars on segments.

    What is placed is always the cheapest for as much of each car, on the segments that it was allowed
    before anything was placed. One allowed later is only used for what is added after that.

    ``most`` by car and segment, ``room`` by segment (``None``: no limit), ``budgets`` by hour, all in
    Wh; ``worth`` per Wh by segment.
    """

    def __init__(
        self,
        worth: Sequence[float],
        most: Sequence[Sequence[WattHour]],
        room: Sequence[WattHour | None],
        hour: Sequence[int],
        budgets: Sequence[WattHour],
    ) -> None:
        """Begin with nothing placed and no segment allowed."""
        self._order = sorted(range(len(worth)), key=worth.__getitem__)
        self._worth = [round(worth[index] * _PRECISION) for index in self._order]
        self._left = [[caps[index] for index in self._order] for caps in most]
        self._room = [_UNLIMITED if (each := room[i]) is None else each for i in self._order]
        self._hour = [hour[index] for index in self._order]
        self._budget = list(budgets)
        self._placed = [[0] * len(worth) for _ in most]
        self._inside = [0] * len(budgets)
        for rank, each in enumerate(self._hour):
            if each >= 0:
                self._inside[each] |= 1 << rank
        self._full = {each for each, budget in enumerate(budgets) if budget <= 0}
        self._open = self._bits(rank for rank, each in enumerate(self._room) if each > 0)
        self._closed = self._bits(
            rank for rank, each in enumerate(self._hour) if each in self._full
        )
        #: By car: where it may take more, and where it takes something.
        self._can = [0] * len(most)
        self._has = [0] * len(most)
        self._allowed = [0] * len(most)

    @staticmethod
    def _bits(ranks: Iterable[int]) -> int:
        found = 0
        for rank in ranks:
            found |= 1 << rank
        return found

    def allow(self, car: int, segments: Iterable[int]) -> None:
        """Let a car use further segments."""
        wanted = set(segments)
        for rank, index in enumerate(self._order):
            if index in wanted:
                self._allowed[car] |= 1 << rank
                if self._left[car][rank] > 0:
                    self._can[car] |= 1 << rank

    def raise_budgets(self, more: WattHour) -> None:
        """Let what is placed from now on exceed each hour's budget by so much."""
        self._budget = [each + more for each in self._budget]
        self._full = {hour for hour, each in enumerate(self._budget) if each <= 0}
        self._closed = 0
        for hour in self._full:
            self._closed |= self._inside[hour]

    def placed(self, car: int) -> list[WattHour]:
        """Return the energy of a car in each segment."""
        found = [0] * len(self._order)
        for rank, index in enumerate(self._order):
            found[index] = self._placed[car][rank]
        return found

    def add(self, car: int, energy: WattHour) -> WattHour:
        """Place further energy of a car, and return how much does not fit."""
        while energy > 0:
            can = self._can[car]
            if not can:
                break
            lowest = can & -can
            if lowest & self._open and not lowest & self._closed:
                # No way over another car is cheaper than the segment that it begins with.
                taken = self._take(car, lowest.bit_length() - 1, energy)
            else:
                breathe()
                taken = self._detour(car, energy)
            if not taken:
                break
            energy -= taken
        return energy

    def _take(self, car: int, rank: int, energy: WattHour) -> WattHour:
        hour = self._hour[rank]
        amount = min(energy, self._left[car][rank], self._room[rank])
        if hour >= 0:
            amount = min(amount, self._budget[hour])
            self._budget[hour] -= amount
            if not self._budget[hour]:
                self._full.add(hour)
                self._closed |= self._inside[hour]
        self._change(car, rank, amount)
        self._fill(rank, amount)
        return amount

    def _change(self, car: int, rank: int, amount: WattHour) -> None:
        bit = 1 << rank
        self._left[car][rank] -= amount
        self._placed[car][rank] += amount
        if self._left[car][rank] > 0 and self._allowed[car] & bit:
            self._can[car] |= bit
        else:
            self._can[car] &= ~bit
        if self._placed[car][rank] > 0:
            self._has[car] |= bit
        else:
            self._has[car] &= ~bit

    def _fill(self, rank: int, amount: WattHour) -> None:
        if self._room[rank] >= _UNLIMITED // 2:
            return
        self._room[rank] -= amount
        if self._room[rank] > 0:
            self._open |= 1 << rank
        else:
            self._open &= ~(1 << rank)

    def _detour(self, car: int, energy: WattHour) -> WattHour:
        """Place energy the cheapest way, over other cars; return how much, 0 if there is none."""
        came, end = self._search(car)
        if end is None:
            return 0
        taker, rank = end
        takes, gives = [(taker, rank)], []
        while taker != car:
            step = came[taker]
            gives.append((taker, step.gives))
            takes.append((step.giver, step.takes))
            taker = step.giver
        more = Counter(takes)
        more.subtract(gives)
        amount = energy
        for (one, at), times in more.items():
            has = self._left[one][at] if times > 0 else self._placed[one][at]
            amount = min(amount, has // abs(times)) if times else amount
        used = Counter(at for _, at in takes)
        used.subtract(at for _, at in gives)
        for at, times in used.items():
            amount = min(amount, self._room[at] // times) if times > 0 else amount
        if not amount:
            return 0
        hour = self._hour[rank]
        if hour >= 0:
            amount = min(amount, self._budget[hour])
            self._budget[hour] -= amount
            if not self._budget[hour]:
                self._full.add(hour)
                self._closed |= self._inside[hour]
        for one, at in takes:
            self._change(one, at, amount)
            self._fill(at, amount)
        for one, at in gives:
            self._change(one, at, -amount)
            self._fill(at, -amount)
        return amount

    def _search(self, car: int) -> tuple[dict[int, _Step], tuple[int, int] | None]:
        """Return how each car is reached the cheapest way, and who takes which segment at the end.

        What is placed is the cheapest, so no way on from a segment with something in it costs less
        than that segment does: what a way costs up to there is the least that it can cost, the lowest
        is followed first, and none that costs as much as one that was found.
        """
        distance = [_UNLIMITED] * len(self._can)
        distance[car] = 0
        came: dict[int, _Step] = {}
        reached = [_UNLIMITED] * len(self._budget)
        givers: dict[int, list[tuple[int, int]]] = {}
        having = [(other, has) for other, has in enumerate(self._has) if has]
        waiting = [(-_UNLIMITED, 0, car)]
        free = self._open & ~self._closed
        blocked = self._open & self._closed
        worth = self._worth
        end: tuple[int, int] | None = None
        least = _UNLIMITED
        while waiting:
            bound, cost, one = heappop(waiting)
            if bound >= least:
                break
            if cost > distance[one]:
                continue  # it was reached more cheaply since
            can = self._can[one]
            if found := can & free:
                rank = (found & -found).bit_length() - 1
                if cost + worth[rank] < least:
                    least, end = cost + worth[rank], (one, rank)
            for other, has in having:
                if distance[other] > cost and (both := can & has):
                    rank = (both & -both).bit_length() - 1
                    bound = cost + worth[rank]
                    if bound < least and not _on_the_way(other, one, came):
                        distance[other], came[other] = cost, _Step(one, rank, rank)
                        heappush(waiting, (bound, cost, other))
            through = can & blocked
            while through:
                rank = (through & -through).bit_length() - 1
                bound = cost + worth[rank]
                if bound >= least:
                    break
                hour = self._hour[rank]
                through &= ~self._inside[hour]
                if bound >= reached[hour]:
                    continue
                reached[hour] = bound
                if hour not in givers:
                    givers[hour] = self._givers(hour, having)
                for other, gives in givers[hour]:
                    left = bound - worth[gives]
                    if left < distance[other] and not _on_the_way(other, one, came):
                        distance[other], came[other] = left, _Step(one, rank, gives)
                        heappush(waiting, (bound, left, other))
        return came, end

    def _givers(self, hour: int, having: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return the cars that take something in an hour, each with the dearest segment of that."""
        inside = self._inside[hour]
        return [(car, there.bit_length() - 1) for car, has in having if (there := has & inside)]


def _on_the_way(car: int, to: int, came: dict[int, _Step]) -> bool:
    """Tell whether a car lies on the way to another one; going back to it would never end."""
    while to != car:
        if to not in came:
            return False
        to = came[to].giver
    return True
