"""The newest picture of a meter, how old each part of it is, and what is not believed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from ..units import Ampere, GridType, Phase
from .picture import all_stale, combine, without_current
from .reading import PartialReading, Reading

MAX_SKEW = timedelta(seconds=60)
MAX_CURRENT_PER_FUSE = 3.0


class Rejection(StrEnum):
    """Why a payload was not believed; each is also the key of a translated message."""

    CLOCK_SKEW = "reading_clock_skew"
    TIME_BACKWARDS = "reading_time_backwards"
    CURRENT_ABSURD = "reading_current_absurd"


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
        partial = _drop_unmeasured(partial, self.grid)
        if (rejection := self._judge(partial)) is not None:
            return replace(self, rejection=rejection)
        late = self.offline_since is not None and partial.measured_at <= self.offline_since
        reading = combine(self.reading, partial, stale=late or partial.retained)
        if self._lost_l2(partial):
            reading = without_current(reading, Phase.L2)
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
        """Return whether every phase current may be decided on.

        Each current that the grid type makes us expect has to be there, and each that is there has to
        be fresh. L2 is not expected in an IT net, where many meters do not measure it.
        """
        if self.online is False or self.reading is None:
            return False
        currents = self.reading.currents
        expected = set(self.grid.phases)
        if self.grid is GridType.IT_230:
            expected.discard(Phase.L2)
        return expected <= currents.keys() and all(
            current.fresh(now, limit) for current in currents.values()
        )

    def _lost_l2(self, partial: PartialReading) -> bool:
        """Return whether this list has currents, and none of L2 in a net where that is usual."""
        return (
            self.grid is GridType.IT_230
            and not partial.retained
            and bool(partial.currents)
            and Phase.L2 not in partial.currents
        )

    def _judge(self, partial: PartialReading) -> Rejection | None:
        if self.fuse is not None and any(
            abs(current) > MAX_CURRENT_PER_FUSE * self.fuse for current in partial.currents.values()
        ):
            return Rejection.CURRENT_ABSURD
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


def _drop_unmeasured(partial: PartialReading, grid: GridType) -> PartialReading:
    """Leave out what a reader sends as 0 because its meter does not measure it.

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
