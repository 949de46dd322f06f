"""A meter that says the same again and again: a house that stands still, or a reader that does.

A power in whole watts hardly ever stays the same for minutes while a car charges. When it does, and the
currents as well, less is drawn on purpose: a meter that lives tells of that, and one that is frozen is
found out before the house rises unseen. A house or a meter that proved to be that steady is asked
the more seldom.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from ..units import Ampere
from .learning import taken_at
from .situation import ChargerSituation, Situation
from .state import BalanceState, ChargerMemory, Picture

#: A run of equal readings is strange when it is so many times as long as those that ended of themselves.
_LONGER = 4
#: However steady it proved to be, it is asked after so long.
_LONGEST = timedelta(minutes=10)
#: A proof is a reduction by more than this (A), which a line has to show within this time.
_MOVED = 3.0
_SHOWN_WITHIN = timedelta(seconds=30)
#: Who draws less proves nothing (A).
_DRAWS = 1.0


def watch(state: BalanceState, situation: Situation) -> BalanceState:
    """Return the state with since when the readings are the same, and for how long they ever were."""
    readings, grid = situation.readings, situation.limits.grid
    at = taken_at(readings, grid)
    if at is None or readings.power is None or readings.frozen:
        return state if state.picture is None else replace(state, picture=None)
    values = (readings.power, *(readings.lines[line].current for line in grid.phases))
    before = state.picture
    if before is not None and before.values == values:
        return state if before.at == at else replace(state, picture=replace(before, at=at))
    steady = state.steady
    if before is not None and any(charger.allowed for charger in situation.chargers):
        steady = max(steady, before.at - before.since)
    return replace(state, picture=Picture(values, at, at), steady=steady)


def repeats(state: BalanceState, situation: Situation) -> bool:
    """Return whether the readings have been the same for suspiciously long."""
    seen = state.picture
    if seen is None:
        return False
    least = situation.timing.repeats_after
    return seen.at - seen.since >= max(least, min(_LONGEST, _LONGER * state.steady))


def proof(
    charger: ChargerSituation, memory: ChargerMemory, since: datetime, now: datetime
) -> Ampere:
    """Return the current in A that a charger may have until the meter is proved to live.

    ``since`` is when the readings began to be the same.
    """
    if charger.draw is not None and max(charger.draw.values(), default=0.0) < _DRAWS:
        return charger.allowed
    newest = memory.commands[-1]
    if len(memory.commands) > 1 and newest.at > since:
        asked = memory.commands[-2].current - newest.current > _MOVED
        if asked and now - newest.at < _SHOWN_WITHIN:
            return charger.allowed
    return charger.minimum if charger.allowed - charger.minimum > _MOVED else 0.0
