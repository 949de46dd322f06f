"""The actions for the limits that a charger follows: charging profiles and what they add up to."""

from datetime import timedelta

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from .charger_actions import CHARGER_FIELD, async_register_charger_action
from .connector import Connector
from .const import DOMAIN
from .csms import InstalledProfile
from .devices import connectors_of_device
from .helpers import translated_errors
from .targets import allowed_charger, running_hub, targeted_charger

ATTR_MINUTES = "minutes"

SERVICE_CLEAR_CHARGING_PROFILES = "clear_charging_profiles"
SERVICE_GET_CHARGING_PROFILES = "get_charging_profiles"
SERVICE_GET_COMPOSITE_SCHEDULE = "get_composite_schedule"

_DAY = 24 * 60

_CHARGER_SCHEMA = vol.Schema(CHARGER_FIELD)
_SCHEDULE_SCHEMA = vol.Schema(
    {
        **CHARGER_FIELD,
        vol.Optional(ATTR_MINUTES, default=60): vol.All(
            vol.Coerce(int), vol.Range(min=1, max=_DAY)
        ),
    }
)


@callback
def async_setup_profile_services(hass: HomeAssistant) -> None:
    """Register the actions; only administrators throw a charger's limits away."""
    for name, act, schema in (
        (SERVICE_GET_CHARGING_PROFILES, _get_profiles, _CHARGER_SCHEMA),
        (SERVICE_GET_COMPOSITE_SCHEDULE, _get_schedule, _SCHEDULE_SCHEMA),
    ):
        hass.services.async_register(
            DOMAIN, name, act, schema=schema, supports_response=SupportsResponse.ONLY
        )
    async_register_charger_action(hass, SERVICE_CLEAR_CHARGING_PROFILES, _clear_profiles)


async def _get_profiles(call: ServiceCall) -> ServiceResponse:
    charger = await allowed_charger(call, POLICY_READ)
    meant = _connectors(call)
    # Asked for as a whole, the charger tells of the limits of all connectors too.
    which = meant[0].connector_id if len(meant) < len(charger.connectors) else None
    with translated_errors(charger.config.name):
        found = await charger.station.charging_profiles(which)
    return {"profiles": [_profile(each) for each in found]}


async def _get_schedule(call: ServiceCall) -> ServiceResponse:
    charger = await allowed_charger(call, POLICY_READ)
    ahead = timedelta(minutes=call.data[ATTR_MINUTES])
    told: list[JsonValueType] = []
    with translated_errors(charger.config.name):
        for connector in _connectors(call):
            schedule = await charger.station.offered_schedule(connector.connector_id, ahead)
            told.append(
                {
                    "connector": connector.connector_id,
                    "unit": schedule.unit if schedule else None,
                    "steps": _steps(schedule.steps if schedule else ()),
                }
            )
    return {"schedules": told}


async def _clear_profiles(call: ServiceCall) -> None:
    charger = targeted_charger(call)
    with translated_errors(charger.config.name):
        await charger.clear_limits()


def _connectors(call: ServiceCall) -> list[Connector]:
    return connectors_of_device(running_hub(call.hass), call.data[ATTR_DEVICE_ID])


def _profile(profile: InstalledProfile) -> dict[str, JsonValueType]:
    return {
        "connector": profile.connector_id,
        "id": profile.profile_id,
        "purpose": profile.purpose,
        "kind": profile.kind,
        "stack_level": profile.stack_level,
        "source": profile.source,
        "unit": profile.unit,
        "steps": _steps(profile.steps),
    }


def _steps(steps: tuple[tuple[int, float], ...]) -> list[JsonValueType]:
    return [{"start": start, "limit": limit} for start, limit in steps]
