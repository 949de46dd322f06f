"""What is known of one 2.0.1 charger beyond a single connection: its EVSEs and transactions.

It is kept in memory only. What must survive a restart of ours is in the ledger, which the handler
asks (``ChargePointHandler.find_transaction``).
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
import secrets

from ..fields import INT32
from ..messages import ConnectorState, IdTagInfo

#: Transactions and remote starts that are remembered; a charger has one of each at a time.
_REMEMBERED = 64

AVAILABLE, OCCUPIED = "Available", "Occupied"
#: Statuses of a connector (part 2, clause 3.22). The first one among an EVSE's connectors is the
#: EVSE's: while one of them is in use, the others cannot be used.
STATUSES = (OCCUPIED, "Reserved", AVAILABLE, "Faulted", "Unavailable")
IDLE = "Idle"
CHARGING, SUSPENDED_EV, SUSPENDED_EVSE = "Charging", "SuspendedEV", "SuspendedEVSE"
_FLOWING = {CHARGING, SUSPENDED_EV}
#: The charging states in which the contactor is closed, or would be but for us (clause 3.18).
_CLOSED = {
    CHARGING: ConnectorState.CHARGING,
    SUSPENDED_EV: ConnectorState.SUSPENDED_EV,
    SUSPENDED_EVSE: ConnectorState.SUSPENDED_EVSE,
}
_PLAIN = {
    "Reserved": ConnectorState.RESERVED,
    AVAILABLE: ConnectorState.AVAILABLE,
    "Faulted": ConnectorState.FAULTED,
    "Unavailable": ConnectorState.UNAVAILABLE,
}


@dataclass(slots=True, kw_only=True)
class OwnTransaction:
    """A transaction that the charger gave its name. ``transaction_id`` None: not begun for us."""

    own_id: str
    evse_id: int = 0
    transaction_id: int | None = None
    id_tag: str | None = None
    #: What was decided, and about whom.
    decided: IdTagInfo | None = None
    decided_tag: str | None = None
    #: Its first event was heard, or it was kept before.
    complete: bool = True
    charging_state: str | None = None
    #: Energy could flow at some time.
    flowed: bool = False
    last_seq: int | None = None
    last_at: datetime | None = None
    ended_at: datetime | None = None

    def hear_state(self, charging_state: str | None, at: datetime, *, newer: bool) -> None:
        """Take a charging state, unless a newer one was heard: by seqNo, else by the clock.

        ``newer``: its seqNo tells so, whatever was done to the charger's clock meanwhile.
        """
        if self.last_at is not None and at < self.last_at and not newer:
            return
        self.last_at = at
        if charging_state is not None:
            self.charging_state = charging_state
            self.flowed = self.flowed or charging_state in _FLOWING


@dataclass(slots=True, kw_only=True)
class Evse:
    """One EVSE: the statuses of its connectors, and the transaction that runs there."""

    statuses: dict[int, str] = field(default_factory=dict)
    status_at: datetime | None = None
    transaction: OwnTransaction | None = None
    #: A transaction ended, and its car is still there.
    finished: bool = False
    #: The codes and words of a fault: techCode and techInfo of NotifyEvent.
    trouble: tuple[str | None, str | None] = (None, None)
    told: ConnectorState | None = None

    @property
    def status(self) -> str | None:
        """Return the status of the EVSE, None while nothing is known."""
        present = set(self.statuses.values())
        return next((status for status in STATUSES if status in present), None)

    @property
    def connector_in_use(self) -> int:
        """Return the number of the connector that a request is to name."""
        used = [number for number, status in self.statuses.items() if status == OCCUPIED]
        return min(used or self.statuses or (1,))

    def hear_status(self, connector_id: int, status: str, at: datetime) -> None:
        """Take a connector's status."""
        self.statuses[connector_id] = status
        self.status_at = at
        if self.status != OCCUPIED:
            self.finished = False

    def follow(self, transaction: OwnTransaction) -> None:
        """Take what a transaction has become here."""
        if transaction.ended_at is None:
            newest = self.transaction
            if newest is None or _at(newest) <= _at(transaction):
                self.transaction, self.finished = transaction, False
        elif self.transaction is not None and self.transaction.own_id == transaction.own_id:
            self.transaction = None
            begun = transaction.transaction_id is not None
            self.finished = begun and self.status in {OCCUPIED, None}

    def restart(self) -> None:
        """Forget what runs: a charger that has restarted tells what goes on."""
        self.transaction, self.finished = None, False

    @property
    def state(self) -> ConnectorState | None:
        """Return the state in the terms of OCPP 1.6, None while nothing is known."""
        status, transaction = self.status, self.transaction
        if status == "Faulted":
            return ConnectorState.FAULTED
        if transaction is not None and not self._left(transaction):
            return _state_of(transaction)
        if status == OCCUPIED or (status is None and self.finished):
            return ConnectorState.FINISHING if self.finished else ConnectorState.PREPARING
        return _PLAIN.get(status or "")

    def _left(self, transaction: OwnTransaction) -> bool:
        """Tell whether the car has left since the transaction was last heard of."""
        if self.status != AVAILABLE or self.status_at is None or transaction.last_at is None:
            return False
        # A tag that was accepted before the cable is plugged in holds the connector.
        awaited = transaction.charging_state in {None, IDLE} and not transaction.flowed
        return self.status_at > transaction.last_at and not awaited


def _at(transaction: OwnTransaction) -> float:
    return transaction.last_at.timestamp() if transaction.last_at else 0.0


def _state_of(transaction: OwnTransaction) -> ConnectorState:
    if transaction.transaction_id is None:
        return ConnectorState.PREPARING
    if closed := _CLOSED.get(transaction.charging_state or ""):
        return closed
    if transaction.charging_state is None:
        # Some never tell: what runs is taken to charge.
        return ConnectorState.CHARGING
    return ConnectorState.FINISHING if transaction.flowed else ConnectorState.PREPARING


class ChargerMemory:
    """Of one charge point id."""

    def __init__(self) -> None:
        """Know nothing."""
        #: The charger asks nobody for a token.
        self.open_to_all = False
        self._evses: dict[int, Evse] = {}
        self._transactions: OrderedDict[str, OwnTransaction] = OrderedDict()
        self._remote_starts: OrderedDict[int, str] = OrderedDict()

    @property
    def evses(self) -> dict[int, Evse]:
        """Return the EVSEs that were heard of, by number."""
        return dict(self._evses)

    @property
    def only_evse(self) -> int:
        """Return the number of the only EVSE, or of the only one with a car that has no transaction.

        0 when there are more, or none is known.
        """
        numbers = [number for number in self._evses if number]
        waiting = [
            number
            for number in numbers
            if self._evses[number].status == OCCUPIED and self._evses[number].transaction is None
        ]
        if len(waiting) == 1:
            return waiting[0]
        return numbers[0] if len(numbers) == 1 else 0

    def evse(self, evse_id: int) -> Evse:
        """Return an EVSE, made known if it is new."""
        return self._evses.setdefault(evse_id, Evse())

    def transaction(self, own_id: str) -> OwnTransaction | None:
        """Return what is remembered of a transaction."""
        return self._transactions.get(own_id)

    def remember(self, transaction: OwnTransaction) -> None:
        """Remember a transaction; among many the oldest is forgotten."""
        self._transactions[transaction.own_id] = transaction
        self._transactions.move_to_end(transaction.own_id)
        if len(self._transactions) > _REMEMBERED:
            self._transactions.popitem(last=False)

    def own_id(self, transaction_id: int) -> str | None:
        """Return what the charger calls a transaction of ours."""
        for transaction in self._transactions.values():
            if transaction.transaction_id == transaction_id:
                return transaction.own_id
        return None

    def begin_remote_start(self, id_tag: str) -> int:
        """Return a new remoteStartId, which the transaction will tell that comes of it."""
        number = 1 + secrets.randbelow(INT32)
        self._remote_starts[number] = id_tag
        if len(self._remote_starts) > _REMEMBERED:
            self._remote_starts.popitem(last=False)
        return number

    def remote_tag(self, remote_start_id: int | None) -> str | None:
        """Return the idTag that a remote start of ours gave."""
        return None if remote_start_id is None else self._remote_starts.get(remote_start_id)
