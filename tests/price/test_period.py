from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from custom_components.zmartcharge.price import (
    Period,
    Resolution,
    local_date,
    local_day,
    local_month,
    periods_of_day,
)

from .builders import OSLO, local


@pytest.mark.parametrize(
    ("day", "quarters", "hours"),
    [
        (date(2026, 3, 28), 96, 24),
        (date(2026, 3, 29), 92, 23),
        (date(2026, 10, 25), 100, 25),
        (date(2026, 12, 31), 96, 24),
    ],
)
def test_day_has_as_many_periods_as_the_clock_gives_it(
    day: date, quarters: int, hours: int
) -> None:
    assert len(periods_of_day(day, OSLO)) == quarters
    assert len(periods_of_day(day, OSLO, Resolution.HOUR)) == hours
    assert local_day(day, OSLO).duration == timedelta(hours=hours)


def test_periods_of_a_day_follow_each_other_without_a_hole() -> None:
    periods = periods_of_day(date(2026, 10, 25), OSLO)
    assert all(one.end == two.start for one, two in pairwise(periods))
    assert periods[-1].end == local("2026-10-26T00:00").astimezone(UTC)


def test_half_past_two_comes_twice_in_october() -> None:
    first = Period.of(local("2026-10-25T02:30"), Resolution.HOUR)
    second = Period.of(local("2026-10-25T02:30", fold=1), Resolution.HOUR)
    assert second.start - first.start == timedelta(hours=1)


def test_midnight_belongs_to_the_day_that_begins() -> None:
    midnight = local("2026-11-18T00:00")
    assert local_day(date(2026, 11, 18), OSLO).contains(midnight)
    assert not local_day(date(2026, 11, 17), OSLO).contains(midnight)
    assert local_date(midnight, OSLO) == date(2026, 11, 18)


def test_month_is_that_of_the_calendar_on_the_wall() -> None:
    month = local_month(date(2026, 10, 31), OSLO)
    assert month.start == local("2026-10-01T00:00")
    assert month.end == local("2026-11-01T00:00")
    assert month.duration == timedelta(days=31, hours=1)


def test_period_is_split_where_the_market_begins_another() -> None:
    period = Period(local("2026-11-18T10:10"), local("2026-11-18T10:40"))
    assert [part.duration for part in period.split(Resolution.QUARTER)] == [
        timedelta(minutes=5),
        timedelta(minutes=15),
        timedelta(minutes=10),
    ]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
        (datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
        (datetime(2026, 1, 1), datetime(2026, 1, 2, tzinfo=UTC)),  # noqa: DTZ001
    ],
)
def test_what_is_no_period_is_refused(start: datetime, end: datetime) -> None:
    with pytest.raises(ValueError):
        Period(start, end)
