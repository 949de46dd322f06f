"""Follows a meter's register: what it delivered since, and what to think of falls and leaps.

Pure. A register only rises by what was delivered. In practice it also falls to 0 for one sample,
starts again after a reboot, rolls over, comes in the wrong order or twice, or is that of a new
meter. So a fall or a leap counts for nothing, and the register is followed from its new value only
after a second sample there.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from ..units import WattHour
from .clock import MICROSECOND

#: No charger delivers more (500 kW); less than 10 kWh is believed at any pace.
MAX_WATT = 500_000
ALWAYS_BELIEVED: WattHour = 10_000
#: What a charger whose power is known may seem to deliver at once: meters count whole kWh, and tell
#: of them minutes later.
SLACK: WattHour = 2_000
LAG = timedelta(minutes=10)
#: More than any car takes between two samples of one session, or when no pace is known.
MAX_STEP: WattHour = 300_000
#: Registers that are rounded differently in two messages seem to fall by this much.
JITTER: WattHour = 100
#: Registers are signed or unsigned 32-bit integers in many meters.
_SPANS = (2**31, 2**32)
_HOUR = timedelta(hours=1) // MICROSECOND


class Turn(StrEnum):
    """How a register can leave its course."""

    RESET = "reset"
    ROLLOVER = "rollover"
    JUMP = "jump"


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """The register as last believed, and a doubtful value that awaits a second one.

    Readings before ``epoch_at`` are from before the register's last turn and tell nothing.
    """

    register_wh: WattHour
    at: datetime
    epoch_at: datetime
    pending_wh: WattHour | None = None
    pending_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a reading did: ``added_wh`` (never negative) was delivered since ``since``.

    ``doubtful``: the reading is a turn that awaits a second one.
    """

    track: Track
    since: datetime
    added_wh: WattHour = 0
    turn: Turn | None = None
    doubtful: bool = False


def begin(register: WattHour, at: datetime) -> Track:
    """Return a track that begins with a reading."""
    return Track(register_wh=register, at=at, epoch_at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What to believe of a reading.

    ``timed`` False: the times do not tell how fast the register rose. ``tolerance``: falls of up
    to this many Wh are no turns. ``max_step``: larger steps, in Wh, are jumps at any pace.
    ``max_watt``: the most that the charger can deliver, None where that is not known.
    """

    timed: bool = True
    tolerance: WattHour = JITTER
    max_step: WattHour | None = None
    max_watt: int | None = None

    def allows(self, added: WattHour, duration: timedelta, *, late: bool = False) -> bool:
        """Tell whether so much energy can have been delivered in so long.

        ``late``: the clock went back, so that nobody knows how long it was.
        """
        if not self.timed:
            return added <= MAX_STEP
        if self.max_step is not None and added > self.max_step:
            return False
        if self.max_watt is not None and not late:
            within = self.max_watt * ((duration + LAG) // MICROSECOND)
            return (added - SLACK) * _HOUR <= within
        return added <= ALWAYS_BELIEVED or added * _HOUR <= MAX_WATT * (duration // MICROSECOND)


def follow(track: Track, register: WattHour, at: datetime, belief: Belief | None = None) -> Step:
    """Return what a reading does to a track."""
    belief = belief or Belief()
    unchanged = Step(track=track, since=track.at)
    added = register - track.register_wh
    late = at < track.at
    if at < track.epoch_at or (late and added <= 0):
        return unchanged
    if added >= 0:
        if belief.allows(added, max(at, track.at) - track.at, late=late):
            believed = Track(register_wh=register, at=max(at, track.at), epoch_at=track.epoch_at)
            return Step(track=believed, since=track.at, added_wh=added)
        return unchanged if late else _turn(track, register, at, belief, Turn.JUMP)
    wrapped = _wrapped(track.register_wh, register)
    if wrapped is not None and belief.allows(wrapped, at - track.at):
        rolled = Track(register_wh=register, at=at, epoch_at=at)
        return Step(track=rolled, since=track.at, added_wh=wrapped, turn=Turn.ROLLOVER)
    if -added <= belief.tolerance:
        return unchanged
    return _turn(track, register, at, belief, Turn.RESET)


def _wrapped(before: WattHour, after: WattHour) -> WattHour | None:
    """Return what was delivered if a 32-bit register rolled over, None if it did not."""
    for span in _SPANS:
        if before < span and span - before + after <= MAX_STEP:
            return span - before + after
    return None


def _turn(track: Track, register: WattHour, at: datetime, belief: Belief, turn: Turn) -> Step:
    """Take a second reading at a new level for the register's new course; doubt a first one."""
    if track.pending_wh is not None and track.pending_at is not None:
        rise = register - track.pending_wh
        if at > track.pending_at and rise >= 0 and belief.allows(rise, at - track.pending_at):
            settled = Track(register_wh=register, at=at, epoch_at=track.pending_at)
            return Step(track=settled, since=track.pending_at, added_wh=rise, turn=turn)
        if at < track.pending_at or (at == track.pending_at and rise == 0):
            return Step(track=track, since=track.at)
    pending = replace(track, pending_wh=register, pending_at=at)
    return Step(track=pending, since=track.at, turn=turn, doubtful=True)
