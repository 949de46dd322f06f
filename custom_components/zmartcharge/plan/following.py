"""What it means to go on with a plan that was made before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from ..units import Watt, WattHour
from .building import Placement, sum_up
from .grid import Grid, build_grid
from .inputs import Headroom, Overrides
from .likely import Needs
from .one import track_of
from .result import Plan, PlanSlot
from .task import Stage, Task
from .track import Track

#: What cars that follow their plans may exceed the headroom by: roundings of currents and times.
_TOLERANCE, _TOLERANCE_LEAST = 1.03, 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A plan from now on.

    ``placed`` in Wh by segment, within what the site spares; ``asked``: what the slots' currents would
    give. ``slots``: what is left of them. ``cost``: with its starts, as in ``Track.cost``.
    """

    task: Task
    grid: Grid
    track: Track
    slots: tuple[PlanSlot, ...]
    placed: list[WattHour]
    asked: WattHour
    cost: float

    @property
    def ends_at(self) -> datetime:
        """Return when the last slot ends."""
        return max((slot.end for slot in self.slots), default=datetime.min.replace(tzinfo=UTC))


def follow_plan(plan: Plan, task: Task, grid: Grid) -> Followed:
    """Return what a plan gives on a grid that is cut where its slots begin and end."""
    placed, asked = [0] * len(grid), 0
    left = max((task.energy, *task.need.likely))
    slots = iter(plan.slots)
    slot = next(slots, None)
    used: list[PlanSlot] = []
    for index, (start, end) in enumerate(zip(grid.starts, grid.ends, strict=True)):
        while slot is not None and slot.end.timestamp() <= start:
            slot = next(slots, None)
        if slot is None or left <= 0:
            break
        if slot.start.timestamp() > start or task.stage[index] is Stage.NEVER:
            continue
        current = min(slot.current, task.need.max_current)
        wanted = round(current * task.need.watts_per_ampere * (end - start) / 3600)
        asked += min(left, wanted)
        # A current told with one decimal gives a little less or more than was placed.
        placed[index] = min(left, wanted, task.reach.most[index])
        left -= placed[index]
        if not used or used[-1] is not slot:
            used.append(slot)
    track = track_of(task, grid, task.reach.most, grid.budgets)
    return Followed(
        task=task,
        grid=grid,
        track=track,
        slots=tuple(used),
        placed=placed,
        asked=asked,
        cost=track.cost(placed, max(1, sum(placed)))[1],
    )


def go_on(followed: Followed, overrides: Overrides, now: datetime) -> Plan:
    """Return the plan that is followed, with what is told of it made anew."""
    placed, task, grid = followed.placed, followed.task, followed.grid
    expected = _expected(placed, task)
    used = [0] * len(grid.budgets)
    for hour, energy in zip(grid.hour, placed, strict=True):
        if hour >= 0:
            used[hour] += energy
    over = {h: each - grid.budgets[h] for h, each in enumerate(used) if each > grid.budgets[h]}
    placement = Placement(
        placed=placed,
        optimum=placed,
        expected=expected,
        over=over,
        missing=0 if task.until_full else max(0, task.energy - sum(placed)),
    )
    slots = tuple(_repriced(slot, grid, expected) for slot in followed.slots)
    return sum_up(task, grid, followed.track, slots, placement, overrides, now)


def _expected(placed: Sequence[WattHour], task: Task) -> list[WattHour]:
    if not task.need.likely:
        return list(placed)
    return Needs(task.need.likely).taken(placed)


def _repriced(slot: PlanSlot, grid: Grid, expected: Sequence[WattHour]) -> PlanSlot:
    begin, end = slot.start.timestamp(), slot.end.timestamp()
    inside = [i for i, start in enumerate(grid.starts) if begin <= start < end and expected[i]]
    energy = sum(expected[i] for i in inside)
    prices = [(expected[i], price) for i in inside if (price := grid.money[i]) is not None]
    cost: Decimal | None = None
    if len(prices) == len(inside) > 0:
        cost = sum((wh * price for wh, price in prices), Decimal()) / 1000
    return replace(
        slot,
        energy=energy,
        cost=cost,
        price=1000 * cost / energy if cost is not None else None,
        forecast=any(grid.forecast[i] for i in inside),
    )


def fits(followed: Sequence[Followed], headroom: Headroom, over: WattHour) -> bool:
    """Tell whether cars that follow their plans leave the site's headroom to itself.

    ``over``: by how much the hours' budgets may be exceeded, in Wh.
    """
    loads = [
        (
            slot.start.timestamp(),
            slot.end.timestamp(),
            slot.current * each.task.need.watts_per_ampere,
        )
        for each in followed
        for slot in each.slots
    ]
    if not loads:
        return True
    starts = [start for each in followed for start in each.grid.starts[:1]]
    grid = build_grid((), headroom, min(starts), max(end for _, end, _ in loads))
    used = [0.0] * len(grid.budgets)
    for start, end, power, hour in zip(grid.starts, grid.ends, grid.power, grid.hour, strict=True):
        taken = sum(_within(load, start, end) for load in loads)
        if taken > _TOLERANCE * power * (end - start) / 3600 + _TOLERANCE_LEAST:
            return False
        if hour >= 0:
            used[hour] += taken
    exceeded = sum(
        max(0.0, taken - _TOLERANCE * budget - _TOLERANCE_LEAST)
        for taken, budget in zip(used, grid.budgets, strict=True)
    )
    return exceeded <= _TOLERANCE * over + _TOLERANCE_LEAST


def _within(load: tuple[float, float, Watt], start: float, end: float) -> float:
    """Return what a load takes between two times, in Wh."""
    begins, ends, watts = load
    return watts * max(0.0, min(end, ends) - max(start, begins)) / 3600
