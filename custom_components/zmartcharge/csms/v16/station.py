"""What we can ask of a connected 1.6 charger."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, override

from ocpp.charge_point import remove_nones, serialize_as_dict, snake_to_camel_case
from ocpp.exceptions import OCPPError
from ocpp.messages import Call, MessageType, get_validator, validate_payload
from ocpp.v16 import call
from ocpp.v16.enums import AvailabilityType, ResetType

from ..errors import CallFailedError, CallRejectedError, CsmsError, InvalidRequestError
from ..rpc import JsonObject, Rpc
from ..station import Abilities, ChargePointHandler, Limit, OfferedSchedule, Station
from .charging import ChargingLimits16
from .inbound import Inbound16
from .preparation import limit_abilities, prepare, rate_units

_ACCEPTED = ("Accepted",)
#: Seconds that a charger has to answer what limits it.
_LIMIT_TIMEOUT = 10.0


class Station16(Station):
    """A charger that speaks OCPP 1.6, for as long as its connection lasts."""

    version = "1.6"

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
        self._rpc = Rpc(name, send, self._inbound.answer)
        self._limits = ChargingLimits16(
            # Who is to draw less is not waited for as long as for a firmware.
            lambda action, payload: self._rpc.call(action, payload, timeout=_LIMIT_TIMEOUT),
            clock,
        )
        self._close = close
        self._clock = clock
        self._remote = remote
        self._connected_at = self._last_message_at = clock()

    @property
    @override
    def remote(self) -> str:
        return self._remote

    @property
    @override
    def connected_at(self) -> datetime:
        return self._connected_at

    @property
    @override
    def last_message_at(self) -> datetime:
        return self._last_message_at

    @property
    def booted(self) -> bool:
        """Tell whether this connection has seen a BootNotification."""
        return self._inbound.booted

    async def feed(self, text: str) -> None:
        """Take one frame of the charger."""
        self._last_message_at = self._clock()
        await self._rpc.feed(text)

    async def serve(self) -> None:
        """Answer the charger until cancelled."""
        await self._rpc.serve()

    def hang_up(self) -> None:
        """Fail what waits for an answer: the connection is gone."""
        self._rpc.close()

    @override
    async def close(self) -> None:
        await self._close()

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
        abilities = await prepare(self)
        units, max_stack_level = limit_abilities(abilities.configuration)
        self._limits.learn(units, max_stack_level)
        return abilities

    @override
    async def set_maximum(self, amperes: float, watts: float) -> None:
        limits = {"A": round(amperes, 1), "W": round(watts)}
        for unit in await rate_units(self):
            try:
                await self._set_station_profile(unit, limits[unit])
            except (CallRejectedError, CallFailedError) as err:
                refused: CsmsError = err
            else:
                return
        raise refused

    async def _set_station_profile(self, unit: str, limit: float) -> None:
        # OCPP 1.6, clause 3.13.1: ChargePointMaxProfile caps the whole charger, on connector 0.
        profile = {
            "chargingProfileId": 1,
            "stackLevel": 0,
            "chargingProfilePurpose": "ChargePointMaxProfile",
            "chargingProfileKind": "Absolute",
            "chargingSchedule": {
                "startSchedule": self._clock().strftime("%Y-%m-%dT%H:%M:%SZ"),
                "chargingRateUnit": unit,
                "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}],
            },
        }
        payload = {"connectorId": 0, "csChargingProfiles": profile}
        _check("SetChargingProfile", await self._rpc.call("SetChargingProfile", payload), _ACCEPTED)

    @override
    async def set_fail_safe(self, limit: Limit | None) -> None:
        if limit is None:
            await self._limits.clear_fail_safe()
            return
        await self._limits.set_fail_safe(limit)

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
    async def offered_schedule(self, connector_id: int, ahead: timedelta) -> OfferedSchedule | None:
        return await self._limits.offered(connector_id, ahead)

    @override
    async def trigger(self, message: str, connector_id: int | None = None) -> None:
        # The library's enumeration lacks nothing here, but chargers take vendor triggers too.
        payload = {"requestedMessage": message}
        extra = {} if connector_id is None else {"connectorId": connector_id}
        response = await self._rpc.call("TriggerMessage", payload | extra)
        _check("TriggerMessage", response, _ACCEPTED)

    @override
    async def call(self, action: str, payload: JsonObject) -> JsonObject:
        """Send any request of OCPP 1.6; raises InvalidRequestError when the schema refuses it."""
        loop = asyncio.get_running_loop()
        try:
            # Reads the schema from disk the first time.
            await loop.run_in_executor(None, get_validator, MessageType.Call, action, "1.6")
            await validate_payload(Call("0", action, dict(payload)), "1.6")
        except OSError as err:
            raise InvalidRequestError(f"OCPP 1.6 has no {action}") from err
        except OCPPError as err:
            cause = err.details.get("cause") if isinstance(err.details, dict) else None
            raise InvalidRequestError(str(cause or err.description)) from err
        return await self._rpc.call(action, payload)

    async def _send(self, request: Any) -> JsonObject:
        payload = snake_to_camel_case(remove_nones(serialize_as_dict(request)))
        return await self._rpc.call(type(request).__name__, payload)

    async def _ask(self, request: Any, accept: tuple[str, ...] = _ACCEPTED) -> str:
        return _check(type(request).__name__, await self._send(request), accept)


def _check(action: str, response: JsonObject, accept: tuple[str, ...]) -> str:
    status = str(response.get("status"))[:40]
    if status not in accept:
        raise CallRejectedError(action, status)
    return status
