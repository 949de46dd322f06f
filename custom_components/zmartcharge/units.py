"""Units and phases that every room may use.

Shapes: currents in amperes (float), voltages in volts (float), power in watts (float), energy in
integer watt-hours. Time is always an aware UTC ``datetime``.
"""

from enum import StrEnum

type Ampere = float
type Volt = float
type Watt = float
type WattHour = int


class Phase(StrEnum):
    """A line conductor, named as in IEC 60445 and on the meter's display."""

    L1 = "l1"
    L2 = "l2"
    L3 = "l3"


class GridType(StrEnum):
    """The supply systems of IEC 60364-1, clause 312.2, as Norwegian homes have them."""

    TN_400 = "tn_400"
    IT_230 = "it_230"
    SINGLE_PHASE = "single_phase"

    @property
    def phases(self) -> tuple[Phase, ...]:
        """Return the line conductors that reach the fuse box."""
        return (Phase.L1,) if self is GridType.SINGLE_PHASE else tuple(Phase)

    @property
    def line_voltage(self) -> Volt:
        """Return the nominal voltage across a single-phase load, in volts (IEC 60038)."""
        return 230.0
