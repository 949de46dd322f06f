"""Short ways to say what a test is about, and a house in virtual time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from custom_components.zmartcharge.balance import (
    BalanceState,
    ChargerSituation,
    Decision,
    LineReading,
    Readings,
    SiteLimits,
    Situation,
    Timing,
    balance,
    feed_of,
    needs_balancing,
)
from custom_components.zmartcharge.units import GridType, Phase, Wiring

#: The night on which the clocks in Norway change; nothing here may notice.
NOW = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
L1, L2, L3 = Phase
TN, IT = GridType.TN_400, GridType.IT_230
THREE = feed_of(Wiring.L1_L2_L3, TN)
SECOND = timedelta(seconds=1)


def charger(name: str = "a", **changes: Any) -> ChargerSituation:
    """Return a three-phase charger of 16 A whose car charges with what it is allowed."""
    allowed = changes.get("allowed", 0.0)
    given: dict[str, Any] = {
        "feeds": (THREE,),
        "maximum": 16.0,
        "plugged": True,
        "wants": True,
        "arrived": NOW - timedelta(hours=1),
    }
    if allowed:
        feed = changes.get("feeds", (THREE,))[changes.get("feed", 0)]
        given["draw"] = {line: allowed * each for line, each in feed.coefficients.items()}
        given["draw_at"] = NOW
        given["commanded_at"] = NOW - timedelta(minutes=10)
    return ChargerSituation(id=name, **(given | changes))


def readings(*currents: float, at: datetime = NOW, **changes: Any) -> Readings:
    """Return fresh readings of L1, L2, L3; one current is that of all three."""
    if len(currents) == 1:
        currents *= 3
    lines = {
        line: LineReading(current=amperes, at=at)
        for line, amperes in zip(Phase, currents, strict=True)
    }
    return Readings(lines=lines, **changes)


def situation(
    taken: Readings, *chargers: ChargerSituation, fuse: float = 25.0, **limits: Any
) -> Situation:
    """Return a situation in a TN site."""
    given: dict[str, Any] = {"grid": TN, "fuse": fuse}
    timing = limits.pop("timing", Timing())
    return Situation(
        limits=SiteLimits(**(given | limits)), readings=taken, chargers=chargers, timing=timing
    )


def at(moment: Situation, when: datetime) -> Situation:
    """Return the same situation, measured at another time."""
    taken = moment.readings
    lines = {line: replace(reading, at=when) for line, reading in taken.lines.items()}
    power_at = when if taken.power is not None else None
    return replace(
        moment,
        readings=replace(taken, lines=lines, power_at=power_at),
        chargers=tuple(
            replace(c, draw_at=when if c.draw is not None else None) for c in moment.chargers
        ),
    )


def settled(moment: Situation, *, minutes: float = 2, now: datetime = NOW) -> BalanceState:
    """Return the state after the same situation has been seen for a while until just before now."""
    state = BalanceState()
    count = int(minutes * 6)
    for index in range(count, 0, -1):
        when = now - timedelta(seconds=10 * index)
        state, _ = balance(state, at(moment, when), when)
    return state


def decide(moment: Situation, before: Situation | None = None) -> Decision:
    """Return the decision on a situation after minutes of another, or of the same one."""
    _, decision = balance(settled(before or moment), moment, NOW)
    return decision


def currents(decision: Decision) -> dict[str, float]:
    """Return what each charger was allocated."""
    return {allocation.charger: allocation.current for allocation in decision.allocations}


@dataclass
class Car:
    """A charger in virtual time with a car that follows within five seconds."""

    situation: ChargerSituation
    takes: float = 16.0
    draw: float = 0.0
    #: What it really loads the lines with, when that is not what the charger is believed to.
    uses: Mapping[Phase, float] | None = None
    changes: list[tuple[float, float]] = field(default_factory=list)

    @property
    def coefficients(self) -> Mapping[Phase, float]:
        """Return the amperes that it takes of each line per ampere."""
        return self.uses or self.situation.feeds[self.situation.feed].coefficients

    def step(self) -> None:
        """Go on by a second."""
        wanted = min(self.takes, self.situation.allowed)
        wanted = wanted if wanted >= 6 and self.situation.wants else 0.0
        reach = self.takes / 5
        self.draw = min(max(wanted, self.draw - reach), self.draw + reach)


@dataclass
class Loop:
    """A house, its meter and its chargers, second by second."""

    load: Callable[[float], Mapping[Phase, float]]
    cars: list[Car]
    fuse: float = 25.0
    limits: dict[str, Any] = field(default_factory=dict)
    #: Whether the total power comes each 2.5 s (here 2 s), and whether the chargers measure.
    power: bool = False
    measures: bool = True
    delay: int = 1
    #: From when on the meter repeats what it said last, and how much the power wanders (W).
    frozen_from: int | None = None
    wander: float = 3.0
    second: int = 0
    state: BalanceState = field(default_factory=BalanceState)
    totals: list[float] = field(default_factory=list)
    decision: Decision | None = None
    timing: Timing = field(default_factory=Timing)

    def __post_init__(self) -> None:
        """Start without a reading."""
        self._readings = Readings()
        self._orders: list[tuple[int, str, float, int]] = []

    @property
    def now(self) -> datetime:
        """Return the virtual time."""
        return NOW + timedelta(seconds=self.second)

    def line(self, line: Phase) -> float:
        """Return the true current in a line."""
        cars = sum(car.draw * car.coefficients.get(line, 0.0) for car in self.cars)
        return self.load(self.second).get(line, 0.0) + cars

    def run(self, seconds: int) -> None:
        """Go on for a while."""
        for _ in range(seconds):
            self._second()

    def _second(self) -> None:
        self.second += 1
        for car in self.cars:
            car.step()
        self.totals.append(max(self.line(line) for line in Phase))
        watts = (
            230 * sum(self.line(line) for line in Phase) + self.second * 7 % 13 / 13 * self.wander
        )
        heard = False
        if self.frozen_from is not None and self.second >= self.frozen_from:
            heard = self._repeat()
        elif self.second % 10 == 0:
            lines = {p: LineReading(current=self.line(p), at=self.now) for p in Phase}
            self._readings = Readings(
                lines=lines, power=watts if self.power else None, power_at=self.now
            )
            heard = True
        elif self.power and self.second % 2 == 0 and self._readings.lines:
            self._readings = replace(self._readings, power=watts, power_at=self.now)
            heard = True
        if self.second % 10 == 7 and self.measures:
            heard = True
            for car in self.cars:
                draw = {line: car.draw * each for line, each in car.coefficients.items()}
                car.situation = replace(car.situation, draw=draw, draw_at=self.now)
        self._obey()
        look = self.decision.next_look if self.decision else None
        if heard or (look is not None and look <= self.now):
            self._balance()

    def _repeat(self) -> bool:
        if self.second % 10:
            return False
        taken = self._readings
        lines = {p: replace(reading, at=self.now) for p, reading in taken.lines.items()}
        self._readings = replace(taken, lines=lines, power_at=self.now)
        return True

    def situation(self) -> Situation:
        """Return what is known now."""
        return Situation(
            limits=SiteLimits(**({"grid": TN, "fuse": self.fuse} | self.limits)),
            readings=self._readings,
            chargers=tuple(car.situation for car in self.cars),
            timing=self.timing,
        )

    def _balance(self) -> None:
        moment = self.situation()
        self.state, self.decision = balance(self.state, moment, self.now)
        if needs_balancing(self.decision, moment) is None or self._orders:
            return
        for car in self.cars:
            allocation = self.decision.of(car.situation.id)
            if (allocation.current, allocation.feed) != (car.situation.allowed, car.situation.feed):
                self._orders.append(
                    (
                        self.second + self.delay,
                        car.situation.id,
                        allocation.current,
                        allocation.feed,
                    )
                )

    def _obey(self) -> None:
        for order in [order for order in self._orders if order[0] <= self.second]:
            self._orders.remove(order)
            for car in self.cars:
                if car.situation.id == order[1]:
                    car.situation = replace(
                        car.situation, allowed=order[2], feed=order[3], commanded_at=self.now
                    )
                    car.changes.append((self.second, order[2]))

    @property
    def over(self) -> float:
        """Return the share of the time above the fuse's rating."""
        return sum(total > self.fuse + 1e-6 for total in self.totals) / len(self.totals)
