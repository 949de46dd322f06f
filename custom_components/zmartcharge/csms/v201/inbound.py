"""What a 2.0.1 charger says, read leniently and handed on; what it hears in answer."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar, override

from ocpp.v201.enums import Action, BootReasonEnumType

from ..fields import INT32, Fields
from ..inbound import MAX_CONNECTOR, Inbound, Route
from ..messages import (
    AuthorizationStatus,
    Boot,
    ConnectorState,
    IdTagInfo,
    MeterValues,
    Notice,
    ReservationEnd,
    ReservationUpdate,
    StatusNotification,
)
from ..rpc import JsonObject
from ..station import ChargePointHandler
from .authorization import id_token_info
from .event import ENDED, read_event, read_token
from .memory import STATUSES, ChargerMemory
from .meter import read_snapshots
from .transactions import Transactions201

_ACKNOWLEDGED: dict[str, JsonObject] = {
    Action.cleared_charging_limit: {},
    Action.get_15118_ev_certificate: {"status": "Failed", "exiResponse": ""},
    Action.get_certificate_status: {"status": "Failed"},
    Action.notify_charging_limit: {},
    Action.notify_ev_charging_needs: {"status": "Rejected"},
    Action.notify_ev_charging_schedule: {"status": "Accepted"},
    Action.notify_monitoring_report: {},
    Action.publish_firmware_status_notification: {},
    Action.security_event_notification: {},
}
NO_ERROR, OTHER_ERROR = "NoError", "OtherError"


class Inbound201(Inbound):
    """Answers the calls of one charger."""

    actions = frozenset(Action)
    acknowledged = _ACKNOWLEDGED
    #: Whether it hears in answers what a transaction costs so far, beside what it cost in the end.
    hears_running_cost: ClassVar[bool] = False

    def __init__(
        self,
        handler: ChargePointHandler,
        clock: Callable[[], datetime],
        memory: ChargerMemory,
        on_model: Callable[[JsonObject], None],
        on_report: Callable[[JsonObject], None],
    ) -> None:
        """Take who hears the messages, the time, what is known, and who collects reports.

        ``on_model`` collects those of the device model, ``on_report`` all others.
        """
        super().__init__(handler, clock)
        self._memory = memory
        self._on_model = on_model
        self._on_report = on_report
        self._transactions = Transactions201(handler, memory, running_cost=self.hears_running_cost)

    @override
    def _make_routes(self) -> dict[str, Route]:
        return {
            Action.authorize: self._authorize,
            Action.boot_notification: self._boot,
            Action.data_transfer: self._data_transfer,
            Action.firmware_status_notification: self._firmware_progress,
            Action.heartbeat: self._heartbeat,
            Action.log_status_notification: self._log_progress,
            Action.meter_values: self._meter_values,
            Action.notify_customer_information: self._part_of_report,
            Action.notify_display_messages: self._part_of_report,
            Action.notify_event: self._notify_event,
            Action.notify_report: self._notify_report,
            Action.report_charging_profiles: self._part_of_report,
            Action.reservation_status_update: self._reservation_status,
            Action.sign_certificate: self._sign_certificate,
            Action.status_notification: self._status,
            Action.transaction_event: self._transaction_event,
        }

    async def _boot(self, fields: Fields, payload: JsonObject) -> JsonObject:
        self.booted = True
        if fields.text("reason", 20) != BootReasonEnumType.triggered:
            for evse in self._memory.evses.values():
                evse.restart()
        received = self._clock()
        station = Fields(fields.object("chargingStation"), received=received)
        modem = Fields(station.object("modem"), received=received)
        await self._handler.boot(
            Boot(
                vendor=station.text("vendorName", 50) or "",
                model=station.text("model", 50) or "",
                serial=station.text("serialNumber", 50),
                firmware=station.text("firmwareVersion", 50),
                iccid=modem.text("iccid", 50),
            )
        )
        return self._boot_answer()

    async def _authorize(self, fields: Fields, payload: JsonObject) -> JsonObject:
        id_tag = read_token(fields, self._clock())
        await self._report(Action.authorize, fields, payload)
        info = IdTagInfo(status=AuthorizationStatus.INVALID)
        if id_tag:
            info = await self._handler.authorize(id_tag)
        return {"idTokenInfo": id_token_info(info)}

    async def _status(self, fields: Fields, payload: JsonObject) -> JsonObject:
        evse_id = fields.integer("evseId", 0, MAX_CONNECTOR)
        connector_id = fields.integer("connectorId", 0, MAX_CONNECTOR) or 0
        status = fields.text("connectorStatus", 20)
        known = evse_id is not None and status in STATUSES
        if not known:
            fields.problems.append("connectorStatus: unknown")
        at = fields.time("timestamp")
        await self._report(Action.status_notification, fields, payload)
        if evse_id is not None and status is not None and known:
            self._memory.evse(evse_id).hear_status(connector_id, status, at)
            await self._tell_state(evse_id, at)
        return {}

    async def _meter_values(self, fields: Fields, payload: JsonObject) -> JsonObject:
        values = MeterValues(
            connector_id=fields.integer("evseId", 0, MAX_CONNECTOR) or 0,
            transaction_id=None,
            snapshots=read_snapshots(fields, "meterValue", self._clock()),
            problems=tuple(fields.problems),
        )
        await self._report(Action.meter_values, fields, payload)
        await self._handler.meter_values(values)
        return {}

    async def _transaction_event(self, fields: Fields, payload: JsonObject) -> JsonObject:
        event = read_event(fields, payload, self._clock())
        await self._report(Action.transaction_event, fields, payload)
        transaction, answer = await self._transactions.hear(event)
        if transaction is not None and transaction.evse_id:
            evse = self._memory.evse(transaction.evse_id)
            evse.follow(transaction)
            # What happened while the charger was offline is not what is, but what ended is over.
            is_news = not event.offline or event.kind == ENDED
            if is_news and evse.state is not evse.told:
                await self._tell_state(transaction.evse_id, event.credible_at)
        return answer

    async def _tell_state(self, evse_id: int, at: datetime) -> None:
        """Tell the handler what an EVSE's state is."""
        evse = self._memory.evse(evse_id)
        state = evse.state
        if state is None:
            return
        faulted = state is ConnectorState.FAULTED
        code, words = evse.trouble if faulted else (None, None)
        await self._handler.status(
            StatusNotification(
                connector_id=evse_id,
                state=state,
                error_code=OTHER_ERROR if faulted else NO_ERROR,
                info=words,
                vendor_error_code=code,
                timestamp=at,
            )
        )
        evse.told = state

    async def _notify_event(self, fields: Fields, payload: JsonObject) -> JsonObject:
        for item in fields.objects("eventData"):
            await self._component_event(Fields(item, received=self._clock()))
        await self._handler.notice(Notice(action=Action.notify_event, payload=payload))
        return {}

    async def _component_event(self, event: Fields) -> None:
        """Take what an event says of an EVSE: its trouble, or a connector's availability (G01)."""
        received = self._clock()
        component = Fields(event.object("component"), received=received)
        place = Fields(component.object("evse"), received=received)
        evse_id = place.integer("id", 1, MAX_CONNECTOR)
        if evse_id is None:
            return
        evse, at = self._memory.evse(evse_id), event.time("timestamp")
        code, words = event.text("techCode", 50), event.text("techInfo", 50)
        if code or words:
            evse.trouble = (None, None) if event.is_true("cleared") else (code, words)
        variable = Fields(event.object("variable"), received=received).text("name", 50)
        status = event.text("actualValue", 20)
        if component.text("name", 50) != "Connector" or variable != "AvailabilityState":
            return
        if status in STATUSES:
            connector_id = place.integer("connectorId", 0, MAX_CONNECTOR) or 0
            evse.hear_status(connector_id, status, at)
            await self._tell_state(evse_id, at)

    async def _notify_report(self, fields: Fields, payload: JsonObject) -> JsonObject:
        self._on_model(payload)
        return {}

    async def _part_of_report(self, fields: Fields, payload: JsonObject) -> JsonObject:
        self._on_report(payload)
        return {}

    async def _reservation_status(self, fields: Fields, payload: JsonObject) -> JsonObject:
        reservation_id = fields.integer("reservationId", -INT32, INT32)
        status = fields.text("reservationUpdateStatus", 20)
        known = status in set(ReservationEnd)
        if not known:
            fields.problems.append("reservationUpdateStatus: unknown")
        await self._report(Action.reservation_status_update, fields, payload)
        if reservation_id is not None and status is not None and known:
            await self._handler.reservation_ended(
                ReservationUpdate(reservation_id=reservation_id, end=ReservationEnd(status))
            )
        return {}
