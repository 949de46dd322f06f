"""What the card asks: WebSocket commands that push what changes, to those who may see it."""

from datetime import date
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import (
    ERR_HOME_ASSISTANT_ERROR,
    ERR_NOT_FOUND,
    ActiveConnection,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.loader import async_get_integration
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .card import CARD
from .charging_history import Span, edges, history
from .connector import Connector
from .const import DOMAIN
from .ledger import LedgerError
from .overview import OVERVIEW, Changes, Overview
from .permissions import may
from .pictures import Picture, plan_picture

_CONNECTOR = vol.All(cv.string, vol.Length(min=1, max=100))
#: No charger of ours is older, and none is looked for beyond.
_YEARS = vol.Range(min=date(2000, 1, 1), max=date(2100, 12, 31))
#: Of what a user may not see.
_HIDDEN: Final[Picture] = {}


@callback
def async_register_commands(hass: HomeAssistant) -> None:
    """Register what the card asks."""
    hass.data[OVERVIEW] = Overview(hass)
    for command in (_capabilities, _subscribe_overview, _subscribe_plan, _sessions):
        websocket_api.async_register_command(hass, command)


@websocket_api.websocket_command({vol.Required("type"): f"{DOMAIN}/capabilities"})
@websocket_api.async_response
async def _capabilities(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Tell which version runs, which card belongs to it, and whether the user may add chargers."""
    integration = await async_get_integration(hass, DOMAIN)
    entry_id = next((entry.entry_id for entry in hass.config_entries.async_entries(DOMAIN)), None)
    connection.send_result(
        msg["id"],
        {
            "version": str(integration.version),
            "card": hass.data[CARD].fingerprint,
            "may_add": connection.user.is_admin,
            "entry": entry_id if connection.user.is_admin else None,
        },
    )


@websocket_api.websocket_command({vol.Required("type"): f"{DOMAIN}/subscribe_overview"})
@callback
def _subscribe_overview(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Tell of all sites and connectors that the user may see, then only of what changes."""
    view = _View(hass.data[OVERVIEW], hass, connection.user)

    @callback
    def tell(changes: Changes) -> None:
        if event := view.event(changes):
            connection.send_event(msg["id"], event)

    connection.subscriptions[msg["id"]] = view.overview.async_listen(tell)
    connection.send_result(msg["id"])
    connection.send_event(msg["id"], view.everything())


@websocket_api.websocket_command(
    {vol.Required("type"): f"{DOMAIN}/subscribe_plan", vol.Required("connector"): _CONNECTOR}
)
@callback
def _subscribe_plan(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Tell a connector's plan and prices, and tell them again whenever they are others."""
    overview, key = hass.data[OVERVIEW], msg["connector"]
    if (connector := _readable(hass, connection, key)) is None:
        connection.send_error(msg["id"], ERR_NOT_FOUND, f"There is no connector {key}")
        return
    told = plan_picture(connector)

    @callback
    def look(changes: Changes) -> None:
        nonlocal told
        found = overview.connector(key)
        if found is None or not changes.touched & {key, found.charger.config.site_id}:
            return
        if (picture := plan_picture(found)) != told:
            told = picture
            connection.send_event(msg["id"], told)

    connection.subscriptions[msg["id"]] = overview.async_listen(look)
    connection.send_result(msg["id"])
    connection.send_event(msg["id"], told)


@websocket_api.websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/sessions",
        vol.Required("connector"): _CONNECTOR,
        vol.Required("span"): vol.Coerce(Span),
        vol.Required("date"): vol.All(cv.date, _YEARS),
    }
)
@websocket_api.async_response
async def _sessions(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Tell what a connector charged in a span of local time: energy in Wh, and what it cost."""
    if (connector := _readable(hass, connection, msg["connector"])) is None:
        connection.send_error(msg["id"], ERR_NOT_FOUND, f"There is no connector {msg['connector']}")
        return
    charger = connector.charger
    try:
        found = await history(
            charger.ledger,
            charger.config.charge_point_id,
            connector.connector_id,
            edges(msg["span"], msg["date"], dt_util.get_default_time_zone()),
        )
    except LedgerError as err:
        charger.ledger_failed(err)
        connection.send_error(msg["id"], ERR_HOME_ASSISTANT_ERROR, str(err))
        return
    connection.send_result(msg["id"], found.to_dict())


def _readable(hass: HomeAssistant, connection: ActiveConnection, key: str) -> Connector | None:
    """Return a connector that the user may see, None where there is none."""
    found = hass.data[OVERVIEW].connector(key)
    return found if found and may(hass, connection.user, key, POLICY_READ) else None


class _View:
    """What one user is told of the overview."""

    def __init__(self, overview: Overview, hass: HomeAssistant, user: User) -> None:
        self.overview = overview
        self._hass = hass
        self._user = user
        self._shown: set[str] = set()
        self._loaded: bool | None = None

    def everything(self) -> Picture:
        """Return the first event: what was known before, such as before a restart, holds no more.

        It tells which card is installed, so that a page that has loaded another one notices.
        """
        overview = self.overview
        event = self.event(
            Changes(sites={**overview.sites}, connectors={**overview.connectors}), always=True
        )
        assert event is not None, "it was asked for"
        return {**event, "card": self._hass.data[CARD].fingerprint}

    def event(self, changes: Changes, *, always: bool = False) -> Picture | None:
        """Return what is new for the user, None when nothing is."""
        connectors = {
            key: shown
            for key, picture in changes.connectors.items()
            if (shown := self._connector(key, picture)) is not _HIDDEN
        }
        sites = {
            key: shown
            for key, picture in self._sites(changes).items()
            if (shown := self._site(key, picture)) is not _HIDDEN
        }
        loaded, before = self.overview.hub is not None, self._loaded
        if not (connectors or sites or always or loaded is not before):
            return None
        self._loaded = loaded
        order = [key for key in self.overview.order if key in self._shown]
        return {"loaded": loaded, "sites": sites, "connectors": connectors, "order": order}

    def _connector(self, key: str, changed: Picture | None) -> Picture | None:
        # What may be seen no more is as good as gone.
        if changed is None or not may(self._hass, self._user, key, POLICY_READ):
            return None if self._forget(key) else _HIDDEN
        # Of what was hidden until now, everything is new.
        picture = changed if self._see(key) else self.overview.connectors[key]
        may_control = may(self._hass, self._user, key, POLICY_CONTROL)
        return {**picture, "may_control": may_control}

    def _sites(self, changes: Changes) -> dict[str, Picture | None]:
        """Return the sites that changed, and those that are seen now, or no more, with a connector."""
        overview = self.overview
        seen = {
            picture["site"] for key, picture in overview.connectors.items() if key in self._shown
        }
        if self._user.permissions.access_all_entities(POLICY_READ):
            seen |= overview.sites.keys()
        new = {key: overview.sites[key] for key in seen - self._shown if key in overview.sites}
        changed = {
            key: picture for key, picture in changes.sites.items() if picture is None or key in seen
        }
        unseen = dict.fromkeys((self._shown & overview.sites.keys()) - seen)
        return {**new, **changed, **unseen}

    def _site(self, key: str, changed: Picture | None) -> Picture | None:
        if changed is None:
            return None if self._forget(key) else _HIDDEN
        return changed if self._see(key) else self.overview.sites[key]

    def _see(self, key: str) -> bool:
        """Tell whether something was shown before; it is now."""
        before = key in self._shown
        self._shown.add(key)
        return before

    def _forget(self, key: str) -> bool:
        before = key in self._shown
        self._shown.discard(key)
        return before
