"""Smart charging of one connector: what is needed, the plan that is followed, and what holds without."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
import logging
from typing import TYPE_CHECKING

from homeassistant.core import callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .csms import ConnectorState
from .history import History
from .plan import (
    MINIMUM_CURRENT,
    NO_OVERRIDES,
    CarBehaviour,
    CarNeed,
    CarState,
    CarView,
    Following,
    LearnedNeed,
    Plan,
    ReplanReason,
    SlotReason,
    Verdict,
    VerdictReason,
    latest_start,
    learn_need,
    next_ready_by,
    verdict,
    wake,
)
from .plan_options import PlanOptions
from .starting import Starting
from .units import Ampere, Watt, WattHour
from .wishes import Wishes

if TYPE_CHECKING:
    from .connector import Connector

_LOGGER = logging.getLogger(__name__)

#: What is still owed at the time to be ready at, that counts as not being ready.
_OWED: WattHour = 300
#: By how much what is still needed may differ from what is planned.
_TOLERANCE: WattHour = 500
_TOLERANCE_SHARE = 0.15
#: A need of a plan that nobody answers for so long leaves the guard to decide.
RELIED_ON_FOR = timedelta(minutes=5)
#: After a start a car that charges is left alone until somebody could have planned.
_SETTLES = timedelta(minutes=1)
#: The guard begins earlier by this share of the time that charging takes: cars taper off at the end.
_GUARD_MARGIN = 0.1
_DRAWS: Watt = 200
#: A car that draws nothing for so long has stopped; a single value may be missing, or 0.
_STOPPED_AFTER = timedelta(minutes=2)
#: How long an offer that is taken back to wake a car holds if nobody makes it again.
_WAKES_WITHIN = timedelta(minutes=2)
#: A pause without a known end is told anew before this is over.
_LONGEST_WAIT = timedelta(days=1)
_OF_PLAN = {VerdictReason.PLANNED, VerdictReason.WAITING}
_URGENT = {VerdictReason.OVERRIDE, VerdictReason.LATE, VerdictReason.LATEST_START}


@dataclass(slots=True)
class _Owed:
    """What was to be charged by a time."""

    ready_by: datetime
    #: What the session's energy has to come to in Wh.
    energy: WattHour


@dataclass(slots=True)
class SmartCharging:
    """Of one connector; looked at whenever something changes, each minute, and when it says so."""

    connector: Connector
    started_at: datetime
    plan: Plan | None = None
    #: Why a plan should be made, and since when nobody has.
    wanted: ReplanReason | None = None
    wanted_since: datetime | None = None
    options: PlanOptions | None = None
    verdict: Verdict | None = None
    history: History = field(default_factory=History)
    _behaviour: CarBehaviour = field(default_factory=CarBehaviour)
    _owed: _Owed | None = None
    _session_id: str | None = None
    #: When the car last drew power.
    _drew_at: datetime | None = None
    _learned: tuple[tuple[object, ...], LearnedNeed] | None = None
    _starting: Starting = field(init=False)

    def __post_init__(self) -> None:
        """Begin with no car."""
        self._starting = Starting(self.connector)

    @property
    def wishes(self) -> Wishes:
        """Return what is wanted."""
        return self.connector.charger.wishes.get(self.connector.key)

    @property
    def smart(self) -> bool:
        """Tell whether charging is planned, rather than begun at once."""
        return self._is_priced and self.wishes.smart is not False

    @property
    def _is_priced(self) -> bool:
        site = self.connector.charger.site
        return site is not None and site.pricing.configured

    @property
    def present(self) -> bool:
        """Tell whether there is a car whose charging can be planned."""
        connector = self.connector
        return connector.in_session or connector.state is ConnectorState.PREPARING

    @property
    def taken(self) -> WattHour:
        """Return what the car has got since it was plugged in, in Wh."""
        return self.connector.session_energy or 0 if self.connector.in_session else 0

    @property
    def full(self) -> bool:
        """Tell whether the car ended charging by itself."""
        return self._behaviour.state is CarState.FULL

    @property
    def asleep(self) -> bool:
        """Tell whether the car takes nothing however often it is offered."""
        return self._behaviour.state is CarState.ASLEEP

    @callback
    def wish(self, wishes: Wishes) -> None:
        """Want something else from now on."""
        connector = self.connector
        before = self.wishes
        connector.charger.wishes.set(connector.key, wishes)
        if site := connector.charger.site:
            if before != wishes:
                site.planning.wishes_changed(connector)
        else:
            connector.async_notify()

    @callback
    def choose(self, *, smart: bool) -> None:
        """Plan charging from now on, or charge at once; what was said for once is over then.

        Raises a translated error where the price is not known by which to plan.
        """
        if smart and not self._is_priced:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="no_price",
                translation_placeholders={"charger": self.connector.charger.config.name},
            )
        self.wish(replace(self.wishes, smart=smart, overrides=NO_OVERRIDES))

    @callback
    def choose_start(self, *, alone: bool) -> None:
        """Let a car that is plugged in be charged without anybody starting it, or not."""
        self.wish(replace(self.wishes, starts_alone=alone))

    @callback
    def choose_energy(self, energy: WattHour | None) -> None:
        """Let a session come to this much, or to what it usually comes to (None)."""
        self.wish(replace(self.wishes, energy=energy))

    def ready_by(self, now: datetime) -> datetime | None:
        """Return when the car must be ready; a time that was missed holds until it is."""
        if self._owed and self._overdue(now):
            return self._owed.ready_by
        wishes = self.wishes
        zone = dt_util.get_default_time_zone()
        return next_ready_by(wishes.schedule, now, zone, wishes.overrides)

    def learned(self, now: datetime) -> LearnedNeed:
        """Return what the car is expected to still need, by what it took before."""
        session, taken = self.connector.session, self.taken
        present = session if self.connector.in_session else None
        day = dt_util.as_local(now).date()
        known_by = (self.history, present.id if present else None, taken, day)
        if self._learned is None or self._learned[0] != known_by:
            plugged_at = present.started_at if present else now
            zone = dt_util.get_default_time_zone()
            learned = learn_need(self.history.sessions, plugged_at, zone, taken=taken)
            self._learned = known_by, learned
        return self._learned[1]

    def need(self, now: datetime) -> CarNeed:
        """Return what is needed from now on, as whoever planned last wants it."""
        options, learned = self.options or PlanOptions(), self.learned(now)
        energy, likely = self._still_needed(options, learned)
        connector = self.connector
        return CarNeed(
            car=connector.key,
            energy=energy,
            likely=likely,
            watts_per_ampere=connector.charger.watts(1.0),
            max_current=self._current,
            ready_by=self.ready_by(now),
            min_energy_first=max(0, options.minimum_energy - self.taken),
            price_limit=options.price_limit,
            continuous=options.continuous,
            preheat=options.preheat,
            prefer_late=options.prefer_late,
            start_penalty=options.start_penalty,
            charging=(connector.power or 0) > _DRAWS,
        )

    def exceeds_budget(self, now: datetime) -> bool:
        """Tell whether being ready goes before the hour's budget at this moment."""
        if self.verdict is None or not self.connector.in_session:
            return False
        slot = self.plan.slot_at(now) if self.plan else None
        planned = slot is not None and slot.reason is SlotReason.OVER_BUDGET
        yields = self.options is None or self.options.budget_yields
        return (planned or self.verdict.reason in _URGENT) and yields

    @callback
    def take(self, plan: Plan, options: PlanOptions, now: datetime) -> None:
        """Follow a plan from now on."""
        self.plan, self.options = plan, options
        self.wanted = self.wanted_since = None
        if plan.ready_by is None:
            self._owed = None
        elif plan.ready_by > now:
            self._owed = _Owed(plan.ready_by, self.taken + plan.energy + plan.missing)

    @callback
    def want(self, reason: ReplanReason, now: datetime) -> None:
        """Note that a plan should be made."""
        self.wanted = self.wanted or reason
        self.wanted_since = self.wanted_since or now

    @callback
    def look(self, now: datetime) -> None:
        """Decide whether the car may charge now, and let it be so."""
        self._follow_session()
        if not self.smart or not self.present:
            self._let_go()
            if self.present and self._is_priced and self.wishes.starts_alone:
                self._starting.start(now)
            return
        self._doubt_plan(now)
        if self.plan is None and now - self.started_at < _SETTLES and self._charges:
            return
        following = Following(
            plan=self.plan,
            relied_on=self._relied_on(now),
            overdue=self._overdue(now),
            ready_by=self.ready_by(now),
            latest_start=self._latest_start(now),
            overrides=self.wishes.overrides,
        )
        found = verdict(following, now)
        before, self.verdict = self.verdict, found
        changed = found != before
        if before and before.reason is not found.reason and before.reason in _OF_PLAN:
            # What is told of the plan has come to pass.
            self.want(ReplanReason.NEED, now)
        if self._wake(found, now):
            self.connector.hold(None, now)
            if self.wishes.starts_alone:
                self._starting.start(now)
        elif found.charge:
            self.connector.hold(now + _WAKES_WITHIN, now)
        else:
            self.connector.hold(found.until or now + _LONGEST_WAIT, now)
        if changed:
            self.connector.async_notify()

    def next_look(self, now: datetime) -> datetime | None:
        """Return when something happens by itself."""
        times = [
            self.verdict.until if self.verdict else None,
            self._behaviour.next_look(),
            self._owed.ready_by if self._owed else None,
        ]
        return min((at for at in times if at is not None and at > now), default=None)

    def _still_needed(
        self, options: PlanOptions, learned: LearnedNeed
    ) -> tuple[WattHour, tuple[WattHour, ...]]:
        if self.full:
            return 0, ()
        if options.still_needed is not None:
            return max(0, options.still_needed - (self.taken - options.taken)), ()
        if (wished := self.wishes.energy) is not None:
            return max(0, wished - self.taken), ()
        return learned.energy, learned.likely

    @property
    def _current(self) -> Ampere:
        """Return what the car is expected to draw at most, in A."""
        charger = self.connector.charger
        fuse, own = float(charger.config.circuit_fuse), self.connector.own_limit
        highest = fuse if own is None else min(fuse, own)
        if self.history.fastest is None:
            return highest
        return min(highest, max(6.0, self.history.fastest / charger.watts(1.0)))

    @property
    def _charges(self) -> bool:
        return (self.connector.power or 0) > _DRAWS

    def _relied_on(self, now: datetime) -> bool:
        return self.wanted_since is None or now - self.wanted_since < RELIED_ON_FOR

    def _overdue(self, now: datetime) -> bool:
        owed = self._owed
        if owed is None or now < owed.ready_by or self.full:
            return False
        return owed.energy - self.taken > _OWED

    def _latest_start(self, now: datetime) -> datetime | None:
        need = self.need(now)
        latest = latest_start(need, now)
        if latest is None or need.ready_by is None:
            return latest
        return max(now, latest - _GUARD_MARGIN * (need.ready_by - latest))

    def _follow_session(self) -> None:
        """Forget the plan of a car that has left."""
        session = self.connector.session
        session_id = session.id if session and self.connector.in_session else None
        if session_id != self._session_id and self._session_id is not None:
            self._forget()
        self._session_id = session_id
        if session_id:
            self._starting.had_session()
        if self.connector.plugged is False:
            self._forget()
            self._starting.forget()

    def _forget(self) -> None:
        self.plan = self._owed = self.wanted = self.wanted_since = self.verdict = None
        self._behaviour, self._drew_at = CarBehaviour(), None
        self.options = replace(self.options, still_needed=None) if self.options else None

    def _let_go(self) -> None:
        """Leave the car as it would be without smart charging."""
        if self.verdict or self.plan:
            self._forget()
            self.connector.async_notify()
        if self.connector.held:
            self.connector.hold(None, dt_util.utcnow())
            self.connector.async_notify()

    def _doubt_plan(self, now: datetime) -> None:
        """Ask for another plan where this one does not fit any more."""
        if self.plan is None:
            self.want(ReplanReason.NEW, now)
            return
        if self.ready_by(now) != self.plan.ready_by:
            self.want(ReplanReason.READY_BY, now)
            return
        planned = sum(slot.energy for slot in self.plan.slots if slot.start >= now)
        if slot := self.plan.slot_at(now):
            planned += round(slot.energy * ((slot.end - now) / (slot.end - slot.start)))
        needed = self._still_needed(self.options or PlanOptions(), self.learned(now))[0]
        allowed = _TOLERANCE + _TOLERANCE_SHARE * max(planned, needed)
        if abs(needed - planned - self.plan.missing) > allowed:
            self.want(ReplanReason.NEED, now)

    def _wake(self, found: Verdict, now: datetime) -> bool:
        """Return whether the car is offered anything; one that sleeps is woken.

        A full car may draw as it likes: it warms itself before it is driven.
        """
        connector = self.connector
        if self._charges:
            self._drew_at = now
        offers = connector.in_session and not connector.held
        view = CarView(
            plugged=True,
            wanted=found.charge or self.full,
            offered=offers and connector.limiter.allowed(now) >= MINIMUM_CURRENT,
            drawing=self._drew_at is not None and now - self._drew_at < _STOPPED_AFTER,
        )
        self._behaviour, _ = wake(self._behaviour, view, now)
        return (found.charge or self.full) and self._behaviour.state is not CarState.WAKING
