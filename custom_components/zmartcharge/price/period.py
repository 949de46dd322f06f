"""Periods of time that have one price, safe on the nights when the clocks change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import IntEnum
from typing import Self


class Resolution(IntEnum):
    """How long a period of a price is, in minutes.

    The day-ahead market has quarters since 2025-10-01 (regulation (EU) 2019/943, article 8).
    """

    QUARTER = 15
    HALF_HOUR = 30
    HOUR = 60

    @property
    def duration(self) -> timedelta:
        """Return it as a ``timedelta``."""
        return timedelta(minutes=self)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From ``start`` up to, and without, ``end``: aware moments, kept in UTC, start before end."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Take aware moments only; raises ``ValueError``."""
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a period without a time zone")
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))
        if self.start >= self.end:
            raise ValueError("a period that ends before it begins")

    @classmethod
    def of(cls, moment: datetime, resolution: Resolution) -> Self:
        """Return the market's period in which a moment lies."""
        moment = moment.astimezone(UTC)
        past = timedelta(
            minutes=moment.minute % resolution,
            seconds=moment.second,
            microseconds=moment.microsecond,
        )
        return cls(moment - past, moment - past + resolution.duration)

    @property
    def duration(self) -> timedelta:
        """Return how long it lasts."""
        return self.end - self.start

    def contains(self, moment: datetime) -> bool:
        """Return whether a moment lies in it; its end does not."""
        return self.start <= moment < self.end

    def intersection(self, other: Period) -> Period | None:
        """Return what both have in common."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start < end else None

    def split(self, resolution: Resolution) -> Iterator[Period]:
        """Yield its parts, cut where the market's periods begin."""
        start = self.start
        while start < self.end:
            end = min(self.end, Period.of(start, resolution).end)
            yield Period(start, end)
            start = end


def local_day(day: date, time_zone: tzinfo) -> Period:
    """Return a day from midnight to midnight as the clock on the wall shows it: 23 to 25 hours."""
    return Period(_midnight(day, time_zone), _midnight(day + timedelta(days=1), time_zone))


def local_month(day: date, time_zone: tzinfo) -> Period:
    """Return the month in which a day lies, from midnight to midnight."""
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return Period(_midnight(first, time_zone), _midnight(following, time_zone))


def local_date(moment: datetime, time_zone: tzinfo) -> date:
    """Return the date that the calendar on the wall shows."""
    return moment.astimezone(time_zone).date()


def periods_of_day(
    day: date, time_zone: tzinfo, resolution: Resolution = Resolution.QUARTER
) -> tuple[Period, ...]:
    """Return a day's periods: 96 quarters, 92 or 100 when the clocks change."""
    return tuple(local_day(day, time_zone).split(resolution))


def _midnight(day: date, time_zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), time_zone).astimezone(UTC)
