"""The meter at its real cadence, and its faults."""

from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from custom_components.zmartcharge.units import Ampere, Watt

_NOISE = 0.05
_WILL_AFTER = 15


class MeterFault(StrEnum):
    """What can be wrong with a meter, its reader or the broker."""

    SILENT = "silent"
    #: Silent, with the broker repeating the last values as retained ones now and then.
    RETAINED = "retained"
    #: The same currents again and again, as if all were well.
    FROZEN = "frozen"
    #: Silent, and the broker tells that the reader is gone.
    LAST_WILL = "last_will"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault from ``begins`` to ``ends``, in s after midnight."""

    kind: MeterFault
    begins: int
    ends: int


@dataclass(slots=True)
class Picture:
    """What a controller may know of the meter: currents in A, power in W, and when they came (s).

    ``news`` tells that something came in this second, ``currents`` that it had currents.
    ``retained`` tells that it was a retained message.
    """

    lines: tuple[Ampere, ...] | None = None
    lines_at: int = 0
    power: Watt | None = None
    power_at: int = 0
    online: bool = True
    news: bool = False
    currents: bool = False
    retained: bool = False


@dataclass(slots=True)
class Meter:
    """Reads three lines: the power each 2.5 s (not a Kamstrup), the currents each 10 s."""

    random: Random
    kamstrup: bool = False
    faults: tuple[Fault, ...] = ()
    picture: Picture = field(default_factory=Picture)

    def step(self, second: int, lines: tuple[Ampere, ...], power: Watt) -> Picture:
        """Return what is known after this second."""
        picture = self.picture
        picture.news = picture.currents = picture.retained = False
        fault = next((each for each in self.faults if each.begins <= second < each.ends), None)
        gone = fault is not None and fault.kind is not MeterFault.FROZEN
        picture.online = not (
            fault is not None
            and fault.kind is MeterFault.LAST_WILL
            and second >= fault.begins + _WILL_AFTER
        )
        if gone:
            if fault is not None and fault.kind is MeterFault.RETAINED and second % 60 == 0:
                picture.news = picture.currents = picture.retained = True
            return picture
        due_currents = second % 10 == 0
        if due_currents:
            picture.news = picture.currents = True
            picture.lines_at = second
            if fault is None or picture.lines is None:
                picture.lines = tuple(self._round(current) for current in lines)
        # Each 2.5 s, in whole seconds.
        if due_currents or (not self.kamstrup and second % 10 in {3, 5, 8}):
            picture.news = True
            picture.power_at = second
            if fault is None or picture.power is None:
                picture.power = round(power * (1 + self.random.gauss(0, 0.002)))
        return picture

    def _round(self, current: Ampere) -> Ampere:
        return max(0.0, round(current + self.random.gauss(0, _NOISE), 1))
