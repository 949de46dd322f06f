"""The cheapest way to place energy on segments when starts cost nothing: a fractional knapsack.

The segments' limits and the hours' budgets are nested (each segment lies in one hour), so filling the
cheapest first is exact: Edmonds (1971), "Matroids and the greedy algorithm".
"""

from collections.abc import Iterable, Sequence

from ..units import WattHour


def fill(
    order: Iterable[int],
    most: Sequence[WattHour],
    hour: Sequence[int],
    budgets: Sequence[WattHour],
    energy: WattHour,
) -> list[WattHour]:
    """Return the energy in each segment, at most ``energy`` in all; less where it does not fit.

    ``order``: the segments that may be used, the first to be filled first. ``hour``: the index of
    each segment's hour in ``budgets``, or -1.
    """
    return refill(order, most, hour, list(budgets), energy, [0] * len(most))


def refill(
    order: Iterable[int],
    most: Sequence[WattHour],
    hour: Sequence[int],
    left: list[WattHour],
    energy: WattHour,
    placed: list[WattHour],
) -> list[WattHour]:
    """Place further energy on top of what is placed, and return all that is.

    ``left`` is what the hours' budgets still hold; both lists are changed.
    """
    for index in order:
        if energy <= 0:
            break
        within = hour[index]
        take = min(energy, most[index] - placed[index])
        if within >= 0:
            take = min(take, left[within])
        if take > 0:
            placed[index] += take
            energy -= take
            if within >= 0:
                left[within] -= take
    return placed
