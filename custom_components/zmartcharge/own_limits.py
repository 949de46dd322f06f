"""Keeps the limits that users set for connectors over a restart."""

from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from .const import DOMAIN
from .units import Ampere

_VERSION = 1
_KEY = f"{DOMAIN}.limits"
_SAVE_AFTER = 10


class OwnLimits:
    """One file for all connectors, by their keys; only those that have a limit."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare to keep them."""
        self._store: Store[dict[str, Any]] = Store(hass, _VERSION, _KEY)
        self._limits: dict[str, Ampere] = {}
        self._changed = False

    async def load(self) -> None:
        """Read what was kept; what is no current is left out."""
        kept = await self._store.async_load() or {}
        self._limits = {
            key: float(amperes) for key, amperes in kept.items() if isinstance(amperes, int | float)
        }

    def get(self, key: str) -> Ampere | None:
        """Return a connector's limit in A, None when it has none."""
        return self._limits.get(key)

    @callback
    def set(self, key: str, amperes: Ampere | None) -> None:
        """Keep a connector's limit in A; None lifts it."""
        if amperes is None:
            self._limits.pop(key, None)
        else:
            self._limits[key] = amperes
        self._changed = True
        self._store.async_delay_save(lambda: self._limits, _SAVE_AFTER)

    async def save(self) -> None:
        """Save now, as when the hub stops."""
        if self._changed:
            await self._store.async_save(self._limits)

    async def remove(self) -> None:
        """Remove what was kept."""
        await self._store.async_remove()
