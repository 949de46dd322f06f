"""The action that tells which car charges where, for the distance that a session was worth."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .const import DOMAIN
from .schemas import quantity
from .targets import running_hub, targeted_connectors
from .wishes import Car

ATTR_BATTERY_CAPACITY = "battery_capacity"
ATTR_RANGE = "range"

SERVICE_SET_CAR = "set_car"

#: In kWh, and in km.
_LEAST_BATTERY, _MOST_BATTERY = 1, 250
_LEAST_RANGE, _MOST_RANGE = 10, 2000


def _between(least: float, most: float) -> Callable[[Any], Any]:
    validator: Callable[[Any], Any] = vol.All(quantity(most), vol.Range(min=least))
    return validator


_SCHEMA = vol.Schema(cv.ENTITY_SERVICE_FIELDS).extend(
    {
        vol.Inclusive(ATTR_RANGE, "car"): _between(_LEAST_RANGE, _MOST_RANGE),
        vol.Inclusive(ATTR_BATTERY_CAPACITY, "car"): _between(_LEAST_BATTERY, _MOST_BATTERY),
    }
)


@callback
def async_setup_car_services(hass: HomeAssistant) -> None:
    """Register the action."""
    hass.services.async_register(DOMAIN, SERVICE_SET_CAR, _set_car, schema=_SCHEMA)


async def _set_car(call: ServiceCall) -> None:
    connectors, car = await targeted_connectors(call), _car(call.data)
    hub = running_hub(call.hass)
    for connector in connectors:
        connector.smart.wish(replace(connector.smart.wishes, car=car))
    hub.make_up_changed(connectors)


def _car(data: dict[str, Any]) -> Car | None:
    """Return the car that is told, None where none is any more."""
    if ATTR_RANGE not in data:
        return None
    return Car(full_range=data[ATTR_RANGE], battery=round(data[ATTR_BATTERY_CAPACITY] * 1000))
