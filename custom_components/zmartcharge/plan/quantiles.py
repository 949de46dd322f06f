"""Quantiles of weighted samples."""

from collections.abc import Sequence


def weighted_quantile(samples: Sequence[tuple[float, float]], quantile: float) -> float:
    """Return a quantile (0 to 1) of (value, weight) pairs, interpolated between their middles.

    Raises ``ValueError`` without samples or weight.
    """
    ordered = sorted(sample for sample in samples if sample[1] > 0)
    if not ordered:
        raise ValueError("no samples")
    total = sum(weight for _, weight in ordered)
    wanted = quantile * total
    passed = 0.0
    before: tuple[float, float] | None = None
    for value, weight in ordered:
        middle = passed + weight / 2
        if middle >= wanted:
            if before is None:
                return value
            below, at = before
            return below + (value - below) * (wanted - at) / (middle - at)
        before = value, middle
        passed += weight
    return ordered[-1][0]
