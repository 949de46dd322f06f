"""The installer's decisions, read from the config entry and its subentries."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PORT
from homeassistant.core import HomeAssistant

from .const import (
    CONF_CHARGE_POINT_ID,
    CONF_CIRCUIT_FUSE,
    CONF_CONNECTORS,
    CONF_DATABASE_URL,
    CONF_GRID_TYPE,
    CONF_KEY_HASH,
    CONF_MAIN_FUSE,
    CONF_METER_TOPIC,
    CONF_SITE,
    CONF_WIRING,
    DATABASE_FILE,
    SUBENTRY_CHARGER,
    SUBENTRY_SITE,
)
from .units import GridType, Wiring


@dataclass(frozen=True, slots=True, kw_only=True)
class HubConfig:
    """Where the central system listens and where the ledger lies."""

    host: str
    port: int
    database_url: str

    @classmethod
    def of(cls, hass: HomeAssistant, entry: ConfigEntry[Any]) -> HubConfig:
        """Read the config entry."""
        return cls(
            host=entry.data[CONF_HOST],
            port=entry.data[CONF_PORT],
            database_url=entry.data.get(CONF_DATABASE_URL) or default_database_url(hass),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteConfig:
    """A place with a main fuse."""

    subentry_id: str
    name: str
    grid: GridType
    main_fuse: int
    meter_topic: str | None

    @classmethod
    def of(cls, subentry: ConfigSubentry) -> SiteConfig:
        """Read a site's subentry."""
        data = subentry.data
        return cls(
            subentry_id=subentry.subentry_id,
            name=subentry.title,
            grid=GridType(data[CONF_GRID_TYPE]),
            main_fuse=data[CONF_MAIN_FUSE],
            meter_topic=data.get(CONF_METER_TOPIC) or None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargerConfig:
    """A charger as the installer described it."""

    subentry_id: str
    name: str
    charge_point_id: str
    site_id: str | None
    circuit_fuse: int
    wiring: Wiring
    key_hash: str | None
    connectors: int = 1

    @classmethod
    def of(cls, subentry: ConfigSubentry) -> ChargerConfig:
        """Read a charger's subentry."""
        return cls.of_data(subentry.data, subentry_id=subentry.subentry_id, name=subentry.title)

    @classmethod
    def of_data(cls, data: Mapping[str, Any], *, subentry_id: str, name: str) -> ChargerConfig:
        """Read a charger's data, from a subentry or from a flow that is about to make one."""
        return cls(
            subentry_id=subentry_id,
            name=name,
            charge_point_id=data[CONF_CHARGE_POINT_ID],
            site_id=data.get(CONF_SITE),
            circuit_fuse=data[CONF_CIRCUIT_FUSE],
            wiring=Wiring(data[CONF_WIRING]),
            key_hash=data.get(CONF_KEY_HASH),
            connectors=data.get(CONF_CONNECTORS, 1),
        )


def default_database_url(hass: HomeAssistant) -> str:
    """Return the URL of the ledger's file in the configuration directory."""
    return f"sqlite:///{Path(hass.config.path(DATABASE_FILE))}"


def sites_of(entry: ConfigEntry[Any]) -> dict[str, SiteConfig]:
    """Return the entry's sites by subentry id."""
    found = entry.get_subentries_of_type(SUBENTRY_SITE)
    return {subentry.subentry_id: SiteConfig.of(subentry) for subentry in found}


def chargers_of(entry: ConfigEntry[Any]) -> dict[str, ChargerConfig]:
    """Return the entry's chargers by subentry id."""
    found = entry.get_subentries_of_type(SUBENTRY_CHARGER)
    return {subentry.subentry_id: ChargerConfig.of(subentry) for subentry in found}


def charger_data(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a charger's subentry keeps of a form: all but its name, which is the title."""
    return {key: value for key, value in user_input.items() if key != CONF_NAME}
