"""Smart charging of a site: asks for plans, makes them for all its cars together, and follows them."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
import logging
from typing import TYPE_CHECKING, Any

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_track_point_in_utc_time, async_track_time_interval
from homeassistant.util import dt as dt_util

from .automation_kind import SMART_CHARGING
from .happening import Happened, Happening, announce
from .load_learning import LoadLearning
from .meter import hour_start
from .plan import (
    CarNeed,
    Headroom,
    Overrides,
    Plan,
    PricedPeriod,
    ReplanReason,
    expected_headroom,
    plan_joint,
    replan,
)
from .plan_options import PlanOptions
from .smart_charging import RELIED_ON_FOR
from .units import GridType, Watt, WattHour

if TYPE_CHECKING:
    from .connector import Connector
    from .hub import Hub
    from .site import Site

_LOGGER = logging.getLogger(__name__)

type NeedListener = Callable[[Connector, ReplanReason], None]

#: Verdicts are looked at as often as a limit has to be renewed.
_EVERY = timedelta(seconds=30)
#: A need of a plan is told again while nobody answers.
_TELL_AGAIN = timedelta(seconds=60)
#: How far plans look ahead: two nights.
_HORIZON = timedelta(hours=48)
#: Plans are means; from moment to moment a car may take a little more.
_MORE = 1.1
#: A plan is not asked for again so soon after the last one was.
_NOT_BEFORE = timedelta(seconds=5)
#: What the site can spare is reckoned anew after so long.
_EXPECTED_FOR = timedelta(minutes=1)
#: What all lines of a supply carry together, in currents of one line times 230 V.
_LOADED = {GridType.TN_400: 3.0, GridType.IT_230: 3**0.5, GridType.SINGLE_PHASE: 1.0}


class Planning:
    """Of one site."""

    def __init__(self, hub: Hub, site: Site) -> None:
        """Plan nothing yet."""
        self.site = site
        self.learning = LoadLearning(hub, site)
        self._hub = hub
        self._listeners: list[NeedListener] = []
        self._told_at: dict[str, datetime] = {}
        #: Connectors whose plan lets the car charge now.
        self._in_slot: set[str] = set()
        self._next_look: CALLBACK_TYPE | None = None
        self._watching: CALLBACK_TYPE | None = None
        self._looking = False
        self._turn = asyncio.Lock()
        #: When each connector is to be looked at again, and when the next of them is.
        self._looks: dict[str, datetime | None] = {}
        self._next_look_at: datetime | None = None
        #: What the site can spare, by whether budgets yield, and when that was reckoned.
        self._expected: dict[bool, tuple[datetime, Headroom]] = {}

    @property
    def connectors(self) -> list[Connector]:
        """Return the connectors of the site."""
        return [
            c
            for charger in self._hub.chargers_of_site(self.site)
            for c in charger.connectors.values()
        ]

    @callback
    def open(self) -> None:
        """Begin to follow plans."""
        if self._watching is None:
            self._watching = async_track_time_interval(
                self._hub.hass, self._tick, _EVERY, cancel_on_shutdown=True
            )
            self._hub.create_task(self.learning.begin(), "house load")

    @callback
    def let_go(self) -> None:
        """Let no car wait for a plan any more, as when the site is removed."""
        for connector in self.connectors:
            connector.smart.let_go()

    @callback
    def close(self) -> None:
        """Stop."""
        for cancel in (self._watching, self._next_look):
            if cancel:
                cancel()
        self._watching = self._next_look = self._next_look_at = None

    @callback
    def async_on_need(self, listener: NeedListener) -> CALLBACK_TYPE:
        """Call ``listener`` when a car should be planned for, and again while nobody does."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def ask(self) -> None:
        """Let those that listen plan once for each car: their options may be other ones now."""
        now = dt_util.utcnow()
        for connector in self.connectors:
            if connector.smart.plans and connector.smart.present:
                connector.smart.want(ReplanReason.NEED, now)
                self._told_at.pop(connector.key, None)
        self.look()

    @callback
    def prices_changed(self) -> None:
        """Ask for new plans, as new prices may make others better."""
        now = dt_util.utcnow()
        for connector in self.connectors:
            if connector.smart.plan:
                connector.smart.want(ReplanReason.PRICES, now)
        self.look()

    @callback
    def contract_changed(self) -> None:
        """Plan from scratch: what was cheapest by another contract is no reason to wait."""
        now = dt_util.utcnow()
        for connector in self.connectors:
            connector.smart.drop_plan(now)
            connector.async_notify()
        self.look()

    @callback
    def headroom_changed(self) -> None:
        """Ask for new plans, as the hours may take another amount."""
        now = dt_util.utcnow()
        for connector in self.connectors:
            if connector.smart.plan:
                connector.smart.want(ReplanReason.HEADROOM, now)
        self.look()

    def hour_limit(self, now: datetime) -> WattHour | None:
        """Return what this hour may come to in Wh, None without a limit.

        It is the budget that keeps the step, or more where a plan goes beyond that for a car to be
        ready in time; a car that is late, or that the user wants charged now, minds none.
        """
        budget = self.site.capacity.budget(now)
        connectors = self.connectors
        if budget is None or any(connector.smart.is_urgent() for connector in connectors):
            return None
        if not any(connector.smart.slot_over_budget(now) for connector in connectors):
            return budget
        ends = hour_start(now, dt_util.get_default_time_zone()) + timedelta(hours=1)
        plans = [c.smart.plan for c in connectors if c.smart.plan]
        cars = sum(slot.energy for plan in plans for slot in plan.slots if now < slot.end <= ends)
        house = self.learning.load.rest_of_hour(now, self._house_power) or 0
        return max(budget, round((self.site.hour_used or 0) + house + _MORE * cars))

    @property
    def _house_power(self) -> Watt | None:
        """Return what the house takes without its cars, in W."""
        power = self.site.power
        cars = sum(connector.measured.power or 0.0 for connector in self.connectors)
        return None if power is None else max(0.0, power - cars)

    @callback
    def wishes_changed(self, connector: Connector) -> None:
        """Ask for a new plan, as the user wants something else."""
        if connector.smart.plan:
            connector.smart.want(ReplanReason.OVERRIDE, dt_util.utcnow())
        connector.async_notify()
        self.look()

    @callback
    def look(self, only: Connector | None = None) -> None:
        """Let every car, or ``only`` one, do what it should now, and ask for the plans wanted."""
        if self._watching is None or self._looking:
            return
        # What is commanded here changes what is seen here.
        self._looking = True
        try:
            now = dt_util.utcnow()
            connectors = self.connectors if only is None else [only]
            if only is None:
                self._looks = {}
            for connector in connectors:
                connector.smart.look(now)
                told_again = self._tell(connector, now)
                self._tell_slot(connector, now)
                times = (connector.smart.next_look(now), told_again)
                self._looks[connector.key] = min((at for at in times if at), default=None)
            self._look_again()
        finally:
            self._looking = False

    def expected(self, now: datetime, *, budget_yields: bool) -> Headroom:
        """Return what the site is expected to be able to spare, as of a minute ago at most."""
        known = self._expected.get(budget_yields)
        if known is None or not known[0] <= now < known[0] + _EXPECTED_FOR:
            known = now, self._headroom(now, budget_yields=budget_yields)
            self._expected[budget_yields] = known
        return known[1]

    async def plan(self, connector: Connector, options: PlanOptions) -> Plan:
        """Plan for a car, beside the others of the site for which somebody plans."""
        # One after another, so that what is followed is always what was known last.
        async with self._turn:
            return await self._plan(connector, options)

    async def preview(self, connector: Connector, options: PlanOptions) -> Plan:
        """Return what would be planned for a car now; nothing of it is followed."""
        async with self._turn:
            smart = connector.smart
            kept = smart.needs.options
            smart.needs.options = smart.needs.counted(options)
            try:
                joint, job = self._job(connector, options, dt_util.utcnow())
            finally:
                smart.needs.options = kept
            plans = await self._hub.hass.async_add_executor_job(job)
            return plans[joint.index(connector)]

    def _job(
        self, connector: Connector, options: PlanOptions, now: datetime
    ) -> tuple[list[Connector], Callable[[], list[Plan]]]:
        """Return for whom to plan, and what makes their plans of what is known now."""
        joint = [
            each
            for each in self.connectors
            if each is connector or (each.smart.plan and each.smart.present and each.smart.plans)
        ]
        job = partial(
            _plans,
            [each.smart.needs.need(now) for each in joint],
            self.site.pricing.periods(now, now + _HORIZON),
            now,
            self._headroom(now, budget_yields=options.budget_yields),
            {each.key: each.smart.wishes.overrides for each in joint},
            {each.key: each.smart.plan for each in joint if each.smart.plan},
        )
        return joint, job

    async def _plan(self, connector: Connector, options: PlanOptions) -> Plan:
        now = dt_util.utcnow()
        connector.smart.needs.options = connector.smart.needs.counted(options)
        joint, job = self._job(connector, options, now)
        for each in joint:
            each.smart.begin_planning()
        try:
            plans = await self._hub.hass.async_add_executor_job(job)
        except BaseException:
            for each in joint:
                each.smart.end_planning(now)
            raise
        for each, plan in zip(joint, plans, strict=True):
            assert each.smart.needs.options is not None, "somebody plans for it"
            each.smart.take(plan, each.smart.needs.options, now)
            each.async_notify()
        self._hub.issues.answered(SMART_CHARGING, connector.charger)
        self.look()
        return plans[joint.index(connector)]

    def _headroom(self, now: datetime, *, budget_yields: bool) -> Headroom:
        site = self.site
        config = site.config
        budget = site.capacity.budget(now)
        return expected_headroom(
            self.learning.load,
            now,
            now + _HORIZON,
            fuse_power=_LOADED[config.grid] * 230 * config.main_fuse if config.meter else None,
            hour_budget=budget,
            used=round(site.hour_used or 0),
            power=self._house_power,
            budget_yields=budget_yields,
        )

    @callback
    def _tell(self, connector: Connector, now: datetime) -> datetime | None:
        """Tell that a plan is wanted; returns when that is to be told that cannot be told yet."""
        smart = connector.smart
        if not smart.plans or not smart.present:
            self._told_at.pop(connector.key, None)
            return None
        if smart.wanted is None:
            return None
        told = self._told_at.get(connector.key)
        if told is not None:
            wait = _TELL_AGAIN if smart.told else _NOT_BEFORE
            if now - told < wait:
                return told + wait
        self._told_at[connector.key], smart.told = now, True
        if smart.wanted_since and now - smart.wanted_since >= RELIED_ON_FOR:
            self._hub.issues.unanswered(SMART_CHARGING, connector.charger)
        for listener in list(self._listeners):
            listener(connector, smart.wanted)
        return None

    @callback
    def _tell_slot(self, connector: Connector, now: datetime) -> None:
        """Tell automations when the plan begins, or ends, to let the car charge."""
        plan, charger = connector.smart.plan, connector.charger.config
        slot = plan.slot_at(now) if plan and connector.smart.present else None
        if (slot is not None) == (connector.key in self._in_slot):
            return
        told: dict[str, Any] = {"connector": connector.connector_id}
        if slot is None:
            self._in_slot.discard(connector.key)
            what = Happening.PLAN_SLOT_ENDED
        else:
            self._in_slot.add(connector.key)
            what = Happening.PLAN_SLOT_STARTED
            told |= {"until": dt_util.as_local(slot.end), "energy": slot.energy / 1000}
        announce(self._hub.hass, Happened(what, charger.subentry_id, charger.name, told))

    def _look_again(self) -> None:
        at = min((at for at in self._looks.values() if at is not None), default=None)
        if at == self._next_look_at:
            return
        if self._next_look:
            self._next_look()
            self._next_look = None
        self._next_look_at = at
        if at is not None:
            self._next_look = async_track_point_in_utc_time(self._hub.hass, self._time_to_look, at)

    @callback
    def _time_to_look(self, _now: datetime) -> None:
        self._next_look = self._next_look_at = None
        self.look()

    @callback
    def _tick(self, now: datetime) -> None:
        if self.site.config.meter:
            self.learning.look(now)
            self.site.capacity.look(now)
        self.look()


def _plans(
    needs: list[CarNeed],
    prices: tuple[PricedPeriod, ...],
    now: datetime,
    headroom: Headroom,
    overrides: dict[str, Overrides],
    previous: dict[str, Plan],
) -> list[Plan]:
    proposed = plan_joint(needs, prices, now, headroom, overrides)
    followed = replan(previous, proposed, needs, prices, now, headroom, overrides)
    return [each.plan for each in followed]
