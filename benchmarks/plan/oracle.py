"""The same problems as programs for HiGHS: what the plans are measured against."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp  # type: ignore[import-untyped]
from scipy.sparse import coo_array  # type: ignore[import-untyped]

#: HiGHS takes reduced costs of less than 10^-7 for none; prices per Wh are not much larger.
_SCALE = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What cars share: Wh in each segment, the segments' hours, and Wh in each hour."""

    room: Sequence[int | None]
    hour: Sequence[int]
    budgets: Sequence[int]


def cheapest(
    worth: Sequence[float], most: Sequence[Sequence[int]], energy: Sequence[int], shared: Shared
) -> float | None:
    """Return what the energy of cars costs at least, or None if it does not fit."""
    cars, segments = len(most), len(worth)
    rows: list[int] = []
    columns: list[int] = []
    limits: list[int] = []
    for index, room in enumerate(shared.room):
        if room is not None:
            rows += [len(limits)] * cars
            columns += [car * segments + index for car in range(cars)]
            limits.append(room)
    for hour, budget in enumerate(shared.budgets):
        inside = [index for index, each in enumerate(shared.hour) if each == hour]
        rows += [len(limits)] * cars * len(inside)
        columns += [car * segments + index for car in range(cars) for index in inside]
        limits.append(budget)
    above = None
    if limits:
        shape = (len(limits), cars * segments)
        above = coo_array((np.ones(len(rows)), (rows, columns)), shape=shape)
    exactly = np.kron(np.eye(cars), np.ones(segments))
    found = linprog(
        np.tile(np.asarray(worth) * _SCALE, cars),
        A_ub=above,
        b_ub=limits or None,
        A_eq=exactly,
        b_eq=energy,
        bounds=[(0, each) for car in most for each in car],
        method="highs",
    )
    return float(found.fun) / _SCALE if found.status == 0 else None


def cheapest_with_starts(
    worth: Sequence[float],
    most: Sequence[int],
    least: Sequence[int],
    energy: int,
    penalty: float,
    *,
    hour: Sequence[int] = (),
    budgets: Sequence[int] = (),
    charging: bool = False,
    shortest: float = 0.0,
    gap: float = 1e-4,
) -> float | None:
    """Return what one car's energy and its starts cost at least, on segments of equal length.

    Each has an energy, a share of its time in which at least ``least`` flows, and is on or off. The
    time is only cut at a run's ends. ``shortest``: the least time of a run in segments, up to 2.
    """
    n = len(worth)
    share, on, start = n, 2 * n, 3 * n
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    low: list[float] = []
    high: list[float] = []

    def add(terms: dict[int, float], at_least: float, at_most: float) -> None:
        for column, value in terms.items():
            rows.append(len(low))
            columns.append(column)
            values.append(value)
        low.append(at_least)
        high.append(at_most)

    for i in range(n):
        add({i: 1, share + i: -most[i]}, -np.inf, 0)
        add({i: 1, share + i: -min(least[i], most[i])}, 0, np.inf)
        add({share + i: 1, on + i: -1}, -np.inf, 0)
        if 0 < i < n - 1:
            inside = {on + i - 1: -1.0, on + i: -1.0, on + i + 1: -1.0}
            add({share + i: 1, **inside}, -2, np.inf)
        before = {on + i - 1: 1.0} if i else {}
        add({start + i: 1, on + i: -1, **before}, -float(charging and not i), np.inf)
        first = {share + j: 1.0 for j in range(i, min(n, i + 3))}
        add({**first, start + i: -shortest}, 0, np.inf)
    for index, budget in enumerate(budgets):
        add({i: 1 for i, each in enumerate(hour) if each == index}, 0, budget)
    add(dict.fromkeys(range(n), 1.0), energy, energy)
    matrix = coo_array((values, (rows, columns)), shape=(len(low), 4 * n))
    usable = np.asarray([float(each > 0) for each in most])
    found = milp(
        np.concatenate([worth, np.zeros(2 * n), np.full(n, penalty)]),
        constraints=LinearConstraint(matrix, low, high),
        integrality=np.concatenate([np.zeros(2 * n), np.ones(2 * n)]),
        bounds=Bounds(np.zeros(4 * n), np.concatenate([most, np.ones(n), usable, np.ones(n)])),
        options={"mip_rel_gap": gap, "time_limit": 20},
    )
    return float(found.fun) if found.status == 0 else None
