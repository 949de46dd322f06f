"""What the panel asks: all sessions, what administrators set, and removing for good."""

from datetime import date
from typing import Any, Final

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import (
    ERR_HOME_ASSISTANT_ERROR,
    ERR_NOT_ALLOWED,
    ERR_NOT_FOUND,
    ActiveConnection,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .config import chargers_of
from .const import DOMAIN, SUBENTRY_CHARGER, SUBENTRY_SITE
from .hub import Hub
from .ledger import LedgerError
from .overview import OVERVIEW, Changes
from .permissions import may
from .pictures import called
from .session_list import Place, Wanted, between, page, summed
from .settings_picture import settings_picture

_ID = vol.All(cv.string, vol.Length(min=1, max=100))
_DAY = vol.All(cv.date, vol.Range(min=date(2000, 1, 1), max=date(2100, 12, 31)))
#: So many sessions at once.
_MOST: Final = 500
ERR_NOT_CONFIRMED: Final = "not_confirmed"


@callback
def async_register_panel_commands(hass: HomeAssistant) -> None:
    """Register what the panel asks."""
    for command in (_list_sessions, _subscribe_settings, _remove_charger, _remove_site):
        websocket_api.async_register_command(hass, command)


@websocket_api.websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/list_sessions",
        vol.Optional("charger"): _ID,
        vol.Optional("site"): _ID,
        vol.Optional("from"): _DAY,
        vol.Optional("until"): _DAY,
        vol.Optional("before"): _ID,
        vol.Optional("limit", default=50): vol.All(vol.Coerce(int), vol.Range(min=1, max=_MOST)),
        vol.Optional("sum", default=False): cv.boolean,
    }
)
@websocket_api.async_response
async def _list_sessions(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Tell the sessions of what the user may see, newest first, and what all of them come to."""
    hub = hass.data[OVERVIEW].hub
    if hub is None:
        connection.send_error(msg["id"], ERR_NOT_FOUND, "ZmartCharge is not running")
        return
    wanted = _wanted(hub, connection, msg)
    try:
        found = await page(
            hub.ledger,
            wanted,
            _places(hub),
            {key: called(hass, key, site.config.name) for key, site in hub.sites.items()},
            hub.charger_names.values,
            before=msg.get("before"),
            limit=msg["limit"],
        )
        total = (await summed(hub.ledger, wanted)).to_dict() if msg["sum"] else None
    except LedgerError as err:
        connection.send_error(msg["id"], ERR_HOME_ASSISTANT_ERROR, str(err))
        return
    connection.send_result(msg["id"], {**found, "sum": total})


def _wanted(hub: Hub, connection: ActiveConnection, msg: dict[str, Any]) -> Wanted:
    everything = connection.user.permissions.access_all_entities(POLICY_READ)
    connectors: tuple[tuple[str, int], ...] | None = None
    # Of those that are gone nobody can tell who might see them, but those who see all.
    if not everything or "charger" in msg:
        connectors = tuple(
            (charger.config.charge_point_id, connector.connector_id)
            for key, charger in hub.chargers.items()
            for connector in charger.connectors.values()
            if msg.get("charger", key) == key
            and may(hub.hass, connection.user, connector.key, POLICY_READ)
        )
    since, until = between(msg.get("from"), msg.get("until"), dt_util.get_default_time_zone())
    return Wanted(connectors=connectors, site_id=msg.get("site"), since=since, until=until)


def _places(hub: Hub) -> dict[tuple[str, int], Place]:
    return {
        (charger.config.charge_point_id, connector.connector_id): Place(
            charger=called(hub.hass, charger.config.subentry_id, charger.config.name),
            connector=connector.connector_id if len(charger.connectors) > 1 else None,
        )
        for charger in hub.chargers.values()
        for connector in charger.connectors.values()
    }


@websocket_api.require_admin
@websocket_api.websocket_command({vol.Required("type"): f"{DOMAIN}/subscribe_settings"})
@callback
def _subscribe_settings(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Tell what is set of all sites and chargers, and tell it again whenever it is another."""
    overview = hass.data[OVERVIEW]
    told = settings_picture(overview.hub)

    @callback
    def look(_changes: Changes) -> None:
        nonlocal told
        if (picture := settings_picture(overview.hub)) != told:
            told = picture
            connection.send_event(msg["id"], told)

    connection.subscriptions[msg["id"]] = overview.async_listen(look)
    connection.send_result(msg["id"])
    connection.send_event(msg["id"], told)


@websocket_api.require_admin
@websocket_api.websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/remove_charger",
        vol.Required("subentry_id"): _ID,
        vol.Required("name"): cv.string,
    }
)
@callback
def _remove_charger(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Remove a charger for good, if its name is given; its sessions stay."""
    _remove(hass, connection, msg, SUBENTRY_CHARGER)


@websocket_api.require_admin
@websocket_api.websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/remove_site",
        vol.Required("subentry_id"): _ID,
        vol.Required("name"): cv.string,
    }
)
@callback
def _remove_site(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Remove a site for good, if its name is given and it has no chargers any more."""
    _remove(hass, connection, msg, SUBENTRY_SITE)


def _remove(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any], kind: str
) -> None:
    for entry in hass.config_entries.async_entries(DOMAIN):
        subentry = entry.subentries.get(msg["subentry_id"])
        if subentry is None or subentry.subentry_type != kind:
            continue
        if msg["name"].strip() != subentry.title.strip():
            text = f"{msg['name']!r} is not its name"
            connection.send_error(msg["id"], ERR_NOT_CONFIRMED, text)
            return
        chargers = [c.name for c in chargers_of(entry).values() if c.site_id == msg["subentry_id"]]
        if chargers:
            text = f"It still has chargers: {', '.join(chargers)}"
            connection.send_error(msg["id"], ERR_NOT_ALLOWED, text)
            return
        hass.config_entries.async_remove_subentry(entry, subentry.subentry_id)
        connection.send_result(msg["id"])
        return
    connection.send_error(msg["id"], ERR_NOT_FOUND, f"There is no {kind} {msg['subentry_id']}")
