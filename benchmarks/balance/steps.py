"""How soon a single step of the house is under the rating again."""

from dataclasses import dataclass
from random import Random
from statistics import median

from custom_components.zmartcharge.units import Ampere, Wiring
from simulator.grid import wire

from .charging import Charger, Place, Visit
from .controller import Make
from .house import Load
from .loop import overloaded, phasors
from .metering import Meter
from .net import SUPPLIES, GridType

_FUSE, _MAXIMUM = 25.0, 16.0
_WARM, _UNTIL = 150, 300


@dataclass(frozen=True, slots=True)
class Reactions:
    """Seconds from an overload to its end: the median, and the longest."""

    median: float
    worst: float


def reactions(make: Make, seed: int, count: int) -> Reactions:
    """Return what so many steps of random size at random times on a random line took.

    A car draws 16 A in a house of 25 A in a TN system when a load of 1 to 15 A too many comes on; one that
    lasts longer than the trial counts as 150 s.
    """
    found = [_trial(make, Random(f"{seed}/{number}")) for number in range(count)]
    return Reactions(median(found), max(found))


def _trial(make: Make, random: Random) -> float:
    grid = GridType.TN_400
    visit = Visit(arrives=0, leaves=_UNTIL, needs=40000.0, phases=3, current=_MAXIMUM, sleeps=0)
    place = Place(lines=Wiring.L1_L2_L3, maximum=_MAXIMUM)
    charger = Charger(place=place, grid=grid, visits=[visit], random=random)
    controller = make(grid, _FUSE, [charger])
    meter = Meter(random)
    steps_at = random.randrange(_WARM, _WARM + 30)
    quiet, line = random.uniform(3, 8), random.choice(SUPPLIES[grid].voltage_labels)
    extra = _FUSE - _MAXIMUM - quiet + random.uniform(1, 15)
    before, after = _load(quiet, 0.0, line), _load(quiet, extra, line)
    charger.command(0, _MAXIMUM)
    last = steps_at
    for second in range(_UNTIL):
        load = after if second >= steps_at else before
        charger.step(second)
        (one, two, three), watts = phasors(load, [charger])
        lines = (abs(one), abs(two), abs(three))
        if second >= steps_at and overloaded(lines, [charger], _FUSE):
            last = second + 1
        controller.step(second, meter.step(second, lines, load[1] + watts))
    return float(last - steps_at)


def _load(quiet: Ampere, extra: Ampere, line: str) -> Load:
    supply = SUPPLIES[GridType.TN_400]
    one = two = three = 0j
    for label in supply.voltage_labels:
        amperes = quiet + (extra if label == line else 0.0)
        first, second, third = wire(supply, label).phasors(amperes)
        one, two, three = one + first, two + second, three + third
    return (one, two, three), 230.0 * (3 * quiet + extra)
