"""Raises: only on headroom that has lasted, and only into what nobody can still draw."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ..units import Ampere
from .capacity import subtract, weights
from .house import possible
from .learning import taken_at
from .sharing import Resource, Share, round_down, round_up
from .situation import ChargerSituation, Situation
from .state import BalanceState, ChargerMemory

#: A raise by less than this (A) would follow the noise of the house: it has to fit beside the most that
#: the house took in all the time that is remembered.
_SMALL = 2.0
#: A raise by less than this (A) is not worth a command, unless it is all that is missing.
_WORTHWHILE = 1.0


@dataclass(slots=True)
class Raising:
    """What raises are decided from: the fair shares of what the house left over for a while.

    ``lasting`` returns the shares of what has been left over for much longer. ``waits_until`` is filled with when a raise that is due may come.
    """

    state: BalanceState
    situation: Situation
    fair: Mapping[str, Share]
    stable: Mapping[Resource, float]
    now: datetime
    lasting: Callable[[], Mapping[str, Share]]
    waits_until: list[datetime] = field(default_factory=list)

    def memory(self, charger: ChargerSituation) -> ChargerMemory:
        """Return what is remembered of a charger."""
        return self.state.chargers[charger.id]

    def opens(self, charger: ChargerSituation) -> datetime:
        """Return from when on a charging charger may be raised."""
        timing, memory = self.situation.timing, self.memory(charger)
        times = [(self.state.fresh_since or self.now) + timing.raise_after]
        if memory.lowered_at is not None:
            times.append(memory.lowered_at + timing.raise_after)
        if memory.raised_at is not None:
            times.append(memory.raised_at + 2 * timing.reaction)
        return max(times)

    @property
    def evident(self) -> bool:
        """Return whether the currents are not about to be stale and show the last reductions.

        While a charger follows a reduction it may hide a load of the house that came meanwhile.
        """
        timing = self.situation.timing
        at = taken_at(self.situation.readings, self.situation.limits.grid)
        if at is None or self.now - at > timing.stale_after / 2:
            return False
        return not any(
            self.memory(charger).is_following(at, timing.reaction)
            for charger in self.situation.chargers
        )


def raised(
    raising: Raising, wanting: Sequence[ChargerSituation], new: Mapping[str, Ampere]
) -> dict[str, Ampere]:
    """Return the currents with all raises that may come now, in A."""
    result = dict(new)
    if not raising.evident:
        return result
    slack = dict(raising.stable)
    for charger in raising.situation.chargers:
        if charger.online:
            _reserve(raising, charger, result.get(charger.id, 0.0), slack, 1)
    for charger in wanting:
        due = raising.fair.get(charger.id)
        if due is None or due.route is None or due.current <= result[charger.id]:
            continue
        if not charger.accepted:
            # Another command would make it unknown which of them it holds.
            continue
        before = result[charger.id]
        _reserve(raising, charger, before, slack, -1)
        result[charger.id] = _raise(raising, charger, before, due, due.route.room(slack)[0])
        _reserve(raising, charger, result[charger.id], slack, 1)
    return result


def _raise(
    raising: Raising, charger: ChargerSituation, before: Ampere, due: Share, room: float
) -> Ampere:
    timing, now = raising.situation.timing, raising.now
    after = round_down(min(due.current, room), charger.step)
    opens = raising.opens(charger)
    if not before:
        if now < (raising.state.fresh_since or now) + timing.raise_after:
            after = min(after, round_up(charger.minimum, charger.step))
        if after < charger.minimum:
            # Others were just told to make room.
            raising.waits_until.append(now + timing.reaction)
            return before
        return after
    if after <= before or (after - before < _WORTHWHILE and after < due.current):
        if due.current - before >= _WORTHWHILE:
            raising.waits_until.append(now + timing.reaction)
        return before
    if now < opens:
        raising.waits_until.append(opens)
        return before
    if after - before < _SMALL:
        lasting = raising.lasting().get(charger.id)
        after = min(after, lasting.current if lasting else 0.0)
    return max(before, after)


def _reserve(
    raising: Raising,
    charger: ChargerSituation,
    current: Ampere,
    slack: dict[Resource, float],
    sign: int,
) -> None:
    memory = raising.memory(charger)
    most = max(current, possible(charger, memory, raising.situation.timing, raising.now))
    due = raising.fair.get(charger.id)
    feed = due.route.feed if current and due and due.route else charger.feed
    subtract(slack, weights(charger, memory, raising.situation.limits, feed), sign * most)
