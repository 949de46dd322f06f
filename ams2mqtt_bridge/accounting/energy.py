"""The energy of this hour, day and month, and the month's highest hours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from ..meter_list import MeterList
from .account import Account
from .hour import HOUR, PER_WATT_HOUR, SECOND, Calendar, Quality, to_microseconds
from .state import StateError, read_account, read_time, write_account

PEAKS = 3
# Before this, the host has not been told the time yet.
_CLOCK_IS_SET = datetime(2020, 1, 1, tzinfo=UTC)
_UNNOTICED = 60 * SECOND
_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The energy of a period until now, in Wh, and how well it is known."""

    energy: int
    quality: Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class Periods:
    """The present hour, day and month, in one direction."""

    hour: Period
    day: Period
    month: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Realtime:
    """The accounts at one moment; energies in Wh.

    ``projected_hour`` is what this hour's import comes to if the power stays as it is. ``peaks`` are
    the month's highest hours of import on different days, highest first, at most three; the present
    hour counts with what it has come to. Their mean is the basis of the capacity fee of nearly
    all Norwegian grid companies; the rule is in each company's tariff (method ``TRE_DØGNMAX_MND`` in
    github.com/kraftsystemet/fri-nettleie).
    """

    imported: Periods
    exported: Periods
    projected_hour: int
    peaks: tuple[int, ...]

    @property
    def peak_mean(self) -> int:
        """Return the mean of the peaks, rounded half up; 0 before there is one."""
        count = len(self.peaks)
        return (2 * sum(self.peaks) + count) // (2 * count) if count else 0


@dataclass(slots=True)
class _Closed:
    """What the hours before the present one add up to, as long as none of them changes."""

    key: tuple[int, int]
    day: int = 0
    month: int = 0
    day_time: int = 0
    month_time: int = 0
    day_estimated: bool = False
    month_estimated: bool = False
    highest: Mapping[date, int] | None = None


class EnergyAccounting:
    """Counts import and export by the hours of a time zone.

    Every figure is a sum of hours, so an hour corrected by a counter corrects its day and month.
    """

    def __init__(self, time_zone: ZoneInfo) -> None:
        self._calendar = Calendar(time_zone)
        self._imported = Account(self._calendar)
        self._exported = Account(self._calendar)
        self._meter_id: str | None = None
        self._now: int | None = None
        self._closed: dict[int, _Closed] = {}

    def add(self, meter_list: MeterList, received: datetime) -> Realtime | None:
        """Take a list that came at ``received`` and return the accounts at that moment.

        Returns ``None`` while the host's clock is not set. A clock that is set back moves what was
        counted in the future into the present hour.
        """
        if received < _CLOCK_IS_SET:
            return None
        now = to_microseconds(received)
        if self._now is not None and now < self._now:
            for account in (self._imported, self._exported):
                account.step_back(now)
        turned = self._now is None or self._calendar.hour_of(self._now) != self._calendar.hour_of(
            now
        )
        self._now = now
        self._check_meter(meter_list.meter_id)
        _add(self._imported, now, meter_list.power_import, meter_list.energy_import)
        _add(self._exported, now, meter_list.power_export, meter_list.energy_export)
        if turned:
            month = self._calendar.start_of(self._calendar.day_of(now).replace(day=1))
            self._imported.drop_before(month)
            self._exported.drop_before(month)
        return self._summary(now)

    def to_state(self) -> dict[str, Any]:
        """Return everything that a restart must not lose, as JSON."""
        return {
            "version": _VERSION,
            "meter_id": self._meter_id,
            "now": self._now,
            "imported": write_account(self._imported),
            "exported": write_account(self._exported),
        }

    @classmethod
    def from_state(cls, state: object, time_zone: ZoneInfo) -> Self:
        """Return the accounts as they were; raise ``StateError`` when that is not their state."""
        match state:
            case {
                "version": int(version),
                "meter_id": str() | None as meter_id,
                "now": now,
                "imported": imported,
                "exported": exported,
            } if version == _VERSION:
                accounting = cls(time_zone)
                calendar = accounting._calendar
                accounting._imported = read_account(imported, calendar)
                accounting._exported = read_account(exported, calendar)
                accounting._meter_id, accounting._now = meter_id, read_time(now)
                return accounting
        raise StateError("not the state of version 1")

    def _check_meter(self, meter_id: str | None) -> None:
        if meter_id is None or meter_id == self._meter_id:
            return
        if self._meter_id is not None:
            self._imported.forget_counter()
            self._exported.forget_counter()
        self._meter_id = meter_id

    def _summary(self, now: int) -> Realtime:
        imported = self._periods(self._imported, now)
        watts = self._imported.power.value if self._imported.power else 0
        rest = self._calendar.hour_of(now) + HOUR - now
        peaks = dict(self._closed[id(self._imported)].highest or {})
        today = self._calendar.day_of(now)
        peaks[today] = max(peaks.get(today, 0), imported.hour.energy)
        return Realtime(
            imported=imported,
            exported=self._periods(self._exported, now),
            projected_hour=imported.hour.energy + watts * rest // PER_WATT_HOUR,
            peaks=tuple(sorted(filter(None, peaks.values()), reverse=True)[:PEAKS]),
        )

    def _periods(self, account: Account, now: int) -> Periods:
        start = self._calendar.hour_of(now)
        today = self._calendar.day_of(now)
        closed = self._closed.get(id(account))
        if closed is None or closed.key != (account.revision, start):
            closed = self._add_up(account, start, today)
            self._closed[id(account)] = closed
        hour = account.hours.get(start)
        energy, known = (hour.energy, hour.known_time) if hour else (0, 0)
        guessed = hour is not None and hour.estimated
        known = min(known, now - start)
        midnight = self._calendar.start_of(today)
        first = self._calendar.start_of(today.replace(day=1))
        return Periods(
            hour=_period(energy, now - start, known, guessed),
            day=_period(
                closed.day + energy,
                now - midnight,
                closed.day_time + known,
                guessed or closed.day_estimated,
            ),
            month=_period(
                closed.month + energy,
                now - first,
                closed.month_time + known,
                guessed or closed.month_estimated,
            ),
        )

    def _add_up(self, account: Account, present: int, today: date) -> _Closed:
        closed = _Closed((account.revision, present))
        highest: dict[date, int] = {}
        for start, hour in account.hours.items():
            day = self._calendar.day_of(start)
            if start >= present or (day.year, day.month) != (today.year, today.month):
                continue
            known = min(hour.known_time, HOUR)
            closed.month += hour.energy
            closed.month_time += known
            closed.month_estimated |= hour.estimated
            if day == today:
                closed.day += hour.energy
                closed.day_time += known
                closed.day_estimated |= hour.estimated
            highest[day] = max(highest.get(day, 0), hour.energy)
        closed.highest = highest
        return closed


def _add(account: Account, now: int, watts: int | None, watt_hours: int | None) -> None:
    if watts is not None:
        account.add_power(now, watts)
    if watt_hours is not None:
        account.add_counter(now, watt_hours)


def _period(energy: int, elapsed: int, known: int, estimated: bool) -> Period:
    if elapsed - known > _UNNOTICED:
        return Period(energy=energy, quality=Quality.INCOMPLETE)
    return Period(energy=energy, quality=Quality.ESTIMATED if estimated else Quality.GOOD)
