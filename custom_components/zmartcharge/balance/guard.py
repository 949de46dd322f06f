"""The fuse guard: what must hold when nothing else works.

It knows nothing of how currents are shared and uses nothing of it: it looks at the last readings,
at what the chargers were told, and at when the balancing last gave a sign of life. It only lowers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from ..units import Ampere, Phase
from .decision import Level
from .safe import SafeCharger, safe_currents
from .situation import LineReading

#: An overload has to be answered by a lower current within this time.
_HANDLED_WITHIN = timedelta(seconds=1)
_PAUSE_ABOVE = 1.45
#: Our clock may have been read a moment before a value came.
_CLOCK_TOLERANCE = timedelta(seconds=1)


class GuardReason(StrEnum):
    """Why the guard acts, the most pressing first; each is the key of a translated message."""

    OVERLOAD = "overload"
    OFFLINE = "offline"
    FROZEN = "frozen"
    STALE = "stale"
    ENGINE_DEAD = "engine_dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardedCharger(SafeCharger):
    """A charger and when it was last told a lower current, or ``None``."""

    lowered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardView:
    """What the guard sees: ``fuse`` in A, the lines that the site has with their last readings.

    A line without a reading is ``None``. ``heartbeat`` is when the balancing last decided.
    """

    fuse: Ampere
    lines: Mapping[Phase, LineReading | None]
    chargers: tuple[GuardedCharger, ...]
    heartbeat: datetime | None
    online: bool = True
    frozen: frozenset[Phase] = frozenset()
    stale_after: timedelta = timedelta(seconds=30)
    pause_after: timedelta = timedelta(seconds=90)
    dead_after: timedelta = timedelta(seconds=30)
    reaction: timedelta = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardState:
    """Since when what is wrong, and of when the last whole reading was; the empty one is how to begin."""

    since: Mapping[GuardReason, datetime] = field(default_factory=dict)
    started_at: datetime | None = None
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardDecision:
    """What each charger may have at most in A; all others than those named are left alone.

    ``level`` is normal while the guard has nothing to do. ``next_look`` is when to ask again.
    """

    level: Level
    reason: GuardReason | None
    caps: Mapping[str, Ampere]
    next_look: datetime | None


def guard(state: GuardState, view: GuardView, now: datetime) -> tuple[GuardState, GuardDecision]:
    """Return what to remember, and what has to be cut. To be called each second.

    ``now`` is aware UTC. An overload not answered within 1 s, a reader that is offline, a frozen
    line, a reading older than ``stale_after`` or a balancing without a sign of life for
    ``dead_after`` cut to the safe current; lasting for ``pause_after``, or above 1.45 times the fuse,
    they pause.
    """
    state = replace(state, started_at=state.started_at or now, read_at=_read_at(state, view))
    wrong = _wrong(state, view, now)
    since = {reason: state.since.get(reason, first) for reason, first in wrong.items()}
    state = replace(state, since=since)
    acting = {
        reason: first
        for reason, first in since.items()
        if reason is not GuardReason.OVERLOAD or now - first >= _HANDLED_WITHIN
    }
    if not acting:
        return state, GuardDecision(
            level=Level.NORMAL, reason=None, caps={}, next_look=_next(view, since, now)
        )
    reason = min(acting, key=list(GuardReason).index)
    lasted = any(now - first >= view.pause_after for first in acting.values())
    paused = lasted or (reason is GuardReason.OVERLOAD and not _safe_is_enough(view))
    safe = safe_currents(view.fuse, view.chargers)
    caps = {
        charger.id: 0.0 if paused else min(charger.allowed, safe[charger.id])
        for charger in view.chargers
        if not charger.fixed and charger.allowed > 0
    }
    level = Level.PAUSED if paused else Level.SAFE
    return state, GuardDecision(
        level=level, reason=reason, caps=caps, next_look=_next(view, since, now)
    )


def _wrong(state: GuardState, view: GuardView, now: datetime) -> dict[GuardReason, datetime]:
    """Return what is wrong, and since when at the latest."""
    found = {}
    started = state.started_at or now
    oldest = state.read_at or started
    if any(_unanswered(view, line) for line in view.lines):
        found[GuardReason.OVERLOAD] = now
    if not view.online:
        found[GuardReason.OFFLINE] = max(oldest, started)
    if view.frozen.intersection(view.lines):
        found[GuardReason.FROZEN] = now
    if now - oldest > view.stale_after or oldest - now > _CLOCK_TOLERANCE:
        # Measured in the future: our clock was set back, and nothing has come since.
        found[GuardReason.STALE] = min(oldest, now)
    if now - (view.heartbeat or started) > view.dead_after:
        found[GuardReason.ENGINE_DEAD] = view.heartbeat or started
    return found


def _read_at(state: GuardState, view: GuardView) -> datetime | None:
    """Return when the oldest line of the last reading that had all of them was measured."""
    readings = [reading.at for reading in view.lines.values() if reading is not None]
    return min(readings) if readings and len(readings) == len(view.lines) else state.read_at


def _load(reading: LineReading) -> Ampere:
    return abs(reading.current) + reading.margin


def _unanswered(view: GuardView, line: Phase) -> bool:
    """Return whether a line is above the fuse and nobody on it was lowered for that."""
    reading = view.lines[line]
    if reading is None or _load(reading) <= view.fuse:
        return False
    able = [c for c in view.chargers if c.coefficients.get(line) and not c.fixed]
    # A reading is no evidence against a command that was still on its way.
    answered = any(
        c.lowered_at is not None and c.lowered_at >= reading.at - view.reaction for c in able
    )
    return not answered and any(c.allowed > 0 for c in able)


def _safe_is_enough(view: GuardView) -> bool:
    """Return whether every line is under the fuse once all chargers are at their safe current."""
    safe = safe_currents(view.fuse, view.chargers)
    for line, reading in view.lines.items():
        if reading is None:
            continue
        off = sum(
            charger.coefficients.get(line, 0.0) * max(0.0, charger.allowed - safe[charger.id])
            for charger in view.chargers
        )
        if _load(reading) > _PAUSE_ABOVE * view.fuse or _load(reading) - off > view.fuse:
            return False
    return True


def _next(view: GuardView, since: Mapping[GuardReason, datetime], now: datetime) -> datetime | None:
    times = [first + view.pause_after for first in since.values()]
    if GuardReason.OVERLOAD in since:
        times.append(since[GuardReason.OVERLOAD] + _HANDLED_WITHIN)
    times += [reading.at + view.stale_after for reading in view.lines.values() if reading]
    if view.heartbeat is not None:
        times.append(view.heartbeat + view.dead_after)
    return min((time for time in times if time > now), default=None)
