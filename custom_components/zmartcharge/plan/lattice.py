"""A dynamic program over time, energy given, and on/off.

Each segment counts with the chance that the car still charges when it has been given so much before;
for a need that is known that is certain. Energy is counted in units that go into what the best segment
gives without a rest; between them values are interpolated, so what it finds is to be filled exactly
afterwards where segments give different amounts.
"""

from collections.abc import Sequence
from itertools import accumulate
from math import ceil
from operator import add

from ..units import WattHour
from .breathing import breathe
from .likely import Needs
from .track import Track

#: What a Wh that the car misses costs, as a multiple of the highest price of the times to choose of,
#: and at least, per Wh.
_MISSED = 1.25
_MISSED_LEAST = 0.0003
#: What a Wh costs that is missed of the energy that must be placed.
_MUST = 100.0

#: In how many units energy is counted at most where it is filled exactly afterwards, and in about how
#: many where not.
_COARSE, _FINE = 8, 48
#: After so many segments other threads may have their turn.
_BREATH = 32

#: For each segment, by the energy given before in units: what is to come costs at least if the car
#: starts in it, if it goes on in it, and if it does not charge.
type _Costs = list[tuple[list[float], list[float], list[float]]]


def walk(
    track: Track, caps: Sequence[WattHour], likely: Sequence[WattHour], energy: WattHour
) -> list[WattHour]:
    """Return what the car may take in each segment: all that there is (``caps``), or nothing.

    ``likely``: equally likely needs, ascending; ``energy`` is placed in any case, if it fits.
    """
    largest = max(caps)
    if likely[0] == likely[-1]:
        unit = max(largest, energy / _COARSE, 1.0)
    else:
        rough = max(likely[-1], energy, 1) / _FINE
        unit = max(1.0, largest / max(1, round(largest / rough)))
    return _follow(track, caps, _decide(track, caps, likely, energy, unit), unit)


def _decide(
    track: Track,
    caps: Sequence[WattHour],
    likely: Sequence[WattHour],
    energy: WattHour,
    unit: float,
) -> _Costs:
    """Return what each choice costs.

    After so many segments no more can have been given than they hold, so only that much is looked at.
    """
    count = ceil(max(likely[-1], energy) / unit) + 1
    needs = Needs(likely)
    given = [level * unit for level in range(count)]
    before = [needs.mean_below(each) for each in given]
    start = [track.penalty * needs.chance_above(each) for each in given]
    missed = max(_MISSED_LEAST, _MISSED * max(track.worth[index] for index in track.order))
    end = [
        missed * (needs.mean - taken) + _MUST * max(0.0, energy - each)
        for each, taken in zip(given, before, strict=True)
    ]
    reached = [min(count, ceil(each / unit) + 2) for each in accumulate(caps, initial=0)]
    takes = {
        cap: [
            needs.mean_below(each + cap) - taken for each, taken in zip(given, before, strict=True)
        ]
        for cap in set(caps)
    }
    paused = charging = end
    costs = []
    for index in range(len(caps) - 1, -1, -1):
        if not index % _BREATH:
            breathe()
        cap, worth, top = caps[index], track.worth[index], reached[index]
        units, share = divmod(cap / unit, 1.0)
        after = charging[int(units) :] + charging[-1:] * (int(units) + 1)
        if share:
            rest = 1 - share
            on = [
                worth * taken + rest * low + share * high
                for taken, low, high in zip(takes[cap][:top], after, after[1:], strict=False)
            ]
        else:
            on = [worth * taken + low for taken, low in zip(takes[cap][:top], after, strict=False)]
        fresh = list(map(add, on, start, strict=False))
        costs.append((fresh, on, paused))
        charging = list(map(min, on, paused, strict=False))
        paused = list(map(min, fresh, paused, strict=False))
        joined = index > 0 and track.ends[index - 1] == track.starts[index]
        if not joined or not cap:
            charging = paused
    costs.reverse()
    return costs


def _follow(track: Track, caps: Sequence[WattHour], costs: _Costs, unit: float) -> list[WattHour]:
    charging, given = track.charging, 0
    placed = [0] * len(caps)
    for index, (fresh, on, paused) in enumerate(costs):
        joined = index == 0 or track.ends[index - 1] == track.starts[index]
        cost = on if charging and joined else fresh
        level = min(len(cost), len(paused)) - 1
        level = min(level, round(given / unit))
        charging = caps[index] > 0 and cost[level] < paused[level]
        if charging:
            placed[index] = caps[index]
            given += caps[index]
    return placed
