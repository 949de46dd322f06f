from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.zmartcharge.plan import Overrides, ReadyBySchedule, instant, next_ready_by

OSLO = ZoneInfo("Europe/Oslo")
EVERY_DAY = ReadyBySchedule(dict.fromkeys(range(7), time(7)))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        (date(2026, 11, 21), time(7), utc(2026, 11, 21, 6)),
        (date(2026, 7, 1), time(7), utc(2026, 7, 1, 5)),
        # 02:30 does not exist: the clocks go from 02:00 to 03:00 at 01:00 UTC.
        (date(2026, 3, 29), time(2, 30), utc(2026, 3, 29, 1)),
        (date(2026, 3, 29), time(2), utc(2026, 3, 29, 1)),
        (date(2026, 3, 29), time(3), utc(2026, 3, 29, 1)),
        (date(2026, 3, 29), time(1, 59), utc(2026, 3, 29, 0, 59)),
        # 02:30 comes twice: the first one is in time for both.
        (date(2026, 10, 25), time(2, 30), utc(2026, 10, 25, 0, 30)),
        (date(2026, 10, 25), time(3), utc(2026, 10, 25, 2)),
        (date(2026, 10, 25), time(2, 30, fold=1), utc(2026, 10, 25, 0, 30)),
    ],
)
def test_local_time_is_never_later_than_meant(day: date, at: time, expected: datetime) -> None:
    assert instant(day, at, OSLO) == expected


def test_next_time_is_later_than_now() -> None:
    assert EVERY_DAY.next(utc(2026, 11, 21, 5, 59), OSLO) == utc(2026, 11, 21, 6)
    assert EVERY_DAY.next(utc(2026, 11, 21, 6), OSLO) == utc(2026, 11, 22, 6)
    assert EVERY_DAY.next(utc(2026, 11, 21, 23, 30), OSLO) == utc(2026, 11, 22, 6)


def test_weekday_is_the_local_one() -> None:
    sunday = ReadyBySchedule({6: time(0, 15)})
    assert sunday.next(utc(2026, 11, 21, 12), OSLO) == utc(2026, 11, 21, 23, 15)


def test_days_without_a_time_are_passed_over() -> None:
    working = ReadyBySchedule(dict.fromkeys(range(5), time(6, 30)))
    friday_noon = utc(2026, 11, 20, 11)
    assert working.next(friday_noon, OSLO) == utc(2026, 11, 23, 5, 30)
    once = ReadyBySchedule({4: time(6, 30)})
    assert once.next(friday_noon, OSLO) == utc(2026, 11, 27, 5, 30)
    assert ReadyBySchedule().next(friday_noon, OSLO) is None


def test_every_night_of_a_year_has_its_time() -> None:
    night = ReadyBySchedule(dict.fromkeys(range(7), time(2, 30)))
    now, found = utc(2026, 1, 1), []
    while now < utc(2027, 1, 1):
        following = night.next(now, OSLO)
        assert following is not None and timedelta() < following - now <= timedelta(hours=25.5)
        found.append(following)
        now = following
    assert len(found) == 366


def test_what_is_said_for_once_goes_before_the_schedule_until_it_is_over() -> None:
    now = utc(2026, 11, 21, 20)
    tonight = Overrides(ready_by=utc(2026, 11, 22, 4))
    assert next_ready_by(EVERY_DAY, now, OSLO, tonight) == utc(2026, 11, 22, 4)
    assert next_ready_by(EVERY_DAY, utc(2026, 11, 22, 4), OSLO, tonight) == utc(2026, 11, 22, 6)


def test_skipped_night_is_followed_by_the_next() -> None:
    skip = Overrides(skip_until=utc(2026, 11, 22, 6))
    assert next_ready_by(EVERY_DAY, utc(2026, 11, 21, 20), OSLO, skip) == utc(2026, 11, 23, 6)
    assert next_ready_by(EVERY_DAY, utc(2026, 11, 22, 7), OSLO, skip) == utc(2026, 11, 23, 6)
    assert next_ready_by(ReadyBySchedule(), utc(2026, 11, 21, 20), OSLO, skip) is None


def test_what_is_no_weekday_or_no_local_time_is_refused() -> None:
    with pytest.raises(ValueError):
        ReadyBySchedule({7: time(7)})
    with pytest.raises(ValueError):
        ReadyBySchedule({0: time(7, tzinfo=UTC)})
