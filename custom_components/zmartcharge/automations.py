"""Sees to it that a site with a meter has an automation that balances its load.

It is made once, as Home Assistant's own editor would make it, so that it can be seen, traced, changed
and deleted. When none is left that answers, a repair offers it back; the fuse guard holds until then.
"""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from homeassistant.components.automation import DATA_COMPONENT, DOMAIN as AUTOMATION
from homeassistant.config import AUTOMATION_CONFIG_PATH
from homeassistant.const import (
    ATTR_ENTITY_ID,
    CONF_ALIAS,
    CONF_ID,
    CONF_PATH,
    SERVICE_RELOAD,
    SERVICE_TURN_ON,
)
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.event import (
    TrackStates,
    async_call_later,
    async_track_state_change_filtered,
)
from homeassistant.helpers.start import async_at_started
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.yaml import dump

from .answering import Answering, answering, answering_automations
from .automation_file import CannotAddError, Obstacle, append, take_back
from .blueprint_file import BLUEPRINT_PATH, install_blueprint
from .charger import Charger
from .connector import Connector
from .const import DOMAIN
from .devices import device_id_of
from .entity import device_info
from .hub import Hub
from .reasons import text_of
from .site import Site

if TYPE_CHECKING:
    from homeassistant.helpers.device_registry import DeviceInfo

#: In a site's subentry: its automation was made, and is not made again when it is deleted.
CONF_LOAD_AUTOMATION = "load_automation"
#: An automation that is edited or loaded anew is gone for a moment.
_SETTLES_AFTER = timedelta(seconds=5)
_LOCK: HassKey[asyncio.Lock] = HassKey(f"{DOMAIN}_automations")


class LoadAutomations:
    """The automations of a hub's sites, from when Home Assistant has started."""

    def __init__(self, hub: Hub) -> None:
        """Do nothing yet."""
        self._hub = hub
        self._hass = hub.hass
        # One for all, as there is one file.
        self._lock = hub.hass.data.setdefault(_LOCK, asyncio.Lock())
        self._settling: CALLBACK_TYPE | None = None

    @callback
    def start(self) -> None:
        """Begin when automations have been loaded; ends with the entry."""
        self._hub.entry.async_on_unload(async_at_started(self._hass, self._started))

    async def restore(self, site: Site) -> Answering:
        """Bring a site's automation back, or switch it on; returns what has come of it.

        Raises CannotAddError.
        """
        async with self._lock:
            device_id = self._device_id(site)
            if not answering_automations(self._hass, device_id):
                self._enable(site)
                await self._make(site, device_id)
            found = answering_automations(self._hass, device_id)
            # One that was deleted while it was off comes back as it was.
            if found and not found[0].is_on:
                await self._hass.services.async_call(
                    AUTOMATION, SERVICE_TURN_ON, {ATTR_ENTITY_ID: found[0].entity_id}, blocking=True
                )
            return answering(self._hass, device_id)

    def yaml(self, site: Site) -> str:
        """Return what to put into the configuration where it cannot be added."""
        return dump([self._automation(site, self._device_id(site))])

    @callback
    def _started(self, _hass: HomeAssistant) -> None:
        if DATA_COMPONENT not in self._hass.data:
            # As in safe mode: then there is no file to write to, and nothing to check.
            return
        tracked = async_track_state_change_filtered(
            self._hass, TrackStates(False, set(), {AUTOMATION}), self._automation_changed
        )
        self._hub.entry.async_on_unload(tracked.async_remove)
        self._hub.entry.async_on_unload(self._forget_settling)
        self._hub.async_on_new_things(self._things_changed)

    @callback
    def _things_changed(
        self, sites: list[Site], _chargers: list[Charger], _connectors: list[Connector]
    ) -> None:
        for site in sites:
            if site.config.meter:
                self._hub.create_task(self._ensure(site), "load balancing automation")

    async def _ensure(self, site: Site) -> None:
        """Make the automation of a site that never had one, and look after all others."""
        async with self._lock:
            # Both may have changed while others were made.
            subentry = self._hub.entry.subentries.get(site.config.subentry_id)
            if subentry is None or site.config.meter is None:
                return
            device_id = self._device_id(site)
            made = CONF_LOAD_AUTOMATION in subentry.data
            try:
                if made or answering_automations(self._hass, device_id):
                    await self._update_blueprint()
                else:
                    await self._make(site, device_id)
            except CannotAddError as err:
                self._hub.issues.automation_not_added(site, err, self.yaml(site))
                return
            if not made:
                self._hass.config_entries.async_update_subentry(
                    self._hub.entry, subentry, data={**subentry.data, CONF_LOAD_AUTOMATION: True}
                )
        self._hub.issues.automation_checked(site, answering(self._hass, device_id))

    @callback
    def _enable(self, site: Site) -> None:
        """Let the automation's entity be loaded again if a user has disabled it."""
        registry = er.async_get(self._hass)
        entity_id = registry.async_get_entity_id(AUTOMATION, AUTOMATION, _id_of(site))
        if entity_id:
            registry.async_update_entity(entity_id, disabled_by=None)

    async def _make(self, site: Site, device_id: str) -> None:
        """Add the automation to Home Assistant's file, and load it. Raises CannotAddError."""
        await self._install(create=True)
        path = Path(self._hass.config.path(AUTOMATION_CONFIG_PATH))
        automation = self._automation(site, device_id)
        written = await self._hass.async_add_executor_job(append, path, automation)
        obstacle: CannotAddError | None = None
        try:
            await self._reload({CONF_ID: automation[CONF_ID]})
        except CannotAddError as err:
            obstacle = err
        else:
            loaded = (entity.unique_id for entity in self._hass.data[DATA_COMPONENT].entities)
            if automation[CONF_ID] not in loaded:
                obstacle = CannotAddError(Obstacle.NOT_INCLUDED)
        if obstacle:
            if written:
                await self._hass.async_add_executor_job(take_back, path, written)
            raise obstacle

    async def _update_blueprint(self) -> None:
        if await self._install(create=False):
            await self._reload({})

    async def _install(self, *, create: bool) -> bool:
        config = Path(self._hass.config.config_dir)
        return await self._hass.async_add_executor_job(
            lambda: install_blueprint(config, create=create)
        )

    async def _reload(self, data: dict[str, Any]) -> None:
        try:
            await self._hass.services.async_call(AUTOMATION, SERVICE_RELOAD, data, blocking=True)
        except HomeAssistantError as err:
            raise CannotAddError(Obstacle.BROKEN, str(err)) from err

    def _automation(self, site: Site, device_id: str) -> dict[str, Any]:
        alias = text_of(self._hass, "load_automation_alias", {"site": site.config.name})
        return {
            CONF_ID: _id_of(site),
            CONF_ALIAS: alias,
            "use_blueprint": {CONF_PATH: BLUEPRINT_PATH, "input": {"site": device_id}},
        }

    def _device_id(self, site: Site) -> str:
        """Return the site's device, which its entities may still be about to make."""
        if known := device_id_of(self._hass, site.config.subentry_id):
            return known
        device = dr.async_get(self._hass).async_get_or_create(
            config_entry_id=self._hub.entry.entry_id,
            config_subentry_id=site.config.subentry_id,
            **cast("DeviceInfo", device_info(self._hub, site)),
        )
        return device.id

    @callback
    def _automation_changed(self, event: Event[EventStateChangedData]) -> None:
        old, new = event.data["old_state"], event.data["new_state"]
        if old and new and old.state == new.state:
            return
        self._forget_settling()
        self._settling = async_call_later(self._hass, _SETTLES_AFTER, self._settled)

    @callback
    def _settled(self, _now: datetime) -> None:
        self._settling = None
        for subentry_id, site in self._hub.sites.items():
            subentry = self._hub.entry.subentries.get(subentry_id)
            if site.config.meter and subentry and CONF_LOAD_AUTOMATION in subentry.data:
                device_id = device_id_of(self._hass, subentry_id)
                self._hub.issues.automation_checked(site, answering(self._hass, device_id))

    @callback
    def _forget_settling(self) -> None:
        if self._settling:
            self._settling()
            self._settling = None


def _id_of(site: Site) -> str:
    return f"{DOMAIN}_balance_{site.config.subentry_id}"
