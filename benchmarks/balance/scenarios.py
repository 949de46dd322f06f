"""The homes in which controllers are compared."""

from dataclasses import dataclass
from random import Random

from custom_components.zmartcharge.units import Ampere, Wiring

from .charging import Charger, Outage, Place, visits_of
from .fuse import FuseKind
from .house import Load, winter_day
from .metering import Fault, Meter, MeterFault
from .net import GridType

_HOUR = 3600
#: The meter has been heard of for a while before the first car comes.
_BEFORE = 300
_OUTAGES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A home. ``broken`` has faults of meter, broker, charger and Home Assistant each day.

    ``forgets`` is the share of limits that the chargers accept and do not follow.
    """

    name: str
    grid: GridType
    fuse: Ampere
    kind: FuseKind
    places: tuple[Place, ...]
    kamstrup: bool = False
    broken: bool = False
    forgets: float = 0.0


@dataclass(slots=True)
class Day:
    """A day of a home: the same for every controller. Times in s after midnight."""

    scenario: Scenario
    seed: str
    begin: int
    loads: list[Load]
    deaf: tuple[Outage, ...]
    faults: tuple[Fault, ...]
    #: When Home Assistant does not run.
    dead: tuple[Outage, ...]

    @property
    def blind(self) -> tuple[Outage, ...]:
        """Return when the meter says nothing."""
        return tuple(
            (fault.begins, fault.ends)
            for fault in self.faults
            if fault.kind is not MeterFault.FROZEN
        )

    @property
    def end(self) -> int:
        """Return the second after the last."""
        return self.begin + len(self.loads)

    def chargers(self) -> list[Charger]:
        """Return the chargers with the cars of the day."""
        scenario = self.scenario
        return [
            Charger(
                place=place,
                grid=scenario.grid,
                visits=visits_of(place, Random(f"{self.seed}/{index}")),
                random=Random(f"{self.seed}/{index}/charger"),
                deaf=self.deaf if index == 0 else (),
                forgets=scenario.forgets,
            )
            for index, place in enumerate(scenario.places)
        ]

    def meter(self) -> Meter:
        """Return the meter."""
        return Meter(Random(f"{self.seed}/meter"), self.scenario.kamstrup, self.faults)


def day_of(scenario: Scenario, seed: int, number: int) -> Day:
    """Return a day; equal arguments give an equal one."""
    name = f"{seed}/{scenario.name}/{number}"
    day = Day(scenario, name, 0, [], (), (), ())
    visits = [visit for charger in day.chargers() for visit in charger.visits]
    day.begin = min(visit.arrives for visit in visits) - _BEFORE
    end = max(visit.leaves for visit in visits)
    random = Random(name)
    day.loads = winter_day(scenario.grid, scenario.fuse, random, day.begin, end)
    if scenario.broken:
        day.faults = tuple(
            Fault(kind, *_outage(random, day.begin, end, 40 * 60)) for kind in MeterFault
        )
        day.deaf = tuple(_outage(random, day.begin, end, 1200) for _ in range(_OUTAGES))
        day.dead = (_outage(random, day.begin, end, 300), _outage(random, day.begin, end, 1800))
    return day


def _outage(random: Random, begin: int, end: int, longest: int) -> Outage:
    start = random.randrange(begin + _BEFORE, end)
    return start, start + random.randrange(20, longest)


_TN, _IT = GridType.TN_400, GridType.IT_230
_ALL = Wiring.L1_L2_L3


def _places(*each: tuple[Wiring, Ampere]) -> tuple[Place, ...]:
    return tuple(Place(lines=lines, maximum=maximum) for lines, maximum in each)


_FOUR = _places((_ALL, 32), (Wiring.L2_L3_L1, 16), (Wiring.L3_L1_L2, 16), (Wiring.L2, 32))

SCENARIOS = (
    Scenario(name="TN 16 A B", grid=_TN, fuse=16, kind=FuseKind.MCB_B, places=_places((_ALL, 16))),
    Scenario(name="TN 25 A C", grid=_TN, fuse=25, kind=FuseKind.MCB_C, places=_places((_ALL, 16))),
    Scenario(
        name="TN 25 A C, Kamstrup",
        grid=_TN,
        fuse=25,
        kind=FuseKind.MCB_C,
        places=_places((_ALL, 16)),
        kamstrup=True,
    ),
    Scenario(
        name="TN 32 A B, 2 chargers",
        grid=_TN,
        fuse=32,
        kind=FuseKind.MCB_B,
        places=_places((_ALL, 16), (Wiring.L2, 32)),
    ),
    Scenario(name="TN 63 A C, 4 chargers", grid=_TN, fuse=63, kind=FuseKind.MCB_C, places=_FOUR),
    Scenario(
        name="IT 32 A C", grid=_IT, fuse=32, kind=FuseKind.MCB_C, places=_places((Wiring.L1_L2, 32))
    ),
    Scenario(name="IT 40 A gG", grid=_IT, fuse=40, kind=FuseKind.GG, places=_places((_ALL, 16))),
    Scenario(
        name="IT 63 A gG, 3 chargers",
        grid=_IT,
        fuse=63,
        kind=FuseKind.GG,
        places=_places((_ALL, 16), (Wiring.L2_L3, 32), (Wiring.L3_L1, 32)),
    ),
    Scenario(
        name="TN 25 A C, faults",
        grid=_TN,
        fuse=25,
        kind=FuseKind.MCB_C,
        places=_places((_ALL, 16)),
        broken=True,
    ),
    Scenario(
        name="IT 63 A gG, 2, faults",
        grid=_IT,
        fuse=63,
        kind=FuseKind.GG,
        places=_places((_ALL, 16), (Wiring.L2_L3, 32)),
        broken=True,
    ),
    Scenario(
        name="TN 25 A B, disobedient",
        grid=_TN,
        fuse=25,
        kind=FuseKind.MCB_B,
        places=_places((_ALL, 16)),
        forgets=0.1,
    ),
)
