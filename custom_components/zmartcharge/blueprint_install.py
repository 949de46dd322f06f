"""Puts the shipped blueprints where Home Assistant looks for them, once, and keeps them up to date."""

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from homeassistant.components.automation import DATA_COMPONENT, DOMAIN as AUTOMATION
from homeassistant.const import SERVICE_RELOAD
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey

from .automation_file import CannotAddError
from .blueprint_file import install_blueprints, shipped_blueprints
from .const import DOMAIN
from .said import language_of

if TYPE_CHECKING:
    from .hub import Hub

_LOGGER = logging.getLogger(__name__)
_VERSION = 1
_LOCK: HassKey[asyncio.Lock] = HassKey(f"{DOMAIN}_automations")


@callback
def files_lock(hass: HomeAssistant) -> asyncio.Lock:
    """Return what keeps the files of automations and blueprints from being written twice at once."""
    return hass.data.setdefault(_LOCK, asyncio.Lock())


class Blueprints:
    """Of a hub: those that a user has deleted stay away, those that a user has changed stay so."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Do nothing yet."""
        self._hass = hass
        #: The names of those that were installed once.
        self._store: Store[list[str]] = Store(hass, _VERSION, f"{DOMAIN}.blueprints")

    @callback
    def start(self, hub: Hub) -> None:
        """Install what is new when automations have been loaded; ends with the entry."""

        @callback
        def started(hass: HomeAssistant) -> None:
            # Without automations, as in safe mode, there is nothing to make of a blueprint.
            if DATA_COMPONENT in hass.data:
                hub.create_task(self._install(), "blueprints")

        hub.entry.async_on_unload(async_at_started(self._hass, started))

    async def remove(self) -> None:
        """Forget what was installed; the files stay, because automations may be made of them."""
        await self._store.async_remove()

    async def _install(self) -> None:
        async with files_lock(self._hass):
            known = set(await self._store.async_load() or ())
            folder, language = Path(self._hass.config.config_dir), language_of(self._hass)

            def install() -> tuple[set[str], bool]:
                names = shipped_blueprints()
                return names, install_blueprints(folder, create=names - known, language=language)

            try:
                names, replaced = await self._hass.async_add_executor_job(install)
                if replaced:
                    await self._hass.services.async_call(AUTOMATION, SERVICE_RELOAD, blocking=True)
            except (CannotAddError, HomeAssistantError) as err:
                _LOGGER.warning("The blueprints could not be installed: %s", err)
                return
            if names - known:
                await self._store.async_save(sorted(names | known))
