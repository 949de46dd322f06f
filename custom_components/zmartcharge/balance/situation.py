"""What a decision is made from: the site's meter, its limits, and its chargers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import sqrt

from ..units import Ampere, GridType, Phase, Watt, WattHour, Wiring

#: The least current that IEC 61851-1 can offer a car, in A.
MINIMUM_CURRENT = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReading:
    """The current in a line of the main fuse, in A, and when it was measured.

    ``margin`` is how much more an estimated current may be in A; 0 for one that was measured. A value
    that is not fresh however young it looks (retained, from before the reader went offline) is to be
    left out of the readings.
    """

    current: Ampere
    at: datetime
    margin: Ampere = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """The newest picture of the main meter.

    ``power`` in W, negative while the site delivers. ``online`` is False after the reader's last
    will. ``frozen`` are lines whose currents do not follow what happens.
    """

    lines: Mapping[Phase, LineReading] = field(default_factory=dict)
    power: Watt | None = None
    power_at: datetime | None = None
    online: bool = True
    frozen: frozenset[Phase] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """A fuse between the main fuse and chargers, in A, that nothing else hangs on.

    ``members`` are the ids of the chargers directly on it; those of the inner ``circuits`` count too.
    """

    name: str
    limit: Ampere
    members: frozenset[str] = frozenset()
    circuits: tuple[Circuit, ...] = ()

    @property
    def chargers(self) -> frozenset[str]:
        """Return the ids of all chargers that this fuse feeds."""
        return self.members.union(*(circuit.chargers for circuit in self.circuits))


@dataclass(frozen=True, slots=True, kw_only=True)
class HourBudget:
    """What the site may still take from the grid until ``ends``, in Wh.

    ``yields`` tells that a charger which must start now to be ready in time is not held back.
    """

    energy: WattHour
    ends: datetime
    yields: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLimits:
    """What no sum may exceed. ``fuse`` is the main fuse's rating in A, ``margin`` is kept free of it.

    ``power_cap`` in W holds for the whole site. Raises ``ValueError`` for limits that leave nothing.
    """

    grid: GridType
    fuse: Ampere
    margin: Ampere = 0.0
    circuits: tuple[Circuit, ...] = ()
    power_cap: Watt | None = None
    budget: HourBudget | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.margin < self.fuse:
            raise ValueError("the margin must be at least 0 and below the fuse")

    @property
    def line_limit(self) -> Ampere:
        """Return what a line may carry, in A."""
        return self.fuse - self.margin


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A way in which a charger can feed its car.

    ``coefficients`` are amperes in each line of the site per ampere offered to the car,
    ``watts_per_ampere`` the power that goes with one.
    """

    coefficients: Mapping[Phase, float]
    phases: int
    watts_per_ampere: Watt

    @property
    def lines(self) -> tuple[Phase, ...]:
        """Return the lines that carry current."""
        return tuple(line for line, amperes in self.coefficients.items() if amperes > 0)


def feed_of(wiring: Wiring, grid: GridType) -> Feed:
    """Return the preset for how a charger is wired.

    Without a neutral (IT, TT at 230 V) a three-phase cable returns the currents of its first two
    lines, 60° apart, in its third: that one carries √3 times the offered current.
    """
    lines = wiring.lines
    if len(lines) == 3 and grid is GridType.IT_230:
        coefficients = dict(zip(lines, (1.0, 1.0, sqrt(3)), strict=True))
        return Feed(coefficients=coefficients, phases=3, watts_per_ampere=2 * grid.line_voltage)
    # In a TN system each line is a phase of its own; two lines (IT) are one.
    phases = 3 if len(lines) == 3 else 1
    return Feed(
        coefficients=dict.fromkeys(lines, 1.0),
        phases=phases,
        watts_per_ampere=phases * grid.line_voltage,
    )


def single_phase_feeds(wiring: Wiring, grid: GridType) -> tuple[Feed, ...]:
    """Return the single-phase feeds among which a charger that can choose may take one."""
    lines = wiring.lines
    if len(lines) < 3:
        return (feed_of(wiring, grid),)
    if grid is GridType.IT_230:
        pairs = zip(lines, (*lines[1:], lines[0]), strict=True)
        return tuple(_single(pair, grid) for pair in pairs)
    return tuple(_single((line,), grid) for line in lines)


def _single(lines: tuple[Phase, ...], grid: GridType) -> Feed:
    return Feed(
        coefficients=dict.fromkeys(lines, 1.0), phases=1, watts_per_ampere=grid.line_voltage
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargerSituation:
    """One charger (connector), as it is now. Currents in A per terminal, as they are offered.

    ``feeds`` are the ways in which it can feed its car, ``feed`` the index of the present one.
    ``maximum``, ``circuit_fuse``, ``cable`` and ``car`` limit it; the fuse of its own circuit holds
    for each of its lines. ``minimum`` is the least that its car charges with, ``step`` its resolution.

    ``wants``: a car is plugged in and is to be charged. ``suspended_by_car``: it may take current at
    any time but takes none now. ``draw`` is what the charger measured per line of the site at
    ``draw_at``.

    ``allowed`` is the last commanded current, commanded at ``commanded_at``; ``accepted`` is False
    when the charger refused it and still holds the one before. An offline charger may draw what it
    was allowed until ``allowed_until`` (``None``: for ever) and ``fail_safe`` from then on.

    ``priority``: the lowest number comes first. ``latest_start`` is when it must charge to be ready
    in time, ``arrived`` when its car was plugged in.
    """

    id: str
    feeds: tuple[Feed, ...]
    feed: int = 0
    maximum: Ampere
    minimum: Ampere = MINIMUM_CURRENT
    step: Ampere = 1.0
    circuit_fuse: Ampere | None = None
    cable: Ampere | None = None
    car: Ampere | None = None
    plugged: bool = False
    wants: bool = False
    suspended_by_car: bool = False
    draw: Mapping[Phase, Ampere] | None = None
    draw_at: datetime | None = None
    allowed: Ampere = 0.0
    commanded_at: datetime | None = None
    accepted: bool = True
    online: bool = True
    allowed_until: datetime | None = None
    fail_safe: Ampere = MINIMUM_CURRENT
    priority: int = 0
    latest_start: datetime | None = None
    arrived: datetime | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.feed < len(self.feeds):
            raise ValueError("feed must be the index of one of the feeds")
        if self.minimum < MINIMUM_CURRENT or self.step <= 0 or self.maximum < 0:
            raise ValueError("minimum is at least 6 A, step above 0, maximum at least 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How quickly things are believed and done.

    ``raise_after``: how long headroom must have lasted, in a house that seldom takes it back (see
    ``outlook``). ``restart_after``: how long a charger stays paused after an overload. ``turn``: how
    long a charger may keep another waiting. ``reaction``: how long a charger and its car may take to follow a command (IEC 61851-1 gives the car 5 s).
    ``stale_after``: when a reading is too old to charge on, ``pause_after`` when it is too old to
    charge at all. ``switch_after``: between two changes of the number of phases. ``unused_after``:
    how long a car must leave its allowance unused before others get it. ``early_excess``: by what
    share of the fuse a jump in power must exceed it to be acted on before the next currents.
    ``repeats_after``: how long currents and power may be exactly the same before less is drawn to see
    whether the meter tells of it.
    """

    raise_after: timedelta = timedelta(seconds=20)
    restart_after: timedelta = timedelta(minutes=1)
    turn: timedelta = timedelta(minutes=15)
    reaction: timedelta = timedelta(seconds=10)
    stale_after: timedelta = timedelta(seconds=30)
    pause_after: timedelta = timedelta(seconds=90)
    switch_after: timedelta = timedelta(minutes=10)
    unused_after: timedelta = timedelta(seconds=30)
    early_excess: float = 0.0
    repeats_after: timedelta = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything that a decision is made from. Raises ``ValueError`` for two chargers of one id."""

    limits: SiteLimits
    readings: Readings
    chargers: tuple[ChargerSituation, ...] = ()
    timing: Timing = Timing()

    def __post_init__(self) -> None:
        if len({charger.id for charger in self.chargers}) != len(self.chargers):
            raise ValueError("two chargers have the same id")
