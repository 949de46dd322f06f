"""TransactionEvent (OCPP 2.0.1, part 2, clause 1.60), read leniently."""

from dataclasses import dataclass
from datetime import datetime

from ocpp.v201.enums import ChargingStateEnumType, TransactionEventEnumType

from ...units import WattHour
from ..fields import INT32, Fields
from ..inbound import MAX_CONNECTOR, raw
from ..messages import MeterSnapshot
from ..rpc import JsonObject
from .meter import read_snapshots

STARTED, UPDATED, ENDED = (
    TransactionEventEnumType.started.value,
    TransactionEventEnumType.updated.value,
    TransactionEventEnumType.ended.value,
)
_KINDS = {STARTED, UPDATED, ENDED}
_CHARGING_STATES = frozenset(ChargingStateEnumType)
ID_TOKEN_LENGTH = 36
#: Its token is empty: the charger asks nobody (part 2, clause 3.37).
_NO_AUTHORIZATION = "NoAuthorization"
#: ReasonEnumType (clause 3.69) in the words of OCPP 1.6 (clause 7.36), which the ledger keeps.
_REASONS = {
    "DeAuthorized": "DeAuthorized",
    "EmergencyStop": "EmergencyStop",
    "EVDisconnected": "EVDisconnected",
    "ImmediateReset": "HardReset",
    "Local": "Local",
    "MasterPass": "Local",
    "PowerLoss": "PowerLoss",
    "Reboot": "Reboot",
    "Remote": "Remote",
    "StoppedByEV": "Local",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionEvent:
    """What a charger says of a transaction.

    ``id_tag`` None: it names nobody; empty: it needs nobody; ``unreadable_tag``: it names somebody,
    but nobody knows whom. ``timestamp`` is the charger's own,
    however impossible; ``credible_at`` is one to go by.
    """

    kind: str
    own_id: str | None
    timestamp: datetime
    credible_at: datetime
    trigger: str
    seq: int | None
    offline: bool
    evse_id: int
    charging_state: str | None
    reason: str
    remote_start_id: int | None
    reservation_id: int | None
    id_tag: str | None
    unreadable_tag: bool
    snapshots: tuple[MeterSnapshot, ...]
    raw: str

    @property
    def first_register(self) -> WattHour | None:
        """Return the register with which the transaction opened, else the oldest one told."""
        known = [snapshot for snapshot in self.snapshots if snapshot.register is not None]
        opening = [snapshot for snapshot in known if not snapshot.live] or known
        return opening[0].register if opening else None

    @property
    def last_register(self) -> WattHour | None:
        """Return the newest register that is told, in Wh."""
        known = [snapshot.register for snapshot in self.snapshots if snapshot.register is not None]
        return known[-1] if known else None


def read_event(fields: Fields, payload: JsonObject, received: datetime) -> TransactionEvent:
    """Return the event in a payload; what is doubtful is left out and noted in ``fields``."""
    info, evse = _inner(fields, "transactionInfo", received), _inner(fields, "evse", received)
    kind = fields.text("eventType", 20) or ""
    if kind not in _KINDS:
        fields.problems.append("eventType: unknown")
    charging_state = info.text("chargingState", 20)
    if charging_state is not None and charging_state not in _CHARGING_STATES:
        info.problems.append("chargingState: unknown")
        charging_state = None
    id_tag = read_token(fields, received)
    event = TransactionEvent(
        kind=kind if kind in _KINDS else UPDATED,
        own_id=info.text("transactionId", ID_TOKEN_LENGTH),
        timestamp=fields.own_time("timestamp"),
        credible_at=fields.time("timestamp"),
        trigger=fields.text("triggerReason", 50) or "",
        seq=fields.integer("seqNo", 0, INT32),
        offline=fields.is_true("offline"),
        evse_id=evse.integer("id", 1, MAX_CONNECTOR) or 0,
        charging_state=charging_state,
        reason=_REASONS.get(info.text("stoppedReason", 50) or "Local", "Other"),
        remote_start_id=info.integer("remoteStartId", -INT32, INT32),
        reservation_id=fields.integer("reservationId", -INT32, INT32),
        id_tag=id_tag,
        unreadable_tag=id_tag is None and fields.has("idToken"),
        snapshots=read_snapshots(fields, "meterValue", received),
        raw=raw(payload),
    )
    if event.own_id is None:
        info.problems.append("transactionId: missing")
    for name, inner in (("transactionInfo", info), ("evse", evse)):
        fields.problems += [f"{name}.{problem}" for problem in inner.problems]
    return event


def read_token(fields: Fields, received: datetime) -> str | None:
    """Return the text of an ``idToken``: None without a readable one, empty where none is needed."""
    if not fields.has("idToken"):
        return None
    token = _inner(fields, "idToken", received)
    text = token.text("idToken", ID_TOKEN_LENGTH)
    fields.problems += [f"idToken.{problem}" for problem in token.problems]
    if text is None and token.text("type", 20) == _NO_AUTHORIZATION:
        return ""
    if text is None:
        fields.problems.append("idToken: empty")
    return text


def _inner(fields: Fields, key: str, received: datetime) -> Fields:
    """Return the fields of an object in the payload; there are none where it is no object."""
    return Fields(fields.object(key), received=received)
