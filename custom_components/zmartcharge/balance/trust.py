"""How far the meter can be relied on."""

from dataclasses import replace
from datetime import datetime, timedelta

from .decision import Level, Reason, ReasonKey
from .learning import taken_at
from .situation import Situation
from .state import BalanceState

#: So many readings have to be fresh before anything is decided on them.
_READINGS = 2
#: Our clock may have been read a moment before the value came.
_CLOCK_TOLERANCE = timedelta(seconds=1)


def assess(
    state: BalanceState, situation: Situation, now: datetime
) -> tuple[BalanceState, Level, Reason | None]:
    """Return the state with what is fresh counted, the level, and the reason for one below normal."""
    readings, grid, timing = situation.readings, situation.limits.grid, situation.timing
    state = replace(state, first_look=state.first_look or now)
    at = taken_at(readings, grid)
    frozen = sorted(readings.frozen.intersection(grid.phases))
    newest = max((reading.at for reading in readings.lines.values()), default=now)
    fresh = (
        readings.online
        and not frozen
        and at is not None
        and now - at <= timing.stale_after
        and newest - now <= _CLOCK_TOLERANCE
    )
    if fresh and at is not None:
        if state.last_fresh is None or at > state.last_fresh or not state.fresh_count:
            state = replace(
                state,
                last_fresh=at,
                fresh_since=state.fresh_since or at,
                fresh_count=state.fresh_count + 1,
            )
        if state.fresh_count < _READINGS:
            return state, Level.SAFE, Reason(ReasonKey.STARTING)
        return state, Level.NORMAL, None
    state = replace(state, fresh_since=None, fresh_count=0, house=(), reference=None)
    silent = now - (state.last_fresh or state.first_look or now)
    level = Level.PAUSED if silent >= timing.pause_after else Level.SAFE
    if frozen:
        return state, level, Reason(ReasonKey.METER_FROZEN, {"line": frozen[0].upper()})
    return state, level, Reason(ReasonKey.METER_LOST, {"seconds": round(silent.total_seconds())})
