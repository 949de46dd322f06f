"""The meter: turns any payload about a house's main meter into a ``Reading``.

``parse`` reads one payload into a ``PartialReading``; ``MeterState.merge`` puts partial readings
together and knows how old each value is. ``HourAccount`` counts the hours, ``FrozenDetector`` finds
currents that do not follow what happens.
"""

from .conversion import to_watt_hours, to_watts
from .errors import PayloadError, PayloadProblem
from .frozen import FrozenDetector
from .hours import HourAccount, Peak, hour_start
from .load_balancer import (
    LARGEST_LOAD_BALANCER_BODY,
    LONGEST_BASE_URL,
    LoadBalancerMessage,
    generate_token,
    load_balancer_answer,
    parse_load_balancer,
)
from .parse import is_availability, parse, parse_availability
from .reading import Measured, PartialReading, ReaderAccount, Reading
from .state import CLOCK_REJECTIONS, MeterState, Quality, Rejection, without_unmeasured

__all__ = [
    "CLOCK_REJECTIONS",
    "LARGEST_LOAD_BALANCER_BODY",
    "LONGEST_BASE_URL",
    "FrozenDetector",
    "HourAccount",
    "LoadBalancerMessage",
    "Measured",
    "MeterState",
    "PartialReading",
    "PayloadError",
    "PayloadProblem",
    "Peak",
    "Quality",
    "ReaderAccount",
    "Reading",
    "Rejection",
    "generate_token",
    "hour_start",
    "is_availability",
    "load_balancer_answer",
    "parse",
    "parse_availability",
    "parse_load_balancer",
    "to_watt_hours",
    "to_watts",
    "without_unmeasured",
]
