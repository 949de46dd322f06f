"""Lets Home Assistant's devices follow what sites and chargers are called, and say of themselves."""

from typing import TYPE_CHECKING

from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr

from .const import DOMAIN

if TYPE_CHECKING:
    from .charger import Charger
    from .hub import Hub


@callback
def update_device(hub: Hub, charger: Charger) -> None:
    """Write what a charger says about itself into its device."""
    boot, device = charger.boot_info, _device(hub, charger.config.subentry_id)
    if boot and device:
        dr.async_get(hub.hass).async_update_device(
            device.id,
            manufacturer=boot.vendor or None,
            model=boot.model or None,
            serial_number=boot.serial,
            sw_version=boot.firmware,
        )


@callback
def place_devices(hub: Hub) -> None:
    """Let the devices follow new names, and chargers that moved to another site."""
    registry = dr.async_get(hub.hass)
    for site in hub.sites.values():
        if device := _device(hub, site.config.subentry_id):
            registry.async_update_device(device.id, name=site.config.name)
    for charger in hub.chargers.values():
        if device := _device(hub, charger.config.subentry_id):
            via = _device(hub, charger.config.site_id)
            registry.async_update_device(
                device.id, name=charger.config.name, via_device_id=via.id if via else None
            )


def _device(hub: Hub, subentry_id: str | None) -> dr.DeviceEntry | None:
    registry = dr.async_get(hub.hass)
    return registry.async_get_device_by_identifier((DOMAIN, subentry_id or ""), hub.entry.entry_id)
