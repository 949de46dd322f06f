"""What we can ask of a connected 1.6 charger."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import override

from ocpp.v16 import call
from ocpp.v16.enums import AvailabilityType, ResetType

from ..adapter import ACCEPTED, StationAdapter, check_status
from ..errors import CallRejectedError
from ..rpc import Rpc
from ..station import Abilities, ChargePointHandler, Limit
from .charging import Dialect16
from .inbound import Inbound16
from .preparation import limit_abilities, prepare, rate_units


class Station16(StationAdapter):
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
        rpc = Rpc(name, send, self._inbound.answer)
        super().__init__(remote, rpc, close, clock, Dialect16())

    @property
    @override
    def booted(self) -> bool:
        return self._inbound.booted

    @override
    async def remote_start(self, connector_id: int, id_tag: str) -> None:
        await self._ask(call.RemoteStartTransaction(id_tag=id_tag, connector_id=connector_id))

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
    async def set_available(self, connector_id: int, *, available: bool) -> str:
        if not self._make.takes_availability:
            if available:
                return "Accepted"  # it was never anything else
            raise CallRejectedError("ChangeAvailability", "NotSupported")
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
        await self._limits.set_limit(connector_id, limit, expiry, transaction_id)

    @override
    async def trigger(self, message: str, connector_id: int | None = None) -> None:
        # The library's enumeration lacks nothing here, but chargers take vendor triggers too.
        payload = {"requestedMessage": message}
        extra = {} if connector_id is None else {"connectorId": connector_id}
        response = await self._rpc.call("TriggerMessage", payload | extra)
        check_status("TriggerMessage", response, ACCEPTED)
