"""A dynamic program over time, energy given, and on/off.

Each segment counts with the chance that the car still charges when it has been given so much before;
for a need that is known that is certain. Energy is counted in units of what the best segment gives,
or larger ones for much energy; between them values are interpolated, so what it finds is to be filled exactly afterwards.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil

from ..units import WattHour
from .track import Track

#: What a Wh that the car misses costs, as a multiple of the highest price of the times to choose of,
#: and at least, per Wh.
_MISSED = 1.2
_MISSED_LEAST = 0.0003
#: What a Wh costs that is missed of the energy that must be placed.
_MUST = 100.0

#: In how many units energy is counted at most: where it is filled exactly afterwards, and where not.
_COARSE, _FINE = 8, 32

type _Choices = list[tuple[list[bool], list[bool]]]


def walk(
    track: Track, caps: Sequence[WattHour], likely: Sequence[WattHour], energy: WattHour
) -> list[WattHour]:
    """Return what the car may take in each segment: all that there is (``caps``), or nothing.

    ``likely``: equally likely needs, ascending; ``energy`` is placed in any case, if it fits.
    """
    levels = _COARSE if likely[0] == likely[-1] else _FINE
    unit = max(*caps, ceil(max(likely[-1], energy) / levels))
    return _follow(track, caps, _decide(track, caps, likely, energy, unit), unit)


def _decide(
    track: Track,
    caps: Sequence[WattHour],
    likely: Sequence[WattHour],
    energy: WattHour,
    unit: WattHour,
) -> _Choices:
    """Return for each segment whether to charge, by the energy given before in units.

    The first of each pair holds after a pause, the second after charging.
    """
    levels = ceil(max(likely[-1], energy) / unit) + 1
    taken = [mean_below(likely, level * unit) for level in range(levels + 1)]
    chance = [(after - before) for before, after in pairwise(taken)]
    start = [
        track.penalty * sum(each > level * unit for each in likely) / len(likely)
        for level in range(levels)
    ]
    dearest = max(track.worth[index] for index in track.order)
    missed = max(_MISSED_LEAST, _MISSED * dearest)
    end = [
        missed * (taken[-1] - taken[level]) + _MUST * max(0, energy - level * unit)
        for level in range(levels)
    ]
    paused = charging = [*end, end[-1]]
    choices = []
    for index in range(len(caps) - 1, -1, -1):
        share, worth = caps[index] / unit, track.worth[index]
        rest = 1 - share
        on = [
            worth * share * chance[k] + rest * charging[k] + share * charging[k + 1]
            for k in range(levels)
        ]
        fresh = [each + penalty for each, penalty in zip(on, start, strict=True)]
        from_off = [a < b for a, b in zip(fresh, paused, strict=False)]
        from_on = [a < b for a, b in zip(on, paused, strict=False)]
        choices.append((from_off, from_on))
        charging = [min(a, b) for a, b in zip(on, paused, strict=False)]
        paused = [min(a, b) for a, b in zip(fresh, paused, strict=False)]
        charging.append(charging[-1])
        paused.append(paused[-1])
        joined = index > 0 and track.ends[index - 1] == track.starts[index]
        if not joined or not caps[index]:
            charging = paused
    choices.reverse()
    return choices


def _follow(
    track: Track, caps: Sequence[WattHour], choices: _Choices, unit: WattHour
) -> list[WattHour]:
    charging, given = track.charging, 0
    placed = [0] * len(caps)
    for index, (from_off, from_on) in enumerate(choices):
        joined = index == 0 or track.ends[index - 1] == track.starts[index]
        choice = from_on if charging and joined else from_off
        charging = caps[index] > 0 and choice[min(len(choice) - 1, round(given / unit))]
        if charging:
            placed[index] = caps[index]
            given += caps[index]
    return placed


def mean_below(likely: Sequence[WattHour], given: float) -> float:
    """Return what the car is expected to have taken when it was given an energy, in Wh."""
    return sum(min(each, given) for each in likely) / len(likely)
