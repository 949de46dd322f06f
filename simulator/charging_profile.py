"""Charging profiles of OCPP 1.6 (edition 2, sections 3.13 and 7.8 to 7.14) and what they say when.

Pure: time is an argument. Shapes: limits in the schedule's own unit (A per phase, or W in total),
offsets in seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import floor, isfinite
from typing import Any

FOREVER = datetime.max.replace(tzinfo=UTC)


class ProfileError(ValueError):
    """A charging profile that makes no sense."""


class Purpose(StrEnum):
    """ChargingProfilePurposeType (7.11)."""

    CHARGE_POINT_MAX = "ChargePointMaxProfile"
    TX_DEFAULT = "TxDefaultProfile"
    TX = "TxProfile"


class Kind(StrEnum):
    """ChargingProfileKindType (7.9)."""

    ABSOLUTE = "Absolute"
    RECURRING = "Recurring"
    RELATIVE = "Relative"


class Recurrency(StrEnum):
    """RecurrencyKindType (7.37)."""

    DAILY = "Daily"
    WEEKLY = "Weekly"

    @property
    def period(self) -> timedelta:
        """Return the time between two starts."""
        return timedelta(days=1) if self is Recurrency.DAILY else timedelta(days=7)


class RateUnit(StrEnum):
    """ChargingRateUnitType (7.12)."""

    AMPERE = "A"
    WATT = "W"


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulePeriod:
    """ChargingSchedulePeriod (7.14): from ``start_s`` after the schedule's start, a limit."""

    start_s: int
    limit: float
    number_phases: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargingProfile:
    """ChargingProfile (7.8) with its one ChargingSchedule (7.13).

    Raises ``ProfileError`` for periods that are missing, out of order or negative, and for a
    recurring profile without the start and the period it recurs with.
    """

    profile_id: int
    stack_level: int
    purpose: Purpose
    kind: Kind
    unit: RateUnit
    periods: tuple[SchedulePeriod, ...]
    duration_s: int | None = None
    start: datetime | None = None
    recurrency: Recurrency | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    transaction_id: int | None = None

    def __post_init__(self) -> None:
        if not self.periods:
            raise ProfileError("a schedule needs at least one period")
        starts = [period.start_s for period in self.periods]
        if starts[0] < 0 or sorted(set(starts)) != starts:
            raise ProfileError("periods must start in order, at different times")
        if any(not isfinite(period.limit) or period.limit < 0 for period in self.periods):
            raise ProfileError("a limit is a number from 0 upwards")
        if self.stack_level < 0:
            raise ProfileError("a stack level is from 0 upwards")
        if self.kind is Kind.RECURRING and (self.recurrency is None or self.start is None):
            raise ProfileError("a recurring profile needs recurrencyKind and startSchedule")

    @classmethod
    def from_ocpp(cls, payload: Mapping[str, Any]) -> ChargingProfile:
        """Return the profile of a SetChargingProfile payload, its keys in snake_case.

        Raises ``ProfileError`` for anything that is not a profile.
        """
        try:
            schedule = payload["charging_schedule"]
            recurrency = payload.get("recurrency_kind")
            return cls(
                profile_id=int(payload["charging_profile_id"]),
                stack_level=int(payload["stack_level"]),
                purpose=Purpose(payload["charging_profile_purpose"]),
                kind=Kind(payload["charging_profile_kind"]),
                unit=RateUnit(schedule["charging_rate_unit"]),
                periods=tuple(
                    SchedulePeriod(
                        start_s=int(period["start_period"]),
                        limit=float(period["limit"]),
                        number_phases=period.get("number_phases"),
                    )
                    for period in schedule["charging_schedule_period"]
                ),
                duration_s=schedule.get("duration"),
                start=parse_time(schedule.get("start_schedule")),
                recurrency=None if recurrency is None else Recurrency(recurrency),
                valid_from=parse_time(payload.get("valid_from")),
                valid_to=parse_time(payload.get("valid_to")),
                transaction_id=payload.get("transaction_id"),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ProfileError(f"not a charging profile: {error!r}") from error
        except ValueError as error:
            raise ProfileError(str(error)) from error

    def to_ocpp(self) -> dict[str, Any]:
        """Return the payload that ``from_ocpp`` reads."""
        schedule = {
            "charging_rate_unit": self.unit.value,
            "charging_schedule_period": [
                _without_none(
                    start_period=period.start_s,
                    limit=period.limit,
                    number_phases=period.number_phases,
                )
                for period in self.periods
            ],
        } | _without_none(duration=self.duration_s, start_schedule=_text(self.start))
        return {
            "charging_profile_id": self.profile_id,
            "stack_level": self.stack_level,
            "charging_profile_purpose": self.purpose.value,
            "charging_profile_kind": self.kind.value,
            "charging_schedule": schedule,
        } | _without_none(
            recurrency_kind=self.recurrency and self.recurrency.value,
            valid_from=_text(self.valid_from),
            valid_to=_text(self.valid_to),
            transaction_id=self.transaction_id,
        )


@dataclass(frozen=True, slots=True)
class Slot:
    """What a profile says at one time (``None``: nothing), and until when it says so."""

    period: SchedulePeriod | None
    until: datetime


def slot_at(profile: ChargingProfile, now: datetime, started: datetime) -> Slot:
    """Return what ``profile`` says at ``now``.

    ``started`` is where a relative schedule starts, and an absolute one without a start of its own.
    """
    if profile.valid_from is not None and now < profile.valid_from:
        return Slot(None, profile.valid_from)
    last = FOREVER if profile.valid_to is None else profile.valid_to
    if now >= last:
        return Slot(None, FOREVER)
    start, following = _occurrence(profile, now, started)
    if now < start:
        return Slot(None, min(start, last))
    last = min(last, following)
    elapsed = (now - start).total_seconds()
    if profile.duration_s is not None:
        if elapsed >= profile.duration_s:
            return Slot(None, last)
        last = min(last, start + timedelta(seconds=profile.duration_s))
    current: SchedulePeriod | None = None
    for period in profile.periods:
        if period.start_s > elapsed:
            return Slot(current, min(last, start + timedelta(seconds=period.start_s)))
        current = period
    return Slot(current, last)


def _occurrence(
    profile: ChargingProfile, now: datetime, started: datetime
) -> tuple[datetime, datetime]:
    """Return the start of the schedule that ``now`` is in, and of the one after it."""
    if profile.kind is Kind.RELATIVE or profile.start is None:
        return started, FOREVER
    if profile.recurrency is None or profile.kind is not Kind.RECURRING or now < profile.start:
        return profile.start, FOREVER
    period = profile.recurrency.period
    start = profile.start + period * floor((now - profile.start) / period)
    return start, start + period


def parse_time(value: Any) -> datetime | None:
    """Return an ISO 8601 time as aware UTC; a time without an offset is taken to be UTC.

    Raises ``ProfileError`` for anything that is not a time.
    """
    if value is None:
        return None
    try:
        parsed = datetime.fromisoformat(value)
        aware = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed
        return aware.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise ProfileError(f"not a time: {value!r}") from error


def _text(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _without_none(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
