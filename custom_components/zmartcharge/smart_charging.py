"""Smart charging of one connector: the plan that is followed, and what holds without one."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from homeassistant.core import callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from .access import Access
from .car_needs import Basis, CarNeeds
from .car_watch import CarWatch
from .const import DOMAIN
from .csms import ConnectorState
from .plan import (
    NO_OVERRIDES,
    Following,
    Plan,
    PlanSlot,
    ReplanReason,
    SlotReason,
    Verdict,
    VerdictReason,
    latest_start,
    verdict,
)
from .plan_options import PlanOptions
from .starting import Starting
from .units import WattHour
from .wishes import Owed, Wishes

if TYPE_CHECKING:
    from .connector import Connector

#: A need of a plan that nobody answers for so long leaves the guard to decide.
RELIED_ON_FOR = timedelta(minutes=5)
#: After a start a car that charges is left alone until somebody could have planned.
_SETTLES = timedelta(minutes=1)
#: The guard begins earlier by this share of the time that charging takes: cars taper off at the end.
_GUARD_MARGIN = 0.1
#: How long an offer that is taken back to wake a car holds if nobody makes it again.
_WAKES_WITHIN = timedelta(minutes=2)
#: A pause without a known end is told anew before this is over.
_LONGEST_WAIT = timedelta(days=1)
_OF_PLAN = {VerdictReason.PLANNED, VerdictReason.WAITING}
_URGENT = {VerdictReason.OVERRIDE, VerdictReason.LATE, VerdictReason.LATEST_START}


def _still_owed(before: Wishes, wishes: Wishes) -> Owed | None:
    """Return what stays promised: another energy, car, or who starts sessions, is no other time."""
    same = replace(
        wishes,
        energy=before.energy,
        starts_alone=before.starts_alone,
        owed=before.owed,
        car=before.car,
    )
    if before.owed is None or same != before:
        return None
    if wishes.energy == before.energy:
        return before.owed
    return None if wishes.energy is None else replace(before.owed, energy=wishes.energy)


class SmartCharging:
    """Of one connector; looked at whenever something changes, and twice a minute."""

    def __init__(self, connector: Connector, started_at: datetime) -> None:
        """Begin with no car."""
        self.connector = connector
        self.plan: Plan | None = None
        #: Why a plan should be made, and since when nobody has.
        self.wanted: ReplanReason | None = None
        self.wanted_since: datetime | None = None
        #: Whether that was told of.
        self.told = False
        self.verdict: Verdict | None = None
        self.watch = CarWatch(connector)
        self.needs = CarNeeds(connector, self.watch)
        self.starting = Starting(connector)
        self._started_at = started_at
        self._basis: Basis | None = None
        self._being_planned = False
        self._session_id: str | None = None

    # What is wanted ---------------------------------------------------------------------------

    @property
    def wishes(self) -> Wishes:
        """Return what is wanted."""
        return self.connector.charger.wishes.get(self.connector.key)

    @property
    def smart(self) -> bool:
        """Tell whether charging is planned, rather than begun at once."""
        return self.is_priced and self.wishes.smart is not False

    @property
    def plans(self) -> bool:
        """Tell whether charging is planned, and not switched off."""
        return self.smart and self.connector.user_limit != 0

    @property
    def here(self) -> bool:
        """Tell whether there is a car, one aside that somebody stopped."""
        connector = self.connector
        waits = connector.state is ConnectorState.FINISHING and self.starting.interrupted
        return connector.in_session or connector.state is ConnectorState.PREPARING or waits

    @property
    def present(self) -> bool:
        """Tell whether there is a car whose charging can be planned: one that will be charged."""
        if self.connector.in_session:
            return True
        return self.here and not self.awaits_card and self.connector.reservation is None

    @callback
    def wish(self, wishes: Wishes) -> None:
        """Want something else from now on; what was promised before counts no more."""
        connector = self.connector
        before = self.wishes
        if before == wishes:
            return
        connector.charger.wishes.set(connector.key, wishes.owing(_still_owed(before, wishes)))
        if site := connector.charger.site:
            site.planning.wishes_changed(connector)
        else:
            self.let_go()
            connector.async_notify()

    @callback
    def choose(self, *, smart: bool) -> None:
        """Plan charging from now on, or charge at once; what was said for once is over then.

        Raises a translated error where the price is not known by which to plan.
        """
        if smart and not self.is_priced:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="no_price",
                translation_placeholders={"charger": self.connector.charger.config.name},
            )
        self.wish(replace(self.wishes, smart=smart, overrides=NO_OVERRIDES))

    @property
    def starts_alone(self) -> bool:
        """Tell whether a car that is plugged in is charged without anybody starting the session."""
        chosen, access = self.wishes.starts_alone, self.connector.charger.config.access
        return access is Access.OPEN if chosen is None else chosen

    @property
    def awaits_card(self) -> bool:
        """Tell whether a car is charged only once somebody shows a card or presses Start."""
        return not self.starts_alone and not self.starting.interrupted

    @property
    def begins_alone(self) -> bool:
        """Tell whether a session is begun for the car that is there: a new one, or one cut short."""
        # Without prices chargers begin by themselves where they may, but for some makes.
        asked = self.is_priced or self.connector.charger.traits.make.needs_remote_start
        return (asked and self.starts_alone) or self.starting.interrupted

    @callback
    def choose_start(self, *, alone: bool) -> None:
        """Let a car that is plugged in be charged without anybody starting it, or not."""
        self.wish(replace(self.wishes, starts_alone=alone))

    @callback
    def choose_energy(self, energy: WattHour | None) -> None:
        """Let a session come to this much, or to what it usually comes to (None)."""
        self.wish(replace(self.wishes, energy=energy))

    # The plan ---------------------------------------------------------------------------------

    @callback
    def take(self, plan: Plan, options: PlanOptions, now: datetime) -> None:
        """Follow a plan from now on."""
        self.plan, self.needs.options, self._being_planned = plan, options, False
        self._basis = self.needs.basis(plan, now)
        self.needs.owe(plan, now)

    @callback
    def drop_plan(self, now: datetime) -> None:
        """Follow the present plan no more."""
        if self.plan is not None:
            self.plan = self._basis = None
            self.want(ReplanReason.NEW, now)

    @callback
    def begin_planning(self) -> None:
        """Note that a plan is being made of what is known now; what comes from now on is for the next."""
        self._being_planned = True
        self.wanted = self.wanted_since = None
        self.told = False

    @callback
    def end_planning(self, now: datetime) -> None:
        """Note that no plan came of it."""
        self._being_planned = False
        self.want(ReplanReason.NEED, now)

    @callback
    def want(self, reason: ReplanReason, now: datetime) -> None:
        """Note that a plan should be made."""
        self.wanted = self.wanted or reason
        self.wanted_since = self.wanted_since or now

    def is_urgent(self) -> bool:
        """Tell whether being ready, or what the user said, goes before any budget."""
        if self.verdict is None or not self.connector.in_session:
            return False
        waits_for_car = self.watch.full or self.watch.asleep
        return self.verdict.reason in _URGENT and self._yields and not waits_for_car

    def slot_over_budget(self, now: datetime) -> PlanSlot | None:
        """Return the slot of this moment if it is planned beyond the hour's budget."""
        slot = self.plan.slot_at(now) if self.plan and self.connector.in_session else None
        over = slot is not None and slot.reason is SlotReason.OVER_BUDGET and self._yields
        return slot if over else None

    # Following it -----------------------------------------------------------------------------

    @callback
    def look(self, now: datetime) -> None:
        """Decide whether the car may charge now, and let it be so."""
        self._follow_session()
        if not self.plans or not self.present:
            self.let_go()
            if self.present and self.begins_alone and self.connector.user_limit != 0:
                self.starting.start(now)
            return
        if not self._being_planned:
            self._doubt_plan(now)
        if self.plan is None and now - self._started_at < _SETTLES and self.watch.charges:
            return
        found = verdict(self._following(now), now)
        before, self.verdict = self.verdict, found
        if before and before.reason is not found.reason and before.reason in _OF_PLAN:
            # What is told of the plan has come to pass.
            self.want(ReplanReason.NEED, now)
        if self.watch.look(now, may_charge=found.charge):
            self.connector.hold(None, now)
            if self.begins_alone:
                self.starting.start(now)
        elif found.charge:
            self.connector.hold(now + _WAKES_WITHIN, now)
        else:
            self.connector.hold(found.until or now + _LONGEST_WAIT, now)
        if found != before:
            self.connector.async_notify()

    def next_look(self, now: datetime) -> datetime | None:
        """Return when something happens by itself."""
        owed = self.wishes.owed
        times = [
            self.verdict.until if self.verdict else None,
            self.watch.next_look(),
            owed.ready_by if owed else None,
        ]
        return min((at for at in times if at is not None and at > now), default=None)

    @callback
    def let_go(self) -> None:
        """Leave the car as it would be without smart charging."""
        if self.verdict or self.plan:
            self._forget()
            self.connector.async_notify()
        self.connector.hold(None, dt_util.utcnow())

    @property
    def is_priced(self) -> bool:
        """Tell whether there is a price by which to plan."""
        site = self.connector.charger.site
        return site is not None and site.pricing.configured

    @property
    def _yields(self) -> bool:
        return self.needs.options is None or self.needs.options.budget_yields

    def _following(self, now: datetime) -> Following:
        return Following(
            plan=self.plan,
            relied_on=self.wanted_since is None or now - self.wanted_since < RELIED_ON_FOR,
            overdue=self.needs.overdue(now),
            ready_by=self.needs.ready_by(now),
            latest_start=self._latest_start(now),
            overrides=self.wishes.overrides,
        )

    def _latest_start(self, now: datetime) -> datetime | None:
        need = self.needs.need(now)
        site = self.connector.charger.site
        latest = (
            latest_start(need, now, site.planning.expected(now, budget_yields=self._yields))
            if site
            else latest_start(need, now)
        )
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
        if self.connector.plugged is False:
            self._forget()
            self.needs.forgive()
            self.starting.forget()

    def _forget(self) -> None:
        self.plan = self.wanted = self.wanted_since = self.verdict = self._basis = None
        self.watch.forget()
        if options := self.needs.options:
            self.needs.options = replace(options, still_needed=None)

    def _doubt_plan(self, now: datetime) -> None:
        """Ask for another plan where this one does not fit any more."""
        plan, basis = self.plan, self._basis
        if plan is None or basis is None:
            self.want(ReplanReason.NEW, now)
        elif self.needs.ready_by(now) != plan.ready_by:
            self.want(ReplanReason.READY_BY, now)
        elif self.needs.has_other_current(basis):
            self.want(ReplanReason.HEADROOM, now)
        elif self.needs.differs(basis, plan, now):
            self.want(ReplanReason.NEED, now)
