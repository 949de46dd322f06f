"""A year of a house with a capacity tariff: what its hours cost with and without a budget.

The house: a base of 0.5 kW, heat that grows with the cold, peaks in the morning and the evening, and an
hour's noise that lasts into the next. The tariff: a fee per month by the mean of the three highest
hours on different days (steps of a common grid company of eastern Norway).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import cos, exp, pi
from random import Random

from custom_components.zmartcharge.plan import (
    CarNeed,
    Headroom,
    HourAllowance,
    HouseLoad,
    LoadSample,
    PricedPeriod,
    expected_headroom,
    learn_load,
    plan_one,
)

from .peers import Rule, delivered
from .prices import OSLO, Series
from .sessions import Visit

_HOUR = timedelta(hours=1)
#: Up to so many kWh per hour, and NOK per month.
STEPS = (
    (2, 125.0),
    (5, 206.0),
    (10, 356.0),
    (15, 506.0),
    (20, 656.0),
    (25, 806.0),
    (10**6, 1_256.0),
)
#: How many hours of the past the house's load is learned from.
_PAST = 24 * 7 * 8
#: What is kept free of an hour's budget, in Wh.
_KEPT = 200

#: The visit, when the hour begins, what is left to be charged -> what to take in the four quarters.
type Choice = Callable[[Visit, int, int], Sequence[int]]


def house_load(seed: int, series: Series) -> list[int]:
    """Return what a house takes in each hour of a series of prices, in Wh."""
    random = Random(f"house {seed}")
    cold, noise, found = 0.0, 0.0, []
    for hour in range(-(-len(series.paid) // 4)):
        local = (series.start + hour * _HOUR).astimezone(OSLO)
        at, day = local.hour, local.timetuple().tm_yday
        if at == 0:
            cold = 0.85 * cold + random.gauss(0, 0.15)
        noise = 0.5 * noise + random.gauss(0, 0.25)
        heat = 0.9 * (1 + cos(2 * pi * (day - 20) / 365)) * (1 + cold)
        peaks = 0.9 * exp(-((at - 7) ** 2) / 3) + 1.6 * exp(-((at - 18) ** 2) / 6)
        found.append(max(200, round(1000 * (0.5 + max(0.0, heat) + peaks * exp(noise)))))
    return found


@dataclass(frozen=True, slots=True)
class Bill:
    """What a year costs, in NOK: the car's energy and the capacity fees; and what it missed, in %."""

    energy: float
    capacity: float
    missed: float


def fee(hours: Sequence[int], start: datetime) -> float:
    """Return a year's capacity fees of what a site takes each hour, in NOK."""
    months: dict[tuple[int, int], dict[int, int]] = {}
    for index, energy in enumerate(hours):
        local = (start + index * _HOUR).astimezone(OSLO)
        days = months.setdefault((local.year, local.month), {})
        days[local.day] = max(days.get(local.day, 0), energy)
    total = 0.0
    for days in months.values():
        highest = sorted(days.values())[-3:]
        mean = sum(highest) / len(highest) / 1000
        total += next(price for limit, price in STEPS if mean <= limit)
    return total


def budgets_of(house: Sequence[int], start: datetime) -> list[int]:
    """Return each hour's budget: the step that the house alone had reached the month before, in Wh.

    At least the 5 kWh step: below it a car could hardly charge.
    """
    found, before, month, days = [], 10.0, None, dict[int, int]()
    for index, energy in enumerate(house):
        local = (start + index * _HOUR).astimezone(OSLO)
        if month != local.month:
            highest = sorted(days.values())[-3:] or [5_000]
            before = next(s for s, _ in STEPS if sum(highest) / len(highest) / 1000 <= s)
            month, days = local.month, {}
        days[local.day] = max(days.get(local.day, 0), energy)
        found.append(int(max(5.0, before) * 1000))
    return found


def charge(series: Series, visits: Sequence[Visit], house: Sequence[int], choice: Choice) -> Bill:
    """Return what a year costs when ``choice`` tells what to charge, hour by hour."""
    hours = list(house)
    cost, needed, taken = 0.0, 0, 0
    for visit in visits:
        left = visit.energy
        for first in range(visit.begin - visit.begin % 4, visit.end, 4):
            for quarter, energy in enumerate(choice(visit, max(first, visit.begin), left)):
                index = max(first, visit.begin) + quarter
                now = min(left, energy) if index < visit.end else 0
                left -= now
                cost += now * series.paid[index] / 1000 if now else 0.0
                hours[first // 4] += now
            if left <= 0:
                break
        needed += visit.energy
        taken += visit.energy - left
    return Bill(cost, fee(hours, series.start), 100 * (1 - taken / max(1, needed)))


class Ruled:
    """Follows another planner's rule, which knows the need and nothing of the house."""

    def __init__(self, series: Series, rule: Rule) -> None:
        """Choose nothing yet."""
        self._series = series
        self._rule = rule
        self._chosen: tuple[Visit, list[int]] | None = None

    def __call__(self, visit: Visit, first: int, _left: int) -> Sequence[int]:
        """Return what to take in the quarters of an hour."""
        if self._chosen is None or self._chosen[0] is not visit:
            spot = self._series.spot[visit.begin : visit.end]
            self._chosen = visit, delivered(self._rule, spot, visit.energy, visit.power)
        at = first - visit.begin
        return self._chosen[1][at : at + 4 - first % 4]


class Planned:
    """Plans each hour anew, with a budget for the hours or without.

    ``perfect``: what the house will take is known; else it is learned and predicted, and within the
    hour the balancing keeps to what is really left of the budget.
    """

    def __init__(
        self,
        series: Series,
        house: Sequence[int],
        budgets: Sequence[int] | None,
        *,
        perfect: bool = False,
    ) -> None:
        """Prepare the prices."""
        self._series = series
        self._house = house
        self._budgets = budgets
        self._perfect = perfect
        self._load: tuple[int, HouseLoad] | None = None
        self._periods = [
            PricedPeriod(series.time(i), series.time(i + 1), Decimal(str(round(each, 5))))
            for i, each in enumerate(series.paid)
        ]

    def __call__(self, visit: Visit, first: int, left: int) -> Sequence[int]:
        """Return what to take in the quarters of an hour."""
        now = self._series.time(first)
        watts = 230.0 if visit.power < 11_000 else 690.0
        need = CarNeed(
            car=visit.driver,
            energy=left,
            watts_per_ampere=watts,
            max_current=visit.power / watts,
            ready_by=self._series.time(visit.end),
        )
        room = self._room(first, visit.end)
        plan = plan_one(need, self._periods[first : visit.end], now, room)
        ends = first - first % 4 + 4
        found = [0.0] * (ends - first)
        for slot in plan.slots:
            for quarter in range(len(found)):
                start = self._series.time(first + quarter)
                common = min(slot.end, self._series.time(first + quarter + 1))
                hours = (common - max(slot.start, start)) / _HOUR
                found[quarter] += max(0.0, slot.current * watts * hours)
        wanted = [round(each) for each in found]
        return wanted if self._budgets is None or plan.over_budget else self._kept(first, wanted)

    def _room(self, first: int, end: int) -> Headroom:
        if self._budgets is None:
            return Headroom()
        hour, last = first // 4, -(-end // 4)
        begin = self._series.start + hour * _HOUR
        if self._perfect:
            return Headroom(
                hours=tuple(
                    HourAllowance(
                        begin + i * _HOUR,
                        max(0, self._budgets[hour + i] - _KEPT - self._house[hour + i]),
                    )
                    for i in range(last - hour)
                )
            )
        load = self._learned(hour)
        return expected_headroom(
            load, begin, begin + (last - hour) * _HOUR, hour_budget=self._budgets[hour] - _KEPT
        )

    def _learned(self, hour: int) -> HouseLoad:
        """Return what is expected of the house, learned once a day."""
        day = hour - hour % 24
        if self._load is None or self._load[0] != day:
            past = range(max(0, day - _PAST), day)
            samples = [LoadSample(self._series.start + i * _HOUR, self._house[i]) for i in past]
            self._load = day, learn_load(samples, self._series.start + day * _HOUR, OSLO)
        return self._load[1]

    def _kept(self, first: int, wanted: list[int]) -> list[int]:
        """Return what the balancing lets the car take of this hour's budget."""
        assert self._budgets is not None
        hour = first // 4
        left = max(0, self._budgets[hour] - _KEPT - self._house[hour])
        found = []
        for each in wanted:
            found.append(min(left, each))
            left -= found[-1]
        return found
