"""What all cards look at: the pictures of all sites and connectors, made once and told on change."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.event import async_call_later
from homeassistant.util.hass_dict import HassKey

from .charger import Charger
from .connector import Connector
from .const import DOMAIN
from .hub import Hub
from .pictures import Picture, connector_picture, site_picture
from .site import Site

#: Seconds for which changes are gathered: nobody sees more than that, and messages come in bursts.
_GATHERED = 0.5

OVERVIEW: HassKey[Overview] = HassKey(f"{DOMAIN}_overview")


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The fields that changed of each site and connector, by its key; None: it is gone.

    ``touched``: whose state may be another one, be it in what only a plan shows.
    """

    sites: dict[str, Picture | None] = field(default_factory=dict)
    connectors: dict[str, Picture | None] = field(default_factory=dict)
    touched: frozenset[str] = frozenset()


type Listener = Callable[[Changes], None]


class Overview:
    """One per Home Assistant: it stays while the integration is set up anew, and so do its listeners.

    Without a listener it does nothing.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Make one without a hub."""
        self.hub: Hub | None = None
        self._hass = hass
        self._sites: dict[str, Picture] = {}
        self._connectors: dict[str, Picture] = {}
        self._listeners: list[Listener] = []
        self._followed: dict[str, tuple[object, CALLBACK_TYPE]] = {}
        self._changed: set[str] = set()
        self._undo: list[CALLBACK_TYPE] = []
        self._later: CALLBACK_TYPE | None = None

    @property
    def sites(self) -> dict[str, Picture]:
        """Return every site by the id of its subentry."""
        return self._sites

    @property
    def connectors(self) -> dict[str, Picture]:
        """Return every connector by its key."""
        return self._connectors

    @property
    def order(self) -> list[str]:
        """Return the keys of the connectors in the order in which the chargers were added."""
        return [key for key in self._living() if key in self._connectors]

    def connector(self, key: str) -> Connector | None:
        """Return a connector that exists, by its key."""
        found = self._living().get(key)
        return found if isinstance(found, Connector) else None

    @callback
    def attach(self, hub: Hub) -> None:
        """Look at a hub that has been set up."""
        self.hub = hub
        hub.async_on_new_things(self._things_changed)
        hub.entry.async_on_unload(self._detach)

    @callback
    def _detach(self) -> None:
        """Look at nothing: the hub is going."""
        self.hub = None
        if self._listeners:
            self._refresh()

    @callback
    def async_listen(self, listener: Listener) -> CALLBACK_TYPE:
        """Tell a listener of changes until the returned function is called."""
        if not self._listeners:
            self._begin()
        self._listeners.append(listener)

        @callback
        def remove() -> None:
            self._listeners.remove(listener)
            if not self._listeners:
                self._end()

        return remove

    def _begin(self) -> None:
        bus = self._hass.bus
        # What a person calls a device, and which entities there are.
        self._undo = [
            bus.async_listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, self._names_changed),
            bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, self._names_changed),
        ]
        self._refresh()

    def _end(self) -> None:
        for undo in self._undo:
            undo()
        self._undo = []
        if self._later:
            self._later()
            self._later = None
        for _, unfollow in self._followed.values():
            unfollow()
        self._followed, self._sites, self._connectors = {}, {}, {}
        self._changed = set()

    def _living(self) -> dict[str, Site | Connector]:
        hub = self.hub
        if hub is None:
            return {}
        connectors = {
            connector.key: connector
            for charger in hub.chargers.values()
            for connector in charger.connectors.values()
        }
        return {**hub.sites, **connectors}

    @callback
    def _things_changed(
        self, _sites: list[Site], _chargers: list[Charger], _connectors: list[Connector]
    ) -> None:
        self._mark(*self._living(), *self._followed)

    @callback
    def _names_changed(self, _event: Event[Any]) -> None:
        self._mark(*self._followed)

    @callback
    def _mark(self, *keys: str) -> None:
        self._changed.update(keys)
        if self._listeners and self._later is None:
            self._later = async_call_later(self._hass, _GATHERED, self._tell)

    @callback
    def _tell(self, _now: object) -> None:
        self._later = None
        self._refresh()

    @callback
    def _refresh(self) -> None:
        """Look at what may have changed, and tell what did."""
        living = self._living()
        self._follow(living)
        changed, self._changed = self._changed, set()
        sites: dict[str, Picture | None] = dict.fromkeys(self._sites.keys() - living.keys())
        connectors: dict[str, Picture | None] = dict.fromkeys(
            self._connectors.keys() - living.keys()
        )
        for key in (key for key in living if key in changed):
            thing = living[key]
            known = self._sites if isinstance(thing, Site) else self._connectors
            picture = self._picture(thing)
            if different := _different(known.get(key, {}), picture):
                (sites if isinstance(thing, Site) else connectors)[key] = different
                known[key] = picture
        for key in sites.keys() - living.keys():
            del self._sites[key]
        for key in connectors.keys() - living.keys():
            del self._connectors[key]
        changes = Changes(sites=sites, connectors=connectors, touched=frozenset(changed))
        for listener in list(self._listeners):
            listener(changes)

    def _picture(self, thing: Site | Connector) -> Picture:
        assert self.hub is not None, "what is living belongs to it"
        if isinstance(thing, Site):
            return site_picture(self.hub, thing)
        return connector_picture(self.hub, thing)

    def _follow(self, living: dict[str, Site | Connector]) -> None:
        """Listen to what is new, and no more to what is gone or another one by now."""
        for key, (thing, unfollow) in list(self._followed.items()):
            if living.get(key) is not thing:
                unfollow()
                del self._followed[key]
        for key, thing in living.items():
            if key not in self._followed:
                self._followed[key] = (thing, self._listen_to(key, thing))
                self._changed.add(key)

    def _listen_to(self, key: str, thing: Site | Connector) -> CALLBACK_TYPE:
        if isinstance(thing, Site):
            return thing.async_add_listener(lambda: self._mark(key))
        # Some of what is shown is the whole charger's.
        charger = thing.charger.async_add_listener(lambda: self._mark(key))
        own = thing.async_add_listener(lambda: self._mark(key))

        def unfollow() -> None:
            charger()
            own()

        return unfollow


def _different(before: Picture, now: Picture) -> Picture:
    missing = object()
    return {name: value for name, value in now.items() if before.get(name, missing) != value}
