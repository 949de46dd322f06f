"""What is known of a house's main meter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..units import Ampere, Phase, Volt, Watt, WattHour

# A caller may have looked at the clock a moment before the value came.
_CLOCK_TOLERANCE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Measured[T]:
    """A value, and when it was measured.

    ``at`` is aware UTC by our clock. ``stale`` marks one that is not fresh however young it looks: it
    came retained, or from before the reader went offline. ``margin`` is how much more it may be, in
    its unit, where it was not measured but estimated; ``None`` where it was measured.
    """

    value: T
    at: datetime
    stale: bool = False
    margin: float | None = None

    def age(self, now: datetime) -> timedelta:
        """Return how long ago it was measured."""
        return now - self.at

    def fresh(self, now: datetime, limit: timedelta) -> bool:
        """Return whether it may be decided on: not stale and not older than ``limit``.

        A value from the future (our clock was set back) is not fresh either.
        """
        return not self.stale and -_CLOCK_TOLERANCE <= self.age(now) <= limit


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderAccount:
    """What a reader has counted: Wh of this hour, the month's highest hours in Wh.

    ``complete`` tells that it was awake for the whole of this hour so far.
    """

    hour: WattHour
    complete: bool = True
    peaks: tuple[WattHour, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialReading:
    """What one payload said; what it did not say is absent or ``None``.

    Currents in A and voltages in V per phase, powers in W and var, energies in whole Wh, the radio's
    ``signal`` in dBm. A current with a margin was not measured but estimated, and may be that much
    more. ``on_change`` tells that the reader sends a value only when it changes. ``source_time`` is
    when the reader says that it was measured, ``received`` when we got it, both aware UTC;
    ``source_time`` is ``None`` when the payload has none or the reader's clock is not set yet.
    ``retained`` tells that the broker had kept it for an unknown time.
    """

    received: datetime
    retained: bool
    source_time: datetime | None = None
    currents: Mapping[Phase, Ampere] = field(default_factory=dict)
    margins: Mapping[Phase, Ampere] = field(default_factory=dict)
    voltages: Mapping[Phase, Volt] = field(default_factory=dict)
    power_import: Watt | None = None
    power_export: Watt | None = None
    reactive_import: Watt | None = None
    reactive_export: Watt | None = None
    energy_import: WattHour | None = None
    energy_export: WattHour | None = None
    account: ReaderAccount | None = None
    signal: int | None = None
    meter_id: str | None = None
    meter_type: str | None = None
    sequence: int | None = None
    on_change: bool = False

    @property
    def is_empty(self) -> bool:
        """Return whether it says nothing that a site can use."""
        values = (
            self.power_import,
            self.power_export,
            self.reactive_import,
            self.reactive_export,
            self.energy_import,
            self.energy_export,
            self.account,
        )
        return not self.currents and not self.voltages and all(v is None for v in values)

    @property
    def power(self) -> Watt | None:
        """Return what is taken from the grid in W, negative while it is delivered."""
        if self.power_import is None:
            return None
        return self.power_import - (self.power_export or 0)

    @property
    def reactive(self) -> Watt | None:
        """Return the reactive power in var, import less export."""
        if self.reactive_import is None:
            return None
        return self.reactive_import - (self.reactive_export or 0)

    @property
    def measured_at(self) -> datetime:
        """Return the earlier of both times.

        So a reader whose clock is ahead cannot make a value look younger than it is, and a message
        that was held up on its way is as old as it says.
        """
        if self.source_time is None:
            return self.received
        return min(self.source_time, self.received)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The newest picture of a meter, put together from partial readings, each value with its age.

    A phase that is absent is unknown, not 0. ``source_time``, ``received`` and ``retained`` are those
    of the last payload that was accepted.
    """

    received: datetime
    retained: bool
    source_time: datetime | None = None
    currents: Mapping[Phase, Measured[Ampere]] = field(default_factory=dict)
    voltages: Mapping[Phase, Measured[Volt]] = field(default_factory=dict)
    power_import: Measured[Watt] | None = None
    power_export: Measured[Watt] | None = None
    energy_import: Measured[WattHour] | None = None
    energy_export: Measured[WattHour] | None = None
    account: Measured[ReaderAccount] | None = None
    signal: int | None = None
    meter_id: str | None = None
    meter_type: str | None = None
