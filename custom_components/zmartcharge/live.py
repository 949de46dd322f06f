"""The newest measured values of a connector, each with its own age."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .csms import MeterSnapshot
from .units import Ampere, Phase, Volt, Watt


@dataclass(slots=True)
class LiveValues:
    """Ordered by when they came: a charger's clock may be wrong, or set while it charges."""

    soc: float | None = None
    _power: tuple[datetime, Watt] | None = None
    _offered: tuple[datetime, Ampere] | None = None
    _currents: dict[Phase, tuple[datetime, Ampere]] = field(default_factory=dict)
    _voltages: dict[Phase, tuple[datetime, Volt]] = field(default_factory=dict)

    def take(self, snapshot: MeterSnapshot, received: datetime) -> None:
        """Take what a snapshot says; what it does not say stays as it was."""
        if not snapshot.live:
            return
        if snapshot.power is not None:
            self._power = (received, snapshot.power)
        if snapshot.offered is not None:
            self._offered = (received, snapshot.offered)
        if snapshot.soc is not None:
            self.soc = snapshot.soc
        self._currents |= {phase: (received, a) for phase, a in snapshot.currents.items()}
        self._voltages |= {phase: (received, v) for phase, v in snapshot.voltages.items()}

    def power(self, since: datetime) -> Watt | None:
        """Return the power in W, None when it did not come after ``since``."""
        return _newer(self._power, since)

    def offered(self, since: datetime) -> Ampere | None:
        """Return the offered current in A, None when it did not come after ``since``."""
        return _newer(self._offered, since)

    def current(self, phase: Phase, since: datetime) -> Ampere | None:
        """Return a terminal's current in A, None when it did not come after ``since``."""
        return _newer(self._currents.get(phase), since)

    def voltage(self, phase: Phase, since: datetime) -> Volt | None:
        """Return a terminal's voltage in V, None when it did not come after ``since``."""
        return _newer(self._voltages.get(phase), since)


#: A message takes no longer than this, and neither do values that a charger gathers.
_LONGEST_WAY = timedelta(seconds=30)
_STEADY, _STEADY_FOR = timedelta(seconds=5), timedelta(seconds=5)


class Delay:
    """Tells values of now from those that a charger had kept while it was offline.

    Those come all at once, each with another delay by the charger's clock. That clock may be wrong or
    be set: a delay that stays the same over some seconds is the clock's.
    """

    def __init__(self) -> None:
        """Take the clock for right until it shows otherwise."""
        self._usual = timedelta()
        self._last: tuple[datetime, timedelta] | None = None

    def is_live(self, measured_at: datetime, received: datetime) -> bool:
        """Return whether a value was measured when it came, by the charger's clock and by ours."""
        delay = received - measured_at
        last, self._last = self._last, (received, delay)
        steady = (
            last is not None
            and received - last[0] >= _STEADY_FOR
            and abs(delay - last[1]) <= _STEADY
        )
        if not steady and abs(delay - self._usual) > _LONGEST_WAY:
            return False
        self._usual = delay
        return True


def lifespan(meter_interval: int | None) -> timedelta:
    """Return how long a value may be shown: three intervals (s), and two minutes at least.

    A charger that does not tell its interval may send every five minutes.
    """
    return max(timedelta(minutes=2), 3 * timedelta(seconds=meter_interval or 300))


def _newer(value: tuple[datetime, float] | None, since: datetime) -> float | None:
    return value[1] if value and value[0] >= since else None
