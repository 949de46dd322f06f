"""How many amperes each charger may take: the decision.

Reductions come at once and in one step, from what the house takes now. Raises come from the most that
the house took for a while, from what is left when every charger draws what it still may, and
only on currents that are not about to be stale.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ..units import Ampere, Phase
from .capacity import capacity, consumer, line_resource, order, subtract, weights
from .decision import Allocation, Decision, Level, Reason, ReasonKey
from .explain import Standing, explain
from .feeds import feeds_to_try
from .following import followed, powers
from .house import jump, refer, reserve, sample
from .learning import coefficients, lines_of
from .next_look import next_look
from .observe import observe
from .outlook import LONGEST, outlook, rises
from .raising import Raising, raised
from .repeating import proof, repeats, watch
from .safe import SafeCharger, safe_currents
from .sharing import Consumer, Resource, Share, round_down, share
from .situation import ChargerSituation, Situation
from .state import BalanceState, ChargerMemory, HouseSample
from .trust import assess


def balance(
    state: BalanceState, situation: Situation, now: datetime
) -> tuple[BalanceState, Decision]:
    """Return what to remember, and what each charger may take.

    To be called at each reading, each change of a charger, and at ``next_look``; ``now`` is aware
    UTC. It commands nothing: what was commanded it sees in the next situation, so that it may be
    called as often as wanted.
    """
    known = powers(state.powers, situation)
    memories = followed(observe(state, situation, now), situation, known)
    state = watch(replace(state, chargers=memories, powers=known), situation)
    state, level, doubt = assess(state, situation, now)
    taken = sample(state, memories, situation, now)
    if state.fresh_count and taken is not None:
        state = _keep(state, taken, situation)
    if doubt is None and taken is not None:
        state = replace(state, reference=refer(state, memories, situation))
        decided = _Sharing(state, situation, taken, now).decide()
    else:
        decided = _without_meter(state, situation, level, doubt, now)
    remembered = {
        charger.id: _remember(memories[charger.id], charger, decided.of(charger.id))
        for charger in situation.chargers
    }
    lines = lines_of(situation.readings, situation.limits.grid)
    return replace(state, chargers=remembered, lines=lines), decided


def _keep(state: BalanceState, taken: HouseSample, situation: Situation) -> BalanceState:
    since = taken.at - max(LONGEST, situation.timing.raise_after)
    if state.house and state.house[-1] == taken:
        return state
    house = (*(old for old in state.house if since <= old.at < taken.at), taken)
    # The same currents may be seen in the light of a later measurement of a charger.
    known = tuple(rise for rise in state.rises if rise.at < taken.at)
    known = rises(known, house[-2] if len(house) > 1 else None, taken)
    expected = outlook(house, known, situation.timing.raise_after)
    return replace(state, house=house, rises=known, expected=expected)


def _remember(
    memory: ChargerMemory, charger: ChargerSituation, allocation: Allocation
) -> ChargerMemory:
    """Note why the command comes that the next situation may show."""
    if allocation.current >= charger.allowed:
        return memory
    key = allocation.reason.key
    return replace(
        memory,
        early=key is ReasonKey.EARLY_WARNING,
        overloaded=key in {ReasonKey.LINE_FULL, ReasonKey.CIRCUIT_FULL},
    )


def _without_meter(
    state: BalanceState,
    situation: Situation,
    level: Level,
    doubt: Reason | None,
    now: datetime,
) -> Decision:
    """Cut everything to the safe current, or pause it; nothing is raised."""
    reason = doubt or Reason(ReasonKey.STARTING)
    grid = situation.limits.grid
    safe = safe_currents(
        situation.limits.fuse,
        (
            SafeCharger(
                id=charger.id,
                allowed=charger.allowed,
                safe=charger.minimum if charger.online else reserve(charger, now),
                coefficients=coefficients(charger, state.chargers[charger.id], grid),
                fixed=not charger.online,
            )
            for charger in situation.chargers
            if charger.wants or not charger.online
        ),
    )
    allocations = []
    for charger in situation.chargers:
        current = safe.get(charger.id, 0.0)
        if level is Level.PAUSED and charger.online:
            current = 0.0
        why = reason if charger.wants else Reason(ReasonKey.NOT_WANTED)
        if not charger.online:
            why = Reason(ReasonKey.OFFLINE, {"current": current})
        allocations.append(_allocation(charger, current, charger.feed, why))
    return Decision(
        allocations=tuple(allocations),
        level=level,
        headroom={},
        overload=frozenset(),
        next_look=next_look(state, situation, (), now),
    )


def _allocation(
    charger: ChargerSituation, current: Ampere, feed: int, reason: Reason
) -> Allocation:
    used = charger.feeds[feed]
    return Allocation(
        charger=charger.id,
        current=current,
        feed=feed,
        lines=used.lines,
        phases=used.phases,
        reason=reason,
    )


@dataclass(slots=True)
class _Sharing:
    """One decision on currents that are fresh."""

    state: BalanceState
    situation: Situation
    taken: HouseSample
    now: datetime

    def decide(self) -> Decision:
        """Return the decision."""
        situation, memories, now = self.situation, self.state.chargers, self.now
        rise = jump(self.state, memories, situation, now)
        present = self._capacity((self.taken,))
        stable = self._stable(rise)
        wanting = sorted(
            (charger for charger in situation.chargers if charger.wants and charger.online),
            key=lambda charger: order(charger, memories[charger.id], situation.timing.turn, now),
        )
        consumers = [self._consumer(c, stable) for c in wanting if self._may(c)]
        fair = share(consumers, stable)
        holding, starting = self._hold(wanting, fair, present)
        new = {c.id: min(c.allowed, _current(holding, c.id)) for c in wanting}
        new |= {c.id: 0.0 for c in wanting if new[c.id] < c.minimum}
        alarmed = self._heed(rise, wanting, new)
        raising = Raising(
            self.state,
            situation,
            fair,
            stable,
            now,
            lambda: share(consumers, self._capacity(self.state.house)),
        )
        proving = repeats(self.state, situation)
        if proving:
            self._prove(wanting, new)
        elif not alarmed:
            new = raised(raising, wanting, new)
        standing = Standing(
            new=new,
            fair=fair,
            holding=holding,
            alarmed=alarmed,
            starting=starting,
            proving=proving,
        )
        return self._decision(standing, raising, present)

    def _stable(self, rise: Ampere) -> dict[Resource, float]:
        """Return what is to be shared for a while, should the power's newest jump last."""
        expected = self.state.expected
        since = self.taken.at - self.situation.timing.raise_after
        window = tuple(taken for taken in self.state.house if taken.at >= since)
        found = self._capacity(window)
        for line, level in expected.items():
            highest = max(taken.lines[line] for taken in window)
            found[line_resource(line)] += highest - level - rise
        return found

    def _capacity(self, house: tuple[HouseSample, ...]) -> dict[Resource, float]:
        """Return what is to be shared: all that offline chargers do not keep."""
        limits, memories = self.situation.limits, self.state.chargers
        slack = capacity(limits, house, self.now)
        for charger in self.situation.chargers:
            if not charger.online:
                taken = weights(charger, memories[charger.id], limits, charger.feed)
                subtract(slack, taken, reserve(charger, self.now))
        return slack

    def _may(self, charger: ChargerSituation) -> bool:
        """Return whether a charger charges, or has been paused for long enough to start."""
        paused = self.state.chargers[charger.id].paused_at
        restart_after = self.situation.timing.restart_after
        return charger.allowed > 0 or paused is None or self.now - paused >= restart_after

    def _consumer(self, charger: ChargerSituation, stable: Mapping[Resource, float]) -> Consumer:
        memory = self.state.chargers[charger.id]
        feeds = feeds_to_try(charger, self.state, self.situation, stable, self.now)
        return consumer(charger, memory, self.situation, feeds, self.now)

    def _hold(
        self,
        wanting: list[ChargerSituation],
        fair: Mapping[str, Share],
        present: Mapping[Resource, float],
    ) -> tuple[dict[str, Share], frozenset[str]]:
        """Return what may be kept now, and who starts for whom others make room."""
        starting = frozenset(
            c.id for c in wanting if not c.allowed and _current(fair, c.id) >= c.minimum
        )
        consumers = []
        for charger in wanting:
            if charger.allowed or charger.id in starting:
                given = fair[charger.id].route if charger.id in fair else None
                feed = charger.feed if given is None else given.feed
                memory = self.state.chargers[charger.id]
                consumers.append(consumer(charger, memory, self.situation, (feed,), self.now))
        holding = share(consumers, present)
        if starting:
            # Who starts finds room that lasts only when the others keep to theirs.
            for charger in wanting:
                held, due = holding.get(charger.id), fair.get(charger.id)
                if held and due and held.current > due.current >= charger.minimum:
                    holding[charger.id] = due
        return holding, starting

    def _heed(
        self, rise: Ampere, wanting: list[ChargerSituation], new: dict[str, Ampere]
    ) -> frozenset[Phase]:
        """Lower what a jump of the total power endangers, to the rating; return these lines.

        It may as well lie on another line, so that nothing is paused for it, and what the next
        currents do not confirm is given back at once.
        """
        limits, memories = self.situation.limits, self.state.chargers
        if not rise:
            return frozenset()
        use = {c.id: coefficients(c, memories[c.id], limits.grid) for c in wanting if new[c.id] > 0}
        kept = {c.id: c for c in self.situation.chargers if not c.online}
        alarmed = set()
        for line in limits.grid.phases:
            house = self.taken.lines[line] + rise
            house += sum(
                reserve(c, self.now) * coefficients(c, memories[c.id], limits.grid).get(line, 0.0)
                for c in kept.values()
            )
            load = sum(each.get(line, 0.0) * new[charger] for charger, each in use.items())
            if not load or house + load <= limits.fuse * (1 + self.situation.timing.early_excess):
                continue
            alarmed.add(line)
            share_left = max(0.0, limits.fuse - house) / load
            for charger in wanting:
                if use.get(charger.id, {}).get(line):
                    least = min(new[charger.id], charger.minimum)
                    lowered = round_down(new[charger.id] * min(1.0, share_left), charger.step)
                    new[charger.id] = max(least, lowered)
        return frozenset(alarmed)

    def _prove(self, wanting: list[ChargerSituation], new: dict[str, Ampere]) -> None:
        """Draw less, to see whether the meter tells of it."""
        seen = self.state.picture
        for charger in wanting:
            if seen is not None and charger.allowed:
                memory = self.state.chargers[charger.id]
                new[charger.id] = min(new[charger.id], proof(charger, memory, seen.since, self.now))

    def _decision(
        self, standing: Standing, raising: Raising, present: Mapping[Resource, float]
    ) -> Decision:
        situation, limits = self.situation, self.situation.limits
        left, allocations = dict(present), []
        for charger in situation.chargers:
            memory = self.state.chargers[charger.id]
            current = standing.new.get(charger.id, 0.0)
            feed = standing.feed(charger)
            if not charger.online:
                current, feed = reserve(charger, self.now), charger.feed
            else:
                subtract(left, weights(charger, memory, limits, feed), current)
            reason = explain(charger, standing, self.state, situation, self.now)
            allocations.append(_allocation(charger, current, feed, reason))
        readings = situation.readings.lines
        return Decision(
            allocations=tuple(allocations),
            level=Level.SAFE if standing.proving else Level.NORMAL,
            headroom={line: left[line_resource(line)] for line in limits.grid.phases},
            overload=frozenset(
                line
                for line in limits.grid.phases
                if abs(readings[line].current) + readings[line].margin > limits.line_limit
            ),
            next_look=next_look(self.state, situation, raising.waits_until, self.now),
        )


def _current(shares: Mapping[str, Share], charger: str) -> Ampere:
    found = shares.get(charger)
    return found.current if found else 0.0
