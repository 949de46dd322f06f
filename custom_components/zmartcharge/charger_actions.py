"""Registers the actions that are meant for one charger and for administrators only."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service
import voluptuous as vol

from .const import DOMAIN

#: By which each of them names its charger.
CHARGER_FIELD = {vol.Required(ATTR_DEVICE_ID): cv.string}


@callback
def async_register_charger_action(
    hass: HomeAssistant,
    name: str,
    act: Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse | None]],
    fields: Mapping[Any, object] | None = None,
    response: SupportsResponse = SupportsResponse.NONE,
) -> None:
    """Register an action with these fields beside the charger's device."""
    schema = vol.Schema({**CHARGER_FIELD, **(fields or {})})
    async_register_admin_service(hass, DOMAIN, name, act, schema=schema, supports_response=response)
