"""Norway's public holidays, on which grid companies charge as on a Sunday.

Lov om helligdager og helligdagsfred § 2, and lov om 1 og 17 mai som høgtidsdagar § 1.
"""

from datetime import date, timedelta
from functools import cache

#: Days after Easter Sunday: Maundy Thursday, Good Friday, Easter Sunday and Monday, Ascension Day,
#: Whit Sunday and Whit Monday.
_MOVABLE = (-3, -2, 0, 1, 39, 49, 50)
_FIXED = ((1, 1), (5, 1), (5, 17), (12, 25), (12, 26))


def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher's algorithm)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    leaps, century_rest = divmod(century, 4)
    moon = (19 * golden + century - leaps - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    quarter, year_rest = divmod(rest, 4)
    weekday = (32 + 2 * century_rest + 2 * quarter - moon - year_rest) % 7
    correction = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * correction + 114, 31)
    return date(year, month, day + 1)


@cache
def norwegian_holidays(year: int) -> frozenset[date]:
    """Return the public holidays of a year."""
    sunday = easter(year)
    return frozenset(
        [
            *(sunday + timedelta(days=days) for days in _MOVABLE),
            *(date(year, month, day) for month, day in _FIXED),
        ]
    )


def is_norwegian_holiday(day: date) -> bool:
    """Return whether a day is a public holiday; an ordinary Sunday is none."""
    return day in norwegian_holidays(day.year)
