"""A site's account of its hours: what this one will come to, and the month's highest.

Capacity tariffs go by the mean of the three highest hours of a month, on three different days
(forskrift om kontroll av nettvirksomhet, § 14-2; NVE-RME's model of effect steps).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise, zip_longest
from typing import Any, Self

from ..units import Watt, WattHour
from .reading import Measured, ReaderAccount

_HOUR = timedelta(hours=1)
# A power holds until the next list, but not for ever: after this the meter was not heard.
_HOLDS = timedelta(seconds=60)
_PEAKS = 3
# Meters send the register of the hour that has ended 5 to 55 s after its turn; a later one, from a
# meter or sensor that sends it at any time, tells no whole hour.
_REGISTER_LATE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Peak:
    """The highest hour of a day: when it began (aware UTC), and its Wh."""

    start: datetime
    energy: WattHour


@dataclass(frozen=True, slots=True, kw_only=True)
class HourAccount:
    """What was imported in this hour so far, and the highest hour of each day of the month.

    Every change returns a new account. ``energy`` in Wh has parts of a Wh; ``covered`` is the part of
    the hour in which the meter was heard. ``start`` is ``None`` before anything came, ``power`` before the
    first power.
    """

    time_zone: tzinfo
    start: datetime | None = None
    energy: float = 0.0
    covered: timedelta = timedelta()
    power: Watt | None = None
    at: datetime | None = None
    register: WattHour | None = None
    register_hour: datetime | None = None
    days: Mapping[date, Peak] = field(default_factory=dict)

    @property
    def peaks(self) -> tuple[Peak, ...]:
        """Return the month's highest hours, at most three, each of another day, highest first."""
        ordered = sorted(self.days.values(), key=lambda peak: (-peak.energy, peak.start))
        return tuple(ordered[:_PEAKS])

    def with_power(self, power: Watt, at: datetime) -> HourAccount:
        """Take in the power of now; what was delivered to the grid counts as no import."""
        account = self.advance(at)
        return replace(account, power=max(0.0, power))

    def advance(self, now: datetime) -> HourAccount:
        """Let time pass; the last power counts for a minute at most."""
        account = self if self.at is not None else replace(_enter(self, now), at=now)
        if account.at is None or now <= account.at:
            # Our clock was set back: that hour is not counted twice.
            return replace(account, at=now) if account.at and account.at - now > _HOUR else account
        held = timedelta() if account.power is None else _HOLDS
        until = min(now, account.at + held)
        for begin, end in pairwise(_hours_between(account.at, now, self.time_zone)):
            heard = max(timedelta(), min(end, until) - begin)
            account = _enter(account, begin)
            account = replace(
                account,
                energy=account.energy + (account.power or 0.0) * (heard / _HOUR),
                covered=account.covered + heard,
            )
        return replace(_enter(account, now), at=now)

    def with_register(self, register: WattHour, at: datetime) -> HourAccount:
        """Take in the import register; two at the turns of one hour tell that hour exactly."""
        account = self.advance(at)
        start = hour_start(at, self.time_zone)
        if at - start > _REGISTER_LATE or account.register_hour == start:
            return account
        ended = hour_start(start - timedelta(seconds=1), self.time_zone)
        counted = replace(account, register=register, register_hour=start)
        if account.register is None or account.register_hour != ended:
            return counted
        exact = register - account.register
        if exact == 0:
            # Some meters repeat the register of the hour before, which is that of no hour then.
            return account
        return counted if exact < 0 else _keep(counted, ended, exact, corrects=True)

    def without_register(self) -> Self:
        """Forget the register, as when another meter is read."""
        return replace(self, register=None, register_hour=None)

    def estimate(
        self, now: datetime, power: Watt | None, reader: Measured[ReaderAccount] | None = None
    ) -> WattHour | None:
        """Return the Wh to which this hour will come if the power stays; ``None`` when unknown.

        What a reader has counted through the whole hour goes first. One that slept has counted too
        little: then the higher counts, its own or ours.
        """
        if power is None or (used := self.used(now, power, reader)) is None:
            return None
        left = _HOUR - (now - hour_start(now, self.time_zone))
        return round(used + max(0.0, power) * (left / _HOUR))

    def used(
        self, now: datetime, power: Watt | None, reader: Measured[ReaderAccount] | None = None
    ) -> float | None:
        """Return the Wh of this hour so far; ``None`` when unknown. See ``estimate``."""
        start = hour_start(now, self.time_zone)
        told = None
        if reader is not None and not reader.stale and reader.at >= start:
            told = reader.value.hour + max(0.0, power or 0.0) * ((now - reader.at) / _HOUR)
            if reader.value.complete:
                return told
        known = [used for used in (told, self._used(start, now)) if used is not None]
        return max(known, default=None)

    def _used(self, start: datetime, now: datetime) -> float | None:
        """Return the Wh of this hour so far, as if what was not heard had been like the rest."""
        elapsed = now - start
        if self.start == start and self.covered:
            unheard = max(timedelta(), elapsed - self.covered)
            return self.energy + self.energy / (self.covered / _HOUR) * (unheard / _HOUR)
        return None if elapsed > _HOLDS else 0.0

    def peak_average(self, now: datetime, reader: Measured[ReaderAccount] | None) -> Watt | None:
        """Return the mean power of the month's highest hours; ``None`` before there is one.

        Of each rank the higher counts, ours or the reader's: neither can have missed less than none.
        """
        theirs: tuple[WattHour, ...] = ()
        if (
            reader is not None
            and not reader.stale
            and _month(reader.at, self.time_zone) == _month(now, self.time_zone)
        ):
            theirs = reader.value.peaks
        ours = [peak.energy for peak in self.peaks]
        highest = [max(pair) for pair in zip_longest(ours, theirs, fillvalue=0)]
        return sum(highest) / len(highest) if highest else None

    def to_dict(self) -> dict[str, Any]:
        """Return what has to outlive a restart, ready for JSON."""
        return {
            "start": self.start and self.start.isoformat(),
            "energy": self.energy,
            "covered": self.covered.total_seconds(),
            "power": self.power,
            "at": self.at and self.at.isoformat(),
            "register": self.register,
            "register_hour": self.register_hour and self.register_hour.isoformat(),
            "days": [[peak.start.isoformat(), peak.energy] for peak in self.days.values()],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], time_zone: tzinfo) -> Self:
        """Return the account that was kept; raise ``ValueError`` or ``KeyError`` for nonsense."""
        peaks = [Peak(_time(start), int(energy)) for start, energy in data["days"]]
        return cls(
            time_zone=time_zone,
            start=_time(data["start"]) if data["start"] else None,
            energy=float(data["energy"]),
            covered=timedelta(seconds=float(data["covered"])),
            power=None if data["power"] is None else float(data["power"]),
            at=_time(data["at"]) if data["at"] else None,
            register=None if data["register"] is None else int(data["register"]),
            register_hour=_time(data["register_hour"]) if data["register_hour"] else None,
            days={peak.start.astimezone(time_zone).date(): peak for peak in peaks},
        )


def _enter(account: HourAccount, moment: datetime) -> HourAccount:
    """Close the hour that has ended before this moment, and a month that has."""
    start = hour_start(moment, account.time_zone)
    if account.start == start:
        return account
    if account.start is not None and account.start < start and account.covered:
        account = _keep(account, account.start, round(account.energy), corrects=False)
    month = _month(start, account.time_zone)
    days = {day: peak for day, peak in account.days.items() if day.replace(day=1) == month}
    return replace(account, start=start, energy=0.0, covered=timedelta(), days=days)


def _keep(
    account: HourAccount, start: datetime, energy: WattHour, *, corrects: bool
) -> HourAccount:
    """Keep an hour if it is its day's highest; an exact one replaces its own integral."""
    day = start.astimezone(account.time_zone).date()
    if account.start is not None and day.replace(day=1) != _month(account.start, account.time_zone):
        return account
    known = account.days.get(day)
    same = known is not None and known.start == start
    if known is None or energy > known.energy or (corrects and same):
        return replace(account, days={**account.days, day: Peak(start, energy)})
    return account


def hour_start(moment: datetime, time_zone: tzinfo) -> datetime:
    """Return the beginning of the hour that the clock on the wall shows, in UTC.

    Also where the zone is not whole hours off, and in both hours of the night when 02:30 comes twice.
    """
    local = moment.astimezone(time_zone)
    past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return moment.astimezone(UTC) - past


def _month(moment: datetime, time_zone: tzinfo) -> date:
    return moment.astimezone(time_zone).date().replace(day=1)


def _hours_between(begin: datetime, end: datetime, time_zone: tzinfo) -> list[datetime]:
    """Return ``begin``, every turn of the hour up to ``end``, and ``end``."""
    moments = [begin]
    turn = hour_start(begin, time_zone) + _HOUR
    # A gap of days is one gap: nothing is known of the hours inside.
    if end - begin > 2 * _HOUR:
        return [begin, turn, end] if turn < end else [begin, end]
    while turn < end:
        moments.append(turn)
        turn += _HOUR
    return [*moments, end]


def _time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment.astimezone(UTC)
