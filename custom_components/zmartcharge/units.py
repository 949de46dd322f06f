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


class Wiring(StrEnum):
    """How a charger's line terminals lie on the site's lines.

    Three lines in phase order, one line to neutral (TN), or two lines (IT and TT at 230 V).
    """

    L1_L2_L3 = "l1_l2_l3"
    L2_L3_L1 = "l2_l3_l1"
    L3_L1_L2 = "l3_l1_l2"
    L1 = "l1"
    L2 = "l2"
    L3 = "l3"
    L1_L2 = "l1_l2"
    L2_L3 = "l2_l3"
    L3_L1 = "l3_l1"

    @property
    def lines(self) -> tuple[Phase, ...]:
        """Return the site's lines in the order of the charger's terminals."""
        return tuple(Phase(line) for line in self.split("_"))

    def fits(self, grid: GridType) -> bool:
        """Tell whether a charger can be wired so in a supply system."""
        match grid:
            case GridType.SINGLE_PHASE:
                return self is Wiring.L1
            case GridType.TN_400:
                return len(self.lines) in (1, 3)
            case GridType.IT_230:
                return len(self.lines) in (2, 3)
