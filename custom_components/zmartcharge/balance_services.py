"""The actions of load balancing: what an automation does about a need, and what a user allows."""

from typing import Any

from homeassistant.const import ATTR_DEVICE_ID, ATTR_NAME
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .balance_view import BalanceOptions, WithoutMeter
from .balancing import Carried
from .const import DOMAIN
from .devices import charger_of_device, device_id_of
from .helpers import translated_errors
from .hub import Hub
from .own_limits import USER
from .reasons import reason_text
from .schemas import quantity
from .site import Site
from .targets import allowed_site, running_hub, targeted_connectors

ATTR_CURRENT = "current"
ATTR_HOUR_LIMIT = "hour_limit"
ATTR_MARGIN = "margin"
ATTR_POWER_CAP = "power_cap"
ATTR_PRIORITIES = "priorities"
ATTR_WITHOUT_METER = "without_meter"

SERVICE_BALANCE_LOAD = "balance_load"
SERVICE_SET_CURRENT_LIMIT = "set_current_limit"

#: More than any household site takes, in kW and in kWh an hour.
_MOST_POWER = 200
_MOST_CURRENT = 80

_BALANCE_SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_DEVICE_ID): cv.string,
        vol.Optional(ATTR_MARGIN, default=0): quantity(1000),
        vol.Optional(ATTR_POWER_CAP): vol.Any(None, quantity(_MOST_POWER)),
        vol.Optional(ATTR_HOUR_LIMIT): vol.Any(None, quantity(_MOST_POWER)),
        vol.Optional(ATTR_PRIORITIES, default=list): vol.All(cv.ensure_list, [cv.string]),
        vol.Optional(ATTR_WITHOUT_METER, default=WithoutMeter.SAFE_THEN_PAUSE): vol.All(
            vol.In([choice.value for choice in WithoutMeter]), WithoutMeter
        ),
    }
)
_LIMIT_SCHEMA = vol.Schema(cv.ENTITY_SERVICE_FIELDS).extend(
    {
        vol.Optional(ATTR_CURRENT): vol.Any(None, quantity(_MOST_CURRENT)),
        vol.Optional(ATTR_NAME): vol.All(cv.string, vol.Length(min=1, max=50)),
    }
)


@callback
def async_setup_balance_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    hass.services.async_register(
        DOMAIN,
        SERVICE_BALANCE_LOAD,
        _balance_load,
        schema=_BALANCE_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )
    hass.services.async_register(
        DOMAIN, SERVICE_SET_CURRENT_LIMIT, _set_current_limit, schema=_LIMIT_SCHEMA
    )


async def _balance_load(call: ServiceCall) -> ServiceResponse:
    site = _metered(await allowed_site(call))
    margin: float = call.data[ATTR_MARGIN]
    if margin >= site.config.main_fuse:
        raise _refusal(
            "margin_above_fuse",
            site=site.config.name,
            margin=f"{margin:g}",
            main_fuse=str(site.config.main_fuse),
        )
    carried = await site.balancing.balance(
        BalanceOptions(
            margin=margin,
            power_cap=_in_thousands(call.data.get(ATTR_POWER_CAP)),
            hour_limit=_in_thousands(call.data.get(ATTR_HOUR_LIMIT)),
            priorities=_priorities(running_hub(call.hass), call.data[ATTR_PRIORITIES]),
            without_meter=call.data[ATTR_WITHOUT_METER],
        )
    )
    return _response(call.hass, site, carried) if call.return_response else None


async def _set_current_limit(call: ServiceCall) -> None:
    connectors = await targeted_connectors(call)
    current: float | None = call.data.get(ATTR_CURRENT)
    name: str | None = call.data.get(ATTR_NAME)
    if current is not None:
        # All or none: a limit that fits one charger only would leave the others as they were.
        for connector in connectors:
            connector.check_own_limit(current)
    for connector in connectors:
        with translated_errors(connector.charger.config.name):
            if current is None and name is None:
                await connector.lift_own_limits()
            else:
                await connector.set_own_limit(current, name or USER)


def _metered(site: Site) -> Site:
    if site.config.meter is None:
        raise _refusal("site_without_meter", site=site.config.name)
    return site


def _priorities(hub: Hub, device_ids: list[str]) -> tuple[str, ...]:
    """Return the chargers of the devices, each once.

    One that was removed meanwhile is passed over: the fuse matters more than the order.
    """
    chargers = (charger_of_device(hub, device_id) for device_id in device_ids)
    return tuple(dict.fromkeys(charger.config.subentry_id for charger in chargers if charger))


def _in_thousands(kilo: float | None) -> int | None:
    return None if kilo is None else round(kilo * 1000)


def _refusal(key: str, **placeholders: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )


def _response(hass: HomeAssistant, site: Site, carried: tuple[Carried, ...]) -> dict[str, Any]:
    decision = site.balancing.decision
    return {
        "site": site.config.name,
        "level": decision.level.value if decision else None,
        "allocations": [
            {
                "charger": each.connector.charger.config.name,
                "device_id": device_id_of(hass, each.connector.charger.config.subentry_id),
                "connector": each.connector.connector_id,
                "current": each.allocation.current,
                "phases": each.allocation.phases,
                "accepted": each.accepted,
                "reason": each.allocation.reason.key.value,
                "text": reason_text(hass, each.allocation.reason),
            }
            for each in carried
        ],
    }
