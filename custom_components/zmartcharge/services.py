"""Actions."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
import voluptuous as vol

from .charger import Charger
from .connector import Connector
from .const import DOMAIN
from .helpers import translated_errors
from .hub import Hub

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
_OCPP_CALL_SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_DEVICE_ID): cv.string,
        vol.Required(ATTR_ACTION): cv.string,
        vol.Optional(ATTR_PAYLOAD, default=dict): dict,
    }
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    for name, act in (
        (SERVICE_START_CHARGING, Connector.start),
        (SERVICE_STOP_CHARGING, Connector.stop),
        (SERVICE_UNLOCK_CONNECTOR, Connector.unlock),
    ):
        hass.services.async_register(DOMAIN, name, _on_connectors(act), schema=_TARGET_SCHEMA)
    hass.services.async_register(DOMAIN, SERVICE_RESET, _reset, schema=_RESET_SCHEMA)
    async_register_admin_service(
        hass,
        DOMAIN,
        SERVICE_OCPP_CALL,
        _ocpp_call,
        schema=_OCPP_CALL_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )


def _on_connectors(
    act: Callable[[Connector], Awaitable[None]],
) -> Callable[[ServiceCall], Coroutine[Any, Any, None]]:
    async def handle(call: ServiceCall) -> None:
        for connector in _targeted(call):
            with translated_errors(connector.charger.config.name):
                await act(connector)

    return handle


async def _reset(call: ServiceCall) -> None:
    for charger in dict.fromkeys(connector.charger for connector in _targeted(call)):
        with translated_errors(charger.config.name):
            await charger.reset(hard=call.data[ATTR_HARD])


async def _ocpp_call(call: ServiceCall) -> ServiceResponse:
    hub = _hub(call.hass)
    charger = _chargers_of_device(hub, call.data[ATTR_DEVICE_ID])
    if charger is None:
        raise _no_target()
    with translated_errors(charger.config.name):
        response: dict[str, Any] = await charger.station.call(
            call.data[ATTR_ACTION], call.data[ATTR_PAYLOAD]
        )
    return response if call.return_response else None


def _hub(hass: HomeAssistant) -> Hub:
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.state is ConfigEntryState.LOADED:
            hub: Hub = entry.runtime_data
            return hub
    raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_loaded")


def _no_target() -> ServiceValidationError:
    return ServiceValidationError(translation_domain=DOMAIN, translation_key="no_charger_targeted")


def _targeted(call: ServiceCall) -> list[Connector]:
    """Return the connectors of the targeted devices and entities, each once.

    Entities that are unavailable count too, so that an offline charger gives an error instead of
    nothing. Raises a translated error when the target holds no charger.
    """
    hub = _hub(call.hass)
    selected = async_extract_referenced_entity_ids(call.hass, TargetSelection(call.data))
    entities = er.async_get(call.hass)
    device_ids = dict.fromkeys(sorted(selected.referenced_devices))
    for entity_id in sorted(selected.referenced | selected.indirectly_referenced):
        if (entity := entities.async_get(entity_id)) and entity.device_id:
            device_ids[entity.device_id] = None
    found = dict.fromkeys(
        connector for device_id in device_ids for connector in _connectors_of(hub, device_id)
    )
    if not found:
        raise _no_target()
    return list(found)


def _identifiers(hub: Hub, device_id: str) -> set[str]:
    device = dr.async_get(hub.hass).async_get(device_id)
    return {i for domain, i in device.identifiers if domain == DOMAIN} if device else set()


def _connectors_of(hub: Hub, device_id: str) -> list[Connector]:
    identifiers = _identifiers(hub, device_id)
    return [
        connector
        for charger in hub.chargers.values()
        for connector in charger.connectors.values()
        if identifiers
        & {charger.config.subentry_id, f"{charger.config.subentry_id}_{connector.connector_id}"}
    ]


def _chargers_of_device(hub: Hub, device_id: str) -> Charger | None:
    connectors = _connectors_of(hub, device_id)
    return connectors[0].charger if connectors else None
