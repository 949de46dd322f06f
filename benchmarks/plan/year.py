"""What a year of charging costs by each rule, and by our plans with a known and a learned need."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

from custom_components.zmartcharge.plan import (
    CarNeed,
    PastSession,
    Plan,
    PricedPeriod,
    learn_need,
    plan_one,
)

from .peers import RULES, delivered
from .prices import OSLO, QUARTER, Series
from .sessions import Visit

_HOUR = 4
#: Sessions after which a household's need is learned well enough to be counted.
_LEARNED_AFTER = 20
_MISSED = 250
OPTIMUM, KNOWN, LEARNED, QUANTILE = (
    "optimum",
    "ours, need known",
    "ours, need learned",
    "ours, plain 80 % quantile",
)


@dataclass(slots=True)
class Outcome:
    """Sums over sessions; costs in NOK, energies in Wh."""

    cost: float = 0.0
    #: The least that the energy which was delivered could have cost.
    least: float = 0.0
    energy: int = 0
    needed: int = 0
    sessions: int = 0
    short: int = 0
    starts: int = 0

    @property
    def above(self) -> float:
        """Return how much was paid above the optimum for the same energy, in %."""
        return 100 * (self.cost / self.least - 1) if self.least else 0.0

    @property
    def missed(self) -> float:
        """Return how much of the needed energy was missed, in %."""
        return 100 * (1 - self.energy / self.needed) if self.needed else 0.0

    def add(self, visit: Visit, paid: Sequence[float], placed: Sequence[int]) -> None:
        """Count a session with what was charged in each of its quarters."""
        energy = sum(placed)
        self.cost += sum(e * p for e, p in zip(placed, paid, strict=True)) / 1000
        self.least += least_cost(paid, energy, visit.power)
        self.energy += energy
        self.needed += visit.energy
        self.sessions += 1
        self.short += visit.energy - energy > _MISSED
        self.starts += sum(
            1 for i, each in enumerate(placed) if each and (not i or not placed[i - 1])
        )

    def join(self, other: Outcome) -> None:
        """Add another outcome."""
        self.cost += other.cost
        self.least += other.least
        self.energy += other.energy
        self.needed += other.needed
        self.sessions += other.sessions
        self.short += other.short
        self.starts += other.starts


@dataclass(slots=True)
class Year:
    """The outcomes of a series by rule."""

    by_rule: dict[str, Outcome] = field(default_factory=dict)

    def of(self, name: str) -> Outcome:
        """Return the outcome of a rule."""
        return self.by_rule.setdefault(name, Outcome())


def least_cost(paid: Sequence[float], energy: int, power: int) -> float:
    """Return the least that an energy can cost in these quarters, in NOK."""
    cost, quarter = 0.0, power // 4
    for price in sorted(paid):
        taken = min(energy, quarter)
        cost += taken * price / 1000
        energy -= taken
        if not energy:
            break
    return cost


def run_year(series: Series, visits: Sequence[Visit], year: Year) -> None:
    """Charge all visits by each rule and add what came of it."""
    periods = [
        PricedPeriod(series.time(i), series.time(i + 1), Decimal(str(round(each, 5))))
        for i, each in enumerate(series.paid)
    ]
    past: dict[str, list[PastSession]] = {}
    for visit in visits:
        paid = series.paid[visit.begin : visit.end]
        spot = series.spot[visit.begin : visit.end]
        known = past.setdefault(visit.driver, [])
        for name, rule in RULES.items():
            year.of(name).add(visit, paid, delivered(rule, spot, visit.energy, visit.power))
        year.of(KNOWN).add(visit, paid, _known(visit, series, periods))
        if len(known) >= _LEARNED_AFTER:
            for name in (LEARNED, QUANTILE):
                placed = _learned(visit, series, periods, known, plain=name == QUANTILE)
                year.of(name).add(visit, paid, placed)
        known.append(PastSession(series.time(visit.begin), visit.energy, visit.full))


def _need(visit: Visit, series: Series, energy: int, *, charging: bool = False) -> CarNeed:
    return CarNeed(
        car=visit.driver,
        energy=energy,
        watts_per_ampere=230.0 if visit.power < 11_000 else 690.0,
        max_current=visit.power / (230.0 if visit.power < 11_000 else 690.0),
        ready_by=series.time(visit.end),
        charging=charging,
    )


def _known(visit: Visit, series: Series, periods: Sequence[PricedPeriod]) -> list[int]:
    given = periods[visit.begin : visit.end]
    plan = plan_one(_need(visit, series, visit.energy), given, series.time(visit.begin))
    return charged(plan, visit, series, visit.begin, visit.end, visit.energy)


def _learned(
    visit: Visit,
    series: Series,
    periods: Sequence[PricedPeriod],
    past: Sequence[PastSession],
    *,
    plain: bool,
) -> list[int]:
    """Return what is charged when the need is learned, and corrected each hour unless ``plain``.

    Nothing new is known before the car is given the first energy, so until then there is nothing to
    correct.
    """
    placed = [0] * (visit.end - visit.begin)
    plugged = series.time(visit.begin)
    at = visit.begin
    while at < visit.end and sum(placed) < visit.energy:
        taken = sum(placed)
        learned = learn_need(past[-200:], plugged, OSLO, taken=taken)
        charging = at > visit.begin and placed[at - visit.begin - 1] > 0
        need = _need(visit, series, learned.energy, charging=charging)
        if not plain:
            need = replace(need, likely=learned.likely)
        plan = plan_one(need, periods[at : visit.end], series.time(at))
        until = visit.end
        if plan.slots and not plain:
            begins = visit.begin + (plan.slots[0].start - plugged) // QUARTER
            until = min(visit.end, max(begins, at + _HOUR))
        found = charged(plan, visit, series, at, until, visit.energy - taken)
        placed[at - visit.begin : until - visit.begin] = found
        at = until
    return placed


def charged(plan: Plan, visit: Visit, series: Series, begin: int, end: int, left: int) -> list[int]:
    """Return what a car takes in each quarter when a plan is followed until it is full."""
    watts = 230.0 if visit.power < 11_000 else 690.0
    placed = [0] * (end - begin)
    for slot in plan.slots:
        first = max(0, (slot.start - series.time(begin)) // QUARTER)
        last = min(end - begin, -((series.time(begin) - slot.end) // QUARTER))
        for index in range(first, last):
            start = series.time(begin + index)
            common = min(slot.end, start + QUARTER) - max(slot.start, start)
            taken = min(left, round(slot.current * watts * (common / timedelta(hours=1))))
            placed[index] += taken
            left -= taken
    return placed
