"""The supply systems, as the simulator names those of the integration."""

from custom_components.zmartcharge.units import GridType
from simulator.grid import GridType as Supply

SUPPLIES = {
    GridType.TN_400: Supply.TN_400,
    GridType.IT_230: Supply.IT_230,
    GridType.SINGLE_PHASE: Supply.SINGLE_PHASE,
}

__all__ = ["SUPPLIES", "GridType"]
