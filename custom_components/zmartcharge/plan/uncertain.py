"""Places the energy of a car of which only likely needs are known.

A car charges in the times that it is given until it is full. So a time counts with the chance that the
car still charges then, and that falls with what it was given before: a small dynamic program over
time, energy given and on/off weighs the price of each time, the chance that it is used, the starts,
and what a need that is not met costs. Until the car is full nothing else becomes known of its need, so
no plan made in advance is better (stochastic dynamic programming; Bellman, 1957).
"""

from collections.abc import Sequence

from ..units import WattHour
from .lattice import walk
from .likely import Needs
from .track import SHORTEST_RUN, Track


def place_likely(
    track: Track, likely: Sequence[WattHour], energy: WattHour
) -> tuple[list[WattHour], list[WattHour]]:
    """Return what the car may take in each segment, and what it is expected to take there, in Wh.

    At least ``energy`` is placed, which must fit. ``likely``: equally likely needs, ascending.
    """
    caps = _caps(track)
    placed = walk(track, caps, likely, energy)
    _widen(track, caps, placed)
    return placed, Needs(likely).taken(placed)


def _caps(track: Track) -> list[WattHour]:
    """Return what may be taken of each segment, the hours' budgets given to the cheapest first."""
    caps = [0] * len(track.most)
    left = list(track.budgets)
    for index in track.order:
        hour = track.hour[index]
        caps[index] = track.most[index] if hour < 0 else min(left[hour], track.most[index])
        if hour >= 0:
            left[hour] -= caps[index]
    return caps


def _widen(track: Track, caps: Sequence[WattHour], placed: list[WattHour]) -> None:
    """Lengthen runs that are crumbs by the cheaper segment beside them."""
    for first, last in list(track.runs(placed)):
        if (first == 0 and track.charging) or not caps[first]:
            continue
        while track.ends[last] - track.starts[first] < SHORTEST_RUN:
            beside = [
                index
                for index, edge in ((first - 1, first), (last + 1, last + 1))
                if 0 <= index < len(caps)
                and caps[index]
                and not placed[index]
                and 0 < edge < len(caps)
                and track.ends[edge - 1] == track.starts[edge]
            ]
            if not beside:
                break
            added = min(beside, key=track.worth.__getitem__)
            placed[added] = caps[added]
            first, last = min(first, added), max(last, added)
