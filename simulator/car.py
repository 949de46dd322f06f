"""An electric car on an AC cable: what it draws of the current that the charger offers.

Time is an argument. Shapes: currents in amperes per phase, energy in Wh, state of charge in
percent.
"""

from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Car:
    """A car with a battery and an on-board charger.

    It charges as soon as it is offered enough, follows a change of the offer within ``ramp_s``
    seconds (IEC 61851-1 gives it five), never draws a current between 0 and ``min_current_a``, and
    tapers from ``taper_from_soc`` until it is full at ``target_soc``.

    Raises ``ValueError`` when a number is out of its range.
    """

    name: str = "car"
    battery_kwh: float = 64.0
    soc: float = 40.0
    phases: int = 3
    max_current_a: float = 16.0
    min_current_a: float = 6.0
    target_soc: float = 100.0
    taper_from_soc: float = 95.0
    ramp_s: float = 5.0
    efficiency: float = 0.9
    paused: bool = False
    current_a: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        if self.phases not in (1, 3):
            raise ValueError(f"a car charges on 1 or 3 phases, not {self.phases}")
        if not self.battery_kwh > 0 or not 0 < self.efficiency <= 1 or not self.ramp_s >= 0:
            raise ValueError("battery_kwh must be above 0, efficiency in (0, 1], ramp_s at least 0")
        if not 0 < self.min_current_a <= self.max_current_a:
            raise ValueError("min_current_a must be above 0 and at most max_current_a")
        if not (0 <= self.soc <= 100 and 0 <= self.taper_from_soc <= 100):
            raise ValueError("a state of charge is from 0 to 100 percent")
        if not 0 <= self.target_soc <= 100:
            raise ValueError("target_soc is from 0 to 100 percent")

    @property
    def is_full(self) -> bool:
        """Return whether the car has reached what it was told to charge to."""
        return self.soc >= self.target_soc

    def wanted_current(self) -> float:
        """Return the current (A per phase) the car would take if it could have any."""
        if self.paused or self.is_full:
            return 0.0
        if self.soc <= self.taper_from_soc:
            return self.max_current_a
        left = (self.target_soc - self.soc) / (self.target_soc - self.taper_from_soc)
        return self.min_current_a + (self.max_current_a - self.min_current_a) * left

    def follow(self, offered_a: float, dt_s: float) -> float:
        """Move the current towards the offer for ``dt_s`` seconds and return it (A per phase)."""
        present = self.current_a
        wanted = 0.0 if offered_a < self.min_current_a else min(offered_a, self.wanted_current())
        if wanted == present:
            return present
        reach = self.max_current_a * dt_s / self.ramp_s if self.ramp_s else self.max_current_a
        if wanted > present:
            present = min(wanted, max(present + reach, self.min_current_a))
        else:
            present = max(wanted, present - reach)
            if present < self.min_current_a:
                present = 0.0
        self.current_a = present
        return present

    def disconnect(self) -> None:
        """Stop drawing at once, as when the contactor opens or the cable is pulled."""
        self.current_a = 0.0

    def charge(self, energy_wh: float) -> None:
        """Put ``energy_wh`` Wh, measured at the charger, into the battery less the losses."""
        gained = energy_wh * self.efficiency / (self.battery_kwh * 10.0)
        self.soc = min(100.0, self.soc + gained)
