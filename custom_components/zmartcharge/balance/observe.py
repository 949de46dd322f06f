"""Keeps the memory of each charger up to what is seen of it."""

from dataclasses import replace
from datetime import datetime, timedelta

from ..units import GridType
from .learning import conclude, drawn, learn_trials, learn_use
from .situation import ChargerSituation, Situation
from .state import BalanceState, ChargerMemory, Command, Draw

_KEEP = timedelta(minutes=2)
_LONG_AGO = timedelta(days=1)
_DRAWS = 4
#: A car leaves a part of its allowance unused when it is this much in A, and others may then have
#: what is above its draw and the second number, so that it can show that it wants more.
_UNUSED, _SLACK = 1.5, 1.0


def observe(state: BalanceState, situation: Situation, now: datetime) -> dict[str, ChargerMemory]:
    """Return the memories of the situation's chargers; those of others are forgotten."""
    grid = situation.limits.grid
    memories = {}
    for charger in situation.chargers:
        memory = state.chargers.get(charger.id) or ChargerMemory(feed=charger.feed, turn_since=now)
        memory = _session(charger, memory, now)
        memory = _command(charger, memory, now)
        memory = _draw(charger, memory, grid)
        memory = _unused(charger, memory, situation, now)
        memories[charger.id] = learn_use(charger, memory, grid)
    memories = learn_trials(state, memories, situation)
    return {c.id: conclude(c, memories[c.id], grid) for c in situation.chargers}


def _session(charger: ChargerSituation, memory: ChargerMemory, now: datetime) -> ChargerMemory:
    if charger.wants != memory.wanted:
        memory = replace(memory, wanted=charger.wants, turn_since=now, paused_at=None)
    if not charger.plugged and memory.used:
        # The next car may use other lines.
        memory = replace(memory, used=(), used_at=None)
    if charger.feed != memory.feed:
        memory = replace(
            memory, feed=charger.feed, feed_since=now, used=(), seen=(), trial=None, learned=None
        )
    return memory


def _command(charger: ChargerSituation, memory: ChargerMemory, now: datetime) -> ChargerMemory:
    at = min(charger.commanded_at or now - _LONG_AGO, now)
    if not memory.commands:
        return replace(memory, commands=(Command(at, charger.allowed),))
    before = memory.commands[-1]
    if charger.allowed == before.current:
        return memory
    # A command that was told without its time came at the latest now.
    at = max(before.at, at if charger.commanded_at else now)
    commands = (*memory.commands, Command(at, charger.allowed))
    while len(commands) > 2 and commands[1].at < now - _KEEP:
        commands = commands[1:]
    memory = replace(memory, commands=commands, unused_since=None)
    lowered = charger.allowed < before.current
    if lowered and not memory.early:
        memory = replace(memory, lowered_at=at)
    if not lowered:
        memory = replace(memory, raised_at=at)
    if charger.allowed == 0 or before.current == 0:
        memory = replace(memory, turn_since=at)
    if charger.allowed == 0:
        return replace(memory, paused_at=at if memory.overloaded else None, ceiling=None)
    return replace(memory, paused_at=None)


def _draw(charger: ChargerSituation, memory: ChargerMemory, grid: GridType) -> ChargerMemory:
    draw, at = drawn(charger, grid), charger.draw_at
    if draw is None or at is None or (memory.draws and at <= memory.draws[-1].at):
        return memory
    return replace(memory, draws=(*memory.draws, Draw(at, draw))[-_DRAWS:])


def _unused(
    charger: ChargerSituation, memory: ChargerMemory, situation: Situation, now: datetime
) -> ChargerMemory:
    """Note what a car leaves of its allowance, once it has done so for a while."""
    noted = memory.unused_since is not None or memory.ceiling is not None
    takes_all = replace(memory, unused_since=None, ceiling=None) if noted else memory
    timing = situation.timing
    draw, at = drawn(charger, situation.limits.grid), charger.draw_at
    if not (charger.wants and charger.allowed and draw is not None and at is not None):
        return takes_all
    if at < memory.commands[-1].at + timing.reaction or now - at > timing.stale_after:
        return memory
    slack = max(_SLACK, charger.step)
    if draw > charger.allowed - slack + 0.3:
        return takes_all
    if draw > charger.allowed - _UNUSED and memory.ceiling is None:
        return takes_all
    since = memory.unused_since or at
    if memory.ceiling is None and now - since < timing.unused_after:
        return replace(memory, unused_since=since)
    return replace(memory, unused_since=since, ceiling=draw + slack)
