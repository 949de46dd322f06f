"""Quantiles of weighted samples."""

from collections.abc import Sequence


def weighted_quantile(samples: Sequence[tuple[float, float]], quantile: float) -> float:
    """Return a quantile (0 to 1) of (value, weight) pairs, interpolated between their middles.

    Raises ``ValueError`` without samples or weight.
    """
    return weighted_quantiles(samples, (quantile,))[0]


def weighted_quantiles(
    samples: Sequence[tuple[float, float]], quantiles: Sequence[float]
) -> list[float]:
    """Return ascending quantiles; see ``weighted_quantile``."""
    ordered = sorted(sample for sample in samples if sample[1] > 0)
    if not ordered:
        raise ValueError("no samples")
    total = sum(weight for _, weight in ordered)
    below, at = ordered[0][0], 0.0
    passed, found = 0.0, []
    wanted = iter([quantile * total for quantile in quantiles])
    next_one = next(wanted, None)
    for value, weight in ordered:
        middle = passed + weight / 2
        while next_one is not None and middle >= next_one:
            found.append(below + (value - below) * (next_one - at) / (middle - at))
            next_one = next(wanted, None)
        below, at = value, middle
        passed += weight
    return found + [ordered[-1][0]] * (len(quantiles) - len(found))
