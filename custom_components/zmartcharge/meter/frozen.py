"""Currents that do not follow what happens: a reader or a meter that repeats old values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..units import Ampere, GridType, Phase, Watt
from .reading import PartialReading

#: A charger's draw has to change by more than this to say something about the lines (A).
MOVED = 3.0
# Half of the last digit that meters show.
_SAME = 0.05
# A charger tells what it draws a while after it began to.
_CHARGER_LATE = timedelta(seconds=15)
_SAMPLES = 2
# Meters send their currents every 10 s.
_TWO_LISTS = timedelta(seconds=20)
# Three lists whose currents cannot carry their power: one may be a load that just came on, whose
# power was measured seconds after the currents.
_IMPOSSIBLE = 3
_TOLERANCE, _TOLERANCE_SHARE = 500.0, 0.15
_NOMINAL = 230.0


@dataclass(slots=True)
class _Line:
    value: Ampere
    changed_at: datetime


@dataclass(slots=True)
class _Move:
    noted_at: datetime
    samples: int = 0


class FrozenDetector:
    """Watches the lists of one meter.

    A phase is frozen when a charger on it moved by more than 3 A and it did not within two samples.
    All of them are when three lists in a row have more power than their currents can carry, which is
    impossible: ``P ≤ U·ΣI`` with a neutral, ``P ≤ U·ΣI/√3`` without.
    """

    def __init__(self, grid: GridType) -> None:
        """Begin to watch a meter of this supply system."""
        self._grid = grid
        self._lines: dict[Phase, _Line] = {}
        self._moves: dict[Phase, _Move] = {}
        self._frozen: set[Phase] = set()
        self._impossible = 0

    @property
    def frozen(self) -> frozenset[Phase]:
        """Return the phases whose currents must not be decided on."""
        if self._impossible >= _IMPOSSIBLE:
            return frozenset(self._grid.phases)
        return frozenset(self._frozen)

    def see(self, partial: PartialReading) -> None:
        """Take in a list that was believed, without what its meter does not measure.

        Retained ones and estimates say nothing.
        """
        if partial.retained or not partial.currents:
            return
        at = partial.measured_at
        for phase, current in partial.currents.items():
            if phase in partial.margins:
                continue
            line = self._lines.get(phase)
            if line is None or abs(current - line.value) >= _SAME:
                self._lines[phase] = _Line(current, at)
                self._moves.pop(phase, None)
                self._frozen.discard(phase)
            else:
                self._count(phase, at)
        self._weigh(partial)

    def charger_moved(self, moves: Mapping[Phase, Ampere], since: datetime, now: datetime) -> None:
        """Note by how much the chargers' draw on each line changed after ``since``."""
        for phase, amperes in moves.items():
            line = self._lines.get(phase)
            if abs(amperes) <= MOVED or line is None:
                continue
            if line.changed_at < since - _CHARGER_LATE:
                self._moves.setdefault(phase, _Move(now))

    def _count(self, phase: Phase, at: datetime) -> None:
        if (move := self._moves.get(phase)) is None:
            return
        move.samples += 1
        # Some readers send each list twice.
        if move.samples >= _SAMPLES and at - move.noted_at >= _TWO_LISTS:
            self._frozen.add(phase)

    def _weigh(self, partial: PartialReading) -> None:
        power, measured = partial.power, partial.currents.keys() - partial.margins.keys()
        if power is None or not measured.issuperset(self._grid.phases):
            return
        possible = _carried(partial, self._grid)
        excess = abs(power) - possible * (1 + _TOLERANCE_SHARE) - _TOLERANCE
        self._impossible = self._impossible + 1 if excess > 0 else 0


def _carried(partial: PartialReading, grid: GridType) -> Watt:
    """Return the most power that the currents of a list can carry."""
    total = sum(
        abs(current) * (partial.voltages.get(phase) or _NOMINAL)
        for phase, current in partial.currents.items()
    )
    return float(total / 3**0.5) if grid is GridType.IT_230 else float(total)
