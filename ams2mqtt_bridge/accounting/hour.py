"""The hours of a time zone, and what is known of the energy in one of them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000
HOUR = 3600 * SECOND
# The core counts in watt-microseconds, so that no integration is ever rounded.
PER_WATT_HOUR = HOUR


class Quality(StrEnum):
    """How well the energy of a period is known.

    ``good``: measured all the time, or between two counters. ``estimated``: the sum is right but was
    shared out between hours by assumption. ``incomplete``: of a part of the period nothing is known.
    """

    GOOD = "good"
    ESTIMATED = "estimated"
    INCOMPLETE = "incomplete"


@dataclass(slots=True)
class Hour:
    """The energy of one hour, in one direction.

    ``fixed`` (whole Wh) is settled, over ``fixed_time``; ``integrated`` (W·µs) came since, from
    powers, over ``integrated_time``. Times are in µs.
    """

    fixed: int = 0
    fixed_time: int = 0
    integrated: int = 0
    integrated_time: int = 0
    estimated: bool = False

    @property
    def energy(self) -> int:
        """Return the energy in whole Wh."""
        return self.fixed + self.integrated // PER_WATT_HOUR

    @property
    def known_time(self) -> int:
        """Return the time, in µs, of which the energy is known."""
        return self.fixed_time + self.integrated_time

    def settle(self) -> None:
        """Believe what was integrated; less than 1 Wh stays behind."""
        self.fixed = self.energy
        self.fixed_time = min(self.known_time, HOUR)
        self.integrated %= PER_WATT_HOUR
        self.integrated_time = 0


class Calendar:
    """Hours, days and months as a time zone has them; times are in µs of Unix time.

    A day has 23 or 25 hours when the clocks change, and the hour from 02:00 that happens twice is two
    hours.
    """

    def __init__(self, time_zone: ZoneInfo) -> None:
        self._zone = time_zone

    def hour_of(self, at: int) -> int:
        """Return when the hour began that ``at`` is in."""
        offset = self._local(at).utcoffset() or timedelta()
        return at - (at + offset // _MICROSECOND) % HOUR

    def day_of(self, at: int) -> date:
        """Return the local date."""
        return self._local(at).date()

    def start_of(self, day: date) -> int:
        """Return when the day began."""
        return to_microseconds(datetime(day.year, day.month, day.day, tzinfo=self._zone))

    def _local(self, at: int) -> datetime:
        return (_EPOCH + timedelta(microseconds=at)).astimezone(self._zone)


def to_microseconds(at: datetime) -> int:
    """Return an aware time in µs of Unix time."""
    return (at - _EPOCH) // _MICROSECOND
