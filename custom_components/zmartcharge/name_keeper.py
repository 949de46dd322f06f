"""Tells Assist what chargers are called, as soon as that changes."""

import asyncio
from typing import Any

from homeassistant.components.homeassistant import DOMAIN as HOMEASSISTANT
from homeassistant.components.homeassistant.exposed_entities import async_listen_entity_updates
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Event, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    label_registry as lr,
)

from .hub import Hub
from .intent import ASSIST
from .sentences import async_update_names
from .spoken_names import spoken_names
from .voice_lists import SpokenNames

#: What of an entity may change its names, or whose they are.
_NAMING = {"aliases", "area_id", "device_id", "name", "original_name"}


class NameKeeper:
    """Tells Assist the names of a hub's chargers when they have changed; ends with the entry."""

    def __init__(self, hub: Hub) -> None:
        """Do nothing yet."""
        self._hub = hub
        self._known: SpokenNames | None = None
        self._looks = False

    @callback
    def start(self) -> None:
        """Watch whatever has a part in names, from when there are devices and entities."""
        hass, entry = self._hub.hass, self._hub.entry
        # Without it nothing is exposed, and nobody listens.
        if HOMEASSISTANT not in hass.config.components:
            return
        entry.async_on_unload(entry.async_on_state_change(self._state_changed))
        for event in (
            ar.EVENT_AREA_REGISTRY_UPDATED,
            dr.EVENT_DEVICE_REGISTRY_UPDATED,
            lr.EVENT_LABEL_REGISTRY_UPDATED,
        ):
            entry.async_on_unload(hass.bus.async_listen(event, self._changed))
        entry.async_on_unload(
            hass.bus.async_listen(
                er.EVENT_ENTITY_REGISTRY_UPDATED, self._changed, event_filter=_is_naming
            )
        )
        entry.async_on_unload(async_listen_entity_updates(hass, ASSIST, self._look_soon))

    @callback
    def _state_changed(self) -> None:
        if self._hub.entry.state is ConfigEntryState.LOADED:
            self._look_soon()

    @callback
    def _changed(self, _event: Event[Any]) -> None:
        self._look_soon()

    @callback
    def _look_soon(self) -> None:
        """Look once, however much changes at a time."""
        if not self._looks:
            self._looks = True
            self._hub.create_task(self._look(), "names of chargers")

    async def _look(self) -> None:
        # Whatever is changed together with it is changed by then.
        await asyncio.sleep(0)
        self._looks = False
        names = spoken_names(self._hub.hass)
        if names is not None and names != self._known:
            self._known = names
            await async_update_names(self._hub.hass)


@callback
def _is_naming(data: er.EventEntityRegistryUpdatedData) -> bool:
    return data["action"] != "update" or not _NAMING.isdisjoint(data["changes"])
