"""What chargers were called, for the sessions of those that are gone."""

from typing import TYPE_CHECKING

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .const import DOMAIN
from .kept_values import KeptValues

if TYPE_CHECKING:
    from .charger import Charger
    from .hub import Hub

_SAVE_AFTER = 1.0


class ChargerNames(KeptValues[str]):
    """By charge point ids, as sessions are. Whoever comes back by the same id has its own name again."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare to keep them."""
        super().__init__(hass, "charger_names", read=str, write=str, save_after=_SAVE_AFTER)
        self._hass = hass

    @callback
    def follow(self, hub: Hub) -> None:
        """Keep the names of a hub's chargers, and note when they change."""

        @callback
        def look(*_new: object) -> None:
            for charger in hub.chargers.values():
                self._note(hub, charger)

        @callback
        def renamed(event: Event[dr.EventDeviceRegistryUpdatedData]) -> None:
            # One that is removed had its name until then.
            if event.data["action"] == "update":
                look()

        hub.async_on_new_things(look)
        hub.entry.async_on_unload(
            self._hass.bus.async_listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, renamed)
        )

    @callback
    def _note(self, hub: Hub, charger: Charger) -> None:
        config, registry = charger.config, dr.async_get(self._hass)
        identifier = (DOMAIN, config.subentry_id)
        device = registry.async_get_device_by_identifier(identifier, hub.entry.entry_id)
        name = (device and device.name_by_user) or config.name
        if self.values.get(config.charge_point_id) != name:
            self.values[config.charge_point_id] = name
            self.changed()
