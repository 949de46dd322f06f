"""What the house has to be expected to take of a line soon, learned from what it did of late.

Headroom is worth using as long as it lasts, and each time that the house takes it back the line is
above its limit until the meter has told and the car has followed. So a level of the house is expected
that makes the sum of both least: the level itself, which is lost to the chargers, and what it costs
that the house rises above it as often as it did of late. A hob that switches each half minute is
left its room, a kettle that comes once is not, and what has stayed away for long is forgotten.
"""

from collections.abc import Sequence
from datetime import timedelta
from math import exp

from ..units import Ampere, Phase
from .state import HouseSample, Rise

#: How quickly the past is forgotten.
_MEMORY = timedelta(minutes=5)
#: What one overload may cost in ampere seconds of charging that are given up to avoid it.
_PRICE = 900.0
#: What the house has not taken for so long it is not expected to take, however often it did before.
LONGEST = timedelta(seconds=150)
#: A rise by less is noise of the meter (A).
_NOISE = 0.1
#: Rises of so long ago weigh nothing.
_KEEP = 4 * _MEMORY


def rises(
    known: Sequence[Rise], before: HouseSample | None, taken: HouseSample
) -> tuple[Rise, ...]:
    """Return the rises of the house of late, with those from one sample to the next."""
    kept = tuple(rise for rise in known if taken.at - rise.at < _KEEP)
    if before is None:
        return kept
    return kept + tuple(
        Rise(taken.at, line, before.lines[line], current)
        for line, current in taken.lines.items()
        if current > before.lines[line] + _NOISE
    )


def outlook(
    house: Sequence[HouseSample], known: Sequence[Rise], after: timedelta
) -> dict[Phase, Ampere]:
    """Return the level in A to expect on each line.

    ``house`` are the samples of the last ``LONGEST``, oldest first, at least one. The level is never
    below what the house took within the last ``after``.
    """
    newest = house[-1]
    by_line: dict[Phase, list[tuple[float, Rise]]] = {line: [] for line in newest.lines}
    for rise in known:
        weight = exp((rise.at - newest.at) / _MEMORY)
        by_line[rise.line].append((weight, rise))
    recent = [taken for taken in house if taken.at >= newest.at - after]
    found = {}
    for line in newest.lines:
        least = max(taken.lines[line] for taken in recent)
        levels = {least, *(taken.lines[line] for taken in house if taken.lines[line] > least)}
        found[line] = min(levels, key=lambda level: level + _cost(level, by_line[line]))
    return found


def _cost(level: Ampere, known: Sequence[tuple[float, Rise]]) -> float:
    """Return what it costs to expect only this level, in A."""
    weight = sum(each for each, rise in known if rise.low <= level < rise.high - _NOISE)
    return _PRICE * weight / _MEMORY.total_seconds()
