"""What to do with a car that does not do what was offered to it.

Some cars charge as soon as they are plugged in, and are paused. Others fall asleep while they wait
and take nothing when they may; most wake when the offer is taken back for a moment and made again
(IEC 61851-1, annex A: a car notices the pilot's change between a steady and an oscillating signal).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

#: How long after an offer a car that takes nothing is taken to sleep, by the number of tries so far.
_PATIENCE = (timedelta(minutes=3), timedelta(minutes=10), timedelta(minutes=30))
#: How long an offer is taken back to wake a car.
_WITHDRAWN = timedelta(seconds=30)


class CarAction(StrEnum):
    """What is to be commanded now."""

    NONE = "none"
    #: Allow the planned current.
    OFFER = "offer"
    #: Allow nothing.
    WITHDRAW = "withdraw"


class CarState(StrEnum):
    """What the car does, as far as can be told."""

    #: No car, or none that has to do anything now.
    IDLE = "idle"
    #: It may charge; it is not known yet whether it will.
    OFFERED = "offered"
    CHARGING = "charging"
    #: The offer was taken back to wake it.
    WAKING = "waking"
    #: It took nothing however often it was offered.
    ASLEEP = "asleep"
    #: It charged and ended by itself.
    FULL = "full"


@dataclass(frozen=True, slots=True, kw_only=True)
class CarView:
    """What is seen of a car.

    ``wanted``: the plan says that it charges now. ``offered``: 6 A or more are allowed. ``drawing``:
    it takes power.
    """

    plugged: bool
    wanted: bool
    offered: bool
    drawing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CarBehaviour:
    """What to remember of a car from one look to the next.

    ``since``: when ``state`` began. ``tries``: how often it was woken since it charged last.
    """

    state: CarState = CarState.IDLE
    since: datetime | None = None
    tries: int = 0

    def next_look(self) -> datetime | None:
        """Return when something is to be done even if nothing changes until then."""
        if self.since is None:
            return None
        if self.state is CarState.WAKING:
            return self.since + _WITHDRAWN
        if self.state is CarState.OFFERED and self.tries < len(_PATIENCE):
            return self.since + _PATIENCE[self.tries]
        return None


def wake(behaviour: CarBehaviour, view: CarView, now: datetime) -> tuple[CarBehaviour, CarAction]:
    """Return what to remember and what to command, of what is seen at ``now``.

    To be called when anything in the view changes and at ``next_look``.
    """
    if not view.plugged:
        return CarBehaviour(), CarAction.NONE
    if not view.wanted:
        action = CarAction.WITHDRAW if view.offered or view.drawing else CarAction.NONE
        return CarBehaviour(tries=behaviour.tries), action
    if view.drawing:
        return _entered(replace(behaviour, tries=0), CarState.CHARGING, now), CarAction.NONE
    match behaviour.state:
        case CarState.WAKING:
            if now < _due(behaviour):
                return behaviour, CarAction.WITHDRAW if view.offered else CarAction.NONE
            return _entered(behaviour, CarState.OFFERED, now), CarAction.OFFER
        case CarState.CHARGING if view.offered:
            return _entered(behaviour, CarState.FULL, now), CarAction.NONE
        case CarState.FULL | CarState.ASLEEP if view.offered:
            return behaviour, CarAction.NONE
        case CarState.OFFERED if view.offered:
            return _waited(behaviour, now)
        case _:
            action = CarAction.NONE if view.offered else CarAction.OFFER
            return _entered(behaviour, CarState.OFFERED, now), action


def _waited(behaviour: CarBehaviour, now: datetime) -> tuple[CarBehaviour, CarAction]:
    if behaviour.tries >= len(_PATIENCE):
        return _entered(behaviour, CarState.ASLEEP, now), CarAction.NONE
    if now < _due(behaviour):
        return behaviour, CarAction.NONE
    woken = replace(behaviour, tries=behaviour.tries + 1)
    return _entered(woken, CarState.WAKING, now), CarAction.WITHDRAW


def _due(behaviour: CarBehaviour) -> datetime:
    due = behaviour.next_look()
    assert due is not None, "a state that is waited in has begun"
    return due


def _entered(behaviour: CarBehaviour, state: CarState, now: datetime) -> CarBehaviour:
    if behaviour.state is state:
        return behaviour
    return replace(behaviour, state=state, since=now)
