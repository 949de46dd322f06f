"""Places one car's energy in one go, where that is cheapest."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

from ..units import WattHour
from .track import Track

#: A pause that no power forces costs more than anything, per s.
_GAP = 1e3


def place_in_one_go(track: Track, energy: WattHour, optimum: list[WattHour]) -> list[WattHour]:
    """Return the energy in each segment, charged at the highest current without a pause.

    A segment without power is passed over, but not if another time has none such. What it costs is
    linear between the moments at which the start or the end meets a segment's border, so one of
    these is cheapest. If nothing fits it is ``optimum``.
    """
    usable = set(track.order)
    caps = _within_budgets(track, [m if i in usable else 0 for i, m in enumerate(track.most)])
    energy = min(energy, sum(caps))
    if not energy:
        return optimum
    taken = [0, *accumulate(caps)]
    best: tuple[float, list[WattHour]] | None = None
    for index, cap in enumerate(caps):
        if not cap:
            continue
        for placed in (_from(caps, taken, index, energy), _until(caps, taken, index, energy)):
            if placed is not None and (best is None or _cost(track, placed) < best[0] - 1e-12):
                best = _cost(track, placed), placed
    return optimum if best is None else best[1]


def _within_budgets(track: Track, caps: list[WattHour]) -> list[WattHour]:
    """Return the limits of the segments with the hours' budgets split evenly on them."""
    sums = [0] * len(track.budgets)
    for hour, cap in zip(track.hour, caps, strict=True):
        if hour >= 0:
            sums[hour] += cap
    passed = [0] * len(track.budgets)
    shared = []
    for hour, cap in zip(track.hour, caps, strict=True):
        if hour < 0 or sums[hour] <= track.budgets[hour]:
            shared.append(cap)
            continue
        before = passed[hour] * track.budgets[hour] // sums[hour]
        passed[hour] += cap
        shared.append(passed[hour] * track.budgets[hour] // sums[hour] - before)
    return shared


def _from(
    caps: Sequence[WattHour], taken: Sequence[WattHour], first: int, energy: WattHour
) -> list[WattHour] | None:
    """Return a placement that begins with a segment."""
    until = taken[first] + energy
    if taken[-1] < until:
        return None
    last = bisect_left(taken, until) - 1
    placed = [0] * len(caps)
    placed[first : last + 1] = caps[first : last + 1]
    placed[last] -= taken[last + 1] - until
    return placed


def _until(
    caps: Sequence[WattHour], taken: Sequence[WattHour], last: int, energy: WattHour
) -> list[WattHour] | None:
    """Return a placement that ends with a segment."""
    begins = taken[last + 1] - energy
    if begins < 0:
        return None
    first = bisect_left(taken, begins + 1) - 1
    placed = [0] * len(caps)
    placed[first : last + 1] = caps[first : last + 1]
    placed[first] -= begins - taken[first]
    return placed


def _cost(track: Track, placed: Sequence[WattHour]) -> float:
    used = [index for index, energy in enumerate(placed) if energy]
    pause = track.ends[used[-1]] - track.starts[used[0]]
    pause -= sum(track.ends[index] - track.starts[index] for index in used)
    return _GAP * pause + sum(placed[index] * track.worth[index] for index in used)
