"""What the firmware tells, in the messages of OCPP 2.0.1, with their sequence numbers.

``Station`` writes down what happens in the words of OCPP 1.6. Each is translated at once, so that
it keeps the charging state of its moment, whether the charger was offline then, and its place in
the transaction, however late it is delivered.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, override
import uuid

from ..connector import Connector, ConnectorStatus
from ..outbox import Outbox, Outgoing
from ..station import Station

EVENT = "TransactionEvent"
_STATUSES = {
    ConnectorStatus.AVAILABLE: "Available",
    ConnectorStatus.RESERVED: "Reserved",
    ConnectorStatus.UNAVAILABLE: "Unavailable",
    ConnectorStatus.FAULTED: "Faulted",
}
_CHARGING_STATES = {
    ConnectorStatus.CHARGING: "Charging",
    ConnectorStatus.SUSPENDED_EV: "SuspendedEV",
    ConnectorStatus.SUSPENDED_EVSE: "SuspendedEVSE",
}
_STOPPED_BY = {
    "DeAuthorized": "Deauthorized",
    "EVDisconnected": "EVCommunicationLost",
    "HardReset": "ResetCommand",
    "Local": "StopAuthorized",
    "Remote": "RemoteStop",
    "SoftReset": "ResetCommand",
    "UnlockCommand": "UnlockCommand",
}
_REASONS = {"HardReset": "ImmediateReset", "SoftReset": "Reboot", "UnlockCommand": "Other"}
_SAMPLED_BY = {"Sample.Clock": "MeterValueClock", "Trigger": "Trigger"}


class Outbox201(Outbox):
    """A queue of 2.0.1 messages that takes those of 1.6."""

    tells_reservations: ClassVar[bool] = True

    def __init__(self, station: Station, identity: str, is_online: Callable[[], bool]) -> None:
        """Translate what ``station`` tells; ``is_online`` says whether it can be told now."""
        super().__init__()
        self._station = station
        self._identity = identity
        self._is_online = is_online
        self._seqs: dict[int, int] = {}
        self._told_states: dict[int, str] = {}
        self._told_statuses: dict[int, str] = {}
        self._remote_starts: dict[str, int] = {}

    @override
    def add(self, message: Outgoing) -> None:
        for item in self._translated(message):
            super().add(item)

    @override
    def add_first(self, message: Outgoing) -> None:
        if message.connector_id:
            super().add_first(self._status(message))

    @override
    def payload(self, message: Outgoing, known: Mapping[int, int]) -> dict[str, Any]:
        return message.payload

    def expect(self, id_tag: str, remote_start_id: int) -> None:
        """Tell the remoteStartId in the transaction that ``id_tag`` begins next."""
        self._remote_starts[id_tag] = remote_start_id

    def own_id(self, key: int) -> str:
        """Return the transactionId of the transaction with the firmware's ``key``."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self._identity}/{key}"))

    def running(self, own_id: str) -> Connector | None:
        """Return the connector on which a transaction runs."""
        for connector in self._station.evse.connectors:
            if (running := connector.transaction) and self.own_id(running.key) == own_id:
                return connector
        return None

    def has(self, own_id: str) -> bool:
        """Return whether messages of a transaction are waiting."""
        return any(
            item.transaction_key is not None and self.own_id(item.transaction_key) == own_id
            for item in self
        )

    def status_payload(self, connector_id: int, timestamp: str) -> dict[str, Any]:
        """Return the StatusNotification of an EVSE's connector."""
        status = self._station.evse.connector(connector_id).status
        return {
            "timestamp": timestamp,
            "connector_status": _STATUSES.get(status, "Occupied"),
            "evse_id": connector_id,
            "connector_id": 1,
        }

    def _translated(self, message: Outgoing) -> list[Outgoing]:
        match message.action:
            case "StartTransaction":
                return [self._started(message)]
            case "StopTransaction":
                return [self._ended(message)]
            case "MeterValues" if message.transaction_key is not None:
                return [self._updated(message)]
            case "MeterValues":
                values = [meter_value(item) for item in message.payload["meter_value"]]
                payload = {"evse_id": message.connector_id, "meter_value": values}
                return [Outgoing(action=message.action, payload=payload)]
            case "StatusNotification" if message.connector_id:
                return self._changed(message)
            case "ReservationStatusUpdate":
                return [message]
        return []

    def _started(self, message: Outgoing) -> Outgoing:
        told = message.payload
        connector = self._station.evse.connector(message.connector_id)
        transaction = connector.transaction
        assert transaction is not None
        # The charger names it, so it is known at once.
        transaction.transaction_id = transaction.key
        id_tag = told["id_tag"]
        remote = self._remote_starts.pop(id_tag, None)
        register = {
            "timestamp": told["timestamp"],
            "sampled_value": [_register(told["meter_start"], "Transaction.Begin")],
        }
        more: dict[str, Any] = {
            "id_token": {"id_token": id_tag, "type": "ISO14443" if remote is None else "Central"},
            "meter_value": [register],
        }
        if "reservation_id" in told:
            more["reservation_id"] = told["reservation_id"]
        info = {} if remote is None else {"remote_start_id": remote}
        trigger = "Authorized" if remote is None else "RemoteStart"
        return self._event(message, "Started", trigger, info, **more)

    def _updated(self, message: Outgoing) -> Outgoing:
        values = [meter_value(item) for item in message.payload["meter_value"]]
        context = values[0]["sampled_value"][0].get("context", "")
        trigger = _SAMPLED_BY.get(context, "MeterValuePeriodic")
        return self._event(message, "Updated", trigger, {}, meter_value=values)

    def _ended(self, message: Outgoing) -> Outgoing:
        told = message.payload
        reason = told["reason"]
        closing = {
            "timestamp": told["timestamp"],
            "sampled_value": [_register(told["meter_stop"], "Transaction.End")],
        }
        more: dict[str, Any] = {"meter_value": [closing]}
        if "id_tag" in told:
            more["id_token"] = {"id_token": told["id_tag"], "type": "ISO14443"}
        info = {"stopped_reason": _REASONS.get(reason, reason)}
        trigger = _STOPPED_BY.get(reason, "AbnormalCondition")
        return self._event(message, "Ended", trigger, info, **more)

    def _changed(self, message: Outgoing) -> list[Outgoing]:
        """Tell what a new status of 1.6 is: a status, a charging state, or nothing new."""
        found = []
        connector = self._station.evse.connector(message.connector_id)
        transaction = connector.transaction
        status = self._status(message)
        told = self._told_statuses.get(message.connector_id)
        self._told_statuses[message.connector_id] = status.payload["connector_status"]
        if status.payload["connector_status"] != told:
            found.append(status)
        if transaction is not None and self._told_states.get(transaction.key) != _state(connector):
            change = Outgoing(
                action=EVENT,
                payload={"timestamp": message.payload["timestamp"]},
                transaction_key=transaction.key,
                connector_id=message.connector_id,
            )
            found.append(self._event(change, "Updated", "ChargingStateChanged", {}))
        return found

    def _status(self, message: Outgoing) -> Outgoing:
        payload = self.status_payload(message.connector_id, message.payload["timestamp"])
        return Outgoing(
            action="StatusNotification", payload=payload, connector_id=message.connector_id
        )

    def _event(
        self, message: Outgoing, kind: str, trigger: str, info: dict[str, Any], **more: Any
    ) -> Outgoing:
        key = message.transaction_key
        assert key is not None
        seq = self._seqs.get(key, -1) + 1
        self._seqs[key] = seq
        state = _state(self._station.evse.connector(message.connector_id))
        self._told_states[key] = state
        if kind == "Ended":
            del self._seqs[key], self._told_states[key]
        happened = message.payload.get("timestamp") or more["meter_value"][0]["timestamp"]
        payload = {
            "event_type": kind,
            "timestamp": happened,
            "trigger_reason": trigger,
            "seq_no": seq,
            "transaction_info": {
                "transaction_id": self.own_id(key),
                "charging_state": state,
                **info,
            },
            "evse": {"id": message.connector_id, "connector_id": 1},
            **more,
        }
        if not self._is_online():
            payload["offline"] = True
        return Outgoing(
            action=EVENT,
            payload=payload,
            transaction_key=key,
            connector_id=message.connector_id,
        )

    @override
    def save(self) -> dict[str, Any]:
        return super().save() | {"seqs": {str(key): seq for key, seq in self._seqs.items()}}

    @override
    def load(self, saved: Mapping[str, Any]) -> None:
        super().load(saved)
        self._seqs = {int(key): int(seq) for key, seq in saved["seqs"].items()}


def meter_value(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return a MeterValue of 2.0.1: numbers for texts, and units as objects."""
    values = []
    for item in told["sampled_value"]:
        value = {key: text for key, text in item.items() if key != "unit"}
        values.append(
            value | {"value": float(item["value"]), "unit_of_measure": {"unit": item["unit"]}}
        )
    return {"timestamp": told["timestamp"], "sampled_value": values}


def _register(watt_hours: int, context: str) -> dict[str, Any]:
    return {
        "value": float(watt_hours),
        "context": context,
        "measurand": "Energy.Active.Import.Register",
        "location": "Outlet",
        "unit_of_measure": {"unit": "Wh"},
    }


def _state(connector: Connector) -> str:
    """Return the ChargingState of a connector."""
    if state := _CHARGING_STATES.get(connector.status):
        return state
    return "Idle" if connector.car is None else "EVConnected"
