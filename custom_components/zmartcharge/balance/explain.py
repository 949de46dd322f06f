"""Why a charger gets what it gets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ..units import Ampere, Phase
from .capacity import BUDGET, POWER, maximum
from .decision import Reason, ReasonKey
from .house import reserve
from .sharing import Resource, Share
from .situation import ChargerSituation, Situation
from .state import BalanceState


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a decision came to: the new currents in A, and what they come from.

    ``fair`` are the shares of what has been left over for a while, ``holding`` of what is left over
    now, ``starting`` those for whom others make room, ``alarmed`` the lines that a jump endangers, ``proving``
    whether less is drawn to see that the meter lives.
    """

    new: Mapping[str, Ampere]
    fair: Mapping[str, Share]
    holding: Mapping[str, Share]
    alarmed: frozenset[Phase]
    starting: frozenset[str]
    proving: bool = False

    def feed(self, charger: ChargerSituation) -> int:
        """Return the index of the feed that a charger is to use."""
        shares = self.fair if charger.id in self.starting else self.holding
        given = shares.get(charger.id)
        return charger.feed if given is None or given.route is None else given.route.feed


def explain(
    charger: ChargerSituation,
    standing: Standing,
    state: BalanceState,
    situation: Situation,
    now: datetime,
) -> Reason:
    """Return the reason for what a charger gets."""
    if not charger.online:
        return Reason(ReasonKey.OFFLINE, {"current": reserve(charger, now)})
    if not charger.wants:
        return Reason(ReasonKey.NOT_WANTED)
    memory, current = state.chargers[charger.id], standing.new[charger.id]
    most = maximum(charger, memory, situation.limits.grid, standing.feed(charger))
    if current >= most or most < charger.minimum:
        return Reason(ReasonKey.UNLIMITED, {"limit": most})
    if standing.proving and (not current or current < charger.allowed):
        line = min(charger.feeds[charger.feed].lines)
        return Reason(ReasonKey.METER_FROZEN, {"line": line.upper()})
    in_alarm = standing.alarmed.intersection(charger.feeds[charger.feed].lines)
    if in_alarm and current < charger.allowed:
        return _line(min(in_alarm), situation, ReasonKey.EARLY_WARNING)
    due, held = standing.fair.get(charger.id), standing.holding.get(charger.id)
    if not current:
        return _paused(charger, standing, state, situation, now)
    if due and due.current > current:
        return _waiting_stable(charger, state, situation, now)
    if memory.ceiling is not None and current >= memory.ceiling:
        return Reason(ReasonKey.UNUSED, {"current": memory.ceiling})
    lowered = current < charger.allowed or due is None or due.bound is None
    binding = held if lowered and held and held.bound else due
    return _bound(binding.bound if binding else None, situation, most)


def _paused(
    charger: ChargerSituation,
    standing: Standing,
    state: BalanceState,
    situation: Situation,
    now: datetime,
) -> Reason:
    memory, timing = state.chargers[charger.id], situation.timing
    if charger.id in standing.starting:
        return _waiting_stable(charger, state, situation, now)
    if charger.allowed and standing.starting:
        return Reason(ReasonKey.WAITING_TURN)
    if not charger.allowed and memory.paused_at is not None:
        left = (memory.paused_at + timing.restart_after - now).total_seconds()
        if left > 0:
            return Reason(ReasonKey.WAITING_RESTART, {"seconds": round(left)})
    shares = standing.holding if charger.allowed else standing.fair
    given = shares.get(charger.id)
    others = [other for other, amperes in standing.new.items() if amperes and other != charger.id]
    if given and others and not charger.allowed:
        return Reason(ReasonKey.WAITING_TURN)
    return _bound(given.bound if given else None, situation, 0.0)


def _waiting_stable(
    charger: ChargerSituation, state: BalanceState, situation: Situation, now: datetime
) -> Reason:
    memory, timing = state.chargers[charger.id], situation.timing
    since = max(filter(None, (state.fresh_since, memory.lowered_at)), default=now)
    left = (since + timing.raise_after - now).total_seconds()
    return Reason(ReasonKey.WAITING_STABLE, {"seconds": max(0, round(left))})


def _bound(resource: Resource | None, situation: Situation, most: Ampere) -> Reason:
    limits = situation.limits
    match resource:
        case ("line", line):
            return _line(Phase(line), situation, ReasonKey.LINE_FULL)
        case ("circuit", name, line):
            limit = _circuit_limit(situation, name)
            return Reason(
                ReasonKey.CIRCUIT_FULL, {"circuit": name, "line": line.upper(), "limit": limit}
            )
        case _ if resource == POWER:
            return Reason(ReasonKey.POWER_CAP, {"limit": limits.power_cap or 0.0})
        case _ if resource == BUDGET:
            left = limits.budget.energy if limits.budget else 0
            return Reason(ReasonKey.HOUR_BUDGET, {"energy": left})
        case _:
            return Reason(ReasonKey.UNLIMITED, {"limit": most})


def _circuit_limit(situation: Situation, name: str) -> Ampere:
    found = list(situation.limits.circuits)
    for circuit in found:
        if circuit.name == name:
            return circuit.limit
        found.extend(circuit.circuits)
    return 0.0


def _line(line: Phase, situation: Situation, key: ReasonKey) -> Reason:
    reading, limits = situation.readings.lines[line], situation.limits
    return Reason(
        key,
        {
            "line": line.upper(),
            "current": round(abs(reading.current) + reading.margin, 1),
            "limit": limits.line_limit,
        },
    )
