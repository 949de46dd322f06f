"""What the card shows of sites and connectors, taken from the living objects as plain values."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util

from .connector import NO_ERROR, Connector
from .const import DOMAIN
from .devices import device_id_of
from .hub import Hub
from .plan_text import plan_dict, told_message
from .reasons import reason_message
from .select import charging_mode
from .site import Site
from .status import Reason

type Picture = dict[str, Any]

#: What the card does by way of entities, so that their permissions hold.
_ENTITIES = (
    (Platform.SENSOR, "status"),
    (Platform.BUTTON, "start"),
    (Platform.BUTTON, "stop"),
    (Platform.SELECT, "charging_mode"),
    (Platform.TIME, "ready_by"),
)


@callback
def called(hass: HomeAssistant, subentry_id: str, name: str) -> str:
    """Return what the user calls the device of a site or charger, its own name where nothing."""
    device = dr.async_get(hass).async_get(device_id_of(hass, subentry_id) or "")
    return (device and device.name_by_user) or name


@callback
def site_picture(hub: Hub, site: Site) -> Picture:
    """Return a site: its name, device, address, position (degrees), main fuse (A), currency, and lines.

    A line has its current (A), the margin (A) of an estimated one, and when it was measured (ISO 8601);
    ``fresh`` is whether that may still be relied on.
    """
    subentry_id = site.config.subentry_id
    return {
        "name": called(hub.hass, subentry_id, site.config.name),
        "device": device_id_of(hub.hass, subentry_id),
        "address": site.config.address,
        "position": site.config.position,
        "main_fuse": site.config.main_fuse,
        "currency": site.pricing.currency,
        "metered": site.config.meter is not None,
        "lines": {
            phase: {
                "current": round(abs(measured.value), 1),
                "margin": measured.margin,
                "at": measured.at.isoformat(),
                "fresh": site.current(phase) is not None,
            }
            for phase, measured in site.readings.items()
        },
    }


@callback
def connector_picture(hub: Hub, connector: Connector) -> Picture:
    """Return a connector: powers in W, currents in A, energies in Wh, times in ISO 8601."""
    charger, config = connector.charger, connector.charger.config
    boot = charger.boot_info
    return {
        "name": called(hub.hass, config.subentry_id, config.name),
        "charger": config.subentry_id,
        "label": config.charge_point_id,
        # Where a charger has but one, nobody needs to know its number.
        "connector": connector.connector_id if len(charger.connectors) > 1 else None,
        "site": config.site_id if config.site_id in hub.sites else None,
        **_registered(hub.hass, connector),
        "online": charger.online,
        "plugged": connector.plugged,
        "charging": connector.in_session,
        "mode": charging_mode(connector),
        "priced": connector.smart.is_priced,
        "circuit_fuse": config.circuit_fuse,
        "model": " ".join(each for each in (boot.vendor, boot.model) if each) if boot else None,
        "serial": boot.serial if boot else None,
        "firmware": boot.firmware if boot else None,
        **_status(connector),
        **_flow(connector),
        "session": _session(connector),
        "plan": message.to_dict() if (message := told_message(connector.smart)) else None,
    }


@callback
def connector_device(hass: HomeAssistant, connector: Connector) -> str | None:
    """Return the device of a connector: its charger's where that has but one."""
    device: str | None = _registered(hass, connector)["device"]
    return device


@callback
def plan_picture(connector: Connector) -> Picture:
    """Return the plan, when it is to be ready, and the prices per kWh from today on.

    A price is its start and end (seconds since 1970), the amount, and whether it is a forecast.
    """
    site, plan, now = connector.charger.site, connector.smart.plan, dt_util.utcnow()
    since = dt_util.as_utc(dt_util.start_of_local_day(dt_util.as_local(now)))
    prices = site.pricing.prices.breakdowns if site else ()
    currency = site.pricing.currency if site else None
    return {
        "currency": currency,
        "prices": [
            [
                int(each.period.start.timestamp()),
                int(each.period.end.timestamp()),
                round(float(each.total), 4),
                each.forecast,
            ]
            for each in prices
            if each.period.end > since
        ],
        "ready_by": _iso(connector.smart.needs.ready_by(now)),
        "plan": plan_dict(connector.charger.hass, plan, currency) if plan else None,
    }


def _status(connector: Connector) -> Picture:
    reason = connector.reason
    error = connector.error if connector.error_code != NO_ERROR else None
    allocated, why = connector.allocated, connector.allocation_reason
    return {
        "status": connector.status,
        "reason": reason,
        "until": _iso(connector.held_until) if reason is Reason.PRICE else None,
        "error": error
        and {
            "code": error.error_code,
            "vendor_code": error.vendor_error_code,
            "info": error.info,
        },
        "balance": reason_message(why).to_dict() if allocated is not None and why else None,
    }


def _flow(connector: Connector) -> Picture:
    measured = connector.measured
    return {
        "power": _rounded(measured.power, 0),
        "offered": _rounded(measured.offered, 1),
        "allocated": _rounded(connector.allocated, 1),
        "draw": {line: round(amperes, 1) for line, amperes in (measured.draw or {}).items()},
    }


def _session(connector: Connector) -> Picture | None:
    session, cost = connector.session, connector.cost
    if session is None:
        return None
    return {
        "started_at": _iso(session.started_at),
        "ended_at": _iso(session.ended_at or session.stopped_at),
        "energy": session.energy_wh,
        "cost": None if cost is None else _money(cost.amount),
        "currency": cost.currency if cost else None,
        "added_range": _rounded(connector.added_range, 1),
    }


def _registered(hass: HomeAssistant, connector: Connector) -> Picture:
    """Return the connector's device, and its entities that are not disabled."""
    registry = er.async_get(hass)
    entities, device = {}, device_id_of(hass, connector.charger.config.subentry_id)
    for platform, key in _ENTITIES:
        entity_id = registry.async_get_entity_id(platform, DOMAIN, f"{connector.key}_{key}")
        entry = registry.async_get(entity_id) if entity_id else None
        if entry is None:
            continue
        # Of several connectors each has a device of its own.
        device = entry.device_id or device
        if entry.disabled_by is None:
            entities[key] = entry.entity_id
    return {"device": device, "entities": entities}


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _rounded(number: float | None, digits: int) -> float | None:
    return None if number is None else round(number, digits)


def _money(amount: Decimal | None) -> float | None:
    return None if amount is None else round(float(amount), 2)
