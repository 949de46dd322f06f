"""Limits by charging profiles, in the way that a 1.6 charger understands (OCPP 1.6, clause 3.13).

Chargers differ in unit, purpose, kind and stack level, and few say so. What a charger accepted once
is used again; what it refuses is tried in the next way.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import math
from typing import Any

from ..errors import CallFailedError, CallRejectedError, CsmsError
from ..station import Limit, OfferedSchedule

type Call = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]

# One id for each use: a profile with the same id replaces the one before (clause 5.16), whatever its
# connector. Those of limits are counted on from here by the connectors' numbers.
_FAIL_SAFE_ID, _LIMIT_IDS = 2, 10
_TX, _TX_DEFAULT = "TxProfile", "TxDefaultProfile"
_ABSOLUTE, _RELATIVE = "Absolute", "Relative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """A way of telling a charger its limit."""

    purpose: str
    kind: str
    stack_level: int
    unit: str
    whole: bool = False


class ChargingLimits16:
    """The profiles of one charger: a fail-safe that stays, and a limit that expires."""

    def __init__(self, call: Call, clock: Callable[[], datetime]) -> None:
        """Take how to call the charger; nothing is known of it yet."""
        self._call = call
        self._clock = clock
        self._units: tuple[str, ...] = ("A", "W")
        self._stack = 1
        self._learned: Strategy | None = None

    @property
    def strategy(self) -> Strategy | None:
        """Return the way that the charger accepted, None before there is one."""
        return self._learned

    def learn(self, units: tuple[str, ...], max_stack_level: int | None) -> None:
        """Take what the charger's configuration says of units and stack levels."""
        self._units = units
        if max_stack_level is not None:
            self._stack = max(0, min(1, max_stack_level))

    async def set_fail_safe(self, limit: Limit) -> None:
        """Install what holds when nothing else does: TxDefaultProfile at stack 0, for ever.

        Raises CallRejectedError when the charger takes it in no unit, and the connection's errors.
        """
        await self._first_accepted(
            (
                Strategy(purpose=_TX_DEFAULT, kind=kind, stack_level=0, unit=unit, whole=whole)
                for kind in (_ABSOLUTE, _RELATIVE)
                for unit in self._units
                for whole in (False, True)
            ),
            lambda strategy: self._profile(_FAIL_SAFE_ID, strategy, limit, None, None),
            connector_id=0,
        )

    async def set_limit(
        self, connector_id: int, limit: Limit, expiry: timedelta, transaction_id: int | None
    ) -> None:
        """Limit a connector until the expiry; then the charger falls back by itself.

        Without a duration it never would (clause 3.13.2). Raises CallRejectedError when no way is
        accepted, and the connection's errors.
        """
        known = self._learned
        ways = [known] if known and (transaction_id is not None or known.purpose != _TX) else []
        ways += [way for way in self._ways(transaction_id) if way not in ways]
        accepted = await self._first_accepted(
            iter(ways),
            lambda way: self._profile(
                _LIMIT_IDS + connector_id,
                way,
                limit,
                expiry,
                transaction_id if way.purpose == _TX else None,
            ),
            connector_id=connector_id,
        )
        if transaction_id is not None or known is None:
            self._learned = accepted

    async def clear_fail_safe(self) -> None:
        """Remove the fail-safe, as when load balancing is turned off; a charger without it is fine."""
        await self._clear(_FAIL_SAFE_ID)

    async def clear_limit(self, connector_id: int) -> None:
        """Remove a connector's limit; the fail-safe holds again."""
        await self._clear(_LIMIT_IDS + connector_id)

    async def offered(self, connector_id: int, ahead: timedelta) -> OfferedSchedule | None:
        """Ask what the profiles add up to (GetCompositeSchedule); None when it does not tell."""
        unit = self._learned.unit if self._learned else self._units[0]
        payload = {
            "connectorId": connector_id,
            "duration": int(ahead.total_seconds()),
            "chargingRateUnit": unit,
        }
        try:
            answer = await self._call("GetCompositeSchedule", payload)
        except CallFailedError:
            return None
        schedule = answer.get("chargingSchedule")
        if answer.get("status") != "Accepted" or not isinstance(schedule, dict):
            return None
        steps = tuple(_steps(schedule.get("chargingSchedulePeriod")))
        return OfferedSchedule(unit=str(schedule.get("chargingRateUnit", unit)), steps=steps)

    def _ways(self, transaction_id: int | None) -> Iterator[Strategy]:
        """Yield every way, the one that follows the standard best first."""
        purposes = (_TX, _TX_DEFAULT) if transaction_id is not None else (_TX_DEFAULT,)
        for purpose in purposes:
            # A TxProfile overrules any TxDefaultProfile (clause 3.13.1), so its level is free; a
            # TxDefaultProfile at stack 0 would replace the fail-safe.
            levels = {self._stack, 0} if purpose == _TX else {max(1, self._stack)}
            for unit in self._units:
                for level in sorted(levels, reverse=True):
                    for kind in (_ABSOLUTE, _RELATIVE):
                        for whole in (False, True):
                            yield Strategy(
                                purpose=purpose,
                                kind=kind,
                                stack_level=level,
                                unit=unit,
                                whole=whole,
                            )

    async def _first_accepted(
        self,
        ways: Iterator[Strategy],
        profile: Callable[[Strategy], dict[str, Any]],
        *,
        connector_id: int,
    ) -> Strategy:
        refused: CsmsError = CallRejectedError("SetChargingProfile", "NotSupported")
        sent: list[dict[str, Any]] = []
        for way in ways:
            payload = {"connectorId": connector_id, "csChargingProfiles": profile(way)}
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

    def _profile(
        self,
        profile_id: int,
        way: Strategy,
        limit: Limit,
        expiry: timedelta | None,
        transaction_id: int | None,
    ) -> dict[str, Any]:
        now = self._clock()
        value = limit.amperes if way.unit == "A" else limit.watts
        value = math.floor(value) if way.whole else math.floor(value * 10) / 10
        schedule: dict[str, Any] = {
            "chargingRateUnit": way.unit,
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": value}],
        }
        if limit.phases is not None:
            schedule["chargingSchedulePeriod"][0]["numberPhases"] = limit.phases
        if way.kind == _ABSOLUTE:
            schedule["startSchedule"] = _text(now)
        profile: dict[str, Any] = {
            "chargingProfileId": profile_id,
            "stackLevel": way.stack_level,
            "chargingProfilePurpose": way.purpose,
            "chargingProfileKind": way.kind,
            "chargingSchedule": schedule,
        }
        if expiry is not None:
            profile["validTo"] = _text(now + expiry)
            if way.kind == _ABSOLUTE:
                # A relative schedule begins with the transaction: its duration would be over.
                schedule["duration"] = int(expiry.total_seconds())
        if transaction_id is not None:
            profile["transactionId"] = transaction_id
        return profile

    async def _clear(self, profile_id: int) -> None:
        # "Unknown" is as good: there is none.
        await self._call("ClearChargingProfile", {"id": profile_id})


def _steps(periods: object) -> Iterator[tuple[int, float]]:
    for period in periods if isinstance(periods, list) else []:
        if not isinstance(period, dict):
            continue
        start, limit = period.get("startPeriod"), period.get("limit")
        if isinstance(start, int) and isinstance(limit, int | float) and math.isfinite(limit):
            yield start, float(limit)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
