"""The current that needs no meter."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..units import Ampere, Phase

#: With the house at the main fuse's rating, this share on top for a minute trips nothing: a gG fuse
#: carries 1.25 times its rating for an hour (IEC 60269-1), and a circuit breaker needs longer than
#: a minute below 1.45 times (IEC 60898-1).
_ON_TOP = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeCharger:
    """A charger that may have to fall to its safe current.

    ``allowed`` is what it was last told, ``safe`` the least that its car charges with, both in A.
    ``fixed`` tells that it cannot be told anything and takes ``safe``.
    """

    id: str
    allowed: Ampere
    safe: Ampere
    coefficients: Mapping[Phase, float]
    fixed: bool = False


def safe_currents(fuse: Ampere, chargers: Iterable[SafeCharger]) -> dict[str, Ampere]:
    """Return what each charger may take in A while nothing is known of the house, never more than now.

    The first ones get their safe current as long as it is safe on every line with all the others.
    """
    left: dict[Phase, float] = {}
    found: dict[str, Ampere] = {}
    for charger in sorted(chargers, key=lambda charger: not charger.fixed):
        fits = all(
            left.get(line, fuse * _ON_TOP) >= coefficient * charger.safe
            for line, coefficient in charger.coefficients.items()
        )
        runs = charger.allowed >= charger.safe
        found[charger.id] = charger.safe if charger.fixed or (fits and runs) else 0.0
        for line, coefficient in charger.coefficients.items():
            left[line] = left.get(line, fuse * _ON_TOP) - coefficient * found[charger.id]
    return found
