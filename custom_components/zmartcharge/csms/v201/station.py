"""What we can ask of a connected 2.0.1 charger."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import ClassVar, override

from ocpp.v201 import call
from ocpp.v201.datatypes import EVSEType
from ocpp.v201.enums import (
    IdTokenEnumType,
    MessageTriggerEnumType,
    OperationalStatusEnumType,
    ResetEnumType,
)

from ..adapter import ACCEPTED, StationAdapter, check_status
from ..errors import CallRejectedError, CsmsError
from ..rpc import JsonObject, Rpc
from ..station import Abilities, ChargePointHandler, Limit
from ..without_tariffs import WithoutTariffs
from .authorization import Authorization201
from .charging import Dialect201
from .device_model import DeviceModel, raise_for
from .inbound import Inbound201
from .information import Information201
from .maintenance import Maintenance201
from .memory import ChargerMemory
from .preparation import is_open_to_all, limit_abilities, prepare
from .reports import Reports
from .variables import VariableName

_SCHEDULABLE = ("Accepted", "Scheduled")
_ONGOING = "OngoingAuthorizedTransaction"
#: EVSEs that are asked for their status where none is known: a household charger has no more.
_PROBED = 8
#: What the messages of OCPP 1.6 that can be triggered are called here.
_TRIGGERS = {
    "DiagnosticsStatusNotification": "LogStatusNotification",
    "SignChargePointCertificate": "SignChargingStationCertificate",
}


class Station201(Authorization201, Maintenance201, Information201, WithoutTariffs, StationAdapter):
    """A charger that speaks OCPP 2.0.1, for as long as its connection lasts."""

    version = "2.0.1"
    # Part 2, clause K: ChargingStationMaxProfile caps the whole charger, on EVSE 0.
    maximum_purpose = "ChargingStationMaxProfile"
    #: Whether it may say what is not to be answered.
    takes_sends: ClassVar[bool] = False
    #: Who answers what it says.
    inbound_type: ClassVar[type[Inbound201]] = Inbound201

    def __init__(
        self,
        name: str,
        remote: str,
        send: Callable[[str], Awaitable[None]],
        close: Callable[[], Awaitable[None]],
        handler: ChargePointHandler,
        clock: Callable[[], datetime],
        memory: ChargerMemory,
    ) -> None:
        """Take the charger's id and address, how to send and close, who hears it, what is known."""
        self._model = DeviceModel(self._ask_model)
        self._handler = handler
        self._memory = memory
        self._units: tuple[str, ...] = ("A", "W")
        self._reports = Reports(self._ask_checked)
        self._inbound = self.inbound_type(
            handler, clock, memory, self._model.take_report, self._reports.take
        )
        # OCPP-J 2.0.1, clause 4.3: the codes of version 2.
        rpc = Rpc(
            name,
            send,
            self._inbound.answer,
            malformed="RpcFrameworkError",
            unreadable="RpcFrameworkError",
            takes_sends=self.takes_sends,
        )
        super().__init__(remote, rpc, close, clock, Dialect201())

    @property
    @override
    def booted(self) -> bool:
        return self._inbound.booted

    @override
    async def remote_start(
        self, connector_id: int, id_tag: str, limit: Limit | None = None
    ) -> None:
        payload: JsonObject = {
            "idToken": {"idToken": id_tag, "type": IdTokenEnumType.central.value},
            "remoteStartId": self._memory.begin_remote_start(id_tag),
            "evseId": connector_id,
        }
        if limit is not None:
            payload["chargingProfile"] = self._limits.opening(connector_id, limit)
        response = await self._rpc.call("RequestStartTransaction", payload)
        check_status("RequestStartTransaction", response, ACCEPTED)

    @override
    async def remote_stop(self, transaction_id: int) -> None:
        own_id = await self.own_id(transaction_id)
        if own_id is None:
            raise CallRejectedError("RequestStopTransaction", "UnknownTransaction")
        await self._ask(call.RequestStopTransaction(transaction_id=own_id))

    @override
    async def reset(self, *, hard: bool) -> None:
        kind = ResetEnumType.immediate if hard else ResetEnumType.on_idle
        await self._ask(call.Reset(type=kind), accept=_SCHEDULABLE)

    @override
    async def unlock(self, connector_id: int) -> None:
        evse = self._memory.evses.get(connector_id)
        in_use = evse.connector_in_use if evse else 1
        request = call.UnlockConnector(evse_id=connector_id, connector_id=in_use)
        running = evse.transaction if evse else None
        try:
            await self._ask(request, accept=("Unlocked",))
        except CallRejectedError as err:
            if err.status != _ONGOING or running is None:
                raise
            # In 1.6 the charger ends the transaction by itself (clause 5.18).
            await self._ask(call.RequestStopTransaction(transaction_id=running.own_id))
            await self._ask(request, accept=("Unlocked",))

    @override
    async def _set_available(self, connector_id: int, *, available: bool) -> str:
        status = OperationalStatusEnumType
        request = call.ChangeAvailability(
            operational_status=status.operative if available else status.inoperative,
            evse=EVSEType(id=connector_id) if connector_id else None,
        )
        return await self._ask(request, accept=_SCHEDULABLE)

    @override
    async def configuration(self, *keys: str) -> dict[str, str | None]:
        """Return variables by name (see ``variables``); raises InvalidRequestError for none."""
        if not keys:
            return await self._model.report()
        return await self._model.get([VariableName.parse(key) for key in keys])

    @override
    async def configure(self, key: str, value: str) -> str:
        statuses = await self._model.set({key: value})
        return raise_for(key, statuses.get(str(VariableName.parse(key)), "None"))

    @override
    async def prepare(self) -> Abilities:
        abilities = await prepare(self._model, self._make)
        self._units, max_stack_level = limit_abilities(abilities.configuration)
        self._limits.learn(self._units, max_stack_level)
        self._memory.open_to_all = is_open_to_all(abilities.configuration)
        return abilities

    @override
    async def set_maximum(self, amperes: float, watts: float) -> None:
        await self._maximum(self._units, amperes, watts)

    @override
    async def set_limit(
        self,
        connector_id: int,
        limit: Limit | None,
        *,
        expiry: timedelta,
        transaction_id: int | None,
    ) -> None:
        if limit is None:
            await self._limits.clear_limit(connector_id)
            return
        own_id = None if transaction_id is None else await self.own_id(transaction_id)
        await self._limits.set_limit(connector_id, limit, expiry, own_id)

    @override
    async def trigger(self, message: str, connector_id: int | None = None) -> None:
        """Ask for a message now (F06); the names of OCPP 1.6 stand for those of 2.0.1.

        StatusNotification needs the connector's number there, and what a transaction measures is
        told by TransactionEvent beside MeterValues.
        """
        match message:
            case MessageTriggerEnumType.status_notification:
                await self._trigger_statuses(connector_id)
            case MessageTriggerEnumType.meter_values:
                await self._trigger_values(connector_id)
            case _:
                await self._trigger(_TRIGGERS.get(message, message), connector_id)

    async def _trigger_statuses(self, evse_id: int | None) -> None:
        """Ask for the status of each connector; gently where they are not known yet."""
        evses = self._memory.evses
        known = [number for number in evses if number] if evse_id is None else [evse_id]
        for number in known:
            statuses = evses[number].statuses if number in evses else {}
            for connector_id in [*statuses] or [1]:
                await self._trigger("StatusNotification", number, connector_id)
        for number in range(1, _PROBED + 1) if not known else ():
            try:
                await self._trigger("StatusNotification", number, 1)
            except CsmsError:
                if number == 1:
                    raise
                return

    async def _trigger_values(self, evse_id: int | None) -> None:
        refused: CsmsError | None = None
        for message in ("MeterValues", "TransactionEvent"):
            try:
                await self._trigger(message, evse_id)
            except CallRejectedError as err:
                if refused is not None:
                    raise refused from err
                refused = err

    async def _trigger(
        self, message: str, evse_id: int | None, connector_id: int | None = None
    ) -> None:
        payload: JsonObject = {"requestedMessage": message}
        if evse_id:
            payload["evse"] = {"id": evse_id}
            if connector_id:
                payload["evse"]["connectorId"] = connector_id
        check_status("TriggerMessage", await self._rpc.call("TriggerMessage", payload), ACCEPTED)

    @override
    async def own_id(self, transaction_id: int) -> str | None:
        if own_id := self._memory.own_id(transaction_id):
            return own_id
        kept = await self._handler.find_transaction(transaction_id=transaction_id)
        return kept.own_id if kept else None

    async def _ask_checked(self, action: str, payload: JsonObject) -> JsonObject:
        return await self.call(action, payload)

    async def _ask_model(self, action: str, payload: JsonObject) -> JsonObject:
        return await self._rpc.call(action, payload)
