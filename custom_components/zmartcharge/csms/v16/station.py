"""What we can ask of a connected 1.6 charger."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import override

from ocpp.v16 import call
from ocpp.v16.enums import AvailabilityType, ResetType

from ..adapter import ACCEPTED, MISSING, StationAdapter, check_status
from ..errors import CallFailedError, CallRejectedError, CsmsError
from ..rpc import JsonObject, Rpc
from ..station import Abilities, ChargePointHandler, Limit
from ..without_tariffs import WithoutTariffs
from .authorization import Authorization16
from .charging import Dialect16
from .inbound import Inbound16
from .information import Information16
from .maintenance import Maintenance16
from .preparation import limit_abilities, prepare, rate_units

#: What only ExtendedTriggerMessage can ask for (security whitepaper, MessageTriggerEnumType).
_EXTENDED = {"LogStatusNotification", "SignChargePointCertificate"}
#: What only TriggerMessage can ask for (clause 7.33).
_PLAIN = {"DiagnosticsStatusNotification"}


class Station16(Authorization16, Maintenance16, Information16, WithoutTariffs, StationAdapter):
    """A charger that speaks OCPP 1.6, for as long as its connection lasts."""

    version = "1.6"
    # OCPP 1.6, clause 3.13.1: ChargePointMaxProfile caps the whole charger, on connector 0.
    maximum_purpose = "ChargePointMaxProfile"

    def __init__(
        self,
        name: str,
        remote: str,
        send: Callable[[str], Awaitable[None]],
        close: Callable[[], Awaitable[None]],
        handler: ChargePointHandler,
        clock: Callable[[], datetime],
    ) -> None:
        """Take the charger's id and address, how to send and close, and who hears it."""
        self._inbound = Inbound16(handler, clock)
        self._has_extended_trigger = True
        rpc = Rpc(name, send, self._inbound.answer)
        super().__init__(remote, rpc, close, clock, Dialect16())

    @property
    @override
    def booted(self) -> bool:
        return self._inbound.booted

    @override
    async def remote_start(
        self, connector_id: int, id_tag: str, limit: Limit | None = None
    ) -> None:
        payload: JsonObject = {"idTag": id_tag, "connectorId": connector_id}
        if limit is not None:
            payload["chargingProfile"] = self._limits.opening(connector_id, limit)
        response = await self._rpc.call("RemoteStartTransaction", payload)
        check_status("RemoteStartTransaction", response, ACCEPTED)

    @override
    async def remote_stop(self, transaction_id: int) -> None:
        await self._ask(call.RemoteStopTransaction(transaction_id=transaction_id))

    @override
    async def reset(self, *, hard: bool) -> None:
        await self._ask(call.Reset(type=ResetType.hard if hard else ResetType.soft))

    @override
    async def unlock(self, connector_id: int) -> None:
        await self._ask(call.UnlockConnector(connector_id=connector_id), accept=("Unlocked",))

    @override
    async def _set_available(self, connector_id: int, *, available: bool) -> str:
        kind = AvailabilityType.operative if available else AvailabilityType.inoperative
        request = call.ChangeAvailability(connector_id=connector_id, type=kind)
        return await self._ask(request, accept=("Accepted", "Scheduled"))

    @override
    async def configuration(self, *keys: str) -> dict[str, str | None]:
        response = await self._send(call.GetConfiguration(key=list(keys) or None))
        found = response.get("configurationKey")
        return {
            str(item["key"]): None if item.get("value") is None else str(item["value"])
            for item in (found if isinstance(found, list) else [])
            if isinstance(item, dict) and "key" in item
        }

    @override
    async def configure(self, key: str, value: str) -> str:
        request = call.ChangeConfiguration(key=key, value=value)
        return await self._ask(request, accept=("Accepted", "RebootRequired"))

    @override
    async def prepare(self) -> Abilities:
        abilities = await prepare(self, self._make, self._learned, self._learn)
        units, max_stack_level = limit_abilities(abilities.configuration)
        self._limits.learn(units, max_stack_level)
        return abilities

    @override
    async def set_maximum(self, amperes: float, watts: float) -> None:
        await self._maximum(await rate_units(self), amperes, watts)

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
        # A charger refuses what is for a transaction that it does not know the number of yet.
        await self._rpc.answered("StartTransaction")
        await self._limits.set_limit(connector_id, limit, expiry, transaction_id)

    @override
    async def trigger(self, message: str, connector_id: int | None = None) -> None:
        """Ask for a message now (clause 5.17), in the whitepaper's way where it must be.

        Chargers take vendors' own triggers too, so nothing is checked against the standard's list.
        """
        payload: JsonObject = {"requestedMessage": message}
        if connector_id is not None:
            payload["connectorId"] = connector_id
        if message in _EXTENDED:
            await self._trigger("ExtendedTriggerMessage", payload)
            return
        try:
            await self._trigger("TriggerMessage", payload)
        except (CallRejectedError, CallFailedError) as err:
            if not _is_missing(err) or message in _PLAIN or not self._has_extended_trigger:
                raise
            try:
                await self._trigger("ExtendedTriggerMessage", payload)
            except (CallRejectedError, CallFailedError) as extended:
                self._has_extended_trigger = not _is_missing(extended)
                raise err from extended

    async def _trigger(self, action: str, payload: JsonObject) -> None:
        check_status(action, await self._rpc.call(action, payload), ACCEPTED)


def _is_missing(err: CsmsError) -> bool:
    """Tell whether a charger does not have a message."""
    match err:
        case CallFailedError():
            return err.code in MISSING
        case CallRejectedError():
            return err.status in MISSING
    return False
