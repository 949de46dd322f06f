"""When a charger may be used, in local time per weekday, safe on the nights the clocks change.

What is open is open as long as a clock on the wall says so. When an hour comes twice, an interval
lasts from the first time its begin comes until the last time its end comes, without a break; what
begins or ends in an hour that does not come does so when the clocks are moved.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_WEEK = 7
#: An interval that began two days ago has ended, whatever the clocks did.
_BEFORE = 2
#: Every weekday comes within a week; the days beyond are for an interval that is still going on.
_AHEAD = _WEEK + 2
_SECOND = timedelta(seconds=1)

type _Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class OpeningInterval:
    """From ``start`` until ``end``, local time; an end that is not later is one of the next day.

    The same time twice is a whole day. Raises ``ValueError`` for times with a zone of their own.
    """

    start: time
    end: time

    def __post_init__(self) -> None:
        """Refuse times with a zone."""
        if self.start.tzinfo is not None or self.end.tzinfo is not None:
            raise ValueError("times are local, without a zone")


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The intervals of each weekday on which they begin; Monday is 0, a day left out has none.

    Intervals may overlap. Raises ``ValueError`` for days that are none.
    """

    days: Mapping[int, tuple[OpeningInterval, ...]]
    zone: tzinfo

    def __post_init__(self) -> None:
        """Refuse what is no weekday."""
        if not all(0 <= day < _WEEK for day in self.days):
            raise ValueError("a weekday is 0 to 6")

    def is_open(self, at: datetime) -> bool:
        """Tell whether it is open at an aware time."""
        return any(start <= at < end for start, end in self._spans(at))

    def opens(self, at: datetime) -> datetime | None:
        """Return when it opens next, in UTC; ``None`` while it is open, and when it never opens."""
        spans = self._spans(at)
        if any(start <= at < end for start, end in spans):
            return None
        return next((start for start, _ in spans if start > at), None)

    def closes(self, at: datetime) -> datetime | None:
        """Return when it closes, in UTC; ``None`` while it is closed, and when it never closes."""
        end = next((end for start, end in self._spans(at) if start <= at < end), None)
        return None if end is None or end > at + timedelta(days=_WEEK) else end

    def _spans(self, at: datetime) -> list[_Span]:
        """Return the times around ``at`` at which it is open, in order and apart."""
        today = at.astimezone(self.zone).date()
        spans: list[_Span] = []
        for days in range(-_BEFORE, _AHEAD + 1):
            day = today + timedelta(days=days)
            for interval in self.days.get(day.weekday(), ()):
                end_day = day if interval.end > interval.start else day + timedelta(days=1)
                start = _instant(day, interval.start, self.zone, fold=0)
                end = _end(end_day, interval.end, self.zone)
                if start < end:
                    spans.append((start, end))
        return _merged(sorted(spans))


def _merged(spans: list[_Span]) -> list[_Span]:
    found: list[_Span] = []
    for start, end in spans:
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _end(day: date, at: time, zone: tzinfo) -> datetime:
    """Return until when a clock shows less than a local time, in UTC."""
    last = _instant(day, at, zone, fold=1)
    before = (last - _SECOND).astimezone(zone).replace(tzinfo=None)
    # When the hour that comes twice begins with this time, the clock shows more before the second.
    again = before >= datetime.combine(day, at)
    return _instant(day, at, zone, fold=0) if again else last


def _instant(day: date, at: time, zone: tzinfo, *, fold: int) -> datetime:
    """Return a local time in UTC: the first (0) or last (1) of two, the jump if it is skipped."""
    local = datetime.combine(day, at, zone).replace(fold=fold)
    found = local.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None, fold=0) == local.replace(tzinfo=None, fold=0):
        return found
    # Of a time that is skipped, fold 1 lies before the jump and fold 0 behind it (PEP 495).
    before = local.replace(fold=1).astimezone(UTC)
    behind = local.replace(fold=0).astimezone(UTC)
    old = before.astimezone(zone).utcoffset()
    while behind - before > _SECOND:
        middle = (before + (behind - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            behind = middle
    return behind.replace(microsecond=0)
