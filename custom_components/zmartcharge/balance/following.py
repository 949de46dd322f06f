"""Whether chargers have followed a reduction, as the total power tells.

How long a charger and its car take is known only within bounds, and until then what a line carries may
be the car still or the house already. The power comes more often than the currents: when it has fallen
by what a reduction takes away, the car has followed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from ..units import Watt
from .situation import ChargerSituation, Situation
from .state import ChargerMemory, PowerSample

#: Powers of so long ago tell nothing of a command that is still on its way.
_KEEP = timedelta(seconds=30)
#: The power has fallen enough when it is by this share of what was taken away; the house may have
#: taken a little more meanwhile.
_ENOUGH = 0.85
#: A reduction by less is lost among what a house does (W).
_LEAST = 500.0


def powers(known: Sequence[PowerSample], situation: Situation) -> tuple[PowerSample, ...]:
    """Return the powers of late, with the newest, oldest first."""
    power, at = situation.readings.power, situation.readings.power_at
    if power is None or at is None:
        return ()
    kept = tuple(old for old in known if at - _KEEP <= old.at < at)
    return (*kept, PowerSample(at, power))


def followed(
    memories: Mapping[str, ChargerMemory], situation: Situation, known: Sequence[PowerSample]
) -> dict[str, ChargerMemory]:
    """Return the memories with since when the newest reductions are known to be followed."""
    result = dict(memories)
    waited_for = [
        charger
        for charger in situation.chargers
        if charger.online and _follows(memories[charger.id], situation)
    ]
    if not waited_for or not known:
        return result
    begun = min(memories[charger.id].commands[-1].at for charger in waited_for)
    before = [old.power for old in known if old.at <= begun][-1:]
    since = [taken for taken in known if taken.at > begun]
    if not before or not since:
        return result
    taken_away = sum(_taken_away(charger, memories[charger.id]) for charger in waited_for)
    fallen = max(*before, *(taken.power for taken in since)) - since[-1].power
    if taken_away >= _LEAST and fallen >= _ENOUGH * taken_away:
        for charger in waited_for:
            memory = memories[charger.id]
            result[charger.id] = replace(memory, followed_at=since[-1].at)
    return result


def _follows(memory: ChargerMemory, situation: Situation) -> bool:
    """Return whether the newest command is a reduction that is not known to be followed."""
    at = situation.readings.power_at
    if at is None or not memory.following(at - situation.timing.reaction):
        return False
    return memory.followed_at is None or memory.followed_at <= memory.commands[-1].at


def _taken_away(charger: ChargerSituation, memory: ChargerMemory) -> Watt:
    newest, before = memory.commands[-1], memory.commands[-2].current
    drawn = [taken.current for taken in memory.draws if taken.at <= newest.at]
    if drawn:
        before = min(before, max(drawn[-1], newest.current))
    fed = charger.feeds[charger.feed]
    return max(0.0, before - newest.current) * fed.watts_per_ampere
