"""What a car whose need is only likely takes of what it is given."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from ..units import WattHour


class Needs:
    """Equally likely needs, ascending, in Wh; not none."""

    def __init__(self, likely: Sequence[WattHour]) -> None:
        """Prepare the sums."""
        self._likely = likely
        self._sums = [0, *accumulate(likely)]
        self.mean = self._sums[-1] / len(likely)

    def chance_above(self, given: float) -> float:
        """Return how likely more than an energy is needed."""
        return 1 - bisect_right(self._likely, given) / len(self._likely)

    def mean_below(self, given: float) -> float:
        """Return what the car is expected to have taken when it was given an energy, in Wh."""
        below = bisect_right(self._likely, given)
        return (self._sums[below] + (len(self._likely) - below) * given) / len(self._likely)

    def taken(self, placed: Sequence[WattHour]) -> list[WattHour]:
        """Return what the car is expected to take of each of the energies that it is given in turn."""
        found, given, before = [], 0, 0.0
        for each in placed:
            if not each:
                found.append(0)
                continue
            given += each
            after = self.mean_below(given)
            found.append(round(after - before))
            before = after
        return found
