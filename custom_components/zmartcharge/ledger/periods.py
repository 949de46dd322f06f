"""Spreads energy over the quarter-hours (UTC) in which it was delivered. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from ..units import WattHour
from .clock import EPOCH, MICROSECOND

PERIOD = timedelta(minutes=15)
HOUR = timedelta(hours=1)
#: Energy of a longer time is put in its last 31 days, to bound the number of periods.
MAX_SPAN = timedelta(days=31)


def period_start(moment: datetime) -> datetime:
    """Return the start of the period that a time (aware UTC) lies in."""
    return moment - (moment - EPOCH) % PERIOD


def on_the_hour(moment: datetime) -> datetime:
    """Return a time that is on the hour (UTC); raises ValueError for another."""
    if (moment - EPOCH) % HOUR:
        raise ValueError(f"{moment} is not on the hour")
    return moment


def spread(wh: WattHour, since: datetime, until: datetime) -> Iterator[tuple[datetime, WattHour]]:
    """Yield periods and their parts of an energy, in proportion to time; they sum to ``wh``.

    With no time between ``since`` and ``until``, all is in the period of ``until``.
    """
    if since >= until:
        if wh:
            yield period_start(until), wh
        return
    since = max(since, until - MAX_SPAN)
    duration = (until - since) // MICROSECOND
    given = 0
    start = period_start(since)
    while start < until:
        # Whole parts of a running total: rounding never adds up.
        due = wh * ((min(start + PERIOD, until) - since) // MICROSECOND) // duration
        if due > given:
            yield start, due - given
        given = due
        start += PERIOD
