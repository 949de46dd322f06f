"""What a 1.6 charger says, read leniently and handed on; what it hears in answer."""

from typing import Any, override

from ocpp.v16.enums import Action

from ..fields import INT32, Fields
from ..inbound import MAX_CONNECTOR, Inbound, Route, raw
from ..messages import (
    AuthorizationStatus,
    Boot,
    ConnectorState,
    IdTagInfo,
    MeterValues,
    StartTransaction,
    StatusNotification,
    StopTransaction,
)
from ..rpc import JsonObject
from .authorization import id_tag_info
from .information import data_text
from .meter import read_snapshots

_ACKNOWLEDGED: dict[str, JsonObject] = {
    Action.security_event_notification: {},
}
_STOP_REASONS = {
    "DeAuthorized", "EmergencyStop", "EVDisconnected", "HardReset", "Local", "Other", "PowerLoss",
    "Reboot", "Remote", "SoftReset", "UnlockCommand",
}  # fmt: skip


class Inbound16(Inbound):
    """Answers the calls of one charger."""

    actions = frozenset(Action)
    acknowledged = _ACKNOWLEDGED

    @override
    def _vendor_data(self, data: Any) -> Any:
        return data_text(data)

    @override
    def _make_routes(self) -> dict[str, Route]:
        return {
            Action.authorize: self._authorize,
            Action.boot_notification: self._boot,
            Action.data_transfer: self._data_transfer,
            Action.diagnostics_status_notification: self._log_progress,
            Action.firmware_status_notification: self._firmware_progress,
            Action.heartbeat: self._heartbeat,
            Action.log_status_notification: self._log_progress,
            Action.meter_values: self._meter_values,
            Action.sign_certificate: self._sign_certificate,
            Action.signed_firmware_status_notification: self._firmware_progress,
            Action.start_transaction: self._start_transaction,
            Action.status_notification: self._status,
            Action.stop_transaction: self._stop_transaction,
        }

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
        return self._boot_answer()

    async def _authorize(self, fields: Fields, payload: JsonObject) -> JsonObject:
        id_tag = fields.text("idTag", 20)
        await self._report(Action.authorize, fields, payload)
        info = IdTagInfo(status=AuthorizationStatus.INVALID)
        if id_tag is not None:
            info = await self._handler.authorize(id_tag)
        return {"idTagInfo": id_tag_info(info)}

    async def _status(self, fields: Fields, payload: JsonObject) -> JsonObject:
        connector_id = fields.integer("connectorId", 0, MAX_CONNECTOR)
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
            connector_id=fields.integer("connectorId", 1, MAX_CONNECTOR) or 0,
            id_tag=fields.text("idTag", 20) or "",
            meter_start=fields.integer("meterStart", 0, 10**11),
            timestamp=fields.own_time("timestamp"),
            reservation_id=fields.integer("reservationId", -INT32, INT32),
            raw=raw(payload),
            problems=tuple(fields.problems),
        )
        await self._report(Action.start_transaction, fields, payload)
        answer = await self._handler.start_transaction(start)
        return {"transactionId": answer.transaction_id, "idTagInfo": id_tag_info(answer)}

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
            raw=raw(payload),
            problems=tuple(fields.problems),
        )
        await self._report(Action.stop_transaction, fields, payload)
        status = await self._handler.stop_transaction(stop)
        return {"idTagInfo": {"status": status.value}} if stop.id_tag else {}

    async def _meter_values(self, fields: Fields, payload: JsonObject) -> JsonObject:
        values = MeterValues(
            connector_id=fields.integer("connectorId", 0, MAX_CONNECTOR) or 0,
            transaction_id=fields.integer("transactionId", -INT32, INT32),
            snapshots=read_snapshots(fields, "meterValue", self._clock()),
            problems=tuple(fields.problems),
        )
        await self._report(Action.meter_values, fields, payload)
        await self._handler.meter_values(values)
        return {}
