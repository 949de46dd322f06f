"""The most that a charger can deliver, as far as that is known: what its meter tells is held to it."""

from collections.abc import Iterable
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .charger import Charger

#: A household charger's largest fuse. What was set may be less than what is in the fuse box, and a
#: kWh that was delivered is not to be lost by that.
_USUAL_FUSE = 32
_LINES, _VOLTAGE = 3, 230
#: The voltage may be higher, and a fuse carries more for a while.
_MARGIN = 1.2
#: OCPP 2.0.1: what an EVSE can deliver, in W.
_POWER = re.compile(r"EVSE#\d{1,3}\.Power(?:\.maxLimit)?")
#: More than any charger has: a device model may tell anything.
_MOST = 500_000


def max_watt(charger: Charger) -> int:
    """Return the most that a charger can deliver in W, with a margin."""
    by_fuse = _LINES * _VOLTAGE * max(charger.config.circuit_fuse, _USUAL_FUSE)
    told = charger.abilities.configuration
    powers = _watts(value for name, value in told.items() if value and _POWER.fullmatch(name))
    return round(max(by_fuse, *powers, 0) * _MARGIN)


def _watts(values: Iterable[str]) -> Iterable[float]:
    for value in values:
        try:
            watts = float(value)
        except ValueError:
            continue
        if 0 < watts <= _MOST:
            yield watts
