"""Whether a price is among the lowest or the highest of its day."""

from collections.abc import Sequence
from decimal import Decimal

#: The share of a day's hours that count as its lowest, and as its highest, in %.
SHARE = 25.0


def is_cheap(price: Decimal, day: Sequence[Decimal], share: float = SHARE) -> bool:
    """Tell whether a price is among the lowest ``share`` % of its day's, and below their mean.

    On a day on which all cost the same, none is cheap. An empty day has no cheap price.
    """
    return bool(day) and price <= sorted(day)[_count(day, share) - 1] and price < _mean(day)


def is_peak(price: Decimal, day: Sequence[Decimal], share: float = SHARE) -> bool:
    """Tell whether a price is among the highest ``share`` % of its day's, and above their mean."""
    return bool(day) and price >= sorted(day)[-_count(day, share)] and price > _mean(day)


def _count(day: Sequence[Decimal], share: float) -> int:
    return min(len(day), max(1, round(len(day) * share / 100)))


def _mean(day: Sequence[Decimal]) -> Decimal:
    return sum(day, Decimal()) / len(day)
