"""What one car asks of each segment of time: what goes before what, and what may not be used."""

from dataclasses import dataclass
from enum import IntEnum
from math import ceil

from ..units import WattHour
from .grid import Grid, Reach, second
from .inputs import CarNeed, Overrides

#: A stage is worth more than any price (per Wh), so that none is exchanged for another.
_STAGE_WORTH = 1.0
#: Of equal prices the earlier or later one, per segment and Wh: less than any price differs by.
_TIE = 1e-13


class Stage(IntEnum):
    """What is used first; the price decides within ``PRICE`` and ``ABOVE_LIMIT`` only."""

    OVERRIDE = 0
    MINIMUM_FIRST = 1
    PREHEAT = 2
    PRICE = 3
    NO_PRICE = 4
    ABOVE_LIMIT = 5
    #: After the car must be ready.
    LATE = 6
    #: Before what is skipped is over.
    NEVER = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One car's energy in Wh to be placed on segments.

    ``worth``: the price per Wh with what goes before it; the lowest is used first. ``order``: the
    segments that may be used, so ordered; ``late``: those after the car must be ready, in time.
    ``until_full``: nobody knows how much it needs, so it gets what there is.
    """

    need: CarNeed
    reach: Reach
    energy: WattHour
    stage: list[Stage]
    worth: list[float]
    order: list[int]
    late: list[int]
    until_full: bool


def make_task(need: CarNeed, overrides: Overrides, grid: Grid, reach: Reach, start: float) -> Task:
    """Return what a car asks for, from ``start`` on, of a grid that is cut where its wishes change."""
    stage = _stages(need, overrides, grid, reach, start)
    late = -_TIE if need.prefer_late else _TIE
    worth = [
        (price or 0.0) + late * index if at is Stage.PRICE else _worth(at, price, index, late)
        for index, (at, price) in enumerate(zip(stage, grid.price, strict=True))
    ]
    usable = [i for i, at in enumerate(stage) if at < Stage.LATE and reach.most[i] > 0]
    if need.ready_by is None:
        # Nothing hurries: what is dear or not known yet can wait, unless nothing is known at all.
        waits = {Stage.ABOVE_LIMIT}
        if any(price is not None for price in grid.price):
            waits.add(Stage.NO_PRICE)
        usable = [i for i in usable if stage[i] not in waits]
    until_full = need.energy is None
    energy = need.energy
    if energy is None:
        energy = sum(reach.most[i] for i in usable if stage[i] is not Stage.ABOVE_LIMIT)
    forced = sum(reach.most[i] for i in usable if stage[i] is Stage.OVERRIDE)
    return Task(
        need=need,
        reach=reach,
        energy=max(energy, forced),
        stage=stage,
        worth=worth,
        order=sorted(usable, key=worth.__getitem__),
        late=[i for i, at in enumerate(stage) if at is Stage.LATE and reach.most[i] > 0],
        until_full=until_full,
    )


def _worth(stage: Stage, price: float | None, index: int, late: float) -> float:
    """Return what a Wh is worth in a segment that is not used for its price alone."""
    match stage:
        case Stage.NO_PRICE:
            return _STAGE_WORTH + _TIE * index
        case Stage.ABOVE_LIMIT:
            return 2 * _STAGE_WORTH + (price or 0.0) + late * index
        case Stage.PREHEAT:
            return -_STAGE_WORTH - 1e-6 * index
        case _:
            return (stage - 3) * _STAGE_WORTH + 1e-6 * index


def cuts(need: CarNeed, overrides: Overrides) -> list[float]:
    """Return where a car's wishes change."""
    times = [overrides.skip_until, overrides.charge_until, need.ready_by]
    if need.ready_by is not None and need.preheat:
        times.append(need.ready_by - need.preheat)
    return [second(at) for at in times if at is not None]


def minimum_cut(need: CarNeed, overrides: Overrides, grid: Grid, reach: Reach) -> float | None:
    """Return when the minimum energy is reached, if that is within a segment."""
    left = _minimum(need)
    skip = second(overrides.skip_until) if overrides.skip_until else 0.0
    if left <= 0:
        return None
    for start, end, most in zip(grid.starts, grid.ends, reach.most, strict=True):
        if start < skip:
            continue
        if most > left:
            cut = float(ceil(start + (end - start) * left / most))
            return cut if start < cut < end else None
        left -= most
    return None


def _minimum(need: CarNeed) -> WattHour:
    """Return how much is charged at once; without a pause all of it, if any."""
    if need.energy is None:
        return need.min_energy_first
    first = min(need.energy, need.min_energy_first)
    return need.energy if first and need.continuous else first


def _stages(
    need: CarNeed, overrides: Overrides, grid: Grid, reach: Reach, start: float
) -> list[Stage]:
    forced = second(overrides.charge_until) if overrides.charge_until else start
    skipped = second(overrides.skip_until) if overrides.skip_until else start
    ready = second(need.ready_by) if need.ready_by else None
    warm = second(need.ready_by - need.preheat) if need.ready_by else None
    limit = None if need.price_limit is None else float(need.price_limit) / 1000
    first = _minimum(need)
    stages = []
    for begin, price, most in zip(grid.starts, grid.price, reach.most, strict=True):
        if begin < forced:
            stages.append(Stage.OVERRIDE)
        elif begin < skipped:
            stages.append(Stage.NEVER)
        elif ready is not None and begin >= ready:
            stages.append(Stage.LATE)
        elif first > 1:
            # Rounding a cut segment down to Wh may leave one; that is reached.
            stages.append(Stage.MINIMUM_FIRST)
            first -= most
        elif warm is not None and need.preheat and begin >= warm:
            stages.append(Stage.PREHEAT)
        elif price is None:
            stages.append(Stage.NO_PRICE)
        elif limit is not None and price > limit:
            stages.append(Stage.ABOVE_LIMIT)
        else:
            stages.append(Stage.PRICE)
    return stages
