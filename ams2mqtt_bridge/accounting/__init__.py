"""How much energy came and went in this hour, day and month, and in the month's highest hours."""

from .bookkeeper import Bookkeeper
from .energy import EnergyAccounting, Period, Periods, Realtime
from .hour import Quality
from .state import StateError

__all__ = [
    "Bookkeeper",
    "EnergyAccounting",
    "Period",
    "Periods",
    "Quality",
    "Realtime",
    "StateError",
]
