"""Places one car's energy in what is left for it: what goes before what, and in which way."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from ..units import WattHour
from .building import Placement
from .continuous import place_in_one_go
from .filling import fill, refill
from .likely import Needs
from .starts import place
from .task import Stage, Task
from .track import Track
from .uncertain import place_likely

#: What a car is given by chance, as far as it turns out to need it.
_UNFORCED = {Stage.MINIMUM_FIRST, Stage.PREHEAT, Stage.PRICE}


def arrange(task: Task, track: Track, *, yields: bool) -> Placement:
    """Return where a car's energy is placed.

    ``yields``: what could not be ready in time within the hours' budgets exceeds them. What does not
    fit before the car must be ready follows at once, on the segments that the task has after that.
    """
    optimum = fill(task.order, track.most, track.hour, track.budgets, task.energy)
    hurries = task.need.ready_by is not None and not task.until_full
    over: dict[int, WattHour] = {}
    if sum(optimum) < task.energy and hurries and yields:
        optimum = _beyond(task, track)
        used = by_hour(track, optimum)
        over = {i: e - track.budgets[i] for i, e in enumerate(used) if e > track.budgets[i]}
        track = replace(track, budgets=[max(b) for b in zip(track.budgets, used, strict=True)])
    planned = sum(optimum)
    placed, expected = settle(task, track, optimum, whole=planned == task.energy)
    if planned < task.energy and task.late:
        used = by_hour(track, placed)
        left = [max(0, b - u) for b, u in zip(track.budgets, used, strict=True)]
        hour = [-1] * len(track.hour) if yields else track.hour
        placed = expected = refill(
            task.late, track.most, hour, left, task.energy - planned, list(placed)
        )
        planned = sum(placed)
    return Placement(
        placed=placed,
        optimum=optimum,
        expected=expected,
        over=over,
        missing=0 if task.until_full else task.energy - planned,
    )


def _beyond(task: Task, track: Track) -> list[WattHour]:
    """Return the cheapest placement that exceeds no hour's budget by more than it must.

    A capacity tariff counts the highest hours: many that are a little higher cost less than one that
    is far higher. So all budgets grow by as little as suffices.
    """

    def placed(more: WattHour) -> list[WattHour]:
        budgets = [budget + more for budget in track.budgets]
        return fill(task.order, track.most, track.hour, budgets, task.energy)

    wanted = sum(placed(task.energy))
    more = bisect_left(range(task.energy), wanted, key=lambda each: sum(placed(each)))
    return placed(more)


def _in_one_go(task: Task, track: Track, optimum: Sequence[WattHour]) -> list[WattHour]:
    """Return a placement without a pause, but for what is charged now in any case."""
    forced = [
        each if task.stage[index] < Stage.PREHEAT else 0 for index, each in enumerate(optimum)
    ]
    rest = [each - taken for each, taken in zip(optimum, forced, strict=True)]
    budgets = [
        max(0, budget - used)
        for budget, used in zip(track.budgets, by_hour(track, forced), strict=True)
    ]
    order = [index for index in track.order if task.stage[index] >= Stage.PREHEAT]
    placed = place_in_one_go(replace(track, order=order, budgets=budgets), sum(rest), rest)
    return [each + taken for each, taken in zip(placed, forced, strict=True)]


def by_hour(track: Track, placed: Sequence[WattHour]) -> list[WattHour]:
    """Return what a placement takes of each hour."""
    used = [0] * len(track.budgets)
    for hour, energy in zip(track.hour, placed, strict=True):
        if hour >= 0:
            used[hour] += energy
    return used


def settle(
    task: Task, track: Track, optimum: list[WattHour], *, whole: bool, closely: bool = True
) -> tuple[list[WattHour], list[WattHour]]:
    """Return how much is placed in each segment, and what of that is expected to be taken.

    ``optimum``: the cheapest placement without regard to starts. ``whole``: it is all that the car
    needs. ``closely``: see ``place``.
    """
    energy = sum(optimum)
    if not energy:
        return optimum, optimum
    if task.until_full:
        likely = task.need.likely
        return optimum, Needs(likely).taken(optimum) if likely else optimum
    track = replace(track, order=_needed(task, optimum))
    if task.need.continuous:
        placed = _in_one_go(task, track, optimum)
        return placed, placed
    used = {task.stage[i] for i, each in enumerate(optimum) if each}
    if task.need.likely and whole and used <= _UNFORCED:
        return place_likely(track, task.need.likely, energy)
    placed = place(track, energy, optimum, closely=closely)
    return placed, placed


def _needed(task: Task, optimum: Sequence[WattHour]) -> list[int]:
    """Return the segments that may be used, without a stage that is not needed."""
    used = (task.stage[i] for i, energy in enumerate(optimum) if energy)
    highest = max(used, default=Stage.PRICE)
    return [i for i in task.order if task.stage[i] <= max(highest, Stage.PRICE)]
