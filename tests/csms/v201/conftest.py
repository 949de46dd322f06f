"""Chargers that speak OCPP 2.0.1 over a real socket, and a handler that keeps transactions."""

from collections.abc import Callable
from dataclasses import dataclass, field
import json
from typing import Any, override

import pytest

from custom_components.zmartcharge.csms import (
    AuthorizationStatus,
    KnownTransaction,
    PersonalMessage,
    StartAnswer,
    StartTransaction,
    Station,
    StopTransaction,
)

from ..conftest import RawCharger, RecordingHandler, Server

AT = "2026-11-21T11:59:00Z"
BOOT = {
    "reason": "PowerUp",
    "chargingStation": {
        "model": "One",
        "vendorName": "Zm",
        "serialNumber": "S1",
        "firmwareVersion": "1.2.3",
        "modem": {"iccid": "89470000000000000000"},
    },
}
CARD = {"idToken": "04A1B2C3", "type": "ISO14443"}
CHARGING = {"chargingState": "Charging"}


@dataclass
class KeepingHandler(RecordingHandler):
    """Keeps transactions as the ledger does, also over a restart of the central system."""

    kept: dict[int, StartTransaction] = field(default_factory=dict)
    stopped: dict[int, StopTransaction] = field(default_factory=dict)
    answer: AuthorizationStatus = AuthorizationStatus.ACCEPTED
    answer_group: str | None = None
    message: PersonalMessage | None = None

    @override
    async def start_transaction(self, start: StartTransaction) -> StartAnswer:
        answer = await super().start_transaction(start)
        self.next_transaction += 1
        self.kept[answer.transaction_id] = start
        return StartAnswer(
            transaction_id=answer.transaction_id,
            status=self.answer,
            group=self.answer_group,
            message=self.message,
        )

    @override
    async def stop_transaction(self, stop: StopTransaction) -> AuthorizationStatus:
        self.stopped.setdefault(stop.transaction_id, stop)
        return await super().stop_transaction(stop)

    @override
    async def find_transaction(
        self, *, own_id: str | None = None, transaction_id: int | None = None
    ) -> KnownTransaction | None:
        for number, start in reversed(self.kept.items()):
            if number == transaction_id or start.own_id == own_id:
                stop = self.stopped.get(number)
                return KnownTransaction(
                    transaction_id=number,
                    own_id=start.own_id or "",
                    connector_id=start.connector_id,
                    stopped_at=stop and stop.timestamp,
                )
        return None


@pytest.fixture
def handler() -> KeepingHandler:
    return KeepingHandler()


class Charger201(RawCharger):
    """A raw charger with words for what 2.0.1 says most."""

    seq = 0

    async def event(self, kind: str, own_id: str | None = "T1", **changes: Any) -> dict[str, Any]:
        """Send a TransactionEvent of EVSE 1 and return the response's payload."""
        info = {"transactionId": own_id, **changes.pop("info", {})}
        payload = {
            "eventType": kind,
            "timestamp": AT,
            "triggerReason": "ChargingStateChanged",
            "seqNo": self.seq,
            "transactionInfo": {name: value for name, value in info.items() if value is not None},
            "evse": {"id": 1, "connectorId": 1},
            **changes,
        }
        self.seq = payload["seqNo"] + 1 if isinstance(payload["seqNo"], int) else self.seq
        frame = await self.call(
            "TransactionEvent",
            {name: value for name, value in payload.items() if value is not None},
        )
        assert frame[0] == 3, frame
        answer: dict[str, Any] = frame[2]
        return answer

    async def status(self, status: str, evse: int = 1, connector: int = 1, at: str = AT) -> None:
        """Send a StatusNotification."""
        payload = {
            "timestamp": at,
            "connectorStatus": status,
            "evseId": evse,
            "connectorId": connector,
        }
        assert (await self.call("StatusNotification", payload))[2] == {}

    async def serve(self, answer: Callable[[str, dict[str, Any]], dict[str, Any]]) -> None:
        """Answer calls until cancelled."""
        while True:
            frame = await self.hear()
            if frame[0] == 2:
                await self.say(json.dumps([3, frame[1], answer(frame[2], frame[3])]))


def register(watt_hours: float, at: str = AT, **more: Any) -> dict[str, Any]:
    """Return a meterValue with the register."""
    return {"timestamp": at, "sampledValue": [{"value": watt_hours, **more}]}


async def begin(charger: Charger201, **changes: Any) -> dict[str, Any]:
    """Begin a transaction of a car that charges."""
    settings = {"idToken": CARD, "info": CHARGING, "meterValue": [register(1000)]}
    return await charger.event("Started", **(settings | changes))


async def connect(server: Server, identity: str = "OPEN", **kwargs: Any) -> Charger201:
    """Connect a charger that offers 2.0.1 before 1.6."""
    raw = await server.connect(identity, protocols=("ocpp2.0.1", "ocpp1.6"), **kwargs)
    return Charger201(raw.socket)


@pytest.fixture
async def charger(server: Server) -> Charger201:
    charger = await connect(server)
    await charger.call("Heartbeat", {})
    return charger


@pytest.fixture
def station(charger: Charger201, handler: KeepingHandler) -> Station:
    assert handler.station
    found: Station = handler.station
    return found
