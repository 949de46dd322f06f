"""The supply of a home and how loads are wired to it, as phasors.

A load draws a current along the voltage between the conductors it is wired to. Adding the phasors
of all loads gives the true line currents, also where loads between two lines share a line, as they
do in the 230 V IT and TT systems of IEC 60364-1 (clause 312.2).

Shapes: currents in amperes, voltages in volts, power in watts. A phasor's angle is against the
voltage from L1 to neutral.
"""

from cmath import exp
from dataclasses import dataclass
from enum import StrEnum
from math import acos, pi, sqrt, tan

type LinePhasors = tuple[complex, complex, complex]

NO_CURRENT: LinePhasors = (0j, 0j, 0j)


class Phase(StrEnum):
    """A line conductor, named as in IEC 60445."""

    L1 = "L1"
    L2 = "L2"
    L3 = "L3"


class GridType(StrEnum):
    """The supply system of the home."""

    TN_400 = "tn_400"
    IT_230 = "it_230"
    SINGLE_PHASE = "single_phase"

    @property
    def phases(self) -> tuple[Phase, ...]:
        """Return the line conductors that reach the fuse box."""
        return (Phase.L1,) if self is GridType.SINGLE_PHASE else tuple(Phase)

    @property
    def voltage_labels(self) -> tuple[str, ...]:
        """Return the conductors between which the 230 V are measured, in OCPP's notation."""
        match self:
            case GridType.TN_400:
                return ("L1-N", "L2-N", "L3-N")
            case GridType.IT_230:
                return ("L1-L2", "L2-L3", "L3-L1")
            case GridType.SINGLE_PHASE:
                return ("L1-N",)


NOMINAL_VOLTAGE = 230.0
_LINES = tuple(Phase)
_TO_NEUTRAL = {line: exp(-2j * pi * index / 3) for index, line in enumerate(_LINES)}
_SINGLE_PHASE_TERMINALS = frozenset({"L1-N"})


@dataclass(frozen=True, slots=True)
class Wiring:
    """What one ampere through a load does to the lines and to the power.

    ``per_ampere`` holds the phasor on L1, L2 and L3, ``watts_per_ampere`` the active power, at the
    nominal voltage.
    """

    name: str
    per_ampere: LinePhasors
    watts_per_ampere: float

    @property
    def amperes_per_ampere(self) -> tuple[float, float, float]:
        """Return the line currents that one ampere of this load alone gives."""
        one, two, three = self.per_ampere
        return (abs(one), abs(two), abs(three))

    def phasors(self, current: float, power_factor: float = 1.0) -> LinePhasors:
        """Return the line phasors of a load of ``current`` A lagging by ``power_factor``."""
        turned = current * exp(-1j * acos(power_factor))
        one, two, three = self.per_ampere
        return (one * turned, two * turned, three * turned)


def wire(grid: GridType, terminals: str, first_phase: Phase = Phase.L1) -> Wiring:
    """Return the wiring of a load on ``terminals``.

    ``terminals`` is one or more of ``La-N``, ``La-Lb`` and ``L1-L2-L3`` joined by ``+``, each part
    drawing the same current: a three-phase Type 2 cable in an IT system that uses L3 as the return
    is ``L1-L3+L2-L3``. ``first_phase`` is the line that the load's own L1 is connected to; the
    others follow in rotation.

    Raises ``ValueError`` for terminals that this grid does not have.
    """
    lines = [0j, 0j, 0j]
    watts = 0.0
    shift = _LINES.index(first_phase)
    for part in terminals.split("+"):
        phasors, volts = _part(grid, part.strip())
        for index, phasor in enumerate(phasors):
            turned = phasor * _TO_NEUTRAL[first_phase]
            lines[(index + shift) % 3] += turned
        watts += volts
    return Wiring(terminals, (lines[0], lines[1], lines[2]), watts)


def _part(grid: GridType, terminals: str) -> tuple[list[complex], float]:
    if grid is GridType.SINGLE_PHASE and terminals not in _SINGLE_PHASE_TERMINALS:
        raise ValueError(f"{terminals!r} is not in a single-phase supply")
    if terminals == "L1-L2-L3":
        watts = NOMINAL_VOLTAGE * (3.0 if grid is GridType.TN_400 else sqrt(3.0))
        return [_TO_NEUTRAL[line] for line in _LINES], watts
    start, _, end = terminals.partition("-")
    if start not in _LINES or (end not in _LINES and end != "N") or start == end:
        raise ValueError(f"{terminals!r} is not a pair of conductors")
    lines = [0j, 0j, 0j]
    first = _LINES.index(Phase(start))
    if end == "N":
        if grid is GridType.IT_230:
            raise ValueError(f"{terminals!r}: an IT system has no neutral")
        lines[first] = _TO_NEUTRAL[Phase(start)]
        return lines, NOMINAL_VOLTAGE
    across = _TO_NEUTRAL[Phase(start)] - _TO_NEUTRAL[Phase(end)]
    direction = across / abs(across)
    lines[first] = direction
    lines[_LINES.index(Phase(end))] = -direction
    return lines, NOMINAL_VOLTAGE * (sqrt(3.0) if grid is GridType.TN_400 else 1.0)


def charger_wiring(grid: GridType, phases: int, first_phase: Phase = Phase.L1) -> Wiring:
    """Return how a charger that gives ``phases`` phases (1 or 3) to its car loads the lines.

    In an IT system the return of a three-phase cable is its own L3, so that line carries √3 times
    the current that is offered. Raises ``ValueError`` for another number of phases, or for three
    phases in a single-phase supply.
    """
    if phases not in (1, 3) or (phases == 3 and grid is GridType.SINGLE_PHASE):
        raise ValueError(f"{phases} phases in a {grid} supply")
    terminals = {
        (GridType.TN_400, 1): "L1-N",
        (GridType.TN_400, 3): "L1-L2-L3",
        (GridType.IT_230, 1): "L1-L2",
        (GridType.IT_230, 3): "L1-L3+L2-L3",
        (GridType.SINGLE_PHASE, 1): "L1-N",
    }[grid, phases]
    return wire(grid, terminals, first_phase)


def reactive_power(watts: float, power_factor: float) -> float:
    """Return the reactive power (var, lagging is positive) that goes with ``watts``."""
    return watts * tan(acos(power_factor))
