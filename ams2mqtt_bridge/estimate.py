"""The current in line 2 of an IT net, which many meters there do not measure.

A meter in a net without neutral needs only two elements (Blondel's theorem; the two-wattmeter or Aron
method): one with U12 and I1, one with U32 and I3. It knows I1, I3, the line voltages and the power of
both elements together, and has no transformer for I2.

Derivation
----------
With phasors (rms, lower-case star for the conjugate) and currents counted towards the load:

1. Kirchhoff's current law, no neutral: ``I1 + I2 + I3 = 0``, so ``|I2| = |I1 + I3|`` and, whatever the
   angles, ``0 <= |I2| <= |I1| + |I3|``.
2. The complex power of the two elements: ``S = U12·I1* + U32·I3* = P + jQ``. Call the elements'
   powers ``a = |U12|·|I1|`` and ``b = |U32|·|I3|``. They and ``|S|`` are the sides of a triangle, so the
   angle ``d`` between them follows from the law of cosines: ``|S|² = a² + b² + 2ab·cos d``. Only
   ``|S|`` matters: the signs of P and Q turn the triangle and leave its shape, so export is no
   special case.
3. The angle ``t`` between U12 and U32 follows from the third line voltage, ``U31 = U32 - U12``, with
   the law of cosines again; it is 60° in a symmetrical net.
4. The angle between I1 and I3 is then ``t + d`` or ``t - d``, because a triangle has a mirror image:
   ``|I2|² = |I1|² + |I3|² + 2·|I1|·|I3|·cos(t ± d)``.

The root with ``t + d`` is never the larger one, and it is the true one whenever all loads have the
same power factor, however unbalanced they are: the angle of element 1 then leads that of element 3
(by 0° for loads on 1-2 and 2-3 alone, by 60° for a balanced load, by 120° for a load on 1-3 alone).
Loads of different power factors can make the other root the true one, and the estimate too low.

Assumptions: no earth current, sinusoidal voltages and currents, one list's values measured at one
time, and a positive phase sequence (a reversed one mirrors everything and gives the same figures).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import acos, cos, hypot, isfinite, pi, sqrt

from .config import Grid
from .meter_list import MeterList

_SYMMETRICAL = pi / 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentEstimate:
    """The current in line 2, worked out and not measured; A.

    ``maximum`` is Kirchhoff's bound, which no load can exceed: what must not fail is to be decided on
    it and not on ``value``, which is low when the loads' power factors differ. ``clamped`` tells that
    the list's values fit no triangle and the nearest one was taken.
    """

    value: float
    maximum: float
    clamped: bool


def without_unmeasured(meter_list: MeterList, grid: Grid) -> MeterList:
    """Return the list with I2 unknown where the meter says 0 A and means that it does not measure it.

    That is so in an IT net when a current flows in another line. The net has to be configured as IT:
    in a TN net 0 A in one line is usual, and such a list looks the same.
    """
    if grid is Grid.IT and not meter_list.current_l2 and _flows(meter_list):
        return replace(meter_list, current_l2=None)
    return meter_list


def estimate_current_l2(meter_list: MeterList, grid: Grid) -> CurrentEstimate | None:
    """Return the current in line 2, or ``None`` when it is measured or cannot be worked out.

    ``Grid.AUTO`` takes a net for IT when the meter sends I1 and I3 but no I2. ``Grid.TN`` never
    estimates, because there the neutral carries a current that nobody measures.
    """
    if grid is Grid.TN or meter_list.current_l2 is not None:
        return None
    i1, i3 = meter_list.current_l1, meter_list.current_l3
    u12, u32 = meter_list.voltage_l1, meter_list.voltage_l3
    active = _signed(meter_list.power_import, meter_list.power_export)
    reactive = _signed(meter_list.reactive_power_import, meter_list.reactive_power_export)
    if i1 is None or i3 is None or u12 is None or u32 is None:
        return None
    if active is None or reactive is None or not _usable((i1, i3), (u12, u32)):
        return None
    a, b = u12 * i1, u32 * i3
    between_voltages = _angle_opposite(meter_list.voltage_l2, u12, u32)
    between_elements, clamped = _angle_of_sum(hypot(active, reactive), a, b)
    squared = i1**2 + i3**2 + 2 * i1 * i3 * cos(between_voltages + between_elements)
    return CurrentEstimate(
        value=round(min(sqrt(max(squared, 0.0)), i1 + i3), 2),
        maximum=round(i1 + i3, 3),
        clamped=clamped,
    )


def _flows(meter_list: MeterList) -> bool:
    return bool(meter_list.current_l1 or meter_list.current_l3)


def _signed(taken: int | None, given: int | None) -> int | None:
    # A list without an export register is from a meter that exports nothing.
    return None if taken is None else taken - (given or 0)


def _usable(currents: Sequence[float], voltages: Sequence[float]) -> bool:
    return all(isfinite(current) and current >= 0 for current in currents) and all(
        isfinite(voltage) and voltage > 0 for voltage in voltages
    )


def _angle_opposite(opposite: float | None, first: float, second: float) -> float:
    """Return the angle between two line voltages; 60° when the third is not measured.

    Kaifa's meters in IT nets send 0 V for it.
    """
    product = 2 * first * second
    if not opposite or not isfinite(opposite) or not product:
        return _SYMMETRICAL
    cosine = (first**2 + second**2 - opposite**2) / product
    return acos(cosine) if abs(cosine) <= 1 else _SYMMETRICAL


def _angle_of_sum(total: float, a: float, b: float) -> tuple[float, bool]:
    """Return the angle between two phasors whose sum has the magnitude ``total``, and if clamped."""
    product = 2 * a * b
    if not product:
        return 0.0, False
    cosine = (total**2 - a**2 - b**2) / product
    if abs(cosine) <= 1:
        return acos(cosine), False
    return (0.0 if cosine > 0 else pi), True
