"""What the adapters of all OCPP versions share: one connection, its calls and its limits."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import product
import secrets
from typing import Any, ClassVar, override

from ocpp.charge_point import remove_nones, serialize_as_dict, snake_to_camel_case

from .charging import ABSOLUTE, MAXIMUM_ID, Call, ChargingLimits, Profile, ProfileDialect, to_text
from .errors import CallFailedError, CallRejectedError, CsmsError
from .fields import INT32
from .learned import Learned
from .makes import UNKNOWN, Make, first
from .rpc import JsonObject, Rpc
from .schema import check_request
from .station import Limit, OfferedSchedule, Station

ACCEPTED = ("Accepted",)
#: A charger that does not have a message says one of these (OCPP-J 1.6, clause 4.2.3; 2.0.1, 4.3).
MISSING = frozenset({"NotImplemented", "NotSupported"})
#: Seconds that a charger has to answer what limits it.
_LIMIT_TIMEOUT = 10.0


class StationAdapter(Station):
    """A charger that speaks one OCPP version, for as long as its connection lasts."""

    #: The purpose of the profile that caps the whole charger.
    maximum_purpose: ClassVar[str]

    def __init__(
        self,
        remote: str,
        rpc: Rpc,
        close: Callable[[], Awaitable[None]],
        clock: Callable[[], datetime],
        dialect: ProfileDialect,
    ) -> None:
        """Take the charger's address, its calls, how to close, and how profiles are written."""
        self._rpc = rpc
        self._dialect = dialect
        self._close = close
        self._clock = clock
        self._limits = self._make_limits(self._call_for_limit, dialect)
        self._remote = remote
        self._make, self._learned = UNKNOWN, Learned()
        self._keep: Callable[[Learned], None] = lambda _: None
        self._connected_at = self._last_message_at = clock()

    def _make_limits(self, call: Call, dialect: ProfileDialect) -> ChargingLimits:
        """Return what keeps the charger's limits."""
        return ChargingLimits(call, self._clock, dialect)

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
    @abstractmethod
    def booted(self) -> bool:
        """Tell whether this connection has seen a BootNotification."""

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
    async def set_fail_safe(self, limit: Limit | None) -> None:
        if limit is None:
            await self._limits.clear_fail_safe()
            return
        await self._limits.set_fail_safe(limit)

    @override
    def adapt(self, make: Make, learned: Learned, keep: Callable[[Learned], None]) -> None:
        self._make, self._learned, self._keep = make, learned, keep
        self._limits.adapt(make, learned.strategy, lambda way: self._learn(strategy=way))

    @property
    @override
    def learned(self) -> Learned:
        return self._learned

    @override
    def distrust(self) -> None:
        self._limits.distrust()

    def _learn(self, **changes: Any) -> None:
        """Take fields of Learned that have changed."""
        learned = replace(self._learned, **changes)
        if learned != self._learned:
            self._learned = learned
            self._keep(learned)

    @override
    async def offered_schedule(self, connector_id: int, ahead: timedelta) -> OfferedSchedule | None:
        return await self._limits.offered(connector_id, ahead)

    @override
    async def set_available(self, connector_id: int, *, available: bool) -> str:
        if not self._make.takes_availability:
            if available:
                return "Accepted"  # it was never anything else
            raise CallRejectedError("ChangeAvailability", "NotSupported")
        return await self._set_available(connector_id, available=available)

    @abstractmethod
    async def _set_available(self, connector_id: int, *, available: bool) -> str:
        """Set a connector (0: all) operative or not; returns ``Accepted`` or ``Scheduled``."""

    @override
    async def call(self, action: str, payload: JsonObject) -> JsonObject:
        """Send any request; raises InvalidRequestError when the version's schema refuses it."""
        await check_request(action, payload, self.version)
        return await self._rpc.call(action, payload)

    async def _maximum(self, units: Iterable[str], amperes: float, watts: float) -> None:
        """Cap the whole charger, in the first unit that it takes."""
        limits = {"A": round(amperes, 1), "W": round(watts)}
        refused: CsmsError = CallRejectedError("SetChargingProfile", "NotSupported")
        kinds = first((ABSOLUTE,), self._make.kind)
        for unit, kind in product(self._make.units_first(tuple(units)), kinds):
            profile = Profile(
                profile_id=MAXIMUM_ID,
                purpose=self.maximum_purpose,
                kind=kind,
                stack_level=0,
                unit=unit,
                value=limits[unit],
                start=self._clock(),
            )
            payload = self._dialect.install(0, profile)
            try:
                response = await self._rpc.call("SetChargingProfile", payload)
                check_status("SetChargingProfile", response, ACCEPTED)
            except (CallRejectedError, CallFailedError) as err:
                refused = err
            else:
                return
        raise refused

    async def _call_for_limit(self, action: str, payload: JsonObject) -> JsonObject:
        # Who is to draw less is not waited for as long as for a firmware.
        return await self._rpc.call(action, payload, timeout=_LIMIT_TIMEOUT)

    async def _command[StatusT: StrEnum](
        self, action: str, payload: JsonObject, statuses: type[StatusT]
    ) -> StatusT:
        """Send what somebody asked for and return the status of the response."""
        return read_status(action, await self.call(action, payload), statuses)

    async def _send(self, request: Any) -> JsonObject:
        payload = snake_to_camel_case(remove_nones(serialize_as_dict(request)))
        return await self._rpc.call(type(request).__name__, payload)

    async def _ask(self, request: Any, accept: tuple[str, ...] = ACCEPTED) -> str:
        return check_status(type(request).__name__, await self._send(request), accept)


def check_status(action: str, response: JsonObject, accept: tuple[str, ...]) -> str:
    """Return the status of a response; raises CallRejectedError when it is not one of these."""
    status = str(response.get("status"))[:40]
    if status not in accept:
        raise CallRejectedError(action, status)
    return status


def read_status[StatusT: StrEnum](
    action: str, response: JsonObject, statuses: type[StatusT]
) -> StatusT:
    """Return the status of a response; raises CallRejectedError for one that is none."""
    status = str(response.get("status"))[:40]
    try:
        return statuses(status)
    except ValueError:
        raise CallRejectedError(action, status) from None


def without_none(payload: JsonObject) -> JsonObject:
    """Return a payload without the fields that nobody set."""
    return {key: value for key, value in payload.items() if value is not None}


def seconds_of(duration: timedelta | None) -> int | None:
    """Return a duration as OCPP writes it."""
    return None if duration is None else int(duration.total_seconds())


def text_of(moment: datetime | None) -> str | None:
    """Return a time as OCPP writes it."""
    return None if moment is None else to_text(moment)


def new_request_id() -> int:
    """Return a number for what a charger tells of later."""
    return 1 + secrets.randbelow(INT32)
