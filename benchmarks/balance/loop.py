"""A day of a home under a controller, second by second."""

from collections.abc import Sequence
from dataclasses import dataclass

from custom_components.zmartcharge.units import Ampere, Watt
from simulator.grid import LinePhasors

from .charging import Charger
from .controller import Controller, Make
from .fuse import Fuse, trip_curves
from .house import Load
from .scenarios import Day

#: A line counts as above the rating only by more than the meter can tell.
_TELLS = 0.1
_DONE_EVERY = 60


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of it: openings of the early and of the late fuse, seconds, and Wh at the chargers.

    ``above`` are seconds of charging in which a line that a car used was above the rating.
    """

    early: int = 0
    late: int = 0
    charging: int = 0
    above: int = 0
    energy: float = 0.0

    def add(self, other: Outcome) -> None:
        """Add what came of another day."""
        self.early += other.early
        self.late += other.late
        self.charging += other.charging
        self.above += other.above
        self.energy += other.energy


def phasors(load: Load, chargers: Sequence[Charger]) -> tuple[LinePhasors, Watt]:
    """Return the line currents of house and chargers as phasors, and the power of the chargers."""
    (one, two, three), _ = load
    watts = 0.0
    for charger in chargers:
        current = charger.current
        if current:
            first, second, third = charger.wiring.per_ampere
            one += first * current
            two += second * current
            three += third * current
            watts += charger.wiring.watts_per_ampere * current
    return (one, two, three), watts


def overloaded(lines: Sequence[Ampere], chargers: Sequence[Charger], fuse: Ampere) -> bool:
    """Return whether a line that a car uses is above the rating."""
    return max(lines) > fuse + _TELLS and any(
        line > fuse + _TELLS and charger.current and charger.wiring.per_ampere[index]
        for charger in chargers
        for index, line in enumerate(lines)
    )


def run_day(day: Day, make: Make) -> Outcome:
    """Run a day and return what came of it."""
    scenario = day.scenario
    chargers, meter = day.chargers(), day.meter()
    fuse = scenario.fuse
    controller: Controller = make(scenario.grid, fuse, chargers)
    early, late = trip_curves(scenario.kind, fuse)
    fuses = [(Fuse(fuse, early), Fuse(fuse, late)) for _ in range(3)]
    found = Outcome()
    carried = early.hour * fuse
    hot = False
    was_dead = False
    for second, load in enumerate(day.loads, day.begin):
        for charger in chargers:
            charger.step(second)
        if second % _DONE_EVERY == 0 and all(charger.done(second) for charger in chargers):
            break
        (one, two, three), watts = phasors(load, chargers)
        lines = (abs(one), abs(two), abs(three))
        if hot or max(lines) > carried:
            for current, (first, last) in zip(lines, fuses, strict=True):
                first.carry(current)
                last.carry(current)
            hot = any(each.heat for pair in fuses for each in pair)
        if watts:
            found.charging += 1
            found.energy += watts / 3600
            found.above += overloaded(lines, chargers, fuse)
        picture = meter.step(second, lines, load[1] + watts)
        dead = any(begins <= second < ends for begins, ends in day.dead)
        if was_dead and not dead:
            controller.restart()
        was_dead = dead
        if not dead:
            controller.step(second, picture)
    found.early = sum(first.trips for first, _ in fuses)
    found.late = sum(last.trips for _, last in fuses)
    return found
