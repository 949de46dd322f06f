"""What is answered to questions about a charger: when, how much, why, and whether it is free."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .connector import NO_ERROR, Connector
from .plan import Plan
from .plan_text import told_text
from .reasons import reason_text
from .session_list import Sum, Wanted, between
from .site import Site
from .status import Reason, Status
from .voice_target import spoken_name
from .voice_text import Words

#: In these a charger is nobody's.
_FREE = Status.READY


@callback
def readiness(hass: HomeAssistant, connector: Connector, words: Words, now: datetime) -> str:
    """Return when the car is ready."""
    name = spoken_name(hass, connector)
    if not connector.charger.online:
        return state_of(hass, connector, words)
    finished = connector.status is Status.FINISHED and connector.reason is Reason.CAR
    if finished or (connector.in_session and connector.smart.watch.full):
        return words.say("is_ready", charger=name)
    if not connector.in_session and connector.plugged is not True:
        return words.say("no_car", charger=name)
    plan = connector.smart.plan
    if plan and plan.ready_at and plan.ready_at > now:
        when = words.moment(plan.ready_at, now)
        if plan.late_by:
            late = words.duration(plan.late_by)
            return words.say("ready_late", charger=name, when=when, late=late)
        return words.say("ready_at", charger=name, when=when)
    if told := _plan_text(hass, connector, words):
        return words.say("about", charger=name, told=told)
    if connector.status is Status.CHARGING:
        return words.say("ready_unknown", charger=name)
    return state_of(hass, connector, words)


@callback
def power_price(sites: Sequence[Site], words: Words) -> str:
    """Return what a kWh costs now, at each site where there are several."""
    priced = [site for site in sites if site.pricing.configured]
    if not priced:
        return words.say("no_price")
    told = []
    for site in priced:
        current, place = site.pricing.current, site.config.name
        if current is None:
            told.append(words.say("price_unknown_now", site=place))
            continue
        price = words.money(current.total, site.pricing.currency)
        key = "price_now" if len(priced) == 1 else "price_now_at"
        told.append(words.say(key, price=price, site=place))
    return " ".join(told)


@callback
def session_cost(hass: HomeAssistant, connector: Connector, words: Words, now: datetime) -> str:
    """Return what a session came to so far, and what it will; or what the last one came to."""
    name, session, cost = spoken_name(hass, connector), connector.session, connector.cost
    if session is None:
        return words.say("no_session", charger=name)
    energy = words.energy(session.energy_wh)
    amount = cost.amount if cost and cost.session_id == session.id else None
    if amount is None:
        key = "session_energy" if connector.in_session else "last_session_energy"
        return words.say(key, charger=name, energy=energy)
    assert cost is not None, "the amount is its"
    money = words.money(amount, cost.currency)
    if not connector.in_session:
        return words.say("last_session_cost", charger=name, energy=energy, cost=money)
    told = words.say("session_cost", charger=name, energy=energy, cost=money)
    plan = connector.smart.plan
    if plan and (rest := _still_to_pay(plan, now)):
        in_all = words.money(amount + rest, cost.currency, 0)
        told = f"{told} {words.say('session_expected', cost=in_all)}"
    return told


@callback
def this_month(connectors: Sequence[Connector], now: datetime) -> Wanted:
    """Return which sessions of connectors are this month's: those that began in it."""
    since, until = between(
        dt_util.as_local(now).date().replace(day=1),
        dt_util.as_local(now).date(),
        dt_util.get_default_time_zone(),
    )
    ids = tuple((each.charger.config.charge_point_id, each.connector_id) for each in connectors)
    return Wanted(connectors=ids, since=since, until=until)


@callback
def month_cost(
    hass: HomeAssistant, connectors: Sequence[Connector], total: Sum, words: Words
) -> str:
    """Return what the sessions of this month come to."""
    if not total.energy:
        told = words.say("month_none")
    elif not total.costs:
        told = words.say("month_energy", energy=words.energy(total.energy))
    else:
        costs = [words.money(cost, currency) for currency, cost in sorted(total.costs.items())]
        cost = costs[0] if len(costs) == 1 else words.listed(costs, "and")
        told = words.say("month_cost", energy=words.energy(total.energy), cost=cost)
        if total.unpriced:
            told = f"{told} {words.say('month_unpriced', energy=words.energy(total.unpriced))}"
    if len(connectors) > 1:
        return told
    name = spoken_name(hass, connectors[0])
    return words.say("about", charger=name, told=told.removesuffix("."))


@callback
def charging(hass: HomeAssistant, connectors: Sequence[Connector], words: Words) -> str:
    """Return which of the cars charge, and what a single charger does else."""
    found = [each for each in connectors if each.status is Status.CHARGING]
    if found or len(connectors) == 1:
        return " ".join(why(hass, each, words) for each in found or connectors)
    return words.say("none_charging")


@callback
def why(hass: HomeAssistant, connector: Connector, words: Words) -> str:
    """Return what a charger does, and why it does not charge, or not faster."""
    name = spoken_name(hass, connector)
    watts = connector.measured.power
    if connector.status is Status.CHARGING and watts:
        power = f"{words.number(watts / 1000, 1)} kW"
        told = words.say("is_charging", charger=name, power=power)
        limit = connector.allocation_reason
        if connector.allocated is not None and limit:
            reason = reason_text(hass, limit, words.language)
            told = f"{told} {words.say('because', reason=reason)}"
        return told
    return state_of(hass, connector, words)


@callback
def state_of(hass: HomeAssistant, connector: Connector, words: Words) -> str:
    """Return what a charger does, with the reason in plain words."""
    name, status = spoken_name(hass, connector), connector.status
    if status is None:
        return words.say("unknown_state", charger=name)
    told = words.state("status", status)
    if status is Status.FAULT:
        error = connector.error
        code = error.error_code if error and error.error_code != NO_ERROR else None
        told = words.say("fault", status=told, code=code) if code else told
    elif reason := _reason(hass, connector, words):
        told = words.say("state_reason", status=told, reason=reason)
    return words.say("about", charger=name, told=told)


@callback
def freedom(hass: HomeAssistant, connectors: Sequence[Connector], words: Words) -> str:
    """Return whether a charger is free, or which of several are."""
    free = [spoken_name(hass, each) for each in connectors if each.status is _FREE]
    if len(free) == 1:
        return words.say("free", charger=free[0])
    if free:
        return words.say("free_several", chargers=words.listed(free, "and"))
    if len(connectors) == 1:
        return words.say("not_free", state=state_of(hass, connectors[0], words))
    return words.say("none_free")


def _reason(hass: HomeAssistant, connector: Connector, words: Words) -> str | None:
    match connector.reason:
        case Reason.PRICE:
            return _plan_text(hass, connector, words)
        case Reason.CHARGER if connector.allocation_reason and connector.allocated is not None:
            return reason_text(hass, connector.allocation_reason, words.language)
        case Reason.AUTHORIZATION | Reason.STOPPED as reason:
            return words.attribute("status", "reason", reason)
        case _:
            return None


def _plan_text(hass: HomeAssistant, connector: Connector, words: Words) -> str | None:
    site = connector.charger.site
    currency = site.pricing.currency if site else None
    return told_text(hass, connector.smart, currency, words.language)


def _still_to_pay(plan: Plan, now: datetime) -> Decimal:
    """Return what the rest of a plan costs, of what has a price."""
    rest = Decimal(0)
    for slot in plan.slots:
        if slot.end > now and slot.cost is not None:
            left = (slot.end - max(slot.start, now)) / (slot.end - slot.start)
            rest += slot.cost * Decimal(left)
    return rest
