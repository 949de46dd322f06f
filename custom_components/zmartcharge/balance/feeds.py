"""Which way a charger that has several should feed its car."""

from collections.abc import Mapping
from datetime import datetime

from .capacity import maximum, subtract, weights
from .sharing import Resource, Route
from .situation import ChargerSituation, Situation
from .state import BalanceState, ChargerMemory

#: A charger goes back to more phases when so much is left above its minimum, in A.
_SPARE = 1.0


def feeds_to_try(
    charger: ChargerSituation,
    state: BalanceState,
    situation: Situation,
    stable: Mapping[Resource, float],
    now: datetime,
) -> tuple[int, ...]:
    """Return the feeds to try, the best first: more phases before fewer, then the least loaded.

    One that charges stays where it is, and changes its phases only when it has not done so for a
    while: to fewer when its minimum does not fit any more, to more when that leaves some to spare.
    """
    if len(charger.feeds) == 1:
        return (0,)
    memory = state.chargers[charger.id]
    left = dict(stable)
    for other in situation.chargers:
        if other.id != charger.id and other.online:
            taken = weights(other, state.chargers[other.id], situation.limits, other.feed)
            subtract(left, taken, other.allowed)
    rooms = [_room(charger, memory, situation, left, feed) for feed in range(len(charger.feeds))]
    ranked = sorted(
        range(len(rooms)), key=lambda feed: (-charger.feeds[feed].phases, -rooms[feed], feed)
    )
    if not charger.allowed:
        return tuple(ranked)
    since = memory.feed_since
    if since is not None and now - since < situation.timing.switch_after:
        return (charger.feed,)
    present = charger.feeds[charger.feed].phases
    wider = [
        feed
        for feed in ranked
        if charger.feeds[feed].phases > present and rooms[feed] >= charger.minimum + _SPARE
    ]
    narrower = [feed for feed in ranked if charger.feeds[feed].phases < present]
    return (*wider, charger.feed, *narrower)


def _room(
    charger: ChargerSituation,
    memory: ChargerMemory,
    situation: Situation,
    left: Mapping[Resource, float],
    feed: int,
) -> float:
    route = Route(
        feed=feed,
        phases=charger.feeds[feed].phases,
        weights=weights(charger, memory, situation.limits, feed),
    )
    most = maximum(charger, memory, situation.limits.grid, feed)
    return min(most, route.room(left)[0])
