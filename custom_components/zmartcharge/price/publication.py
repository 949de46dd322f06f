"""When the day-ahead market publishes, and when what it published is final.

Nord Pool publishes a day's prices the day before from 12:45 to 13:00 Central European Time, rarely later.
Prices in other currencies than the euro are preliminary when no exchange rate was fixed that day: on
weekends and public holidays; they are final after the next banking day's fixing.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .holidays import is_norwegian_holiday
from .period import local_date

#: The zone in which the market's days begin and in which it publishes; Oslo's is Central European.
MARKET_ZONE = ZoneInfo("Europe/Oslo")
_PUBLISHED_AT = time(13)
_LATE_AT = time(15)
_FIXED_AT = time(17)
_DAY = timedelta(days=1)


def expected_at(day: date) -> datetime:
    """Return when a delivery day's prices are expected, in UTC."""
    return _at(day - _DAY, _PUBLISHED_AT)


def late_at(day: date) -> datetime:
    """Return when a delivery day's prices are late, so that it is worth a word to the user."""
    return _at(day - _DAY, _LATE_AT)


def final_at(day: date, currency: str) -> datetime | None:
    """Return when a delivery day's prices are final, in UTC; ``None`` when they are at once."""
    fixed = day - _DAY
    if currency == "EUR" or _is_banking_day(fixed):
        return None
    while not _is_banking_day(fixed):
        fixed += _DAY
    return _at(fixed, _FIXED_AT)


def is_preliminary(day: date, currency: str, fetched: datetime) -> bool:
    """Return whether prices that were fetched at a moment may still be corrected."""
    final = final_at(day, currency)
    return final is not None and fetched < final


def market_day(moment: datetime) -> date:
    """Return the delivery day in which a moment lies."""
    return local_date(moment, MARKET_ZONE)


def _is_banking_day(day: date) -> bool:
    return day.weekday() < 5 and not is_norwegian_holiday(day)


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, MARKET_ZONE).astimezone(UTC)
