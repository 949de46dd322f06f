"""The actions of smart charging: what an automation plans, and what a user says for once or for good."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.const import ATTR_DEVICE_ID, ATTR_TIME
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from .const import DOMAIN
from .devices import connectors_of_device, device_id_of
from .plan import START_PENALTY, Overrides, instant
from .plan_options import PlanOptions
from .plan_text import plan_dict
from .schemas import quantity
from .targets import allowed_site, check_rights, no_target, running_hub, targeted_connectors
from .wishes import WEEKDAYS

ATTR_BATTERY_CAPACITY = "battery_capacity"
ATTR_BUDGET_YIELDS = "budget_yields"
ATTR_CHARGE_UNTIL = "charge_until"
ATTR_CONTINUOUS = "continuous"
ATTR_UNTIL_FULL = "until_full"
ATTR_ENERGY = "energy"
ATTR_MINIMUM_ENERGY = "minimum_energy"
ATTR_POWER = "power"
ATTR_PREFER_LATE = "prefer_late"
ATTR_PREHEAT = "preheat"
ATTR_PREVIEW = "preview"
ATTR_PRICE_LIMIT = "price_limit"
ATTR_READY_BY = "ready_by"
ATTR_SKIP_UNTIL = "skip_until"
ATTR_START_PENALTY = "start_penalty"
ATTR_STATE_OF_CHARGE = "state_of_charge"
ATTR_TARGET_STATE_OF_CHARGE = "target_state_of_charge"
ATTR_WEEKDAYS = "weekdays"

SERVICE_KEEP_CAPACITY_STEP = "keep_capacity_step"
SERVICE_OVERRIDE_PLAN = "override_plan"
SERVICE_PLAN_CHARGING = "plan_charging"
SERVICE_SET_READY_BY = "set_ready_by"

#: Of what the charger delivers, so much reaches the battery: single-phase cars lose more.
_EFFICIENCY = 0.9
_MOST_ENERGY = 250
_MOST_PRICE = 100
_MOST_POWER = 200
_LONGEST_PREHEAT = 240
#: What was said for once is for tonight or tomorrow, not for next month.
_LATEST = timedelta(days=7)


def _energy(value: Any) -> int:
    return round(quantity(_MOST_ENERGY)(value) * 1000)


def _price(value: Any) -> Decimal:
    """Return a price, which may be below 0."""
    try:
        price = Decimal(str(value))
    except ArithmeticError as err:
        raise vol.Invalid("expected a number") from err
    if not price.is_finite() or abs(price) > _MOST_PRICE:
        raise vol.Invalid(f"expected a price from -{_MOST_PRICE} to {_MOST_PRICE}")
    return price


def _unless_empty(validator: Any) -> vol.Any:
    """Take nothing, as templates and blueprints give it, for what is not given."""
    return vol.Any(None, vol.All("", lambda _: None), validator)


#: Text is understood, or refused in the user's language, when the action is carried out.
_MOMENT = vol.Any(str, time, datetime)

_PLAN_SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_DEVICE_ID): cv.string,
        vol.Optional(ATTR_ENERGY): _unless_empty(_energy),
        vol.Inclusive(ATTR_STATE_OF_CHARGE, "battery"): _unless_empty(quantity(100)),
        vol.Inclusive(ATTR_TARGET_STATE_OF_CHARGE, "battery"): _unless_empty(quantity(100)),
        vol.Inclusive(ATTR_BATTERY_CAPACITY, "battery"): _unless_empty(quantity(_MOST_ENERGY)),
        vol.Optional(ATTR_MINIMUM_ENERGY): _unless_empty(_energy),
        vol.Optional(ATTR_PRICE_LIMIT): _unless_empty(_price),
        vol.Optional(ATTR_UNTIL_FULL, default=False): cv.boolean,
        vol.Optional(ATTR_CONTINUOUS, default=False): cv.boolean,
        vol.Optional(ATTR_PREFER_LATE, default=False): cv.boolean,
        vol.Optional(ATTR_PREHEAT): _unless_empty(quantity(_LONGEST_PREHEAT)),
        vol.Optional(ATTR_START_PENALTY): _unless_empty(quantity(_MOST_PRICE)),
        vol.Optional(ATTR_BUDGET_YIELDS, default=True): cv.boolean,
        vol.Optional(ATTR_PREVIEW, default=False): cv.boolean,
    }
)
_OVERRIDE_SCHEMA = vol.Schema(cv.ENTITY_SERVICE_FIELDS).extend(
    {
        vol.Optional(ATTR_CHARGE_UNTIL): _unless_empty(_MOMENT),
        vol.Optional(ATTR_SKIP_UNTIL): _unless_empty(_MOMENT),
        vol.Optional(ATTR_READY_BY): _unless_empty(_MOMENT),
    }
)
_READY_BY_SCHEMA = vol.Schema(cv.ENTITY_SERVICE_FIELDS).extend(
    {
        vol.Optional(ATTR_TIME): _unless_empty(cv.time),
        vol.Optional(ATTR_WEEKDAYS, default=list(WEEKDAYS)): vol.All(
            cv.ensure_list, [vol.In(WEEKDAYS)]
        ),
    }
)
_CAPACITY_SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_DEVICE_ID): cv.string,
        vol.Optional(ATTR_POWER): _unless_empty(quantity(_MOST_POWER)),
    }
)


@callback
def async_setup_plan_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    for name, act, schema in (
        (SERVICE_PLAN_CHARGING, _plan_charging, _PLAN_SCHEMA),
        (SERVICE_KEEP_CAPACITY_STEP, _keep_capacity_step, _CAPACITY_SCHEMA),
    ):
        hass.services.async_register(
            DOMAIN, name, act, schema=schema, supports_response=SupportsResponse.OPTIONAL
        )
    hass.services.async_register(
        DOMAIN, SERVICE_OVERRIDE_PLAN, _override_plan, schema=_OVERRIDE_SCHEMA
    )
    hass.services.async_register(
        DOMAIN, SERVICE_SET_READY_BY, _set_ready_by, schema=_READY_BY_SCHEMA
    )


async def _plan_charging(call: ServiceCall) -> ServiceResponse:
    hub = running_hub(call.hass)
    connectors = connectors_of_device(hub, call.data[ATTR_DEVICE_ID])
    if not connectors:
        raise no_target()
    await check_rights(call, connectors, POLICY_READ if call.data[ATTR_PREVIEW] else POLICY_CONTROL)
    options = _options(call.data)
    plans: list[JsonValueType] = []
    for connector in connectors:
        smart, preview = connector.smart, call.data[ATTR_PREVIEW]
        if not (smart.here and smart.is_priced if preview else smart.present and smart.plans):
            continue
        site = connector.charger.site
        assert site is not None, "a price needs a site"
        make = site.planning.preview if preview else site.planning.plan
        plan = await make(connector, options)
        plans.append(
            {
                "charger": connector.charger.config.name,
                "device_id": device_id_of(call.hass, connector.charger.config.subentry_id),
                "connector": connector.connector_id,
                **plan_dict(call.hass, plan, site.pricing.currency),
            }
        )
    return {"plans": plans} if call.return_response else None


async def _override_plan(call: ServiceCall) -> None:
    connectors = await targeted_connectors(call)
    for connector in connectors:
        if not connector.smart.smart:
            raise _refusal("not_smart", charger=connector.charger.config.name)
    now = dt_util.utcnow()
    if call.data.get(ATTR_CHARGE_UNTIL) and call.data.get(ATTR_SKIP_UNTIL):
        raise _refusal("charge_or_skip")
    said = {
        name: _next(given, now)
        for name in (ATTR_CHARGE_UNTIL, ATTR_SKIP_UNTIL, ATTR_READY_BY)
        if (given := call.data.get(name)) is not None
    }
    for connector in connectors:
        connector.smart.wish(replace(connector.smart.wishes, overrides=Overrides(**said)))


async def _set_ready_by(call: ServiceCall) -> None:
    connectors = await targeted_connectors(call)
    at: time | None = call.data.get(ATTR_TIME)
    days = [WEEKDAYS.index(day) for day in call.data[ATTR_WEEKDAYS]]
    for connector in connectors:
        connector.smart.wish(connector.smart.wishes.with_ready_by(days, at))


async def _keep_capacity_step(call: ServiceCall) -> ServiceResponse:
    site = await allowed_site(call)
    tariff, present = site.capacity.tariff, site.capacity.step
    if tariff is None or present is None:
        raise _refusal("no_capacity_fee", site=site.config.name)
    power: float | None = call.data.get(ATTR_POWER)
    if power is None:
        step: int | None = present
    else:
        step = tariff.step_of(Decimal(str(power))) if power else None
    site.capacity.keep(step)
    if not call.return_response:
        return None
    budget, cost = site.capacity.budget(dt_util.utcnow()), site.capacity.next_step_cost
    return {
        "site": site.config.name,
        "step": present + 1,
        "kept_step": None if step is None else step + 1,
        "hour_limit": None if budget is None else budget / 1000,
        "next_step_cost": None if cost is None else round(float(cost), 2),
        "currency": site.pricing.currency,
    }


def _options(data: dict[str, Any]) -> PlanOptions:
    penalty = data.get(ATTR_START_PENALTY)
    return PlanOptions(
        still_needed=_still_needed(data),
        told=_told(data),
        minimum_energy=data.get(ATTR_MINIMUM_ENERGY) or 0,
        price_limit=data.get(ATTR_PRICE_LIMIT),
        until_full=data[ATTR_UNTIL_FULL],
        continuous=data[ATTR_CONTINUOUS],
        prefer_late=data[ATTR_PREFER_LATE],
        preheat=timedelta(minutes=data.get(ATTR_PREHEAT) or 0),
        start_penalty=START_PENALTY if penalty is None else Decimal(str(penalty)),
        budget_yields=data[ATTR_BUDGET_YIELDS],
    )


def _told(data: dict[str, Any]) -> tuple[float, float, float] | None:
    """Return the state of charge, its target, and the capacity of the battery, if all are told."""
    now, target = data.get(ATTR_STATE_OF_CHARGE), data.get(ATTR_TARGET_STATE_OF_CHARGE)
    capacity = data.get(ATTR_BATTERY_CAPACITY)
    return None if now is None or target is None or not capacity else (now, target, capacity)


def _still_needed(data: dict[str, Any]) -> int | None:
    """Return what the car still needs in Wh, None when it is not told.

    A car whose state of charge is not known at this moment is planned for by what it usually takes.
    """
    told = _told(data)
    if told is None:
        energy: int | None = data.get(ATTR_ENERGY)
        return energy
    now, target, capacity = told
    needed: float = (target - now) / 100 * capacity * 1000 / _EFFICIENCY
    return max(0, round(needed))


def _moment(given: str | time | datetime) -> time | datetime:
    """Return a time of day, or a date with a time. Raises a translated error for anything else."""
    if not isinstance(given, str):
        return given
    found: time | datetime | None = dt_util.parse_time(given) or dt_util.parse_datetime(given)
    if found is None:
        raise _refusal("no_time", text=given[:50])
    return found


def _next(given: str | time | datetime, now: datetime) -> datetime:
    """Return the next moment that a time means. Raises a translated error for one that is over."""
    given = _moment(given)
    if isinstance(given, datetime):
        local = given if given.tzinfo else given.replace(tzinfo=dt_util.get_default_time_zone())
        at = local.astimezone(UTC)
    else:
        zone = dt_util.get_default_time_zone()
        today = now.astimezone(zone).date()
        at = instant(today, given, zone)
        if at <= now:
            at = instant(today + timedelta(days=1), given, zone)
    if not now < at <= now + _LATEST:
        raise _refusal("not_within_a_week", time=f"{dt_util.as_local(at):%Y-%m-%d %H:%M}")
    return at


def _refusal(key: str, **placeholders: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )
