"""Tells automations what is worth telling people, from when automations can hear it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later, async_track_time_interval
from homeassistant.helpers.start import async_at_started

from .charger import Charger
from .charger_news import ChargerNews
from .connector import Connector
from .site import Site

if TYPE_CHECKING:
    from .hub import Hub

#: Automations begin to listen a moment after Home Assistant has started.
_AUTOMATIONS_LISTEN = timedelta(seconds=10)
_EVERY = timedelta(minutes=1)


class News:
    """Of all chargers of a hub; what happens before it begins is told late, not lost."""

    def __init__(self, hub: Hub) -> None:
        """Tell nothing yet."""
        self._hub = hub
        self._of: dict[str, ChargerNews] = {}

    @callback
    def start(self) -> None:
        """Begin once automations listen; ends with the entry."""
        if self._hub.hass.state is CoreState.running:
            self._begin(None)
        else:
            self._hub.entry.async_on_unload(async_at_started(self._hub.hass, self._started))

    @callback
    def _started(self, hass: HomeAssistant) -> None:
        self._hub.entry.async_on_unload(async_call_later(hass, _AUTOMATIONS_LISTEN, self._begin))

    @callback
    def _begin(self, _now: datetime | None) -> None:
        entry = self._hub.entry
        entry.async_on_unload(self._close)
        entry.async_on_unload(async_track_time_interval(self._hub.hass, self._look, _EVERY))
        self._hub.async_on_new_things(self._things_changed)

    @callback
    def _things_changed(
        self, _sites: list[Site], _chargers: list[Charger], _connectors: list[Connector]
    ) -> None:
        chargers = self._hub.chargers
        for subentry_id in self._of.keys() - chargers.keys():
            self._of.pop(subentry_id).close()
        self._hub.told.keep_only(chargers)
        for subentry_id, charger in chargers.items():
            if (news := self._of.get(subentry_id)) is not None:
                news.follow()
            else:
                news = self._of[subentry_id] = ChargerNews(self._hub, charger)
                news.begin()

    @callback
    def _look(self, _now: datetime) -> None:
        for news in self._of.values():
            news.look()

    @callback
    def _close(self) -> None:
        for news in self._of.values():
            news.close()
