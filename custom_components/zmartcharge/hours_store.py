"""Keeps the sites' accounts of their hours over a restart."""

from collections.abc import Mapping
from datetime import datetime, timedelta
import logging
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .meter import HourAccount
from .site import Site

_LOGGER = logging.getLogger(__name__)

_VERSION = 1
_KEY = f"{DOMAIN}.hours"
#: What an unclean end may lose of an hour; its register makes that good at the next one.
_EVERY = timedelta(minutes=5)


class HoursStore:
    """One file for all sites, by their subentry ids."""

    def __init__(self, hass: HomeAssistant, sites: Mapping[str, Site]) -> None:
        """Prepare to keep the accounts of these sites."""
        self._store: Store[dict[str, Any]] = Store(hass, _VERSION, _KEY)
        self._sites = sites
        self._kept: dict[str, Any] = {}
        self._saved_at: datetime | None = None

    async def load(self) -> None:
        """Read what was kept."""
        self._kept = await self._store.async_load() or {}

    def restore(self, site: Site) -> None:
        """Give a new site its account back."""
        if (kept := self._kept.get(site.config.subentry_id)) is None:
            return
        try:
            site.hours = HourAccount.from_dict(kept, dt_util.get_default_time_zone())
        except (KeyError, TypeError, ValueError) as err:
            _LOGGER.warning(
                "%s: the account of its hours cannot be read and begins anew: %r",
                site.config.name,
                err,
            )

    @callback
    def changed(self) -> None:
        """Save some time soon, and not more often than is good for a memory card."""
        now = dt_util.utcnow()
        if self._saved_at is None or not timedelta() <= now - self._saved_at < _EVERY:
            self._saved_at = now
            self._store.async_delay_save(self._data, 1)

    async def save(self) -> None:
        """Save now, as when the hub stops; the file goes with the last site."""
        if data := self._data():
            await self._store.async_save(data)

    async def remove(self) -> None:
        """Remove what was kept."""
        await self._store.async_remove()

    def _data(self) -> dict[str, Any]:
        return {
            subentry_id: site.hours.to_dict()
            for subentry_id, site in self._sites.items()
            if site.hours.start
        }
