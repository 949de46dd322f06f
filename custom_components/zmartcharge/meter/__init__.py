"""The meter: turns any payload about a house's main meter into a ``Reading``.

``parse`` reads one payload into a ``PartialReading``; ``MeterState.merge`` puts partial readings
together and knows how old each value is.
"""

from .conversion import to_watt_hours, to_watts
from .errors import PayloadError, PayloadProblem
from .parse import parse, parse_availability
from .reading import Measured, PartialReading, Reading
from .state import MeterState, Rejection

__all__ = [
    "Measured",
    "MeterState",
    "PartialReading",
    "PayloadError",
    "PayloadProblem",
    "Reading",
    "Rejection",
    "parse",
    "parse_availability",
    "to_watt_hours",
    "to_watts",
]
