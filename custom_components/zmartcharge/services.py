"""Actions."""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .balance_services import async_setup_balance_services
from .car_services import async_setup_car_services
from .charger_actions import async_register_charger_action
from .connector import Connector
from .const import DOMAIN
from .cost_services import async_setup_cost_services
from .firmware_services import async_setup_firmware_services
from .helpers import translated_errors
from .ledger import HeldPrice
from .log_services import async_setup_log_services
from .message_services import async_setup_message_services
from .plan_services import async_setup_plan_services
from .profile_services import async_setup_profile_services
from .reservation_services import async_setup_reservation_services
from .security_services import async_setup_security_services
from .settings_services import async_setup_settings_services
from .site import Site
from .sms_services import async_setup_sms_services
from .targets import targeted_charger, targeted_connectors
from .token_services import async_setup_token_services
from .voice_services import async_setup_voice_services

ATTR_ACTION = "action"
ATTR_HARD = "hard"
ATTR_PAYLOAD = "payload"

SERVICE_START_CHARGING = "start_charging"
SERVICE_STOP_CHARGING = "stop_charging"
SERVICE_UNLOCK_CONNECTOR = "unlock_connector"
SERVICE_RESET = "reset"
SERVICE_OCPP_CALL = "ocpp_call"

_TARGET_SCHEMA = vol.Schema(cv.ENTITY_SERVICE_FIELDS)
_RESET_SCHEMA = _TARGET_SCHEMA.extend({vol.Optional(ATTR_HARD, default=False): cv.boolean})
_OCPP_CALL_FIELDS = {
    vol.Required(ATTR_ACTION): cv.string,
    vol.Optional(ATTR_PAYLOAD, default=dict): dict,
}


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    for name, handle in (
        (SERVICE_START_CHARGING, _on_connectors(Connector.start)),
        (SERVICE_STOP_CHARGING, _on_connectors(Connector.stop, _charging)),
        (SERVICE_UNLOCK_CONNECTOR, _on_connectors(Connector.unlock)),
    ):
        hass.services.async_register(DOMAIN, name, handle, schema=_TARGET_SCHEMA)
    hass.services.async_register(DOMAIN, SERVICE_RESET, _reset, schema=_RESET_SCHEMA)
    async_register_charger_action(
        hass, SERVICE_OCPP_CALL, _ocpp_call, _OCPP_CALL_FIELDS, SupportsResponse.OPTIONAL
    )
    async_setup_balance_services(hass)
    async_setup_plan_services(hass)
    async_setup_car_services(hass)
    async_setup_token_services(hass)
    async_setup_sms_services(hass)
    async_setup_security_services(hass)
    async_setup_log_services(hass)
    async_setup_firmware_services(hass)
    async_setup_reservation_services(hass)
    async_setup_settings_services(hass)
    async_setup_profile_services(hass)
    async_setup_message_services(hass)
    async_setup_voice_services(hass)
    async_setup_cost_services(hass, _prices_of, lambda hub: hub.cost_statistics.refresh())


async def _prices_of(site: Site, start: datetime, end: datetime) -> Sequence[HeldPrice]:
    return await site.pricing.held(start, end)


def _on_connectors(
    act: Callable[[Connector], Awaitable[None]],
    meant: Callable[[Sequence[Connector]], Sequence[Connector]] = lambda targeted: targeted,
) -> Callable[[ServiceCall], Coroutine[Any, Any, None]]:
    """Return what acts on each connector, and raises the first error when it has tried them all."""

    async def handle(call: ServiceCall) -> None:
        errors: list[HomeAssistantError] = []
        for connector in meant(await targeted_connectors(call)):
            try:
                with translated_errors(connector.charger.config.name):
                    await act(connector)
            except HomeAssistantError as err:
                errors.append(err)
        if errors:
            raise errors[0]

    return handle


def _charging(targeted: Sequence[Connector]) -> Sequence[Connector]:
    """Return those with a session, all if none has one."""
    return [each for each in targeted if each.in_session] or targeted


async def _reset(call: ServiceCall) -> None:
    connectors = await targeted_connectors(call)
    for charger in dict.fromkeys(connector.charger for connector in connectors):
        with translated_errors(charger.config.name):
            await charger.reset(hard=call.data[ATTR_HARD])


async def _ocpp_call(call: ServiceCall) -> ServiceResponse:
    charger = targeted_charger(call)
    with translated_errors(charger.config.name):
        response: dict[str, Any] = await charger.station.call(
            call.data[ATTR_ACTION], call.data[ATTR_PAYLOAD]
        )
        charger.out_of_operation.requested(
            call.data[ATTR_ACTION], call.data[ATTR_PAYLOAD], response
        )
    return response if call.return_response else None
