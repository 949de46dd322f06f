"""The newest picture of a meter, how old each part of it is, and what is not believed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from ..units import Ampere, GridType, Phase, Watt
from .estimate import estimate_l2
from .picture import all_stale, combine, with_current
from .reading import Measured, PartialReading, Reading

MAX_SKEW = timedelta(seconds=60)
MAX_CURRENT_PER_FUSE = 3.0
# A line to neutral, with the 10 % of EN 50160.
_HIGHEST_VOLTAGE = 253.0


class Quality(StrEnum):
    """How far the phase currents can be relied on."""

    GOOD = "good"
    ESTIMATED = "estimated"
    STALE = "stale"


class Rejection(StrEnum):
    """Why a payload was not believed."""

    CLOCK_SKEW = "reading_clock_skew"
    TIME_BACKWARDS = "reading_time_backwards"
    CURRENT_ABSURD = "reading_current_absurd"
    POWER_ABSURD = "reading_power_absurd"


#: The reader's clock is to blame, or ours.
CLOCK_REJECTIONS = frozenset({Rejection.CLOCK_SKEW, Rejection.TIME_BACKWARDS})


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterState:
    """What is known of one meter; every change returns a new state.

    ``grid`` and ``fuse`` (A) are the site's. ``online`` is what the reader last said of itself,
    ``None`` when it has said nothing. ``rejection`` tells why the last payload was refused and is
    ``None`` when it was taken; a refused payload leaves the older picture as it was.
    """

    grid: GridType
    fuse: Ampere | None = None
    reading: Reading | None = None
    online: bool | None = None
    offline_since: datetime | None = None
    rejection: Rejection | None = None

    def merge(self, partial: PartialReading) -> Self:
        """Take in a partial reading, or refuse it; see ``rejection`` of the result."""
        given, partial = partial, without_unmeasured(partial, self.grid)
        if (rejection := self._judge(partial)) is not None:
            return replace(self, rejection=rejection)
        late = self.offline_since is not None and partial.measured_at <= self.offline_since
        reading = combine(self.reading, partial, stale=late or partial.retained)
        if self._must_estimate_l2(given, partial):
            reading = with_current(reading, Phase.L2, _estimated_l2(reading, partial))
        if late or partial.retained:
            return replace(self, reading=reading, rejection=None)
        # A reader that measures again is there, even when its "online" was lost.
        online = None if self.online is None else True
        return replace(self, reading=reading, online=online, offline_since=None, rejection=None)

    def with_availability(self, *, online: bool, at: datetime) -> Self:
        """Take in what the reader, or its last will, says of itself.

        Offline makes every value stale at once; online makes none fresh before it is measured anew.
        """
        if online:
            return replace(self, online=True, offline_since=None)
        reading = None if self.reading is None else all_stale(self.reading)
        return replace(self, online=False, offline_since=at, reading=reading)

    def fresh(self, now: datetime, limit: timedelta) -> bool:
        """Return whether every phase current may be decided on: all are there, and fresh."""
        if self.online is False or self.reading is None:
            return False
        currents = self.reading.currents
        return all(
            phase in currents and currents[phase].fresh(now, limit) for phase in self.grid.phases
        )

    def quality(self, now: datetime, limit: timedelta) -> Quality | None:
        """Return how good the currents are, ``None`` before there is any."""
        if self.reading is None or not self.reading.currents:
            return None
        if not self.fresh(now, limit):
            return Quality.STALE
        estimated = any(current.margin is not None for current in self.reading.currents.values())
        return Quality.ESTIMATED if estimated else Quality.GOOD

    def _must_estimate_l2(self, given: PartialReading, partial: PartialReading) -> bool:
        """Return whether this list has currents, and none of L2 in a net where that is usual."""
        if self.grid is not GridType.IT_230 or not given.currents or Phase.L2 in partial.currents:
            return False
        if Phase.L2 in given.currents and not partial.retained:
            return True
        known = self.reading.currents.get(Phase.L2) if self.reading else None
        if known is None or known.margin is not None:
            return True
        # Only a live list with both of its neighbours tells that L2 is no longer measured.
        whole = {Phase.L1, Phase.L3} <= partial.currents.keys()
        return whole and not partial.retained

    def _absurd(self, partial: PartialReading, fuse: Ampere) -> Rejection | None:
        if any(abs(a) > MAX_CURRENT_PER_FUSE * fuse for a in partial.currents.values()):
            return Rejection.CURRENT_ABSURD
        powers = (partial.power_import or 0, partial.power_export or 0)
        if any(abs(power) > _largest_power(fuse) for power in powers):
            return Rejection.POWER_ABSURD
        return None

    def _judge(self, partial: PartialReading) -> Rejection | None:
        if self.fuse is not None and (absurd := self._absurd(partial, self.fuse)):
            return absurd
        if partial.source_time is None:
            return None
        behind = partial.received - partial.source_time
        if behind < -MAX_SKEW or (behind > MAX_SKEW and not partial.retained):
            return Rejection.CLOCK_SKEW
        if partial.retained or self.reading is None or self.reading.retained:
            return None
        last = self.reading.source_time
        if last is None or partial.source_time >= last:
            return None
        # A last time that far ahead of our clock means that the clock of this machine, which is often
        # the reader's too, was set back since. Refusing would last as long as it was ahead.
        return None if last - partial.received > MAX_SKEW else Rejection.TIME_BACKWARDS


def _largest_power(fuse: Ampere) -> Watt:
    """Return what three lines of the largest current that is believed would carry, in W."""
    return MAX_CURRENT_PER_FUSE * fuse * _HIGHEST_VOLTAGE * len(Phase)


def _estimated_l2(reading: Reading, partial: PartialReading) -> Measured[Ampere] | None:
    """Return what L2 must carry, as old as the older of the currents that tell it."""
    told_by = [reading.currents.get(phase) for phase in (Phase.L1, Phase.L3)]
    known = [current for current in told_by if current is not None]
    # Only a list that has all of it was measured in one moment.
    estimate = estimate_l2(
        {phase: current.value for phase, current in reading.currents.items()},
        {phase: voltage.value for phase, voltage in reading.voltages.items()},
        partial.power,
        partial.reactive,
    )
    if estimate is None or not known:
        return None
    oldest = min(known, key=lambda current: current.at)
    return Measured(
        round(estimate.current, 2),
        oldest.at,
        any(current.stale for current in known),
        estimate.margin,
    )


def without_unmeasured(partial: PartialReading, grid: GridType) -> PartialReading:
    """Return a reading without what its reader sends as 0 because the meter does not measure it.

    Meters with two current coils, made for IT nets, measure no I2, and some no U2.
    """
    unmeasured = {Phase.L2} if grid is GridType.IT_230 else set()

    def measured(values: Mapping[Phase, float]) -> dict[Phase, float]:
        return {
            phase: value
            for phase, value in values.items()
            if phase in grid.phases and (value or phase not in unmeasured)
        }

    return replace(
        partial, currents=measured(partial.currents), voltages=measured(partial.voltages)
    )
