"""What each sensor of prices, plans and costs says."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import MAX_LENGTH_STATE_STATE, UnitOfEnergy
from homeassistant.util import dt as dt_util

from .connector import Connector
from .plan import Plan
from .plan_text import plan_dict, told_text
from .sensor_descriptions import ZmartChargeSensorDescription
from .site import Site


def _is_priced(site: Site) -> bool:
    return site.pricing.configured


def _has_fee(site: Site) -> bool:
    return site.pricing.configured and site.config.meter is not None


def _currency(site: Site | None) -> str | None:
    return site.pricing.currency if site else None


def _price_unit(site: Site) -> str | None:
    return f"{site.pricing.currency}/kWh"


def _rounded(amount: Decimal | None, digits: int = 2) -> float | None:
    return None if amount is None else round(float(amount), digits)


def _price(site: Site) -> float | None:
    current = site.pricing.current
    return _rounded(current.total, 4) if current else None


def _price_attributes(site: Site) -> dict[str, Any]:
    pricing = site.pricing
    current, until = pricing.current, pricing.known_until
    components: dict[str, float] = {}
    for each in current.components if current else ():
        name = each.name or each.key.value
        components[name] = round(components.get(name, 0.0) + float(each.amount), 4)
    return {
        "components": components,
        "forecast": current.forecast if current else None,
        "source": pricing.source,
        "known_until": until and dt_util.as_local(until).isoformat(),
        "prices": [
            {
                "start": dt_util.as_local(each.period.start).isoformat(),
                "end": dt_util.as_local(each.period.end).isoformat(),
                "price": round(float(each.total), 4),
                "forecast": each.forecast,
            }
            for each in pricing.prices.breakdowns
        ],
    }


def _hour_limit(site: Site) -> float | None:
    return site.capacity.budget(dt_util.utcnow())


def _capacity_attributes(site: Site) -> dict[str, Any]:
    capacity = site.capacity
    kept = capacity.kept_step
    return {
        "step": None if capacity.step is None else capacity.step + 1,
        "kept_step": None if kept is None else kept + 1,
        "next_step_cost": _rounded(capacity.next_step_cost),
    }


PRICE_SENSORS: tuple[ZmartChargeSensorDescription[Site], ...] = (
    ZmartChargeSensorDescription(
        key="price",
        translation_key="price",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        unit_fn=_price_unit,
        has_fn=_is_priced,
        available_fn=lambda site: site.pricing.current is not None,
        value_fn=_price,
        attributes_fn=_price_attributes,
    ),
    ZmartChargeSensorDescription(
        key="capacity_fee",
        translation_key="capacity_fee",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=0,
        unit_fn=_currency,
        has_fn=_has_fee,
        available_fn=lambda site: site.capacity.fee is not None,
        value_fn=lambda site: _rounded(site.capacity.fee),
        attributes_fn=_capacity_attributes,
    ),
    ZmartChargeSensorDescription(
        key="hour_limit",
        translation_key="hour_limit",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        has_fn=_has_fee,
        available_fn=lambda site: _hour_limit(site) is not None,
        value_fn=_hour_limit,
    ),
)


def _plan(connector: Connector) -> Plan | None:
    return connector.smart.plan


def _is_planned(connector: Connector) -> bool:
    return connector.smart.plan is not None


def _plannable(connector: Connector) -> bool:
    return connector.charger.site is not None


def _sentence(connector: Connector) -> str | None:
    currency = _currency(connector.charger.site)
    text = told_text(connector.charger.hass, connector.smart, currency)
    return text and text[:MAX_LENGTH_STATE_STATE]


def _plan_attributes(connector: Connector) -> dict[str, Any]:
    smart, hass = connector.smart, connector.charger.hass
    learned = smart.needs.learned(dt_util.utcnow())
    told: dict[str, Any] = {
        "verdict": smart.verdict and smart.verdict.reason.value,
        "usual_energy": round((learned.energy + smart.watch.taken) / 1000, 1),
        "usual_energy_confidence": learned.confidence.value,
        "sessions": learned.count,
    }
    if smart.plan:
        told |= plan_dict(hass, smart.plan, _currency(connector.charger.site))
    return told


def _starts_at(connector: Connector) -> datetime | None:
    plan = _plan(connector)
    if plan is None:
        return None
    now = dt_util.utcnow()
    return next((run.start for run in plan.runs if run.end > now), None)


def _is_charged_by_price(connector: Connector) -> bool:
    site = connector.charger.site
    return site is not None and _is_priced(site)


def _saving(connector: Connector) -> float | None:
    # A loss of less than a hundredth is no -0.0.
    return None if (amount := _rounded(connector.savings.amount)) is None else amount + 0.0


CHARGING_SENSORS: tuple[ZmartChargeSensorDescription[Connector], ...] = (
    ZmartChargeSensorDescription(
        key="plan",
        translation_key="plan",
        has_fn=_plannable,
        available_fn=lambda connector: _sentence(connector) is not None,
        value_fn=_sentence,
        attributes_fn=_plan_attributes,
    ),
    ZmartChargeSensorDescription(
        key="planned_start",
        translation_key="planned_start",
        device_class=SensorDeviceClass.TIMESTAMP,
        has_fn=_plannable,
        available_fn=lambda connector: _starts_at(connector) is not None,
        value_fn=_starts_at,
    ),
    ZmartChargeSensorDescription(
        key="planned_ready",
        translation_key="planned_ready",
        device_class=SensorDeviceClass.TIMESTAMP,
        has_fn=_plannable,
        available_fn=_is_planned,
        value_fn=lambda connector: plan.ready_at if (plan := _plan(connector)) else None,
    ),
    ZmartChargeSensorDescription(
        key="planned_cost",
        translation_key="planned_cost",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        unit_fn=lambda connector: _currency(connector.charger.site),
        has_fn=_plannable,
        available_fn=_is_planned,
        value_fn=lambda connector: _rounded(plan.cost) if (plan := _plan(connector)) else None,
    ),
    ZmartChargeSensorDescription(
        key="session_cost",
        translation_key="session_cost",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        dead_band=0.05,
        settled_fn=lambda connector: not connector.in_session,
        unit_fn=lambda connector: connector.cost.currency if connector.cost else None,
        has_fn=_plannable,
        available_fn=lambda connector: connector.cost is not None,
        value_fn=lambda connector: _rounded(connector.cost.amount) if connector.cost else None,
    ),
    ZmartChargeSensorDescription(
        key="saving_this_month",
        translation_key="saving_this_month",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        unit_fn=lambda connector: _currency(connector.charger.site),
        has_fn=_is_charged_by_price,
        available_fn=lambda connector: connector.savings.amount is not None,
        value_fn=_saving,
    ),
)
