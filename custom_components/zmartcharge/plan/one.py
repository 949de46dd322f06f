"""The plan of one car that has the site's headroom for itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ..units import WattHour
from .arranging import arrange
from .building import build_plan
from .grid import Grid, build_grid, reach_of, second
from .inputs import NO_HEADROOM_LIMIT, NO_OVERRIDES, CarNeed, Headroom, Overrides, PricedPeriod
from .result import Plan
from .task import Task, cuts, make_task, minimum_cut
from .track import Track

#: How far is looked when nothing else ends the plan, and behind the time to be ready at, in s.
_UNPRICED = 24 * 3600.0
_LATE = 48 * 3600.0


@dataclass(frozen=True, slots=True)
class Wish:
    """A car's need with what was said for once taken in."""

    need: CarNeed
    overrides: Overrides


def plan_one(
    need: CarNeed,
    prices: Sequence[PricedPeriod],
    now: datetime,
    headroom: Headroom = NO_HEADROOM_LIMIT,
    overrides: Overrides = NO_OVERRIDES,
) -> Plan:
    """Return when a car charges; see the room's front door for what goes before what.

    Raises ``ValueError`` for a naive ``now``.
    """
    now = whole_second(now)
    wishes = (wish_of(need, overrides),)
    grid = grid_of(wishes, prices, headroom, now, late=False)
    task = task_of(wishes[0], grid, now)
    track = track_of(task, grid, task.reach.most, grid.budgets)
    placement = arrange(task, track, yields=headroom.budget_yields)
    if placement.missing and wishes[0].need.ready_by is not None:
        grid = grid_of(wishes, prices, headroom, now, late=True)
        task = task_of(wishes[0], grid, now)
        track = track_of(task, grid, task.reach.most, grid.budgets)
        placement = arrange(task, track, yields=headroom.budget_yields)
    return build_plan(task, grid, track, placement, overrides, now)


def whole_second(now: datetime) -> datetime:
    """Return a time in UTC without a part of a second; raises ``ValueError`` for a naive one."""
    if now.utcoffset() is None:
        raise ValueError("now needs to be aware")
    return now.astimezone(UTC).replace(microsecond=0)


def wish_of(need: CarNeed, overrides: Overrides) -> Wish:
    """Return what a car needs when the user has said something for once."""
    ready = overrides.ready_by or need.ready_by
    if ready is not None:
        need = replace(need, ready_by=whole_second(ready))
    return Wish(need, overrides)


def grid_of(
    wishes: Sequence[Wish],
    prices: Sequence[PricedPeriod],
    headroom: Headroom,
    now: datetime,
    *,
    late: bool,
    marks: Iterable[float] = (),
) -> Grid:
    """Return the time that the plans of cars lie in, cut for them all and at ``marks``.

    ``late``: with time behind that at which they must be ready.
    """
    start = now.timestamp()
    priced_until = start
    if any(wish.need.ready_by is None for wish in wishes):
        priced_until = second(max((each.end for each in prices), default=now))
    end = start
    wished: list[float] = []
    for wish in wishes:
        wished += cuts(wish.need, wish.overrides)
        ready = wish.need.ready_by
        if ready is None:
            end = max(end, priced_until if priced_until > start else start + _UNPRICED)
        else:
            end = max(end, ready.timestamp() if not late else max(start, ready.timestamp()) + _LATE)
    end = max([end, *wished])
    wished += marks
    grid = build_grid(prices, headroom, start, end, wished)
    for wish in wishes:
        if wish.need.min_energy_first:
            at = minimum_cut(wish.need, wish.overrides, grid, reach_of(wish.need, grid))
            if at is not None:
                wished.append(at)
                grid = build_grid(prices, headroom, start, end, wished)
    return grid


def task_of(wish: Wish, grid: Grid, now: datetime) -> Task:
    """Return what a car asks of a grid."""
    reach = reach_of(wish.need, grid)
    return make_task(wish.need, wish.overrides, grid, reach, now.timestamp())


def track_of(
    task: Task, grid: Grid, most: Sequence[WattHour], budgets: Sequence[WattHour]
) -> Track:
    """Return a car's way through time when this much is left for it in segments and hours."""
    return Track(
        starts=grid.starts,
        ends=grid.ends,
        highest=task.reach.most,
        most=most,
        least=task.reach.least,
        worth=task.worth,
        order=task.order,
        hour=grid.hour,
        budgets=budgets,
        penalty=float(task.need.start_penalty),
        charging=task.need.charging,
    )
