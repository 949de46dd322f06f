"""When a fuse opens: the earliest and the latest that its standard allows.

Circuit breakers by IEC 60898-1:2015, table 7: not within an hour at 1.13 times the rating, within an
hour at 1.45 times, within 1 to 60 s (120 s above 32 A) at 2.55 times, at once at 3 to 5 (B) or 5 to 10
times (C). gG fuses by IEC 60269-1, 8.4.3.3: not within an hour at 1.25 times, within an hour at 1.6
times. Within seconds the standard bounds them by gates for each rating; 10 s at twice the rating for the
earliest and 5 s at 4.4 times for the latest are assumptions in their place, the first chosen low.
Between two points the time is a straight line in logarithms, above them it goes on so. What was heated
cools with a time constant, the slower the closer the current is to what is carried for ever.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from math import inf, log

from custom_components.zmartcharge.units import Ampere

_HOUR = 3600.0
#: Time constants of cooling in s: a fuse that opens early is also one that cools slowly.
_COOLS_SLOWLY, _COOLS_QUICKLY = 900.0, 300.0


class FuseKind(StrEnum):
    """The main fuses of Norwegian homes."""

    MCB_B = "B"
    MCB_C = "C"
    GG = "gG"


@dataclass(frozen=True, slots=True, kw_only=True)
class TripCurve:
    """Currents as shares of the rating: ``hour`` opens after an hour, ``brief`` after ``seconds``.

    ``instant`` opens at once; below ``hour`` it never opens. ``cooling`` is a time constant in s.
    """

    hour: float
    brief: float
    seconds: float
    instant: float
    cooling: float

    def seconds_at(self, ratio: float) -> float:
        """Return after how many seconds of this share of its rating it opens."""
        if ratio >= self.instant:
            return 0.1
        if ratio <= self.hour:
            return inf
        slope = log(_HOUR / self.seconds) / log(self.brief / self.hour)
        return float(_HOUR * (self.hour / ratio) ** slope)


def trip_curves(kind: FuseKind, rating: Ampere) -> tuple[TripCurve, TripCurve]:
    """Return the earliest and the latest curve that the standard allows for a rating up to 63 A."""
    if kind is FuseKind.GG:
        return (
            TripCurve(hour=1.25, brief=2.0, seconds=10, instant=inf, cooling=_COOLS_SLOWLY),
            TripCurve(hour=1.6, brief=4.4, seconds=5, instant=inf, cooling=_COOLS_QUICKLY),
        )
    first, last = (3, 5) if kind is FuseKind.MCB_B else (5, 10)
    late = 60 if rating <= 32 else 120
    return (
        TripCurve(hour=1.13, brief=2.55, seconds=1, instant=first, cooling=_COOLS_SLOWLY),
        TripCurve(hour=1.45, brief=2.55, seconds=late, instant=last, cooling=_COOLS_QUICKLY),
    )


@dataclass(slots=True)
class Fuse:
    """A fuse of one line; ``heat`` is the share of what opens it, ``trips`` how often it opened."""

    rating: Ampere
    curve: TripCurve
    heat: float = field(default=0.0, init=False)
    trips: int = field(default=0, init=False)

    def carry(self, current: Ampere) -> None:
        """Carry a current for a second; one that has opened is closed again, cold."""
        ratio = current / self.rating
        if ratio > self.curve.hour:
            self.heat += 1.0 / self.curve.seconds_at(ratio)
            if self.heat >= 1.0:
                self.heat = 0.0
                self.trips += 1
        elif self.heat:
            left = 1.0 - (ratio / self.curve.hour) ** 2
            self.heat -= self.heat * left / self.curve.cooling
