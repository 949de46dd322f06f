"""What people are told about a charger: the messages of the phone app, and why."""

from dataclasses import dataclass
from enum import StrEnum

from .csms import ConnectorState


class Status(StrEnum):
    """The eight messages that the app shows, and four that it lacks."""

    READY = "ready"
    PREPARING = "preparing"
    WAITING = "waiting"
    CAR_PAUSED = "car_paused"
    FINISHED = "finished"
    OFFLINE = "offline"
    CHARGING = "charging"
    FAULT = "fault"
    DISABLED = "disabled"
    LOCKED = "locked"
    RESERVED = "reserved"
    UPDATING = "updating"


class Reason(StrEnum):
    """Why a charger is in its status."""

    CAR = "car"
    CHARGER = "charger"
    STOPPED = "stopped"
    PRICE = "price"
    ERROR = "error"
    CONNECTION = "connection"
    #: Nobody has shown a card or pressed Start.
    AUTHORIZATION = "authorization"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the status follows from."""

    online: bool
    state: ConnectorState | None
    #: The car stopped drawing by itself in this session.
    suspended_by_car: bool = False
    battery_full: bool = False
    #: Waits for its turn in the plan.
    held: bool = False
    updating: bool = False
    #: Kept free for somebody's card.
    reserved: bool = False
    #: Somebody has to show a card or to press Start.
    unauthorized: bool = False
    #: The charger was told to begin a session, which has not drawn anything yet.
    beginning: bool = False
    #: The last session is over, and none comes by itself: it is not planned, and was not cut short.
    over: bool = False


_PLAIN = {
    ConnectorState.AVAILABLE: (Status.READY, None),
    ConnectorState.PREPARING: (Status.PREPARING, None),
    ConnectorState.CHARGING: (Status.CHARGING, None),
    ConnectorState.SUSPENDED_EVSE: (Status.WAITING, Reason.CHARGER),
    ConnectorState.SUSPENDED_EV: (Status.CAR_PAUSED, Reason.CAR),
    ConnectorState.RESERVED: (Status.RESERVED, None),
    ConnectorState.UNAVAILABLE: (Status.DISABLED, None),
    ConnectorState.FAULTED: (Status.FAULT, Reason.ERROR),
}

#: In these states a car that is held does nothing else than wait.
_WAITING = {
    ConnectorState.PREPARING,
    ConnectorState.SUSPENDED_EVSE,
    ConnectorState.SUSPENDED_EV,
}

#: In these a session that was ordered has not begun to charge.
_BEGINNING = {ConnectorState.FINISHING, ConnectorState.SUSPENDED_EVSE}


def status_of(now: Circumstances) -> tuple[Status | None, Reason | None]:
    """Return the status and its reason; no status while the charger has not told its state.

    Finishing alone does not prove a full battery: after a stop by command a car whose charging is
    planned still waits for more, so only one that suspended by itself or reports 100 % has finished.
    Where nothing is planned, charging is finished because somebody stopped it.
    """
    if not now.online:
        return Status.OFFLINE, Reason.CONNECTION
    if now.updating:
        return Status.UPDATING, None
    if now.state is None:
        return None, None
    full = now.battery_full or (now.suspended_by_car and now.state is ConnectorState.FINISHING)
    if full and now.state in (ConnectorState.FINISHING, ConnectorState.SUSPENDED_EV):
        return Status.FINISHED, Reason.CAR
    if now.reserved and now.state in (ConnectorState.AVAILABLE, ConnectorState.PREPARING):
        return Status.RESERVED, None
    if now.unauthorized and not now.beginning and now.state is ConnectorState.PREPARING:
        return Status.PREPARING, Reason.AUTHORIZATION
    if now.held and now.state in _WAITING:
        return Status.WAITING, Reason.PRICE
    if now.beginning and now.state in _BEGINNING:
        return Status.PREPARING, None
    if now.state is ConnectorState.FINISHING:
        return Status.FINISHED if now.over else Status.WAITING, Reason.STOPPED
    return _PLAIN[now.state]
