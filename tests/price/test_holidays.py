from datetime import date, timedelta

import pytest

from custom_components.zmartcharge.price import (
    DayType,
    day_types,
    easter,
    is_norwegian_holiday,
    norwegian_holidays,
)


def gauss_easter(year: int) -> date:
    """Return Easter by Gauss' rule with its exceptions: another way to the same day."""
    a, b, c = year % 19, year % 4, year % 7
    century = year // 100
    m = (15 - (13 + 8 * century) // 25 + century - century // 4) % 30
    n = (4 + century - century // 4) % 7
    d = (19 * a + m) % 30
    e = (2 * b + 4 * c + 6 * d + n) % 7
    if (d == 29 and e == 6) or (d == 28 and e == 6 and a > 10):
        d -= 7
    return date(year, 3, 22) + timedelta(days=d + e)


@pytest.mark.parametrize("year", range(1990, 2101))
def test_easter_is_a_sunday_in_its_window_and_as_gauss_says(year: int) -> None:
    sunday = easter(year)
    assert sunday.weekday() == 6
    assert date(year, 3, 22) <= sunday <= date(year, 4, 25)
    assert sunday == gauss_easter(year)


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [
        (1990, 4, 15),
        (2000, 4, 23),
        (2008, 3, 23),
        (2011, 4, 24),
        (2024, 3, 31),
        (2025, 4, 20),
        (2026, 4, 5),
        (2027, 3, 28),
        (2038, 4, 25),
        (2049, 4, 18),
        (2076, 4, 19),
        (2100, 3, 28),
    ],
)
def test_easter_of_known_years(year: int, month: int, day: int) -> None:
    assert easter(year) == date(year, month, day)


def test_norways_holidays_of_2026() -> None:
    assert sorted(norwegian_holidays(2026)) == [
        date(2026, 1, 1),
        date(2026, 4, 2),
        date(2026, 4, 3),
        date(2026, 4, 5),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 14),
        date(2026, 5, 17),
        date(2026, 5, 24),
        date(2026, 5, 25),
        date(2026, 12, 25),
        date(2026, 12, 26),
    ]


def test_eves_are_no_holidays() -> None:
    assert not is_norwegian_holiday(date(2026, 12, 24))
    assert not is_norwegian_holiday(date(2026, 12, 31))


def test_a_holiday_on_a_friday_is_a_weekday_but_no_workday() -> None:
    kinds = day_types(date(2026, 5, 1))
    assert {DayType.FRIDAY, DayType.WEEKDAY, DayType.HOLIDAY, DayType.DAY_OFF} == kinds
    assert DayType.WORKDAY in day_types(date(2026, 5, 1), holidays=False)
