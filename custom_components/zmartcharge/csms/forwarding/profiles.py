"""Charging profiles of the other central system, as a limit in amperes (OCPP 1.6, clause 3.13)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from ..fields import INT32, to_number, to_time
from ..inbound import MAX_CONNECTOR
from ..rpc import JsonObject

_DAY = 86_400.0
_RECURRENCE = {"Daily": _DAY, "Weekly": 7 * _DAY}
#: ChargingStationMaxProfile is what OCPP 2.0.1 calls it.
_MAXIMUM = {"ChargePointMaxProfile", "ChargingStationMaxProfile"}
_TX, _TX_DEFAULT = "TxProfile", "TxDefaultProfile"
_PURPOSES = {*_MAXIMUM, _TX, _TX_DEFAULT}
_KINDS = {"Absolute", "Recurring", "Relative"}
#: IEC 61851-1, clause A.2.4: less than this is a pause.
_LEAST = 6.0
_MAX_PERIODS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignProfile:
    """A profile for a connector (0: all). ``periods``: from each second on, A or W by ``unit``.

    ``every``: seconds after which it begins again. ``transaction_id``: the one of ours for which a
    TxProfile is; None: for the next one. Times are aware UTC.
    """

    connector_id: int
    profile_id: int
    purpose: str
    kind: str
    stack_level: int
    unit: str
    periods: tuple[tuple[float, float], ...]
    received_at: datetime
    start: datetime | None = None
    duration: float | None = None
    every: float | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    transaction_id: int | None = None
    #: As it was sent.
    source: JsonObject = field(default_factory=dict, repr=False, compare=False)

    @property
    def is_maximum(self) -> bool:
        """Tell whether it holds for the whole charger, whoever charges."""
        return self.purpose in _MAXIMUM

    def is_over(self, now: datetime) -> bool:
        """Tell whether it will never hold again."""
        return self.valid_to is not None and now >= self.valid_to

    def limit(self, now: datetime, began: datetime, watts_per_ampere: float) -> float | None:
        """Return its limit in A at a time, for a session that began then; None where it has none."""
        if self.is_over(now) or (self.valid_from is not None and now < self.valid_from):
            return None
        start = began if self.kind == "Relative" else self.start or self.received_at
        elapsed = (now - start).total_seconds()
        if self.every is not None:
            elapsed %= self.every
        if elapsed < 0 or (self.duration is not None and elapsed >= self.duration):
            return None
        begun = [period for period in self.periods if period[0] <= elapsed]
        if not begun:
            return None
        _, value = begun[-1]
        if self.unit == "A":
            return value
        # Watts are those of all lines together; the charger's own wiring tells what they come to.
        return value / watts_per_ampere if watts_per_ampere else None


def read_profile(
    payload: JsonObject, connector_id: int, now: datetime, transaction_id: int | None = None
) -> ForeignProfile:
    """Return a ChargingProfile of OCPP 1.6 or 2.0.1; raises ValueError for one that is none."""
    schedules = payload.get("chargingSchedule")
    schedule = schedules[0] if isinstance(schedules, list) and schedules else schedules
    if not isinstance(schedule, dict) or not 0 <= connector_id <= MAX_CONNECTOR:
        raise ValueError("no schedule")
    purpose, kind = payload.get("chargingProfilePurpose"), payload.get("chargingProfileKind")
    unit = schedule.get("chargingRateUnit")
    if purpose not in _PURPOSES or kind not in _KINDS or unit not in ("A", "W"):
        raise ValueError("unknown purpose, kind or unit")
    if purpose in _MAXIMUM and connector_id != 0:
        raise ValueError("a maximum is the whole charger's")
    every = _RECURRENCE.get(str(payload.get("recurrencyKind"))) if kind == "Recurring" else None
    if kind == "Recurring" and every is None:
        raise ValueError("unknown recurrence")
    return ForeignProfile(
        connector_id=connector_id,
        profile_id=_number(payload.get("chargingProfileId", payload.get("id"))),
        purpose=purpose,
        kind=kind,
        stack_level=_number(payload.get("stackLevel")),
        unit=unit,
        periods=_periods(schedule.get("chargingSchedulePeriod")),
        received_at=now,
        start=to_time(schedule.get("startSchedule")),
        duration=to_number(schedule.get("duration")),
        every=every,
        valid_from=to_time(payload.get("validFrom")),
        valid_to=to_time(payload.get("validTo")),
        transaction_id=transaction_id if purpose == _TX else None,
        source=payload,
    )


def replaces(new: ForeignProfile, old: ForeignProfile) -> bool:
    """Tell whether a profile takes the place of another (OCPP 1.6, clause 5.16)."""
    same_use = (new.purpose, new.stack_level, new.connector_id, new.transaction_id) == (
        old.purpose,
        old.stack_level,
        old.connector_id,
        old.transaction_id,
    )
    return new.profile_id == old.profile_id or same_use


def limit_of(
    profiles: Iterable[ForeignProfile],
    connector_id: int,
    transaction_id: int,
    now: datetime,
    began: datetime,
    *,
    watts_per_ampere: float,
    connectors: int = 1,
) -> float | None:
    """Return what profiles add up to for a session, in A; None: they say nothing of it.

    What is for the whole charger is divided evenly between its connectors, so that it holds
    whoever charges. Less than 6 A is a pause.
    """
    best: dict[str, tuple[tuple[int, bool], float]] = {}
    for profile in profiles:
        if profile.connector_id not in (0, connector_id) or (
            profile.purpose == _TX and profile.transaction_id != transaction_id
        ):
            continue
        limit = profile.limit(now, began, watts_per_ampere)
        if limit is None:
            continue
        rank = (profile.stack_level, profile.connector_id != 0)
        purpose = "maximum" if profile.is_maximum else profile.purpose
        if purpose not in best or rank > best[purpose][0]:
            best[purpose] = (rank, limit / connectors if profile.is_maximum else limit)
    holding = [best[purpose][1] for purpose in ("maximum",) if purpose in best]
    session = best.get(_TX) or best.get(_TX_DEFAULT)
    holding += [session[1]] if session else []
    if not holding:
        return None
    lowest = min(holding)
    return 0.0 if lowest < _LEAST else int(lowest * 10) / 10


def _periods(value: object) -> tuple[tuple[float, float], ...]:
    items = value if isinstance(value, list) else []
    found = []
    for item in items[:_MAX_PERIODS]:
        start = to_number(item.get("startPeriod")) if isinstance(item, dict) else None
        limit = to_number(item.get("limit")) if isinstance(item, dict) else None
        if start is None or limit is None or start < 0 or limit < 0:
            raise ValueError("a period without start or limit")
        found.append((start, limit))
    if not found or found[0][0] != 0 or found != sorted(found, key=lambda each: each[0]):
        raise ValueError("no periods, or not in their order")
    return tuple(found)


def _number(value: object) -> int:
    number = to_number(value)
    if number is None or not 0 <= abs(number) <= INT32:
        raise ValueError("not a number")
    return round(number)
