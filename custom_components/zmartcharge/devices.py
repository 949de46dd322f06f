"""From Home Assistant's devices to what they stand for, and back."""

from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .const import DOMAIN

if TYPE_CHECKING:
    from .charger import Charger
    from .connector import Connector
    from .hub import Hub
    from .site import Site


@callback
def loaded_hub(hass: HomeAssistant) -> Hub | None:
    """Return the hub that runs, None while the integration is not set up."""
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        hub: Hub = entry.runtime_data
        return hub
    return None


@callback
def device_id_of(hass: HomeAssistant, subentry_id: str) -> str | None:
    """Return the device of a site or a charger, None while it has none."""
    registry = dr.async_get(hass)
    for entry in hass.config_entries.async_entries(DOMAIN):
        device = registry.async_get_device_by_identifier((DOMAIN, subentry_id), entry.entry_id)
        if device:
            return device.id
    return None


@callback
def site_of_device(hub: Hub, device_id: str) -> Site | None:
    """Return the site that a device stands for, None when it is none."""
    identifiers = _identifiers(hub, device_id)
    found = (site for subentry_id, site in hub.sites.items() if subentry_id in identifiers)
    return next(found, None)


@callback
def connectors_of_device(hub: Hub, device_id: str) -> list[Connector]:
    """Return the connectors that the device of a charger, or of a connector, stands for."""
    identifiers = _identifiers(hub, device_id)
    return [
        connector
        for charger in hub.chargers.values()
        for connector in charger.connectors.values()
        if identifiers & {charger.config.subentry_id, connector.key}
    ]


@callback
def charger_of_device(hub: Hub, device_id: str) -> Charger | None:
    """Return the charger that a device stands for, or is a connector of."""
    connectors = connectors_of_device(hub, device_id)
    return connectors[0].charger if connectors else None


def _identifiers(hub: Hub, device_id: str) -> set[str]:
    device = dr.async_get(hub.hass).async_get(device_id)
    return {i for domain, i in device.identifiers if domain == DOMAIN} if device else set()
