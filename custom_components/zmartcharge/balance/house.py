"""What the house takes of each line without its chargers.

A reading tells the sum. What a charger drew at that moment is known exactly when its own measurement
belongs to it, and within bounds when a command was on its way. So a reading bounds the house, and the
estimate is the earlier one moved into these bounds by as little as possible: the estimate and all
that the chargers could draw are never less than what was read.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from ..units import Ampere, GridType, Watt
from .learning import coefficients, taken_at
from .situation import MINIMUM_CURRENT, ChargerSituation, Situation, Timing
from .state import BalanceState, ChargerMemory, HouseSample, Reference

#: A charger's measurement may be this much older than the reading that it explains.
_TOGETHER = timedelta(seconds=2)
#: A car that has settled is not expected to take more than it did by more than this (A).
_SETTLED = 0.5
#: In a net without neutral a charger's current lies up to 60° off the line's, so that lowering it
#: takes less off the line than its amperes: an excess is made this much larger.
_OFF_ANGLE = 0.15
#: The power of a house wanders by this much without anything having come on (W).
_WANDERS = 100.0


class Span(NamedTuple):
    """The bounds of a charger's draw per terminal, in A."""

    low: Ampere
    high: Ampere


def span(
    charger: ChargerSituation,
    memory: ChargerMemory,
    since: datetime,
    at: datetime,
    timing: Timing,
) -> Span:
    """Return between what a charger drew at ``at``, with the commands in force from ``since`` on."""
    if not charger.online:
        return Span(0.0, reserve(charger, at))
    if not charger.plugged:
        return Span(0.0, 0.0)
    if memory.followed_at is not None and memory.followed_at <= at:
        since = max(since, memory.followed_at)
    low, high = memory.in_force(since, at)
    if not charger.accepted and len(memory.commands) > 1:
        refused = memory.commands[-2].current
        low, high = min(low, refused), max(high, refused)
    near = [taken for taken in memory.draws if abs(taken.at - at) <= timing.stale_after]
    for taken in near:
        if taken.at >= at - _TOGETHER and len(set(memory.in_force(since, taken.at))) == 1:
            # What it takes above its allowance is nothing that can be taken back: the house's.
            return Span(min(taken.current, high), min(taken.current, high))
    earlier = [taken for taken in near if taken.at < at - _TOGETHER]
    if earlier:
        newest = earlier[-1]
        held = memory.in_force(newest.at - timing.reaction, at)
        if newest.current >= MINIMUM_CURRENT and held[0] == held[1]:
            # It is settled: a car that has its own limit below its allowance keeps to it.
            high = min(high, newest.current + _SETTLED)
        elif memory.falls(newest.at - timing.reaction, at):
            high = min(high, max(low, newest.current))
        return Span(min(newest.current, low), high)
    if charger.suspended_by_car:
        return Span(0.0, high)
    if memory.ceiling is not None:
        low = min(low, memory.ceiling)
    return Span(low, high)


def reserve(charger: ChargerSituation, now: datetime) -> Ampere:
    """Return what an offline charger may draw, in A."""
    if charger.allowed_until is not None and now >= charger.allowed_until:
        return charger.fail_safe
    return max(charger.fail_safe, charger.allowed)


def possible(
    charger: ChargerSituation, memory: ChargerMemory, timing: Timing, now: datetime
) -> Ampere:
    """Return the most that a charger can draw now, in A, whatever it was told since."""
    return span(charger, memory, now - timing.reaction, now, timing).high


def sample(
    state: BalanceState,
    memories: Mapping[str, ChargerMemory],
    situation: Situation,
    now: datetime,
) -> HouseSample | None:
    """Return what the house takes by the newest readings; ``None`` while a line is missing."""
    readings, limits = situation.readings, situation.limits
    at = taken_at(readings, limits.grid)
    if at is None:
        return None
    before = next((taken for taken in reversed(state.house) if taken.at < at), None)
    loads = [
        (charger, memories[charger.id], coefficients(charger, memories[charger.id], limits.grid))
        for charger in situation.chargers
    ]
    spans: dict[datetime, list[Span]] = {}
    lines = {}
    for line in limits.grid.phases:
        reading = readings.lines[line]
        if reading.at not in spans:
            since = reading.at - situation.timing.reaction
            spans[reading.at] = [
                span(charger, memory, since, reading.at, situation.timing)
                for charger, memory, _ in loads
            ]
        bounds = [
            Span(bound.low * each.get(line, 0.0), bound.high * each.get(line, 0.0))
            for bound, (_, _, each) in zip(spans[reading.at], loads, strict=True)
        ]
        measured = abs(reading.current) + reading.margin
        if limits.grid is GridType.IT_230:
            measured += max(0.0, measured - limits.line_limit) * _OFF_ANGLE
        earlier = before.lines[line] if before else None
        lines[line] = _fit(earlier, measured, bounds)
    return HouseSample(at, lines, _power(before, memories, situation, now))


def _fit(earlier: float | None, measured: float, bounds: list[Span]) -> float:
    least = measured - sum(bound.high for bound in bounds)
    most = measured - sum(bound.low for bound in bounds)
    # What the sun delivers now is nothing to rely on: a house takes at least 0.
    return max(0.0, most if earlier is None else min(max(earlier, least), most))


def _power(
    before: HouseSample | None,
    memories: Mapping[str, ChargerMemory],
    situation: Situation,
    now: datetime,
) -> Watt | None:
    readings, timing = situation.readings, situation.timing
    if readings.power is None or readings.power_at is None:
        return None
    at = readings.power_at
    if now - at > timing.stale_after:
        return None
    bounds = []
    for charger in situation.chargers:
        low, high = span(charger, memories[charger.id], at - timing.reaction, at, timing)
        bounds.append(Span(low * _watts(charger), high * _watts(charger)))
    earlier = before.power if before else None
    return _fit(earlier, readings.power, bounds)


def refer(
    state: BalanceState,
    memories: Mapping[str, ChargerMemory],
    situation: Situation,
) -> Reference | None:
    """Return the total power that belongs to the newest currents, for later jumps."""
    readings = situation.readings
    at = taken_at(readings, situation.limits.grid)
    if at is None or readings.power is None or readings.power_at is None:
        return state.reference
    if (state.reference and state.reference.at == at) or abs(readings.power_at - at) > _TOGETHER:
        return state.reference
    since = at - situation.timing.reaction
    chargers = sum(
        span(charger, memories[charger.id], since, at, situation.timing).low * _watts(charger)
        for charger in situation.chargers
    )
    return Reference(at=at, power=readings.power, chargers=chargers)


def jump(
    state: BalanceState,
    memories: Mapping[str, ChargerMemory],
    situation: Situation,
    now: datetime,
) -> Ampere:
    """Return by how much a line may have risen since the newest currents, in A; at least 0.

    A jump of the total power may lie on one line alone. What the chargers may have begun to take
    since is their own and already kept for them.
    """
    readings, timing = situation.readings, situation.timing
    reference, at = state.reference, readings.power_at
    if reference is None or readings.power is None or at is None:
        return 0.0
    if at <= reference.at or now - at > timing.stale_after:
        return 0.0
    chargers = sum(
        span(charger, memories[charger.id], reference.at - timing.reaction, at, timing).high
        * _watts(charger)
        for charger in situation.chargers
    )
    rise = readings.power - reference.power - max(0.0, chargers - reference.chargers)
    return rise / situation.limits.grid.line_voltage if rise > _WANDERS else 0.0


def _watts(charger: ChargerSituation) -> Watt:
    return charger.feeds[charger.feed].watts_per_ampere
