"""Load balancing of one site: what its chargers may take, who decides it, and the guard of its fuse.

Deciding is the balance room's, carrying out is the user's automation's, by the action
``balance_load``. What no automation may be trusted with is done here: limits are kept from running
out while somebody decides, and the fuse guard cuts when nobody does.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
import logging
from math import inf
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_track_point_in_utc_time, async_track_time_interval
from homeassistant.util import dt as dt_util

from .automation_kind import LOAD_BALANCING
from .balance import (
    Allocation,
    BalanceState,
    Decision,
    GuardDecision,
    GuardReason,
    GuardState,
    Level,
    Need,
    balance,
    guard,
    needs_balancing,
    safe_currents,
)
from .balance_view import BalanceOptions, budget_left, guard_view_of, safe_current_of, situation_of
from .clocks import Clocks
from .limiter import EXPIRY
from .listeners import Observable
from .units import Ampere, WattHour

if TYPE_CHECKING:
    from .charger import Charger
    from .connector import Connector
    from .hub import Hub
    from .site import Site

_LOGGER = logging.getLogger(__name__)

_SECOND = timedelta(seconds=1)
#: A need that lasts is told again after this; an automation may have failed.
_TELL_AGAIN = timedelta(seconds=5)
#: Limits are not kept from running out when nobody has answered a need for so long.
_DECIDED_WITHIN = timedelta(seconds=10)
#: The user hears of it when nobody has answered for so long.
_REPAIR_AFTER = timedelta(seconds=30)
#: It is decided anew at least so often, so that a silent meter is no dead decision.
_LOOK_EVERY = timedelta(seconds=10)
#: Seconds that an answer to ``balance_load`` waits for the chargers; they go on after that.
_CARRY_OUT_WITHIN = 5.0
_SAME = 0.05
#: A fail-safe may have been lost, or not been answered.
_TEND_EVERY = timedelta(minutes=1)
_LASTS = timedelta(days=1)

_NOTHING_HELD = GuardDecision(level=Level.NORMAL, reason=None, caps={}, next_look=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What was done for a connector; ``accepted`` is False when its charger is there and refused."""

    connector: Connector
    allocation: Allocation
    accepted: bool


class Balancing(Observable):
    """The load balancing of a site. It is at work while the site has a meter."""

    def __init__(self, hub: Hub, site: Site) -> None:
        """Prepare; nothing runs yet."""
        super().__init__()
        self.site = site
        self.options = BalanceOptions()
        self.decision: Decision | None = None
        self.need: Need | None = None
        self._hub = hub
        self._state = BalanceState()
        self._guard_state = GuardState()
        self._held = _NOTHING_HELD
        #: Connectors that the guard has cut, and that nobody has decided on since.
        self._cut: set[str] = set()
        self._cut_for: GuardReason | None = None
        self._heartbeat: datetime | None = None
        self._looked_at: datetime | None = None
        self._failed = False
        self._unanswered_since: datetime | None = None
        self._told_at: datetime | None = None
        #: What each connector was to have, in A, when a need was last told.
        self._told: dict[str, Ampere] = {}
        self._need_listeners: list[Callable[[Need], None]] = []
        self._next_look: CALLBACK_TYPE | None = None
        self._watching: CALLBACK_TYPE | None = None
        self._shown: tuple[object, ...] = ()
        self._tended_at: datetime | None = None
        self._clocks = Clocks()

    # What is known ----------------------------------------------------------------------------

    @property
    def active(self) -> bool:
        """Tell whether load balancing is at work: what a flow tries balances nothing."""
        return self.site.config.meter is not None and bool(self.site.config.subentry_id)

    @property
    def guard_active(self) -> bool:
        """Tell whether the fuse guard acts, or what it cut has not been decided anew."""
        return self._held.level is not Level.NORMAL or bool(self._cut)

    @property
    def guard_reason(self) -> GuardReason | None:
        """Return why the guard acts, or why it cut, None while it does not."""
        return self._held.reason or (self._cut_for if self._cut else None)

    @property
    def overload(self) -> bool | None:
        """Tell whether a line carries more than it may, None while that is not known."""
        if self.decision is None or not self.site.complete:
            return None
        return bool(self.decision.overload)

    @property
    def budget_left(self) -> WattHour | None:
        """Return what the site may still take in this hour in Wh, None without a limit."""
        return budget_left(self.site, self.options, dt_util.utcnow())

    @property
    def connectors(self) -> list[Connector]:
        """Return the connectors of the site's chargers."""
        return [
            connector for charger in self._chargers for connector in charger.connectors.values()
        ]

    def fail_safe_of(self, charger: Charger) -> Ampere:
        """Return what a charger falls back to when Home Assistant is gone, in A.

        With all of them at theirs, and the house at the rating, no fuse is to blow.
        """
        return safe_current_of(self.site, self._chargers, self.options.priorities, charger)

    # Life -------------------------------------------------------------------------------------

    @callback
    def open(self) -> None:
        """Begin to balance, if the site has a meter."""
        if self.active and self._watching is None:
            self._watching = async_track_time_interval(
                self._hub.hass, self._watch, _SECOND, cancel_on_shutdown=True
            )
        self.tend_fail_safes()

    @callback
    def close(self) -> None:
        """Stop deciding; what the chargers were told holds until it runs out."""
        for cancel in (self._watching, self._next_look):
            if cancel:
                cancel()
        self._watching = self._next_look = None
        self._clocks = Clocks()
        self._state, self._guard_state = BalanceState(), GuardState()
        self._held, self._cut = _NOTHING_HELD, set()
        self.decision = self.need = self._heartbeat = self._unanswered_since = None

    async def stand_down(self) -> None:
        """Leave every session at its safe current, as before Home Assistant stops."""
        now = dt_util.utcnow()
        running = [
            connector
            for connector in self.connectors
            if self.active and connector.in_session and connector.charger.connected
        ]
        view = guard_view_of(self.site, running, self.options, now, now)
        safe = safe_currents(view.fuse, view.chargers)
        lower = [c for c in running if c.limiter.allowed(now) > safe[c.key] + _SAME]
        await asyncio.gather(
            *(
                connector.limiter.allow(
                    safe[connector.key],
                    # Without a fail-safe nothing would hold when the limit has run out.
                    expiry=EXPIRY if connector.charger.fail_safe.current is not None else _LASTS,
                )
                for connector in lower
            )
        )

    @callback
    def tend_fail_safes(self) -> None:
        """Let each charger have the fail-safe that is right for it now."""
        for charger in self._chargers:
            charger.setup.tend_fail_safe()

    # Deciding ---------------------------------------------------------------------------------

    @callback
    def async_on_need(self, listener: Callable[[Need], None]) -> CALLBACK_TYPE:
        """Call ``listener`` when chargers should be told something else, and again while it lasts."""
        self._need_listeners.append(listener)

        @callback
        def remove() -> None:
            self._need_listeners.remove(listener)

        return remove

    @callback
    def ask(self) -> None:
        """Let those that listen decide once while cars charge: their options may be other ones now."""
        if self._watching and any(connector.in_session for connector in self.connectors):
            for listener in list(self._need_listeners):
                listener(self.need or Need.HEADROOM)

    @callback
    def look(self) -> None:
        """Decide anew, after anything that may change the decision. Nobody is told but listeners."""
        if not self.active or self._watching is None:
            return
        now = dt_util.utcnow()
        self._looked_at = now
        try:
            situation = situation_of(self.site, self.connectors, self.options, now)
            self._state, decision = balance(self._state, situation, now)
        except Exception:
            # The outermost barrier: whatever is wrong with deciding, the guard must live, and cuts
            # when there is no decision.
            if not self._failed:
                _LOGGER.exception("%s: load balancing failed", self.site.config.name)
            self._failed = True
            return
        self._heartbeat, self.decision, self._failed = now, decision, False
        self._look_again(decision.next_look)
        by_key = {connector.key: connector for connector in self.connectors}
        for allocation in decision.allocations:
            by_key[allocation.charger].explain(allocation)
        self._tell_need(needs_balancing(decision, situation), now)
        self._show()

    async def balance(self, options: BalanceOptions) -> tuple[Carried, ...]:
        """Decide with these options and tell the chargers; returns what each was given.

        Reductions go first, and nothing is raised on the strength of one that was not accepted.
        """
        self.options = options
        self._answered()
        self.look()
        if await self._carry_out(lambda wanted, allowed: wanted < allowed - _SAME):
            self.look()
        await self._carry_out(lambda wanted, allowed: wanted > allowed + _SAME)
        self.look()
        self._answered()
        # Whatever the guard cut has been decided anew.
        self._cut.clear()
        return tuple(
            Carried(
                connector=connector,
                allocation=allocation,
                accepted=connector.limiter.accepted or not connector.charger.connected,
            )
            for connector, allocation in self._decided()
        )

    async def _carry_out(self, which: Callable[[Ampere, Ampere], bool]) -> bool:
        """Tell those whose limit differs so; returns whether there were any."""
        now = dt_util.utcnow()
        tasks = []
        for connector, allocation in self._decided():
            if not connector.charger.connected or not connector.in_session:
                continue
            wanted = self._least(connector, allocation)
            if which(wanted, connector.limiter.allowed(now)):
                tasks.append(self._hub.create_task(connector.limiter.allow(wanted), "balance"))
        if tasks:
            await asyncio.wait(tasks, timeout=_CARRY_OUT_WITHIN)
        return bool(tasks)

    def _decided(self) -> list[tuple[Connector, Allocation]]:
        by_key = {connector.key: connector for connector in self.connectors}
        allocations = self.decision.allocations if self.decision else ()
        return [(by_key[each.charger], each) for each in allocations if each.charger in by_key]

    def _least(self, connector: Connector, allocation: Allocation) -> Ampere:
        """Return what a connector may have by the decision and by the guard."""
        return min(allocation.current, self._held.caps.get(connector.key, allocation.current))

    @callback
    def _look_again(self, at: datetime | None) -> None:
        if self._next_look:
            self._next_look()
            self._next_look = None
        if at is not None:
            self._next_look = async_track_point_in_utc_time(self._hub.hass, self._time_to_look, at)

    @callback
    def _time_to_look(self, _now: datetime) -> None:
        self._next_look = None
        self.look()

    @callback
    def _tell_need(self, need: Need | None, now: datetime) -> None:
        wanted = {connector.key: allocation.current for connector, allocation in self._decided()}
        # Somebody may still be busy with what was told before, and does not come back to it.
        less = any(wanted[key] < self._told.get(key, inf) - _SAME for key in wanted)
        changed, self.need = need != self.need or less, need
        if need is None:
            self._unanswered_since = None
            return
        self._unanswered_since = self._unanswered_since or now
        if not changed and self._told_at and now - self._told_at < _TELL_AGAIN:
            return
        self._told_at, self._told = now, wanted
        for listener in list(self._need_listeners):
            listener(need)

    @callback
    def _answered(self) -> None:
        self._unanswered_since = None
        self._hub.issues.answered(LOAD_BALANCING, self.site)

    # The guard --------------------------------------------------------------------------------

    @callback
    def _watch(self, _now: datetime) -> None:
        """Look each second whether the fuse is in danger and nobody does anything about it."""
        now = dt_util.utcnow()
        self._compare_clocks(now)
        if self._tended_at is None or abs(now - self._tended_at) >= _TEND_EVERY:
            self._tended_at = now
            self.tend_fail_safes()
        running = [connector for connector in self.connectors if connector.in_session]
        if not running:
            self._guard_state, self._held, self._cut = GuardState(), _NOTHING_HELD, set()
            self._show()
            return
        if self._looked_at is None or now - self._looked_at >= _LOOK_EVERY:
            self.look()
        self._hold(running, now)
        self._keep(running, now)
        for connector in running:
            connector.limiter.check(now)
        since = self._unanswered_since
        if since and self._hub.hass.is_running and now - since >= _REPAIR_AFTER:
            self._hub.issues.unanswered(LOAD_BALANCING, self.site)
        self._show()

    @callback
    def _compare_clocks(self, now: datetime) -> None:
        """Begin anew when our clock was set, or stood still: no age means anything then."""
        jump = self._clocks.jumped(now, self._hub.hass.loop.time())
        if not jump:
            return
        _LOGGER.warning("%s: the clock jumped by %.0f s", self.site.config.name, jump)
        self._state, self._guard_state = BalanceState(), GuardState()
        self._heartbeat = self._looked_at = self._unanswered_since = self._told_at = None
        for connector in self.connectors:
            connector.limiter.doubt()
            if connector.in_session and connector.charger.connected:
                safe = self.fail_safe_of(connector.charger)
                self._hub.create_task(connector.limiter.allow(safe), "clock")
        self.look()

    @callback
    def _hold(self, running: Iterable[Connector], now: datetime) -> None:
        view = guard_view_of(self.site, running, self.options, self._heartbeat, now)
        before = self._held.reason
        self._guard_state, self._held = guard(self._guard_state, view, now)
        if self._held.reason and self._held.reason is not before:
            _LOGGER.warning("%s: the fuse guard acts: %s", self.site.config.name, self._held.reason)
        self._cut &= {connector.key for connector in running}
        for connector in running:
            cap = self._held.caps.get(connector.key)
            if cap is not None and cap < connector.limiter.allowed(now) - _SAME:
                self._cut.add(connector.key)
                self._cut_for = self._held.reason
                self._hub.create_task(connector.limiter.allow(cap), "fuse guard")

    @callback
    def _keep(self, running: Iterable[Connector], now: datetime) -> None:
        """Keep limits from running out, as long as there is somebody who decides."""
        since = self._unanswered_since
        if self._held.level is not Level.NORMAL or (since and now - since >= _DECIDED_WITHIN):
            return
        for connector in running:
            connector.limiter.renew(now)

    @property
    def _chargers(self) -> list[Charger]:
        return self._hub.chargers_of_site(self.site)

    @callback
    def _show(self) -> None:
        """Tell entities, when there is something new to see."""
        decision = self.decision
        shown = (
            self.overload,
            self.need,
            self.guard_active,
            self.guard_reason,
            self.budget_left,
            decision.level if decision else None,
        )
        if shown != self._shown:
            self._shown = shown
            self.async_notify()
            self.site.async_notify()
