"""Sees to it that a site with a meter, or a charger whose power has a price, has its automation.

It is made once, as Home Assistant's own editor would make it, so that it can be seen, traced, changed
and deleted. When none is left that answers, a repair offers it back; the fuse guard holds until then.
"""

from collections.abc import Collection
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
from homeassistant.util.yaml import dump

from .answering import Answering, answering, answering_automations
from .automation_file import CannotAddError, Obstacle, append, take_back
from .automation_kind import AutomationKind
from .blueprint_file import blueprint_path, install_blueprints
from .blueprint_install import files_lock
from .charger import Charger
from .connector import Connector
from .devices import device_id_of
from .entity import device_info
from .hub import Hub
from .reasons import text_of
from .said import language_of
from .site import Site

if TYPE_CHECKING:
    from homeassistant.helpers.device_registry import DeviceInfo

#: An automation that is edited or loaded anew is gone for a moment.
_SETTLES_AFTER = timedelta(seconds=5)


class Automations[LivingT: Site | Charger]:
    """The automations of one kind, from when Home Assistant has started."""

    def __init__(self, hub: Hub, kind: AutomationKind[LivingT]) -> None:
        """Do nothing yet."""
        self._hub = hub
        self._kind = kind
        self._hass = hub.hass
        # One for all, as there is one file.
        self._lock = files_lock(hub.hass)
        self._settling: CALLBACK_TYPE | None = None

    @callback
    def start(self) -> None:
        """Begin when automations have been loaded; ends with the entry."""
        self._hub.entry.async_on_unload(async_at_started(self._hass, self._started))

    async def restore(self, living: LivingT) -> Answering:
        """Bring an automation back, or switch it on; returns what has come of it.

        Raises CannotAddError.
        """
        async with self._lock:
            device_id = self._device_id(living)
            if not answering_automations(self._hass, device_id, self._kind.action):
                self._enable(living)
                await self._make(living, device_id)
            found = answering_automations(self._hass, device_id, self._kind.action)
            # One that was deleted while it was off comes back as it was.
            if found and not found[0].is_on:
                await self._hass.services.async_call(
                    AUTOMATION, SERVICE_TURN_ON, {ATTR_ENTITY_ID: found[0].entity_id}, blocking=True
                )
            return answering(self._hass, device_id, self._kind.action)

    def yaml(self, living: LivingT) -> str:
        """Return what to put into the configuration where it cannot be added."""
        return dump([self._automation(living, self._device_id(living))])

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
        self, sites: list[Site], chargers: list[Charger], _connectors: list[Connector]
    ) -> None:
        # What a site has become decides for its chargers too.
        if sites or chargers:
            for living in self._kind.all_of(self._hub).values():
                if self._kind.wanted(living):
                    self._hub.create_task(self._ensure(living), f"{self._kind.text}")

    async def _ensure(self, living: LivingT) -> None:
        """Make the automation of what never had one, and look after all others."""
        async with self._lock:
            # Both may have changed while others were made.
            subentry = self._hub.entry.subentries.get(living.config.subentry_id)
            if subentry is None or not self._kind.wanted(living):
                return
            device_id = self._device_id(living)
            made = self._kind.marker in subentry.data
            try:
                if made or answering_automations(self._hass, device_id, self._kind.action):
                    await self._update_blueprint()
                else:
                    await self._make(living, device_id)
            except CannotAddError as err:
                self._hub.issues.automation_not_added(self._kind, living, err, self.yaml(living))
                return
            if not made:
                self._hass.config_entries.async_update_subentry(
                    self._hub.entry, subentry, data={**subentry.data, self._kind.marker: True}
                )
        self._hub.issues.automation_checked(
            self._kind, living, answering(self._hass, device_id, self._kind.action)
        )

    @callback
    def _enable(self, living: LivingT) -> None:
        """Let the automation's entity be loaded again if a user has disabled it."""
        registry = er.async_get(self._hass)
        entity_id = registry.async_get_entity_id(
            AUTOMATION, AUTOMATION, self._kind.automation_id(living.config.subentry_id)
        )
        if entity_id:
            registry.async_update_entity(entity_id, disabled_by=None)

    async def _make(self, living: LivingT, device_id: str) -> None:
        """Add the automation to Home Assistant's file, and load it. Raises CannotAddError."""
        await self._install(create={self._kind.blueprint})
        path = Path(self._hass.config.path(AUTOMATION_CONFIG_PATH))
        automation = self._automation(living, device_id)
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
        if await self._install(create=()):
            await self._reload({})

    async def _install(self, *, create: Collection[str]) -> bool:
        config, language = Path(self._hass.config.config_dir), language_of(self._hass)
        return await self._hass.async_add_executor_job(
            lambda: install_blueprints(config, create=create, language=language)
        )

    async def _reload(self, data: dict[str, Any]) -> None:
        try:
            await self._hass.services.async_call(AUTOMATION, SERVICE_RELOAD, data, blocking=True)
        except HomeAssistantError as err:
            raise CannotAddError(Obstacle.BROKEN, str(err)) from err

    def _automation(self, living: LivingT, device_id: str) -> dict[str, Any]:
        alias = text_of(
            self._hass, f"{self._kind.text}_alias", {self._kind.role: living.config.name}
        )
        return {
            CONF_ID: self._kind.automation_id(living.config.subentry_id),
            CONF_ALIAS: alias,
            "use_blueprint": {
                CONF_PATH: blueprint_path(self._kind.blueprint),
                "input": {self._kind.role: device_id},
            },
        }

    def _device_id(self, living: LivingT) -> str:
        """Return its device, which its entities may still be about to make."""
        if known := device_id_of(self._hass, living.config.subentry_id):
            return known
        device = dr.async_get(self._hass).async_get_or_create(
            config_entry_id=self._hub.entry.entry_id,
            config_subentry_id=living.config.subentry_id,
            **cast("DeviceInfo", device_info(self._hub, living)),
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
        for subentry_id, living in self._kind.all_of(self._hub).items():
            subentry = self._hub.entry.subentries.get(subentry_id)
            if self._kind.wanted(living) and subentry and self._kind.marker in subentry.data:
                device_id = device_id_of(self._hass, subentry_id)
                self._hub.issues.automation_checked(
                    self._kind, living, answering(self._hass, device_id, self._kind.action)
                )

    @callback
    def _forget_settling(self) -> None:
        if self._settling:
            self._settling()
            self._settling = None
