"""What of a charger's traffic the other central system is told, and how it is kept until then.

What makes up a transaction waits until it was delivered. Of everything else only the newest counts.
"""

from dataclasses import dataclass, field
import hashlib
import json

from ..fields import INT32, to_number
from ..rpc import JsonObject

BOOT = "BootNotification"
START_16, STOP_16, METER = "StartTransaction", "StopTransaction", "MeterValues"
EVENT_201 = "TransactionEvent"
STATUS = "StatusNotification"
_PROGRESS = {
    "DiagnosticsStatusNotification",
    "FirmwareStatusNotification",
    "LogStatusNotification",
    "SignedFirmwareStatusNotification",
}
_MAX_SLOT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """A message that waits until it was delivered; fields as in the outbox."""

    action: str
    key: str
    payload: str = field(repr=False)
    transaction_id: int | None = None
    opens: bool = False
    droppable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """A message of which only the newest counts, among those with the same slot."""

    action: str
    slot: str
    payload: JsonObject = field(repr=False)


def told(version: str, action: str, payload: JsonObject) -> Lasting | Newest | None:
    """Return how a message of a charger is told; None: it is not."""
    if version == "1.6":
        return _told_16(action, payload)
    return _told_201(action, payload)


def key_of_start(payload: JsonObject) -> str:
    """Return the key of a StartTransaction, which is the same when it is said again."""
    return f"start/{_digest(payload)}"


def _told_16(action: str, payload: JsonObject) -> Lasting | Newest | None:
    transaction_id = _integer(payload.get("transactionId"))
    match action:
        case "StartTransaction":
            return _lasting(action, payload, key_of_start(payload), opens=True)
        case "StopTransaction" if transaction_id is not None:
            return _lasting(action, payload, f"stop/{transaction_id}", transaction_id)
        case "MeterValues" if transaction_id is not None:
            key = f"values/{_digest(payload)}"
            return _lasting(action, payload, key, transaction_id, droppable=True)
        case "MeterValues" | "StatusNotification":
            return _newest(action, payload, payload.get("connectorId"))
        case "StopTransaction":
            return None
    return _beside(action, payload)


def _told_201(action: str, payload: JsonObject) -> Lasting | Newest | None:
    match action:
        case "TransactionEvent":
            info = payload.get("transactionInfo")
            own_id = info.get("transactionId") if isinstance(info, dict) else None
            kind = payload.get("eventType")
            # A charger that says it again may say otherwise that it was offline meanwhile.
            same = [own_id, payload.get("seqNo"), kind, payload.get("timestamp")]
            known = None not in same
            key = f"event/{_digest(same if known else payload)}"
            return _lasting(action, payload, key, droppable=kind == "Updated", opens=True)
        case "MeterValues":
            return _newest(action, payload, payload.get("evseId"))
        case "StatusNotification":
            place = f"{payload.get('evseId')}/{payload.get('connectorId')}"
            return _newest(action, payload, place)
    return _beside(action, payload)


def _beside(action: str, payload: JsonObject) -> Newest | None:
    """Return how what has nothing to do with charging is told."""
    if action == BOOT or action in _PROGRESS:
        return _newest(action, payload, "")
    if action == "SecurityEventNotification":
        return _newest(action, payload, payload.get("type"))
    return None


def _newest(action: str, payload: JsonObject, place: object) -> Newest | None:
    if _text(payload) is None:
        return None
    return Newest(action=action, slot=f"{action}/{str(place)[:_MAX_SLOT]}", payload=payload)


def _lasting(
    action: str,
    payload: JsonObject,
    key: str,
    transaction_id: int | None = None,
    *,
    opens: bool = False,
    droppable: bool = False,
) -> Lasting | None:
    text = _text(payload)
    if text is None:
        return None
    return Lasting(
        action=action,
        key=key,
        payload=text,
        transaction_id=transaction_id,
        opens=opens,
        droppable=droppable,
    )


def _text(payload: JsonObject) -> str | None:
    """Return a payload as JSON; None for one with numbers that JSON does not have."""
    try:
        return json.dumps(payload, allow_nan=False)
    except ValueError, RecursionError:
        return None


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _integer(value: object) -> int | None:
    number = to_number(value)
    return round(number) if number is not None and abs(number) <= INT32 else None
