"""What the current of L2 must be where the meter does not measure it."""

from collections.abc import Mapping
from math import acos, cos, hypot, pi, sqrt
from typing import NamedTuple

from ..units import Ampere, Phase, Volt, Watt

_NOMINAL = 230.0
_SYMMETRICAL = pi / 3
# Loads of different power factors make the estimate too low, the more so the larger the currents are.
# As shares of I1 + I3, over random loads with power factors from 0.9: 9 % in one of a hundred states,
# and 26 % where the reactive power is not known. Where the values fit no net at all, only the strict
# bound is certain.
_MARGIN, _MARGIN_WITHOUT_REACTIVE = 1.0, 3.0
_SHARE, _SHARE_WITHOUT_REACTIVE = 0.12, 0.3
# Below this either current says nothing about the angle between them.
_NO_CURRENT = 1e-6
_NO_VOLTAGE = 1.0
# What the last digits of a meter's values can do to the cosine of an angle.
_ROUNDING = 0.05


class Estimate(NamedTuple):
    """A current in A, and how much more it may be."""

    current: Ampere
    margin: Ampere


def estimate_l2(
    currents: Mapping[Phase, Ampere],
    voltages: Mapping[Phase, Volt],
    power: Watt | None,
    reactive: Watt | None,
) -> Estimate | None:
    """Return the current of L2 in a net without neutral; ``None`` without the other two.

    The meter has two elements (Aron, or Blondel's theorem for three wires): with phasors
    ``P + jQ = U12·I1* + U32·I3*``, where the angle between U12 and U32 follows from the third line
    voltage and is 60° in a symmetrical net. The magnitudes of all are known, so the law of cosines
    gives the angle between both products up to its sign, and with it the angle between I1 and I3. As
    ``I2 = −(I1 + I3)``, there are two solutions; the smaller is the true one wherever the loads have
    one power factor. Never more than ``I1 + I3``, which is the strict bound.

    Amperes, volts between lines, W and var (import less export).
    """
    if Phase.L1 not in currents or Phase.L3 not in currents:
        return None
    one, three = abs(currents[Phase.L1]), abs(currents[Phase.L3])
    bound = one + three
    if min(one, three) < _NO_CURRENT:
        return Estimate(bound, 0.0)
    if power is None:
        # Nothing tells the angle: only the bound is certain.
        return Estimate(bound, 0.0)
    u12, u32 = (_sound(voltages.get(phase)) or _NOMINAL for phase in (Phase.L1, Phase.L3))
    first, second = one * u12, three * u32
    apparent = hypot(power, reactive or 0.0)
    cosine = (apparent**2 - first**2 - second**2) / (2 * first * second)
    between = _between_voltages(_sound(voltages.get(Phase.L2)), u12, u32) + acos(
        min(1.0, max(-1.0, cosine))
    )
    current = sqrt(max(0.0, one**2 + three**2 + 2 * one * three * cos(between)))
    room = max(0.0, bound - current)
    if reactive is None:
        return Estimate(
            current, min(room, max(_MARGIN_WITHOUT_REACTIVE, _SHARE_WITHOUT_REACTIVE * bound))
        )
    if abs(cosine) > 1 + _ROUNDING:
        return Estimate(current, room)
    return Estimate(current, min(room, estimate_margin(bound)))


def estimate_margin(bound: Ampere) -> Ampere:
    """Return how much more an estimate may be whose strict bound ``I1 + I3`` is this."""
    return max(_MARGIN, _SHARE * bound)


def _sound(voltage: Volt | None) -> Volt | None:
    """Return a voltage unless it is none that a line can have; Kaifa's meters send 0 for U31."""
    return voltage if voltage and voltage > _NO_VOLTAGE else None


def _between_voltages(third: Volt | None, first: Volt, second: Volt) -> float:
    """Return the angle between two line voltages, that of a symmetrical net where none fits."""
    if not third:
        return _SYMMETRICAL
    cosine = (first**2 + second**2 - third**2) / (2 * first * second)
    return acos(cosine) if abs(cosine) <= 1 else _SYMMETRICAL
