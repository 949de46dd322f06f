"""Serves the card, and has every dashboard load it.

A dashboard loads what is among its resources. What the frontend loads by itself
(``add_extra_js_url``) comes too early for cards: its custom elements may be lost.
"""

import asyncio
import hashlib
from pathlib import Path
from typing import Any

from homeassistant.components.http import StaticPathConfig
from homeassistant.components.lovelace.const import (
    CONF_RESOURCE_TYPE_WS,
    DOMAIN as LOVELACE,
    LOVELACE_DATA,
    SERVICE_RELOAD_RESOURCES,
)
from homeassistant.components.lovelace.resources import (
    ResourceStorageCollection,
    ResourceYAMLCollection,
)
from homeassistant.const import (
    ATTR_DOMAIN,
    ATTR_SERVICE,
    CONF_ID,
    CONF_TYPE,
    CONF_URL,
    EVENT_CALL_SERVICE,
)
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.setup import async_when_setup
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

_FOLDER = Path(__file__).parent / "frontend"
_BASE = f"/{DOMAIN}_card"
_ENTRY = "zmartcharge.js"
#: How often it is looked whether the list was read anew, in seconds, and how many times at most.
_LOOK_EVERY, _RELOADS_WITHIN = 0.25, 40

CARD: HassKey[Card] = HassKey(f"{DOMAIN}_card")


class Card:
    """One per Home Assistant."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Make one; use ``serve``."""
        self._hass = hass
        #: Tells one build of the card from another.
        self.fingerprint = ""
        self._offered = False
        self._reloads: CALLBACK_TYPE | None = None

    @property
    def url(self) -> str:
        """Return the card's address. Every build has another one, so that it may be kept for ever."""
        return f"{_BASE}/{self.fingerprint}/{_ENTRY}"

    async def serve(self) -> None:
        """Serve the files of the card."""
        self.fingerprint = await self._hass.async_add_executor_job(_fingerprint)
        await self._hass.http.async_register_static_paths(
            [StaticPathConfig(f"{_BASE}/{self.fingerprint}", str(_FOLDER), cache_headers=True)]
        )

    @callback
    def offer(self) -> None:
        """Have dashboards load the card, as soon as there are dashboards."""
        if not self._offered:
            self._offered = True
            async_when_setup(self._hass, LOVELACE, self._dashboards_are_there)

    async def withdraw(self) -> None:
        """Have no dashboard load it any more."""
        self._offered = False
        if LOVELACE_DATA not in self._hass.data:
            return
        resources = self._resources
        if isinstance(resources, ResourceStorageCollection):
            await resources.async_get_info()
            for item in _ours(resources):
                await resources.async_delete_item(item[CONF_ID])
            return
        if self._reloads:
            self._reloads()
            self._reloads = None
        resources.data = [item for item in resources.data if item != self._line]

    @property
    def _resources(self) -> ResourceStorageCollection | ResourceYAMLCollection:
        return self._hass.data[LOVELACE_DATA].resources

    @property
    def _line(self) -> dict[str, str]:
        return {CONF_TYPE: "module", CONF_URL: self.url}

    async def _dashboards_are_there(self, _hass: HomeAssistant, _component: str) -> None:
        if not self._offered:
            return
        resources = self._resources
        if isinstance(resources, ResourceStorageCollection):
            await self._keep_in(resources)
            return
        self._put_beside(resources)
        if self._reloads is None:
            self._reloads = self._hass.bus.async_listen(EVENT_CALL_SERVICE, self._service_called)

    async def _keep_in(self, resources: ResourceStorageCollection) -> None:
        """Have one resource, with the address of this build."""
        # The list is read from storage when it is first asked for.
        await resources.async_get_info()
        line = {CONF_RESOURCE_TYPE_WS: "module", CONF_URL: self.url}
        ours = _ours(resources)
        if not ours:
            await resources.async_create_item(line)
            return
        if {ours[0][CONF_TYPE], ours[0][CONF_URL]} != {*self._line.values()}:
            await resources.async_update_item(ours[0][CONF_ID], line)
        for item in ours[1:]:
            await resources.async_delete_item(item[CONF_ID])

    @callback
    def _put_beside(self, resources: ResourceYAMLCollection) -> None:
        """Put the card beside those that the user lists in YAML; nothing is written there."""
        if self._line not in resources.data:
            # A list of our own: the other is the user's configuration.
            resources.data = [*resources.data, self._line]

    @callback
    def _service_called(self, event: Event[Any]) -> None:
        """Come again after the user's list was read anew, which makes another one."""
        called = event.data
        if called[ATTR_DOMAIN] == LOVELACE and called[ATTR_SERVICE] == SERVICE_RELOAD_RESOURCES:
            self._hass.async_create_background_task(
                self._come_again(self._resources), f"{DOMAIN} card"
            )

    async def _come_again(self, before: object) -> None:
        # Nothing tells when it was read, and it may fail.
        for _ in range(_RELOADS_WITHIN):
            resources = self._resources
            if resources is not before and isinstance(resources, ResourceYAMLCollection):
                self._put_beside(resources)
                return
            await asyncio.sleep(_LOOK_EVERY)


def _ours(resources: ResourceStorageCollection) -> list[dict[str, Any]]:
    return [item for item in resources.async_items() if item[CONF_URL].startswith(f"{_BASE}/")]


def _fingerprint() -> str:
    """Return what is another one for every build: a digest of all its files."""
    digest = hashlib.sha256()
    for path in sorted(_FOLDER.rglob("*.js")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
