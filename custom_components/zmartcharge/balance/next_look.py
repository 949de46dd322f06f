"""When to decide again though nothing was heard."""

from collections.abc import Iterable
from datetime import datetime

from .learning import taken_at
from .situation import Situation
from .state import BalanceState


def next_look(
    state: BalanceState, situation: Situation, waits_until: Iterable[datetime], now: datetime
) -> datetime | None:
    """Return the first moment at which time alone may change the decision."""
    timing, limits = situation.timing, situation.limits
    times = list(waits_until)
    at = taken_at(situation.readings, limits.grid)
    if at is not None:
        times.append(at + timing.stale_after)
    gone = state.last_fresh or state.first_look
    if gone is not None:
        times.append(gone + timing.pause_after)
    times += [sample.at + timing.raise_after for sample in state.house]
    if limits.budget is not None:
        times.append(limits.budget.ends)
    waiting = any(charger.wants and not charger.allowed for charger in situation.chargers)
    for charger in situation.chargers:
        memory = state.chargers[charger.id]
        if charger.allowed_until is not None and not charger.online:
            times.append(charger.allowed_until)
        if not charger.wants:
            continue
        if memory.paused_at is not None:
            times.append(memory.paused_at + timing.restart_after)
        if charger.latest_start is not None:
            times.append(charger.latest_start)
        if waiting and charger.allowed and memory.turn_since is not None:
            times.append(memory.turn_since + timing.turn)
    return min((time for time in times if time > now), default=None)
