"""What an action is meant for."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from homeassistant.auth.permissions.const import CAT_ENTITIES, POLICY_CONTROL
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError, Unauthorized, UnknownUser
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids

from .connector import Connector
from .const import DOMAIN
from .devices import charger_of_device, connectors_of_device, loaded_hub, site_of_device
from .permissions import may

if TYPE_CHECKING:
    from .charger import Charger
    from .hub import Hub
    from .site import Site


@callback
def running_hub(hass: HomeAssistant) -> Hub:
    """Return the hub; raises a translated error while the integration is not set up."""
    if hub := loaded_hub(hass):
        return hub
    raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_loaded")


async def targeted_connectors(call: ServiceCall) -> list[Connector]:
    """Return the connectors of the targeted devices and entities, each once.

    Entities that are unavailable count too, so that an offline charger gives an error instead of
    nothing. Raises a translated error when the target holds no charger, Unauthorized when the user
    who calls may not control all of them.
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
    await check_rights(call, found)
    return list(found)


async def check_rights(
    call: ServiceCall, connectors: Iterable[Connector], policy: str = POLICY_CONTROL
) -> None:
    """Raise Unauthorized when the user who calls may not control, or see, all connectors.

    ``policy`` is one of Home Assistant's. An automation has no user, and may.
    """
    user_id = call.context.user_id
    if user_id is None:
        return
    user = await call.hass.auth.async_get_user(user_id)
    if user is None:
        raise UnknownUser(context=call.context)
    for connector in connectors:
        if not may(call.hass, user, connector.key, policy):
            raise Unauthorized(context=call.context, permission=policy, perm_category=CAT_ENTITIES)


async def allowed_charger(call: ServiceCall, policy: str = POLICY_CONTROL) -> Charger:
    """Return the charger of the chosen device, if the user who calls may control, or see, it.

    Raises a translated error when the device is no charger's, Unauthorized.
    """
    charger = targeted_charger(call)
    await check_rights(call, charger.connectors.values(), policy)
    return charger


async def allowed_site(call: ServiceCall) -> Site:
    """Return the site of the chosen device, if the user who calls may control all its chargers.

    Raises a translated error when the device is no site's, Unauthorized.
    """
    hub = running_hub(call.hass)
    site = site_of_device(hub, call.data[ATTR_DEVICE_ID])
    if site is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_a_site")
    for charger in hub.chargers_of_site(site):
        await check_rights(call, charger.connectors.values())
    return site


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
