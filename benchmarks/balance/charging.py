"""Chargers with real delays and disobedience, and the cars that come to them."""

from dataclasses import dataclass, field
from random import Random

from custom_components.zmartcharge.balance import Feed, feed_of
from custom_components.zmartcharge.units import Ampere, Phase, Wiring as Terminals
from simulator.car import Car
from simulator.grid import Wiring, charger_wiring, wire

from .net import SUPPLIES, GridType

#: IEC 61851-1 lets a charger change its offer at most each 5 s, and gives a car 5 s to follow.
_OFFER_EVERY = 5
_MEASURES_EVERY = 10
#: Without a renewed profile a charger falls back to its own default.
EXPIRES, FAIL_SAFE = 90, 6.0
_HOUR = 3600

type Outage = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A car from ``arrives`` to ``leaves`` (s after midnight) that lacks ``needs`` Wh.

    It charges in its own ``phases`` up to ``current`` A, after having slept for ``sleeps`` s.
    """

    arrives: int
    leaves: int
    needs: float
    phases: int
    current: Ampere
    sleeps: int

    def car(self) -> Car:
        """Return the car, at 0 % of what it lacks; it tapers in the last tenth."""
        return Car(
            battery_kwh=self.needs / 1000,
            soc=0.0,
            phases=3,
            max_current_a=self.current,
            taper_from_soc=90.0,
            efficiency=1.0,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How a charger is built: its lines, and the most that it offers in A."""

    lines: Terminals
    maximum: Ampere

    def feed(self, grid: GridType) -> Feed:
        """Return what controllers know of the wiring."""
        return feed_of(self.lines, grid)

    def wiring(self, grid: GridType, phases: int) -> Wiring:
        """Return what a car that uses so many of its phases takes of the lines, by phasors."""
        supply = SUPPLIES[grid]
        names = [line.value.upper() for line in self.lines.lines]
        if grid is GridType.IT_230:
            if len(names) == 3 and phases > 1:
                return charger_wiring(supply, 3)
            return wire(supply, f"{names[0]}-{names[-1]}")
        return wire(supply, "+".join(f"{name}-N" for name in names[:phases]))


def visits_of(place: Place, random: Random) -> list[Visit]:
    """Return the cars of a day: most evenings a short stay that counts, often one over night."""
    visits = []
    begins = random.uniform(15.7, 18.5) * _HOUR
    if random.random() < 0.75:
        ends = begins + random.uniform(0.7, 3.5) * _HOUR
        visits.append(_visit(place, begins, ends, random))
        begins = ends + random.uniform(0.2, 2.5) * _HOUR
    if not visits or random.random() < 0.5:
        ends = min(begins + random.uniform(3, 9) * _HOUR, 30.5 * _HOUR)
        visits.append(_visit(place, begins, ends, random))
    return visits


def _visit(place: Place, begins: float, ends: float, random: Random) -> Visit:
    single = len(place.lines.lines) < 3
    phases = 1 if single else random.choice((1, 2, 3, 3, 3))
    current = random.choice((13.0, 16.0, 16.0, 32.0)) if phases > 1 else random.choice((16.0, 32.0))
    return Visit(
        arrives=int(begins),
        leaves=int(ends),
        needs=random.uniform(4000, 40000) * 0.9,
        phases=phases,
        current=min(current, place.maximum),
        sleeps=random.choice((0, 0, 0, 0, 10, 60, 600)),
    )


@dataclass(slots=True, kw_only=True)
class Charger:
    """A charger in virtual time. ``allowed`` is what it accepted last and ``told_at`` when.

    ``deaf`` are the times in which it cannot be reached. It loses a share ``forgets`` of what it
    accepts. With ``renewed_at`` set it falls back to 6 A when that is too long ago.
    """

    place: Place
    grid: GridType
    visits: list[Visit]
    random: Random
    deaf: tuple[Outage, ...] = ()
    forgets: float = 0.0
    allowed: Ampere = 0.0
    told_at: int = -1
    renewed_at: int | None = None
    visit: Visit | None = None
    car: Car | None = None
    current: Ampere = 0.0
    measured: Ampere = 0.0
    measured_at: int = 0
    wiring: Wiring = field(init=False)
    _held: Ampere = 0.0
    _offer: Ampere = 0.0
    _offered_at: int = -_OFFER_EVERY
    _orders: list[tuple[float, Ampere]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Wire the charger as for a car that uses all of it."""
        self.wiring = self.place.wiring(self.grid, 3)

    def reachable(self, second: int) -> bool:
        """Return whether it is connected."""
        return not any(begins <= second < ends for begins, ends in self.deaf)

    def command(self, second: int, current: Ampere) -> None:
        """Send it a limit, in A; it is in force 0.1 to 2 s later."""
        if self.reachable(second):
            self.allowed, self.told_at = current, second
            if self.random.random() >= self.forgets:
                self._orders.append((second + self.random.uniform(0.1, 2.0), current))

    def step(self, second: int) -> None:
        """Go on by a second."""
        self._come_and_go(second)
        while self._orders and self._orders[0][0] <= second:
            self._held = self._orders.pop(0)[1]
        held = self._held
        if self.renewed_at is not None and second - self.renewed_at > EXPIRES:
            held = min(held, FAIL_SAFE)
        if held != self._offer and second - self._offered_at >= _OFFER_EVERY:
            self._offer, self._offered_at = held, second
        if self.car is None or self.visit is None:
            self.current = 0.0
        else:
            self.car.paused = second < self.visit.arrives + self.visit.sleeps
            self.current = self.car.follow(self._offer, 1.0)
            self.car.charge(self.current * self.wiring.watts_per_ampere / _HOUR)
        if second % _MEASURES_EVERY == 7 and self.reachable(second):
            self.measured, self.measured_at = self.current, second

    @property
    def wants(self) -> bool:
        """Return whether there is a car that is not full."""
        return self.car is not None and not self.car.is_full

    def done(self, second: int) -> bool:
        """Return whether no car will take anything any more."""
        return not self.wants and all(visit.arrives <= second for visit in self.visits)

    @property
    def sleeping(self) -> bool:
        """Return whether the car takes nothing though it was offered enough."""
        return bool(self.car and self._offer >= FAIL_SAFE and not self.current)

    def draw(self) -> dict[Phase, Ampere]:
        """Return what it measured of each of the site's lines, in A."""
        amperes = self.wiring.amperes_per_ampere
        lines = dict(zip(Phase, amperes, strict=True))
        return {line: self.measured * lines[line] for line in self.place.lines.lines}

    def _come_and_go(self, second: int) -> None:
        if self.visit is not None and second >= self.visit.leaves:
            self.visit = self.car = None
        if self.visit is None:
            for visit in self.visits:
                if visit.arrives <= second < visit.leaves:
                    self.visit, self.car = visit, visit.car()
                    self.wiring = self.place.wiring(self.grid, visit.phases)
