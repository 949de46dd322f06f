"""Shares a counted energy out between hours."""

from collections.abc import Sequence

# How far each guess can be off, which is how the difference is shared: an unseen load of 1 kW, and
# 1 % of what was integrated.
_UNSEEN_WATTS = 1000
_PERCENT = 100


def share_out(
    counted: int, integrated: Sequence[int], gaps: Sequence[int], *, keep_last: bool
) -> list[int]:
    """Return how much of ``counted`` each hour gets; all energies are in W·µs, ``gaps`` in µs.

    The shares add up to ``counted``, except that with ``keep_last`` the last one never gets less than
    was integrated. More than was integrated goes to the gaps, mostly; less is taken off everything in
    proportion. Energies are not negative.
    """
    difference = counted - sum(integrated)
    if difference >= 0:
        weights = [
            gap * _UNSEEN_WATTS + energy // _PERCENT
            for gap, energy in zip(gaps, integrated, strict=True)
        ]
        if not sum(weights):
            weights = [1] * len(weights)
    else:
        weights = list(integrated)
        if keep_last:
            weights[-1] = 0
        difference = max(difference, -sum(weights))
    return [
        energy + part
        for energy, part in zip(integrated, _proportional(difference, weights), strict=True)
    ]


def _proportional(amount: int, weights: Sequence[int]) -> list[int]:
    """Split exactly: each part is a difference of rounded running sums, so nothing is lost."""
    total = sum(weights)
    if not total:
        return [0] * len(weights)
    parts, running, given = [], 0, 0
    for weight in weights:
        running += weight
        until = amount * running // total
        parts.append(until - given)
        given = until
    return parts
