"""The energy in each hour, in one direction, from powers and from the meter's counter."""

from dataclasses import dataclass, field

from .hour import HOUR, PER_WATT_HOUR, SECOND, Calendar, Hour
from .share import share_out

# The slowest meters say their power every 10 s; a power that is a minute old tells nothing of now.
_LONGEST_HOLD = 60 * SECOND
# Norwegian meters send the counters of the full hour 5 to 55 s later.
_SNAPSHOT_DELAY = 120 * SECOND
# A counter that comes more often is read as it is sent; one that comes hourly is a snapshot.
_LIVE_INTERVAL = HOUR // 2
_REPETITION_LASTS = 2 * HOUR
# Counters go in steps of 10 Wh: of one step that is missing nothing can be said.
_TWO_STEPS = 20 * PER_WATT_HOUR
# What could have been drawn unseen, at most, and how far the integration of powers can be wrong.
_MOST_WATTS = 250_000
_INTEGRATION_ERROR = 1000 * PER_WATT_HOUR
_INTEGRATION_PART = 4
_OLDEST_ANCHOR = 40 * 24 * HOUR


@dataclass(frozen=True, slots=True)
class Mark:
    """A value (W or Wh) at a time (µs)."""

    at: int
    value: int


@dataclass(slots=True)
class Account:
    """The hours of one direction.

    Each power is taken to hold until the next one, but a minute at most. A counter says what the
    powers since the counter before (the ``anchor``) should add up to; the difference goes to the time
    of which nothing is known, or corrects the powers. The present hour is never made smaller, so that
    it does not look like a meter running backwards.
    """

    calendar: Calendar
    hours: dict[int, Hour] = field(default_factory=dict)
    power: Mark | None = None
    anchor: Mark | None = None
    counted_at: int | None = None
    # Counts changes of hours that are over, for whoever has added them up.
    revision: int = 0

    def add_power(self, at: int, watts: int) -> None:
        """Take a power that was measured at ``at``."""
        self._hold_until(at)
        self.power = Mark(at, watts)

    def add_counter(self, at: int, watt_hours: int) -> None:
        """Take a counter that came at ``at``."""
        self._hold_until(at)
        last, self.counted_at = self.counted_at, at
        live = last is not None and at - last < _LIVE_INTERVAL
        counter = Mark(at if live else self._measured_at(at), watt_hours)
        if self.anchor is None or not 0 <= counter.at - self.anchor.at <= _OLDEST_ANCHOR:
            self._start_from(counter)
        elif counter.at > self.anchor.at and not (live and self._known_since(self.anchor, at)):
            self._reconcile(self.anchor, counter)

    def step_back(self, at: int) -> None:
        """Move what was counted in later hours to this one, because the clock was set back to ``at``."""
        start = self.calendar.hour_of(at)
        later = [self.hours.pop(hour) for hour in sorted(self.hours) if hour > start]
        if later:
            present = self._hour(start)
            for hour in later:
                present.fixed += hour.fixed
                present.fixed_time = min(present.fixed_time + hour.fixed_time, HOUR)
                present.integrated += hour.integrated
                present.integrated_time = min(present.integrated_time + hour.integrated_time, HOUR)
        if self.anchor is not None and self.anchor.at > at:
            self.forget_counter()
        if self.counted_at is not None and self.counted_at > at:
            self.counted_at = None
        self.power = None
        self.revision += 1

    def forget_counter(self) -> None:
        """Settle everything: the counters to come are another meter's, or of another time."""
        self._settle(max(self.hours, default=0) + HOUR)
        self.anchor = self.counted_at = None

    def drop_before(self, start: int) -> None:
        """Drop the hours before ``start`` that no counter can correct any more."""
        if self.anchor is not None:
            start = min(start, self.calendar.hour_of(self.anchor.at))
        old = [hour for hour in self.hours if hour < start]
        for hour in old:
            del self.hours[hour]
        self.revision += bool(old)

    def _hold_until(self, at: int) -> None:
        if self.power is None:
            return
        if 0 < at - self.power.at <= _LONGEST_HOLD:
            self._integrate(self.power.at, at, self.power.value)
            self.power = Mark(at, self.power.value)

    def _measured_at(self, at: int) -> int:
        start = self.calendar.hour_of(at)
        return start if at - start <= _SNAPSHOT_DELAY else at

    def _hour(self, start: int) -> Hour:
        if start not in self.hours:
            self.hours[start] = Hour()
            self.revision += 1
        return self.hours[start]

    def _integrate(self, since: int, until: int, watts: int) -> None:
        while since < until:
            start = self.calendar.hour_of(since)
            end = min(start + HOUR, until)
            hour = self._hour(start)
            hour.integrated += watts * (end - since)
            hour.integrated_time += end - since
            if end == start + HOUR:
                # The part of a Wh goes on to the next hour, so that the hours add up.
                rest = hour.integrated % PER_WATT_HOUR
                hour.integrated -= rest
                self._hour(self.calendar.hour_of(end)).integrated += rest
                self.revision += 1
            since = end

    def _known_since(self, anchor: Mark, at: int) -> bool:
        """Return whether a counter that comes all the time has nothing to add now."""
        start = self.calendar.hour_of(at)
        hour = self.hours.get(start)
        if hour is None or anchor.at < start:
            return False
        return at - anchor.at - hour.integrated_time <= _LONGEST_HOLD

    def _start_from(self, counter: Mark) -> None:
        self._settle(counter.at)
        self.anchor = counter

    def _settle(self, until: int) -> None:
        for start, hour in self.hours.items():
            if start < until:
                hour.settle()
        self.revision += 1

    def _reconcile(self, anchor: Mark, counter: Mark) -> None:
        spans = self._spans(anchor.at, counter.at)
        gaps = [max(0, span - hour.integrated_time) for hour, span in spans]
        integrated = [hour.integrated for hour, _ in spans]
        counted = (counter.value - anchor.value) * PER_WATT_HOUR
        if not counted and self._repeated(anchor, counter, sum(integrated), sum(gaps)):
            return
        if not _plausible(counted, sum(integrated), sum(gaps)):
            self._start_from(counter)
            return
        present = spans[-1][0] is self.hours.get(self.calendar.hour_of(counter.at))
        shares = share_out(counted, integrated, gaps, keep_last=present)
        total = 0
        guessed = len(spans) > 1 and sum(gaps) > _LONGEST_HOLD
        for (hour, span), gap, amount in zip(spans, gaps, shares, strict=True):
            before = total // PER_WATT_HOUR
            total += amount
            hour.fixed += total // PER_WATT_HOUR - before
            hour.fixed_time = min(hour.fixed_time + span, HOUR)
            hour.integrated = hour.integrated_time = 0
            hour.estimated |= guessed and gap > _LONGEST_HOLD
        spans[-1][0].integrated = total % PER_WATT_HOUR
        self.anchor = counter
        self.revision += 1

    def _spans(self, since: int, until: int) -> list[tuple[Hour, int]]:
        """Return the hours in a period, and how much of it (µs) is in each."""
        spans = []
        while since < until:
            start = self.calendar.hour_of(since)
            end = min(start + HOUR, until)
            spans.append((self._hour(start), end - since))
            since = end
        return spans

    @staticmethod
    def _repeated(anchor: Mark, counter: Mark, integrated: int, gap: int) -> bool:
        """Return whether this is the counter of the hour before once more (seen from Aidon)."""
        if integrated > _TWO_STEPS:
            return True
        return gap > _LONGEST_HOLD and counter.at - anchor.at < _REPETITION_LASTS


def _plausible(counted: int, integrated: int, gap: int) -> bool:
    margin = integrated // _INTEGRATION_PART + _INTEGRATION_ERROR
    return -margin <= counted - integrated <= margin + gap * _MOST_WATTS and counted >= 0
