"""The plans of several cars that share the site's headroom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..units import WattHour
from .arranging import settle
from .breathing import unhurried
from .building import Placement, build_plan
from .filling import fill
from .flow import Flow
from .grid import Grid
from .inputs import NO_HEADROOM_LIMIT, NO_OVERRIDES, CarNeed, Headroom, Overrides, PricedPeriod
from .one import Wish, grid_of, plan_one, task_of, track_of, whole_second, wish_of
from .result import Plan
from .task import Stage, Task

#: Up to so many cars are looked at twice for fewer starts, and up to so many closely.
_TWICE, _CLOSELY = 4, 2
#: In how many steps of at least so many Wh hours' budgets are exceeded.
_RAISES, _RAISED_LEAST = 24, 50


def plan_joint(
    needs: Sequence[CarNeed],
    prices: Sequence[PricedPeriod],
    now: datetime,
    headroom: Headroom = NO_HEADROOM_LIMIT,
    overrides: Mapping[str, Overrides] | None = None,
) -> tuple[Plan, ...]:
    """Return when each car charges, in the order of ``needs``; ``overrides`` by car.

    What cars take in a period together is within its headroom as a mean; from moment to moment the
    load balancing shares it. Raises ``ValueError`` for a naive ``now`` and for a car named twice.
    """
    said = overrides or {}
    if len({need.car for need in needs}) < len(needs):
        raise ValueError("a car is named twice")
    now = whole_second(now)
    if len(needs) == 1:
        one = needs[0]
        return (plan_one(one, prices, now, headroom, said.get(one.car, NO_OVERRIDES)),)
    wishes = [wish_of(need, said.get(need.car, NO_OVERRIDES)) for need in needs]
    plans: tuple[Plan, ...] = ()
    for late in (False, True):
        grid = grid_of(wishes, prices, headroom, now, late=late)
        tasks = [task_of(wish, grid, now) for wish in unhurried(wishes)]
        site = _Site(tasks, grid, headroom)
        plans = _plans(site, wishes, now)
        if not any(plan.missing and plan.ready_by is not None for plan in plans):
            break
    return plans


@dataclass(slots=True)
class _Placed:
    """What one car has in each segment, in Wh; see ``Placement``."""

    energy: list[WattHour]
    optimum: list[WattHour]
    expected: list[WattHour]


class _Site:
    """The segments, and what each car has of them."""

    def __init__(self, tasks: Sequence[Task], grid: Grid, headroom: Headroom) -> None:
        """Begin with nothing placed."""
        self.tasks = tasks
        self.grid = grid
        self.room = grid.room()
        self.budgets = list(grid.budgets)
        self._yields = headroom.budget_yields
        self._cars: list[_Placed] = []
        self._total: list[WattHour] = []

    def urgency(self) -> list[int]:
        """Return the cars, those first that have the least time to spare."""

        def spare(car: int) -> tuple[bool, bool, float]:
            task = self.tasks[car]
            power = task.need.max_current * task.need.watts_per_ampere
            ready = task.need.ready_by
            at = ready.timestamp() if ready is not None else 0.0
            return task.until_full, ready is None, at - 3600 * task.energy / max(1.0, power)

        return sorted(range(len(self.tasks)), key=spare)

    def share(self) -> None:
        """Place all cars' energy the cheapest way without regard to starts.

        First what does not depend on a price, then as the front door tells.
        """
        count = len(self.grid)
        forced = [[0] * count for _ in self.tasks]
        room, budgets = list(self.room), list(self.grid.budgets)
        order = self.urgency()
        for stage in (Stage.OVERRIDE, Stage.MINIMUM_FIRST, Stage.PREHEAT):
            for car in unhurried(order):
                self._force(car, stage, forced[car], room, budgets)
        flow = Flow(
            [each if each is not None else 1.0 + 1e-13 * i for i, each in enumerate(self._worth())],
            [
                [most - has for most, has in zip(task.reach.most, forced[car], strict=True)]
                for car, task in enumerate(self.tasks)
            ],
            room,
            self.grid.hour,
            budgets,
        )
        left = [task.energy - sum(forced[car]) for car, task in enumerate(self.tasks)]
        for stage in (Stage.PRICE, Stage.NO_PRICE, Stage.ABOVE_LIMIT):
            for car in unhurried(order):
                task = self.tasks[car]
                if left[car] > 0:
                    flow.allow(car, (i for i in task.order if task.stage[i] is stage))
                    left[car] = flow.add(car, left[car])
        if self._yields:
            self._exceed(flow, left)
        for car in unhurried(range(len(self.tasks))):
            total = [a + b for a, b in zip(forced[car], flow.placed(car), strict=True)]
            self._cars.append(_Placed(total, total, total))
        self._total = [sum(each) for each in zip(*(c.energy for c in self._cars), strict=True)]
        used = self._by_hour(self._total)
        self.budgets = [max(pair) for pair in zip(self.budgets, used, strict=True)]

    def _exceed(self, flow: Flow, left: list[WattHour]) -> None:
        """Place what cannot be ready in time within the hours' budgets, in all hours alike.

        Each round raises the budgets by no more than they must be at least; ``left`` is changed.
        """
        hurried = [
            car
            for car in self.urgency()
            if self.tasks[car].need.ready_by is not None and not self.tasks[car].until_full
        ]
        for number in range(_RAISES):
            late = [car for car in hurried if left[car] > 0]
            hours = {
                self.grid.hour[index]
                for car in late
                for index in self.tasks[car].order
                if self.grid.hour[index] >= 0
            }
            if not hours:
                return
            lacks = sum(left[car] for car in late)
            more = lacks if number + 1 == _RAISES else -(-lacks // len(hours))
            flow.raise_budgets(max(more, _RAISED_LEAST))
            for car in late:
                left[car] = flow.add(car, left[car])

    def _worth(self) -> list[float | None]:
        late = all(task.need.prefer_late for task in self.tasks)
        return [
            None if price is None else price + 1e-13 * (-index if late else index)
            for index, price in enumerate(self.grid.price)
        ]

    def _force(
        self,
        car: int,
        stage: Stage,
        placed: list[WattHour],
        room: list[WattHour | None],
        budgets: list[WattHour],
    ) -> None:
        """Place what comes before the price; it takes of the hours' budgets, whatever is left."""
        task = self.tasks[car]
        left = task.energy - sum(placed)
        for index in task.order:
            if task.stage[index] is not stage or left <= 0:
                continue
            limit = room[index]
            take = min(left, task.reach.most[index])
            take = take if limit is None else min(take, limit)
            placed[index] += take
            left -= take
            if limit is not None:
                room[index] = limit - take
            if (hour := self.grid.hour[index]) >= 0:
                budgets[hour] = max(0, budgets[hour] - take)

    def _by_hour(self, placed: Sequence[WattHour]) -> list[WattHour]:
        used = [0] * len(self.grid.budgets)
        for hour, energy in zip(self.grid.hour, placed, strict=True):
            if hour >= 0:
                used[hour] += energy
        return used

    def _others(self, car: int) -> list[WattHour]:
        """Return what the others take in each segment."""
        own = self._cars[car].energy
        return [total - each for total, each in zip(self._total, own, strict=True)]

    def _left(self, car: int, others: Sequence[WattHour]) -> list[WattHour]:
        """Return what the others leave for a car in each segment."""
        return [
            most if room is None else max(0, min(most, room - taken))
            for most, room, taken in zip(self.tasks[car].reach.most, self.room, others, strict=True)
        ]

    def _set(self, car: int, placed: _Placed, others: Sequence[WattHour]) -> None:
        self._cars[car] = placed
        self._total = [a + b for a, b in zip(others, placed.energy, strict=True)]

    def settle(self, car: int) -> None:
        """Place a car's energy anew in what the others leave, with few starts."""
        task = self.tasks[car]
        energy = sum(self._cars[car].energy)
        others = self._others(car)
        used = self._by_hour(others)
        budgets = [a - b for a, b in zip(self.budgets, used, strict=True)]
        left = self._left(car, others)
        # Where others leave too little to charge with at the same time, they would have to take turns.
        alone = [
            most if most >= least else 0 for most, least in zip(left, task.reach.least, strict=True)
        ]
        track = track_of(task, self.grid, alone, budgets)
        optimum = fill(task.order, track.most, track.hour, budgets, energy)
        if sum(optimum) < energy:
            track = track_of(task, self.grid, left, budgets)
            optimum = fill(task.order, track.most, track.hour, budgets, energy)
        placed, expected = settle(
            task, track, optimum, whole=energy == task.energy, closely=len(self.tasks) <= _CLOSELY
        )
        self._set(car, _Placed(placed, optimum, expected), others)

    def late(self, car: int) -> None:
        """Place what a car lacks as soon as there is power after it must be ready."""
        task, has = self.tasks[car], self._cars[car]
        lacks = task.energy - sum(has.energy)
        if lacks <= 0 or not task.late:
            return
        used, others = self._by_hour(self._total), self._others(car)
        left = [max(0, a - b) for a, b in zip(self.budgets, used, strict=True)]
        hour = [-1] * len(self.grid) if self._yields else self.grid.hour
        more = fill(task.late, self._left(car, others), hour, left, lacks)
        total = [a + b for a, b in zip(has.energy, more, strict=True)]
        self._set(car, _Placed(total, has.optimum, total), others)

    def placement(self, car: int) -> Placement:
        """Return what a car has, with its share of what exceeds the hours' budgets."""
        task, has = self.tasks[car], self._cars[car]
        used, own = self._by_hour(self._total), self._by_hour(has.energy)
        over = {
            hour: own[hour] * (used[hour] - budget) // used[hour]
            for hour, budget in enumerate(self.grid.budgets)
            if used[hour] > budget and own[hour]
        }
        lacks = 0 if task.until_full else max(0, task.energy - sum(has.energy))
        return Placement(
            placed=has.energy,
            optimum=has.optimum,
            expected=has.expected,
            over=over,
            missing=lacks,
        )


def _plans(site: _Site, wishes: Sequence[Wish], now: datetime) -> tuple[Plan, ...]:
    site.share()
    order = site.urgency()
    for _ in range(2 if len(order) <= _TWICE else 1):
        for car in unhurried(order):
            site.settle(car)
    for car in order:
        site.late(car)
    return tuple(
        build_plan(
            task,
            site.grid,
            track_of(task, site.grid, task.reach.most, site.budgets),
            site.placement(car),
            wishes[car].overrides,
            now,
        )
        for car, task in enumerate(unhurried(site.tasks))
    )
