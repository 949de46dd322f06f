"""Makes a plan of what was placed: slots with times and currents, sums, and the sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil, floor
from typing import NamedTuple

from ..units import Ampere, WattHour
from .filling import fill
from .grid import Grid, moment
from .inputs import Overrides
from .result import Plan, PlanSlot, SlotReason
from .sentences import sentence_of
from .task import Stage, Task
from .track import SHORTEST_RUN, Track

_REASONS = {
    Stage.OVERRIDE: SlotReason.OVERRIDE,
    Stage.MINIMUM_FIRST: SlotReason.MINIMUM_FIRST,
    Stage.PREHEAT: SlotReason.PREHEAT,
    Stage.PRICE: SlotReason.CHEAP,
    Stage.NO_PRICE: SlotReason.NO_PRICE,
    Stage.ABOVE_LIMIT: SlotReason.ABOVE_LIMIT,
    Stage.LATE: SlotReason.LATE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """What is placed on a car's segments, in Wh.

    ``optimum``: the same energy without regard to starts. ``expected``: what the car is expected to
    take of it, when its need is only likely. ``over``: by how much the budgets of hours (by index)
    are exceeded, in Wh. ``missing``: what does not fit.
    """

    placed: Sequence[WattHour]
    optimum: Sequence[WattHour]
    expected: Sequence[WattHour]
    over: dict[int, WattHour]
    missing: WattHour


class _Piece(NamedTuple):
    """Charging in the segment ``at``, between POSIX timestamps, with a current in A."""

    at: int
    start: float
    end: float
    current: Ampere


class _Told(NamedTuple):
    """A piece with what must be alike in a slot: current, reason, forecast, and no price known."""

    piece: _Piece
    key: tuple[Ampere, SlotReason, bool, bool]


def build_plan(
    task: Task,
    grid: Grid,
    track: Track,
    placement: Placement,
    overrides: Overrides,
    now: datetime,
) -> Plan:
    """Return the plan of a placement."""
    slots: list[PlanSlot] = []
    for first, last in track.runs(placement.placed):
        told: list[_Told] = []
        for piece in _pieces(task, track, placement.placed, first, last):
            each = _told(task, grid, placement, piece, inner=first < piece.at < last)
            if told and (told[-1].key != each.key or told[-1].piece.end != piece.start):
                slots.append(_slot(grid, placement, told))
                told = []
            told.append(each)
        slots.append(_slot(grid, placement, told))
    return sum_up(task, grid, track, tuple(slots), placement, overrides, now)


def _pieces(
    task: Task, track: Track, placed: Sequence[WattHour], first: int, last: int
) -> Iterator[_Piece]:
    """Yield when and with how many A a run charges in each of its segments.

    Where less is placed than fits, the run's ends are cut in time and its middle in current.
    """
    # A car that is charging does not pause first.
    inner = range(0 if first == 0 and track.charging else first + 1, last)
    lasts = sum(
        track.lasting(placed, i) if i in inner else _cut(track, placed, i)
        for i in range(first, last + 1)
    )
    for index in range(first, last + 1):
        start, end = track.starts[index], track.ends[index]
        time, current = _cut(track, placed, index), task.reach.current[index]
        if time < end - start and (index in inner or lasts < SHORTEST_RUN):
            time = track.lasting(placed, index)
            mean = placed[index] * 3600 / time / task.need.watts_per_ampere
            current = max(task.need.min_current, round(mean, 1))
        if time >= end - start:
            yield _Piece(index, round(start), round(end), current)
        elif index == first and (index != last or task.need.prefer_late):
            yield _Piece(index, floor(end - time), round(end), current)
        else:
            yield _Piece(index, round(start), max(round(start) + 1, ceil(start + time)), current)


def _cut(track: Track, placed: Sequence[WattHour], index: int) -> float:
    """Return how long the energy placed in a segment takes at the highest current, in s."""
    whole = track.ends[index] - track.starts[index]
    return whole * min(1.0, placed[index] / max(1, track.highest[index]))


def _told(task: Task, grid: Grid, placement: Placement, piece: _Piece, *, inner: bool) -> _Told:
    index = piece.at
    reason = _REASONS[task.stage[index]]
    if reason is SlotReason.CHEAP and inner and not placement.optimum[index]:
        reason = SlotReason.BRIDGE
    if reason is not SlotReason.LATE and grid.hour[index] in placement.over:
        reason = SlotReason.OVER_BUDGET
    return _Told(piece, (piece.current, reason, grid.forecast[index], grid.money[index] is None))


def _slot(grid: Grid, placement: Placement, told: Sequence[_Told]) -> PlanSlot:
    """Return the slot of pieces that follow each other and are told alike."""
    current, reason, forecast, unpriced = told[0].key
    energy = sum(placement.expected[each.piece.at] for each in told)
    price, cost = grid.money[told[0].piece.at], None
    if not unpriced:
        parts = [
            (grid.money[each.piece.at] or Decimal()) * placement.expected[each.piece.at]
            for each in told
        ]
        total = sum(parts, Decimal())
        cost = total / 1000
        price = total / energy if energy and len(told) > 1 else price
    return PlanSlot(
        start=moment(told[0].piece.start),
        end=moment(told[-1].piece.end),
        current=current,
        energy=energy,
        cost=cost,
        price=price,
        reason=reason,
        forecast=forecast,
    )


def sum_up(
    task: Task,
    grid: Grid,
    track: Track,
    slots: tuple[PlanSlot, ...],
    placement: Placement,
    overrides: Overrides,
    now: datetime,
) -> Plan:
    """Return the plan that consists of these slots, with what is told of it."""
    energy = sum(placement.expected)
    costs = [slot.cost for slot in slots if slot.cost is not None]
    priced = sum(slot.energy for slot in slots if slot.cost is not None)
    cost = sum(costs, Decimal()) if costs else None
    ready_by = task.need.ready_by
    ready_at = slots[-1].end if slots and not placement.missing else None
    if not slots and not task.energy:
        ready_at = now
    late_by = timedelta()
    if ready_by is not None and slots and task.energy:
        late_by = max(timedelta(), slots[-1].end - ready_by)
    too_dear = [i for i, stage in enumerate(task.stage) if stage is Stage.ABOVE_LIMIT]
    return Plan(
        car=task.need.car,
        made_at=now,
        slots=slots,
        energy=energy,
        missing=placement.missing,
        cost=cost,
        average_price=1000 * cost / priced if cost is not None and priced else None,
        ready_by=ready_by,
        ready_at=ready_at,
        late_by=late_by,
        saving=_saving(task, grid, track, cost, energy, whole=priced == energy),
        forecast=any(slot.forecast for slot in slots),
        over_budget=sum(placement.over.values()),
        sentence=sentence_of(
            slots,
            overrides,
            now,
            needed=task.energy > 0 or task.until_full,
            cost=cost,
            late_by=late_by,
            too_dear_until=moment(grid.ends[too_dear[-1]]) if too_dear else None,
        ),
    )


def _saving(
    task: Task,
    grid: Grid,
    track: Track,
    cost: Decimal | None,
    energy: WattHour,
    *,
    whole: bool,
) -> Decimal | None:
    """Return what the same energy would cost more if charged from now on; ``None`` if not known."""
    if cost is None or not whole:
        return None
    at_once = fill(range(len(grid)), task.reach.most, grid.hour, track.budgets, energy)
    if sum(at_once) < energy:
        at_once = fill(range(len(grid)), task.reach.most, [-1] * len(grid), (), energy)
    total = Decimal()
    for placed, price in zip(at_once, grid.money, strict=True):
        if placed:
            if price is None:
                return None
            total += placed * price
    return total / 1000 - cost
