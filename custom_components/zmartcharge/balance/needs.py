"""Whether what the chargers are allowed is still what was decided."""

from enum import StrEnum

from .decision import Decision, Level, ReasonKey
from .situation import Situation

_BUDGET = {ReasonKey.HOUR_BUDGET, ReasonKey.POWER_CAP}
#: Commands that differ by less are the same (A).
_SAME = 0.05


class Need(StrEnum):
    """Why the chargers have to be told something else, the most pressing first."""

    METER_LOST = "meter_lost"
    OVERLOAD = "overload"
    BUDGET = "budget"
    CAR_CONNECTED = "car_connected"
    HEADROOM = "headroom"


def needs_balancing(decision: Decision, situation: Situation) -> Need | None:
    """Return why a decision has to be carried out; ``None`` when the chargers already do what it says.

    ``decision`` is what ``balance`` returned for this situation.
    """
    lowered, started, raised = [], False, False
    for charger, allocation in zip(situation.chargers, decision.allocations, strict=True):
        if not charger.online or not (charger.wants or charger.allowed):
            continue
        difference = allocation.current - charger.allowed
        moved = allocation.feed != charger.feed and allocation.current > 0
        if difference < -_SAME:
            lowered.append(allocation.reason.key)
        elif difference > _SAME and not charger.allowed:
            started = True
        elif difference > _SAME or moved:
            raised = True
    if lowered and decision.level is not Level.NORMAL:
        return Need.METER_LOST
    making_room = {ReasonKey.WAITING_TURN, ReasonKey.NOT_WANTED}
    if lowered and not decision.overload and set(lowered) <= _BUDGET:
        return Need.BUDGET
    waiting = any(
        charger.wants and not charger.allowed and allocation.reason.key is ReasonKey.WAITING_STABLE
        for charger, allocation in zip(situation.chargers, decision.allocations, strict=True)
    )
    if lowered and not decision.overload and (waiting or set(lowered) <= making_room):
        return Need.CAR_CONNECTED if waiting else Need.HEADROOM
    if lowered:
        return Need.OVERLOAD
    if started:
        return Need.CAR_CONNECTED
    return Need.HEADROOM if raised else None
