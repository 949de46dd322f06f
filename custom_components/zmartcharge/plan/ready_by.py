"""When a car must be ready, in local time per weekday, safe on the nights the clocks change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from .inputs import NO_OVERRIDES, Overrides

_WEEK = 7


@dataclass(frozen=True, slots=True)
class ReadyBySchedule:
    """The local time at which a car must be ready, by weekday; Monday is 0.

    A day that is left out has no such time. Raises ``ValueError`` for days that are none.
    """

    times: Mapping[int, time] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what is no weekday, and times with a zone of their own."""
        if not all(0 <= day < _WEEK for day in self.times):
            raise ValueError("a weekday is 0 to 6")
        if any(at.tzinfo is not None for at in self.times.values()):
            raise ValueError("times are local, without a zone")

    def next(self, after: datetime, zone: tzinfo) -> datetime | None:
        """Return the next time later than ``after``, in UTC; ``None`` when no day has one."""
        today = after.astimezone(zone).date()
        for days in range(_WEEK + 1):
            day = today + timedelta(days=days)
            if (at := self.times.get(day.weekday())) is None:
                continue
            if (found := instant(day, at, zone)) > after:
                return found
        return None


def instant(day: date, at: time, zone: tzinfo) -> datetime:
    """Return a local time in UTC.

    Of a time that comes twice it is the first, and for one that the clocks jump over it is the moment
    of the jump: never later than what was meant.
    """
    local = datetime.combine(day, at, zone).replace(fold=0)
    found = local.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return found
    # fold=0 in a gap is read with the offset before it and so lies behind the jump by as much as the
    # local time lies behind the gap's begin; fold=1 with the one after it, as much before the jump.
    return _jump(local.replace(fold=1).astimezone(UTC), found, zone)


def _jump(before: datetime, behind: datetime, zone: tzinfo) -> datetime:
    """Return the moment between two at which the offset changes."""
    old = before.astimezone(zone).utcoffset()
    while behind - before > timedelta(seconds=1):
        middle = (before + (behind - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            behind = middle
    return behind


def next_ready_by(
    schedule: ReadyBySchedule, now: datetime, zone: tzinfo, overrides: Overrides = NO_OVERRIDES
) -> datetime | None:
    """Return when the car must be ready next: what was said for once, else as the schedule says.

    What was said for once counts until it is over. Who skips tonight must be ready at the next time
    after what is skipped.
    """
    if overrides.ready_by is not None and overrides.ready_by > now:
        return overrides.ready_by.astimezone(UTC)
    skipped = overrides.skip_until
    return schedule.next(now if skipped is None else max(now, skipped), zone)
