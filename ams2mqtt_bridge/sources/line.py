"""How a serial line is set, and which settings meters use."""

from dataclasses import dataclass
from typing import override

from ..config import Parity, SerialConfig

_PARITY = {Parity.NONE: "no parity", Parity.EVEN: "even parity", Parity.ODD: "odd parity"}


@dataclass(frozen=True, slots=True)
class LineSettings:
    """Baud rate and parity of a line with 8 data bits and 1 stop bit."""

    baudrate: int
    parity: Parity

    @override
    def __str__(self) -> str:
        return f"{self.baudrate} baud, {_PARITY[self.parity]}"


# Even parity comes before none: a line with parity that is read without it may pass for good until
# the first octet that is not, while the reverse never does.
_KNOWN = (
    LineSettings(2400, Parity.EVEN),  # Aidon, Kaifa, and what EN 13757-2 prescribes for M-Bus
    LineSettings(2400, Parity.NONE),  # Kamstrup, some Aidon
    LineSettings(115200, Parity.NONE),  # P1 (DSMR 4 and later, the Swedish port)
    LineSettings(9600, Parity.NONE),
)


def candidates(config: SerialConfig, found: LineSettings | None) -> tuple[LineSettings, ...]:
    """Return the settings to try, in order: what worked the last time, then what meters use.

    What is configured is kept; one candidate means that there is nothing to find out.
    """
    baudrate, parity = config.baudrate, config.parity
    if baudrate is not None and parity is not None:
        return (LineSettings(baudrate, parity),)
    if baudrate is not None:
        known = tuple(LineSettings(baudrate, either) for either in (Parity.EVEN, Parity.NONE))
    elif parity is not None:
        known = tuple(LineSettings(rate, parity) for rate in (2400, 115200, 9600))
    else:
        known = _KNOWN
    return known if found is None else (found, *(each for each in known if each != found))
