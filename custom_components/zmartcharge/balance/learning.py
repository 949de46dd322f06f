"""Corrects what a charger is believed to load the lines with, by what was measured.

Two sources: the charger's own meter tells which lines its car uses (where there is a neutral, so that
a terminal's current is its line's), and the main meter tells by how much the lines moved after a
command. Both are slow, and neither makes a coefficient lower than what was seen.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from ..units import Ampere, GridType, Phase
from .situation import ChargerSituation, Readings, Situation
from .state import BalanceState, ChargerMemory, LinesAt, Trial

#: A command has to move the draw by this much for the lines to tell something (A).
_MOVE = 4.0
#: Below this a car's share in a line says nothing (A).
_DRAW = 4.0
_USED_SAMPLES, _USED_AFTER = 6, 3
_SEEN_SAMPLES, _SEEN_LOWER_AFTER, _SEEN_HIGHER_AFTER = 5, 4, 3
#: A line with this share of the car's current or more is used.
_USED_SHARE = 0.05
_ALLOWANCE = 0.05
#: No wiring loads a line with more than √3, and none with a neutral with more than 1, and some noise.
_BOUNDS = {GridType.IT_230: 1.85, GridType.TN_400: 1.1, GridType.SINGLE_PHASE: 1.1}
_INSTANT = timedelta(microseconds=1)
_BEFORE, _AFTER = timedelta(seconds=20), timedelta(seconds=40)


def drawn(charger: ChargerSituation, grid: GridType) -> Ampere | None:
    """Return the current that the car takes of what is offered, in A; ``None`` if not measured.

    Without a neutral one terminal may carry the return of both others, which is more than is offered.
    """
    if charger.draw is None:
        return None
    terminals = sorted((0.0, 0.0, *charger.draw.values()))
    highest, second = terminals[-1], terminals[-2]
    returned = grid is GridType.IT_230 and second > highest / 2
    return second if returned else highest


def coefficients(
    charger: ChargerSituation, memory: ChargerMemory, grid: GridType, feed: int | None = None
) -> Mapping[Phase, float]:
    """Return line amperes per offered ampere for a feed, the present one's corrected."""
    index = charger.feed if feed is None else feed
    preset = charger.feeds[index].coefficients
    return preset if index != charger.feed or memory.learned is None else memory.learned


def conclude(charger: ChargerSituation, memory: ChargerMemory, grid: GridType) -> ChargerMemory:
    """Keep what the samples say of the present feed's coefficients."""
    if not (memory.used or memory.seen):
        return memory if memory.learned is None else replace(memory, learned=None)
    preset = charger.feeds[charger.feed].coefficients
    lines = grid.phases if memory.seen else tuple(preset)
    corrected = {line: _corrected(line, preset.get(line, 0.0), memory, grid) for line in lines}
    learned = {line: value for line, value in corrected.items() if value > 0}
    return memory if learned == memory.learned else replace(memory, learned=learned)


def _corrected(line: Phase, preset: float, memory: ChargerMemory, grid: GridType) -> float:
    seen = [ratios.get(line, 0.0) for ratios in memory.seen]
    value = preset
    if len(seen) >= _SEEN_HIGHER_AFTER and min(seen[-_SEEN_HIGHER_AFTER:]) > preset + 0.1:
        value = min(_BOUNDS[grid], *seen[-_SEEN_HIGHER_AFTER:])
    elif len(seen) >= _SEEN_LOWER_AFTER and max(seen) + _ALLOWANCE < preset:
        value = max(seen) + _ALLOWANCE
    if len(memory.used) >= _USED_AFTER:
        share = max(ratios.get(line, 0.0) for ratios in memory.used)
        value = 0.0 if share < _USED_SHARE else value
    return value


def learn_use(charger: ChargerSituation, memory: ChargerMemory, grid: GridType) -> ChargerMemory:
    """Take in which lines the car uses, from a new measurement of the charger."""
    draw, at = charger.draw, charger.draw_at
    total = drawn(charger, grid)
    if grid is GridType.IT_230 or draw is None or total is None or at is None:
        return memory
    if at == memory.used_at or total < _DRAW:
        return memory
    sample = {line: amperes / total for line, amperes in draw.items()}
    return replace(memory, used=(*memory.used, sample)[-_USED_SAMPLES:], used_at=at)


def learn_trials(
    state: BalanceState, memories: Mapping[str, ChargerMemory], situation: Situation
) -> dict[str, ChargerMemory]:
    """Begin, complete or give up trials. Only one charger at a time can be learned from."""
    readings = situation.readings
    grid = situation.limits.grid
    at = taken_at(readings, grid)
    known = dict(memories)
    if at is None:
        return known
    commanded = {
        charger.id: charger
        for charger in situation.chargers
        if memories[charger.id].commands and _is_new(state, memories, charger.id)
    }
    for charger in situation.chargers:
        memory = known[charger.id]
        if commanded and (memory.trial is not None or len(commanded) > 1):
            known[charger.id] = replace(memory, trial=None)
        elif charger.id in commanded:
            known[charger.id] = _begin(memory, state, situation)
        elif memory.trial is not None:
            known[charger.id] = _follow(charger, memory, memory.trial, situation, at)
    return known


def taken_at(readings: Readings, grid: GridType) -> datetime | None:
    """Return when the oldest of the lines was measured; ``None`` when one is missing."""
    if not all(line in readings.lines for line in grid.phases):
        return None
    return min(readings.lines[line].at for line in grid.phases)


def lines_of(readings: Readings, grid: GridType) -> LinesAt | None:
    """Return the currents of all lines; ``None`` when one is missing."""
    at = taken_at(readings, grid)
    if at is None:
        return None
    return LinesAt(at, {line: readings.lines[line].current for line in grid.phases})


def _is_new(state: BalanceState, memories: Mapping[str, ChargerMemory], charger: str) -> bool:
    before = state.chargers.get(charger)
    return bool(
        before and before.commands and before.commands[-1] != memories[charger].commands[-1]
    )


def _begin(memory: ChargerMemory, state: BalanceState, situation: Situation) -> ChargerMemory:
    """Note what the lines and the car did just before a command."""
    command, timing = memory.commands[-1], situation.timing
    newest = lines_of(situation.readings, situation.limits.grid)
    before = next(
        (taken for taken in (newest, state.lines) if taken and taken.at <= command.at), None
    )
    draws = [
        taken
        for taken in memory.draws
        if taken.at <= command.at
        and len(set(memory.in_force(taken.at - timing.reaction, taken.at - _INSTANT))) == 1
    ]
    if before is None or not draws:
        return replace(memory, trial=None)
    draw = draws[-1]
    unmoved = abs(command.current - memory.commands[-2].current) < _MOVE
    if unmoved or command.at - min(draw.at, before.at) > _BEFORE:
        return replace(memory, trial=None)
    trial = Trial(at=command.at, lines=before.currents, draw=draw.current)
    return replace(memory, trial=trial)


def _follow(
    charger: ChargerSituation,
    memory: ChargerMemory,
    trial: Trial,
    situation: Situation,
    at: datetime,
) -> ChargerMemory:
    readings, timing = situation.readings, situation.timing
    settled = trial.at + timing.reaction
    if at > trial.at + _AFTER:
        return replace(memory, trial=None)
    if at < settled or charger.draw_at is None or charger.draw_at < settled:
        return memory
    moved = (drawn(charger, situation.limits.grid) or 0.0) - trial.draw
    if abs(moved) < _MOVE:
        return replace(memory, trial=None)
    ratios = {
        line: max(0.0, (reading.current - trial.lines[line]) / moved)
        for line, reading in readings.lines.items()
        if line in trial.lines
    }
    return replace(memory, trial=None, seen=(*memory.seen, ratios)[-_SEEN_SAMPLES:])
