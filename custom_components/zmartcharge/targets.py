"""What an action is meant for."""

from typing import TYPE_CHECKING

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids

from .connector import Connector
from .const import DOMAIN
from .devices import charger_of_device, connectors_of_device, loaded_hub

if TYPE_CHECKING:
    from .charger import Charger
    from .hub import Hub


@callback
def running_hub(hass: HomeAssistant) -> Hub:
    """Return the hub; raises a translated error while the integration is not set up."""
    if hub := loaded_hub(hass):
        return hub
    raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_loaded")


@callback
def targeted_connectors(call: ServiceCall) -> list[Connector]:
    """Return the connectors of the targeted devices and entities, each once.

    Entities that are unavailable count too, so that an offline charger gives an error instead of
    nothing. Raises a translated error when the target holds no charger.
    """
    hub = running_hub(call.hass)
    selected = async_extract_referenced_entity_ids(call.hass, TargetSelection(call.data))
    entities = er.async_get(call.hass)
    device_ids = dict.fromkeys(sorted(selected.referenced_devices))
    for entity_id in sorted(selected.referenced | selected.indirectly_referenced):
        if (entity := entities.async_get(entity_id)) and entity.device_id:
            device_ids[entity.device_id] = None
    found = dict.fromkeys(
        connector for device_id in device_ids for connector in connectors_of_device(hub, device_id)
    )
    if not found:
        raise no_target()
    return list(found)


@callback
def targeted_charger(call: ServiceCall) -> Charger:
    """Return the charger of the chosen device; raises a translated error when that is none."""
    charger = charger_of_device(running_hub(call.hass), call.data[ATTR_DEVICE_ID])
    if charger is None:
        raise no_target()
    return charger


def no_target() -> ServiceValidationError:
    """Return the error of an action that is meant for no charger."""
    return ServiceValidationError(translation_domain=DOMAIN, translation_key="no_charger_targeted")
