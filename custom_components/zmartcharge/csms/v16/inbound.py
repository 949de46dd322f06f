"""What a 1.6 charger says, read leniently and handed on; what it hears in answer."""

from collections.abc import Callable
from datetime import datetime
import json
from typing import Any

from ocpp.v16.enums import Action

from ..messages import (
    AuthorizationStatus,
    Boot,
    ConnectorState,
    Doubt,
    MeterValues,
    Notice,
    StartTransaction,
    StatusNotification,
    StopTransaction,
)
from ..rpc import JsonObject, RpcError
from ..station import ChargePointHandler
from .fields import INT32, Fields
from .meter import read_snapshots

#: Seconds between heartbeats. WebSocket pings watch the connection; heartbeats set the clock.
HEARTBEAT_INTERVAL = 300
_MAX_CONNECTOR = 64
_MAX_RAW = 4000
_ACKNOWLEDGED: dict[str, JsonObject] = {
    Action.diagnostics_status_notification: {},
    Action.firmware_status_notification: {},
    Action.log_status_notification: {},
    Action.security_event_notification: {},
    Action.signed_firmware_status_notification: {},
    Action.sign_certificate: {"status": "Rejected"},
    # OCPP 1.6, clause 4.3: a vendor that the receiver does not know.
    Action.data_transfer: {"status": "UnknownVendorId"},
}
_STOP_REASONS = {
    "DeAuthorized", "EmergencyStop", "EVDisconnected", "HardReset", "Local", "Other", "PowerLoss",
    "Reboot", "Remote", "SoftReset", "UnlockCommand",
}  # fmt: skip


class Inbound16:
    """Answers the calls of one charger."""

    def __init__(self, handler: ChargePointHandler, clock: Callable[[], datetime]) -> None:
        """Take who hears the messages and a clock that gives aware UTC times."""
        self._handler = handler
        self._clock = clock
        self.booted = False
        self._routes = {
            Action.authorize: self._authorize,
            Action.boot_notification: self._boot,
            Action.heartbeat: self._heartbeat,
            Action.meter_values: self._meter_values,
            Action.start_transaction: self._start_transaction,
            Action.status_notification: self._status,
            Action.stop_transaction: self._stop_transaction,
        }

    async def answer(self, action: str, payload: JsonObject) -> JsonObject:
        """Return the response to a call; raises RpcError for one that we do not know."""
        if route := self._routes.get(action):
            fields = Fields(payload, received=self._clock())
            return await route(fields, payload)
        if action in _ACKNOWLEDGED:
            await self._handler.notice(Notice(action=action, payload=payload))
            return _ACKNOWLEDGED[action]
        known = action in set(Action)
        raise RpcError("NotSupported" if known else "NotImplemented", action[:50])

    async def _boot(self, fields: Fields, payload: JsonObject) -> JsonObject:
        self.booted = True
        await self._handler.boot(
            Boot(
                vendor=fields.text("chargePointVendor", 50) or "",
                model=fields.text("chargePointModel", 50) or "",
                serial=fields.text("chargePointSerialNumber", 50)
                or fields.text("chargeBoxSerialNumber", 50),
                firmware=fields.text("firmwareVersion", 50),
                meter_serial=fields.text("meterSerialNumber", 50),
                meter_type=fields.text("meterType", 50),
                iccid=fields.text("iccid", 50),
            )
        )
        return {
            "status": "Accepted",
            "currentTime": _text(self._clock()),
            "interval": HEARTBEAT_INTERVAL,
        }

    async def _heartbeat(self, fields: Fields, payload: JsonObject) -> JsonObject:
        return {"currentTime": _text(self._clock())}

    async def _authorize(self, fields: Fields, payload: JsonObject) -> JsonObject:
        id_tag = fields.text("idTag", 20)
        await self._report(Action.authorize, fields, payload)
        if id_tag is None:
            return _id_tag_info(AuthorizationStatus.INVALID)
        return _id_tag_info(await self._handler.authorize(id_tag))

    async def _status(self, fields: Fields, payload: JsonObject) -> JsonObject:
        connector_id = fields.integer("connectorId", 0, _MAX_CONNECTOR)
        status = fields.text("status", 20)
        message = None
        if connector_id is not None and status in set(ConnectorState):
            message = StatusNotification(
                connector_id=connector_id,
                state=ConnectorState(status),
                error_code=fields.text("errorCode", 50) or "NoError",
                info=fields.text("info", 50),
                vendor_error_code=fields.text("vendorErrorCode", 50),
                timestamp=fields.time("timestamp"),
                problems=tuple(fields.problems),
            )
        else:
            fields.problems.append("status: unknown")
        await self._report(Action.status_notification, fields, payload)
        if message:
            await self._handler.status(message)
        return {}

    async def _start_transaction(self, fields: Fields, payload: JsonObject) -> JsonObject:
        start = StartTransaction(
            # Connector 0 stands for one that the charger did not name properly: never guess.
            connector_id=fields.integer("connectorId", 1, _MAX_CONNECTOR) or 0,
            id_tag=fields.text("idTag", 20) or "",
            meter_start=fields.integer("meterStart", 0, 10**11),
            timestamp=fields.own_time("timestamp"),
            reservation_id=fields.integer("reservationId", -INT32, INT32),
            raw=_raw(payload),
            problems=tuple(fields.problems),
        )
        await self._report(Action.start_transaction, fields, payload)
        answer = await self._handler.start_transaction(start)
        return {"transactionId": answer.transaction_id, **_id_tag_info(answer.status)}

    async def _stop_transaction(self, fields: Fields, payload: JsonObject) -> JsonObject:
        reason = fields.text("reason", 20) or "Local"
        transaction_id = fields.integer("transactionId", -INT32, INT32)
        stop = StopTransaction(
            transaction_id=0 if transaction_id is None else transaction_id,
            meter_stop=fields.integer("meterStop", 0, 10**11),
            timestamp=fields.own_time("timestamp"),
            reason=reason if reason in _STOP_REASONS else "Other",
            id_tag=fields.text("idTag", 20),
            snapshots=read_snapshots(fields, "transactionData", self._clock()),
            raw=_raw(payload),
            problems=tuple(fields.problems),
        )
        await self._report(Action.stop_transaction, fields, payload)
        status = await self._handler.stop_transaction(stop)
        return _id_tag_info(status) if stop.id_tag else {}

    async def _meter_values(self, fields: Fields, payload: JsonObject) -> JsonObject:
        values = MeterValues(
            connector_id=fields.integer("connectorId", 0, _MAX_CONNECTOR) or 0,
            transaction_id=fields.integer("transactionId", -INT32, INT32),
            snapshots=read_snapshots(fields, "meterValue", self._clock()),
            problems=tuple(fields.problems),
        )
        await self._report(Action.meter_values, fields, payload)
        await self._handler.meter_values(values)
        return {}

    async def _report(self, action: str, fields: Fields, payload: JsonObject) -> None:
        if fields.problems:
            reason = "; ".join(dict.fromkeys(fields.problems))[:500]
            await self._handler.doubt(Doubt(action=action, reason=reason, payload=_raw(payload)))


def _raw(payload: Any) -> str:
    return json.dumps(payload)[:_MAX_RAW]


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _id_tag_info(status: AuthorizationStatus) -> JsonObject:
    return {"idTagInfo": {"status": status.value}}
