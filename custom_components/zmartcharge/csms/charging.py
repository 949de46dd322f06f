"""Limits by charging profiles, in the way that a charger understands.

Chargers differ in unit, purpose, kind and stack level, and few say so. What a charger accepted once
is used again; what it refuses is tried in the next way. The OCPP versions differ only in how a
profile is written, which is their ``ProfileDialect``; clauses are those of OCPP 1.6, with 2.0.1's
(part 2, chapter K) the same in all that matters here.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
import math
from typing import Any, Protocol

from .errors import CallFailedError, CallRejectedError, CsmsError
from .makes import UNKNOWN, Make, first
from .station import Limit, OfferedSchedule

type Call = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]
#: Given by us in OCPP 1.6, by the charger in 2.0.1.
type TransactionId = int | str

# One id for each use: a profile with the same id replaces the one before (clause 5.16), whatever its
# connector. Those of limits are counted on from here by the connectors' numbers.
MAXIMUM_ID, _FAIL_SAFE_ID, _LIMIT_IDS = 1, 2, 10
#: Seconds that a charger has to read what it was told.
_READS_WITHIN = 0.5
TX, TX_DEFAULT = "TxProfile", "TxDefaultProfile"
ABSOLUTE, RELATIVE = "Absolute", "Relative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """A way of telling a charger its limit."""

    purpose: str
    kind: str
    stack_level: int
    unit: str
    whole: bool = False

    @property
    def replaces_fail_safe(self) -> bool:
        """Tell whether it takes the place of the fail-safe, so that nothing is there below it."""
        return self.purpose == TX_DEFAULT and self.stack_level == 0

    @property
    def outlasts_session(self) -> bool:
        """Tell whether the charger keeps the limit for the session that comes next."""
        return self.purpose == TX_DEFAULT


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A charging profile with one limit (A or W), from a time on; ``seconds`` None: for ever."""

    profile_id: int
    purpose: str
    kind: str
    stack_level: int
    unit: str
    value: float
    start: datetime
    seconds: int | None = None
    phases: int | None = None
    transaction_id: TransactionId | None = None
    #: Seconds for which it holds while the charger is offline (OCPP 2.1); None: as long as else.
    max_offline: int | None = None

    def schedule(self) -> dict[str, Any]:
        """Return the ChargingSchedule, whose fields all versions have in common."""
        period: dict[str, Any] = {"startPeriod": 0, "limit": self.value}
        if self.phases is not None:
            period["numberPhases"] = self.phases
        schedule: dict[str, Any] = {
            "chargingRateUnit": self.unit,
            "chargingSchedulePeriod": [period],
        }
        if self.kind == ABSOLUTE:
            schedule["startSchedule"] = to_text(self.start)
            if self.seconds is not None:
                # A relative schedule begins with the transaction: its duration would be over.
                schedule["duration"] = self.seconds
        return schedule

    def frame(self) -> dict[str, Any]:
        """Return the ChargingProfile's other fields but its id, which all versions have in common."""
        frame: dict[str, Any] = {
            "stackLevel": self.stack_level,
            "chargingProfilePurpose": self.purpose,
            "chargingProfileKind": self.kind,
        }
        if self.seconds is not None:
            frame["validTo"] = to_text(self.start + timedelta(seconds=self.seconds))
        if self.transaction_id is not None:
            frame["transactionId"] = self.transaction_id
        if self.max_offline is not None:
            frame["maxOfflineDuration"] = self.max_offline
        return frame


class ProfileDialect(Protocol):
    """How one OCPP version writes what concerns charging profiles."""

    def write(self, profile: Profile) -> dict[str, Any]:
        """Return the ChargingProfile."""

    def install(self, connector_id: int, profile: Profile) -> dict[str, Any]:
        """Return the payload of SetChargingProfile; connector 0 is the whole charger."""

    def clear(self, profile_id: int) -> dict[str, Any]:
        """Return the payload of ClearChargingProfile."""

    def composite(self, connector_id: int, seconds: int, unit: str) -> dict[str, Any]:
        """Return the payload of GetCompositeSchedule."""

    def schedule(self, answer: dict[str, Any]) -> Any:
        """Return the schedule in the response to GetCompositeSchedule, whatever is there."""


class ChargingLimits:
    """The profiles of one charger: a fail-safe that stays, and a limit that expires."""

    def __init__(self, call: Call, clock: Callable[[], datetime], dialect: ProfileDialect) -> None:
        """Take how to call the charger and how to write to it; nothing is known of it yet."""
        self._call = call
        self._clock = clock
        self._dialect = dialect
        self._units: tuple[str, ...] = ("A", "W")
        self._stack = 1
        self._learned: Strategy | None = None
        self._make = UNKNOWN
        self._keep: Callable[[Strategy], None] = lambda _: None
        #: What the charger accepted and did not keep to: purposes and units, tried last.
        self._distrusted: set[tuple[str, str]] = set()
        #: Set when it has refused every way: then it is asked for one after the other.
        self._turn: int | None = None
        #: The newest transaction of each connector that had a limit.
        self._newest: dict[int, int] = {}

    @property
    def strategy(self) -> Strategy | None:
        """Return the way that the charger accepted, None before there is one."""
        return self._learned

    def adapt(self, make: Make, learned: Strategy | None, keep: Callable[[Strategy], None]) -> None:
        """Take what is known of the make, what was learned before, and who keeps what is learned."""
        self._make, self._learned, self._keep = make, learned, keep
        self._units = make.units_first(self._units)
        self._turn = 0 if make.refuses_limits and learned is None else None

    def distrust(self) -> None:
        """Tell the next limit in another way: the charger did not keep to what it accepted."""
        if self._learned is not None:
            self._distrusted.add((self._learned.purpose, self._learned.unit))
            self._learned = None

    def learn(self, units: tuple[str, ...], max_stack_level: int | None) -> None:
        """Take what the charger's configuration says of units and stack levels."""
        self._units = self._make.units_first(units)
        if max_stack_level is not None:
            self._stack = max(0, min(1, max_stack_level))

    async def set_fail_safe(self, limit: Limit) -> None:
        """Install what holds when nothing else does: TxDefaultProfile at stack 0, for ever.

        Raises CallRejectedError when the charger takes it in no unit, and the connection's errors.
        """
        await self._first_accepted(
            (
                Strategy(purpose=TX_DEFAULT, kind=kind, stack_level=0, unit=unit, whole=whole)
                for kind in self._kinds
                for unit in self._units
                for whole in self._wholes
            ),
            lambda strategy: self._profile(_FAIL_SAFE_ID, strategy, limit, None, None),
            connector_id=0,
        )

    async def set_limit(
        self,
        connector_id: int,
        limit: Limit,
        expiry: timedelta,
        transaction_id: TransactionId | None,
    ) -> None:
        """Limit a connector until the expiry; then the charger falls back by itself.

        Without a duration it never would (clause 3.13.2). Raises CallRejectedError when no way is
        accepted, and the connection's errors.
        """
        known = self._learned

        def profile(way: Strategy) -> Profile:
            return self._profile(
                self._limit_id(connector_id),
                way,
                limit,
                # What nothing is below of must not run out: the last limit is better than none.
                None if way.replaces_fail_safe else expiry,
                transaction_id if way.purpose == TX else None,
            )

        ways = self._likely_first(transaction_id)
        accepted = None
        if isinstance(transaction_id, int) and transaction_id != self._newest.get(connector_id):
            self._newest[connector_id] = transaction_id
            accepted = await self._accepted_by_novice(ways[0], profile, connector_id=connector_id)
        if accepted is None:
            accepted = await self._accepted_in_turn(ways, profile, connector_id=connector_id)
        if accepted != known and (transaction_id is not None or known is None):
            self._learned = accepted
            self._keep(accepted)

    def opening(self, connector_id: int, limit: Limit) -> dict[str, Any]:
        """Return the ChargingProfile with which a transaction is to begin (clause 5.16.2).

        The limit that is set next takes its place.
        """
        way = self._learned
        if way is None or way.purpose != TX:
            way = next(way for way in self._ways(in_session=True) if way.purpose == TX)
            way = replace(way, kind=RELATIVE)  # there is no time yet to count from
        profile = self._profile(self._limit_id(connector_id), way, limit, None, None)
        return self._dialect.write(profile)

    async def clear_fail_safe(self) -> None:
        """Remove the fail-safe, as when load balancing is turned off; a charger without it is fine."""
        await self._clear(_FAIL_SAFE_ID)

    async def clear_limit(self, connector_id: int) -> None:
        """Remove a connector's limit; the fail-safe holds again."""
        await self._clear(self._limit_id(connector_id))

    async def offered(self, connector_id: int, ahead: timedelta) -> OfferedSchedule | None:
        """Ask what the profiles add up to (GetCompositeSchedule); None when it does not tell."""
        unit = self._learned.unit if self._learned else self._units[0]
        payload = self._dialect.composite(connector_id, int(ahead.total_seconds()), unit)
        try:
            answer = await self._call("GetCompositeSchedule", payload)
        except CallFailedError:
            return None
        schedule = self._dialect.schedule(answer)
        if answer.get("status") != "Accepted" or not isinstance(schedule, dict):
            return None
        steps = tuple(read_steps(schedule.get("chargingSchedulePeriod")))
        return OfferedSchedule(unit=str(schedule.get("chargingRateUnit", unit)), steps=steps)

    @property
    def _kinds(self) -> tuple[str, ...]:
        return first((ABSOLUTE, RELATIVE), self._make.kind)

    @property
    def _wholes(self) -> tuple[bool, ...]:
        return (True, False) if self._make.whole_amperes else (False, True)

    def _likely_first(self, transaction_id: TransactionId | None) -> list[Strategy]:
        """Return every way, the one that was learned first and those without an effect last."""
        known = self._learned
        in_session = transaction_id is not None
        usable = known is not None and (
            in_session or not (known.purpose == TX or known.replaces_fail_safe)
        )
        ways = sorted(
            self._ways(in_session=in_session),
            key=lambda way: (way.purpose, way.unit) in self._distrusted,
        )
        return list(first(ways, known if usable else None))

    def _ways(self, *, in_session: bool) -> Iterator[Strategy]:
        """Yield every way, the one that follows the standard best first; see ``makes``."""
        # A TxProfile overrules any TxDefaultProfile (clause 3.13.1), so its level is free.
        levels: dict[str, tuple[int, ...]] = {TX_DEFAULT: (max(1, self._stack),)}
        if in_session:
            own = sorted({self._stack, 0}, reverse=True)
            preferred = self._make.stack_level
            levels = {TX: first(own, preferred if preferred in own else None), **levels}
        for purpose in sorted(levels, key=lambda purpose: purpose in self._make.refuses):
            yield from self._ways_of(purpose, levels[purpose])
        if in_session:
            # Some chargers have this level alone. It takes the place of the fail-safe, so the last.
            yield from self._ways_of(TX_DEFAULT, (0,))

    def _ways_of(self, purpose: str, levels: tuple[int, ...]) -> Iterator[Strategy]:
        for unit in self._units:
            for level in levels:
                for kind in self._kinds:
                    for whole in self._wholes:
                        yield Strategy(
                            purpose=purpose, kind=kind, stack_level=level, unit=unit, whole=whole
                        )

    async def _accepted_by_novice(
        self, way: Strategy, profile: Callable[[Strategy], Profile], *, connector_id: int
    ) -> Strategy | None:
        """Return the way if it is accepted; None: it shall be tried again, a moment later.

        A charger that was given the number of its transaction this moment may not have read it.
        """
        try:
            return await self._first_accepted(iter([way]), profile, connector_id=connector_id)
        except CallRejectedError as err:
            if err.status == "NotSupported":
                raise
        except CallFailedError:
            pass
        await asyncio.sleep(_READS_WITHIN)
        return None

    async def _accepted_in_turn(
        self, ways: list[Strategy], profile: Callable[[Strategy], Profile], *, connector_id: int
    ) -> Strategy:
        """Return the way that is accepted; one that refused all is asked for two at a time."""
        if self._turn is not None:
            best, *others = ways
            ways = [best, others[self._turn % len(others)]]
            self._turn += 1
        try:
            accepted = await self._first_accepted(iter(ways), profile, connector_id=connector_id)
        except CallRejectedError, CallFailedError:
            self._turn = self._turn or 0
            raise
        self._turn = None
        return accepted

    async def _first_accepted(
        self,
        ways: Iterator[Strategy],
        profile: Callable[[Strategy], Profile],
        *,
        connector_id: int,
    ) -> Strategy:
        refused: CsmsError = CallRejectedError("SetChargingProfile", "NotSupported")
        sent: list[dict[str, Any]] = []
        for way in ways:
            payload = self._dialect.install(connector_id, profile(way))
            if payload in sent:
                continue  # whole amperes make no difference to this limit
            sent.append(payload)
            try:
                answer = await self._call("SetChargingProfile", payload)
            except CallFailedError as err:
                refused = err
                continue
            status = str(answer.get("status"))[:40]
            if status == "Accepted":
                return way
            refused = CallRejectedError("SetChargingProfile", status)
            if status == "NotSupported":
                break
        raise refused

    @staticmethod
    def _limit_id(connector_id: int) -> int:
        return _LIMIT_IDS + connector_id

    def _profile(
        self,
        profile_id: int,
        way: Strategy,
        limit: Limit,
        expiry: timedelta | None,
        transaction_id: TransactionId | None,
    ) -> Profile:
        value = limit.amperes if way.unit == "A" else limit.watts
        return Profile(
            profile_id=profile_id,
            purpose=way.purpose,
            kind=way.kind,
            stack_level=way.stack_level,
            unit=way.unit,
            value=math.floor(value) if way.whole else math.floor(value * 10) / 10,
            start=self._clock(),
            seconds=None if expiry is None else int(expiry.total_seconds()),
            phases=limit.phases,
            transaction_id=transaction_id,
        )

    async def _clear(self, profile_id: int) -> None:
        # "Unknown" is as good: there is none.
        await self._call("ClearChargingProfile", self._dialect.clear(profile_id))


def read_steps(periods: object) -> Iterator[tuple[int, float]]:
    """Yield the start (s) and limit (A or W) of each period of a schedule that can be read."""
    for period in periods if isinstance(periods, list) else []:
        if not isinstance(period, dict):
            continue
        start, limit = period.get("startPeriod"), period.get("limit")
        if isinstance(start, int) and isinstance(limit, int | float) and math.isfinite(limit):
            yield start, float(limit)


def to_text(moment: datetime) -> str:
    """Return a time as OCPP writes it: RFC 3339 in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
