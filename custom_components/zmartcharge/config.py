"""The installer's decisions, read from the config entry and its subentries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import (
    CONF_HOST,
    CONF_LATITUDE,
    CONF_LOCATION,
    CONF_LONGITUDE,
    CONF_NAME,
    CONF_PASSWORD,
    CONF_PORT,
    CONF_TYPE,
    CONF_URL,
    CONF_USERNAME,
)
from homeassistant.core import HomeAssistant

from .access import Access, OfflineBehaviour
from .const import (
    CONF_ACCESS,
    CONF_ADDRESS,
    CONF_ASKS_CARDS,
    CONF_CERTIFICATE,
    CONF_CERTIFICATES,
    CONF_CHARGE_POINT_ID,
    CONF_CIRCUIT,
    CONF_CIRCUIT_FUSE,
    CONF_CONNECTORS,
    CONF_DATABASE_URL,
    CONF_ENABLED,
    CONF_FORWARDING_MODE,
    CONF_GRADE,
    CONF_GRID_TYPE,
    CONF_HOST_NAMES,
    CONF_KEY_HASH,
    CONF_MAIN_FUSE,
    CONF_METER,
    CONF_NEW_KEY_HASH,
    CONF_OFFLINE,
    CONF_PRICE,
    CONF_PRIVATE_KEY,
    CONF_SECOND_SYSTEM,
    CONF_SECURITY_PROFILE,
    CONF_SITE,
    CONF_STALE_AFTER,
    CONF_TLS_MODE,
    CONF_TLS_PORT,
    CONF_TOKEN,
    CONF_TOPIC,
    CONF_WIRING,
    DATABASE_FILE,
    DEFAULT_TLS_PORT,
    METER_STALE_AFTER,
    SUBENTRY_CHARGER,
    SUBENTRY_SITE,
)
from .csms import SecurityProfile, forwarding
from .price_config import PriceConfig, readable_price
from .units import GridType, Wiring


class TlsMode(StrEnum):
    """Where the certificate comes from by which chargers know us."""

    OFF = "off"
    #: From the house's own authority, which the chargers have to be told of.
    OWN_AUTHORITY = "own_authority"
    #: From files that the user keeps.
    OWN_FILES = "own_files"


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsConfig:
    """The listener for chargers that come by TLS.

    ``host_names`` are further names and addresses by which chargers find us, for the own authority's
    certificate. ``certificate`` and ``private_key`` are the user's own files, PEM.
    """

    mode: TlsMode = TlsMode.OFF
    port: int = DEFAULT_TLS_PORT
    host_names: tuple[str, ...] = ()
    certificate: Path = Path()
    private_key: Path = Path()

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> TlsConfig:
        """Read the options of the config entry."""
        return cls(
            mode=TlsMode(options.get(CONF_TLS_MODE, TlsMode.OFF)),
            port=options.get(CONF_TLS_PORT, DEFAULT_TLS_PORT),
            host_names=tuple(options.get(CONF_HOST_NAMES, ())),
            certificate=Path(options.get(CONF_CERTIFICATE, "")),
            private_key=Path(options.get(CONF_PRIVATE_KEY, "")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HubConfig:
    """Where the central system listens and where the ledger lies."""

    host: str
    port: int
    database_url: str
    tls: TlsConfig = TlsConfig()

    @classmethod
    def of(cls, hass: HomeAssistant, entry: ConfigEntry[Any]) -> HubConfig:
        """Read the config entry."""
        return cls(
            host=entry.data[CONF_HOST],
            port=entry.data[CONF_PORT],
            database_url=entry.data.get(CONF_DATABASE_URL) or default_database_url(hass),
            tls=TlsConfig.of(entry.options),
        )


class MeterType(StrEnum):
    """The ways in which a meter reaches a site."""

    MQTT = "mqtt"
    POW_U = "pow_u"
    SENSORS = "sensors"


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttMeter:
    """A reader that publishes on an MQTT topic and those below it."""

    topic: str
    type = MeterType.MQTT


@dataclass(frozen=True, slots=True, kw_only=True)
class PowUMeter:
    """A Pow-U that posts to Home Assistant, and the token by which it is known."""

    token: str = field(repr=False)
    type = MeterType.POW_U


class SensorRole(StrEnum):
    """What a sensor of another integration measures."""

    CURRENT_L1 = "current_l1"
    CURRENT_L2 = "current_l2"
    CURRENT_L3 = "current_l3"
    POWER_L1 = "power_l1"
    POWER_L2 = "power_l2"
    POWER_L3 = "power_l3"
    POWER = "power"
    POWER_EXPORT = "power_export"
    ENERGY_IMPORT = "energy_import"
    ENERGY_EXPORT = "energy_export"


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorMeter:
    """Sensors that Home Assistant knows, and after how long their values are too old."""

    sensors: Mapping[SensorRole, str]
    stale_after: timedelta
    type = MeterType.SENSORS


type MeterConfig = MqttMeter | PowUMeter | SensorMeter


def meter_of(data: Mapping[str, Any] | None) -> MeterConfig | None:
    """Read what a site's subentry says of its meter."""
    if not data:
        return None
    match MeterType(data[CONF_TYPE]):
        case MeterType.MQTT:
            return MqttMeter(topic=data[CONF_TOPIC])
        case MeterType.POW_U:
            return PowUMeter(token=data[CONF_TOKEN])
        case MeterType.SENSORS:
            return SensorMeter(
                sensors={role: data[role] for role in SensorRole if data.get(role)},
                stale_after=timedelta(seconds=data[CONF_STALE_AFTER]),
            )


def _is_damaged(price: Mapping[str, Any] | None) -> bool:
    return bool(price) and readable_price(price) is None


def _position(location: Mapping[str, Any] | None) -> tuple[float, float] | None:
    return (location[CONF_LATITUDE], location[CONF_LONGITUDE]) if location else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteConfig:
    """A place with a main fuse. ``price_damaged``: it has a price that cannot be read any more."""

    subentry_id: str
    name: str
    grid: GridType
    main_fuse: int
    meter: MeterConfig | None
    price: PriceConfig | None = None
    price_damaged: bool = False
    address: str | None = None
    #: Latitude and longitude in degrees.
    position: tuple[float, float] | None = None

    @classmethod
    def of(cls, subentry: ConfigSubentry) -> SiteConfig:
        """Read a site's subentry."""
        return cls.of_data(subentry.data, subentry_id=subentry.subentry_id, name=subentry.title)

    @classmethod
    def of_data(cls, data: Mapping[str, Any], *, subentry_id: str, name: str) -> SiteConfig:
        """Read a site's data, from a subentry or from a flow that is about to make one."""
        return cls(
            subentry_id=subentry_id,
            name=name,
            grid=GridType(data[CONF_GRID_TYPE]),
            main_fuse=data[CONF_MAIN_FUSE],
            meter=meter_of(data.get(CONF_METER)),
            price=readable_price(data.get(CONF_PRICE)),
            price_damaged=_is_damaged(data.get(CONF_PRICE)),
            address=data.get(CONF_ADDRESS) or None,
            position=_position(data.get(CONF_LOCATION)),
        )

    @property
    def stale_after(self) -> timedelta:
        """Return after how long a value of the meter is too old to decide on."""
        return self.meter.stale_after if isinstance(self.meter, SensorMeter) else METER_STALE_AFTER


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargerConfig:
    """A charger as the installer described it.

    ``circuit`` names a fuse that it shares with others of its site, ``grade`` is what a check has
    proved of its fail-safe. ``access`` is whom it is for, ``enabled`` False: nobody may charge.
    ``new_key_hashes`` are of keys that it was given and has not come with yet, newest last, kept in
    one text with spaces between them. ``profile`` is the least
    that it has to come by, ``certificates`` the fingerprints of those that it may bring: first the one
    that it said to have taken, then those that it was sent since, newest last.
    """

    subentry_id: str
    name: str
    charge_point_id: str
    site_id: str | None
    circuit_fuse: int
    wiring: Wiring
    key_hash: str | None
    connectors: int = 1
    circuit: str | None = None
    grade: str | None = None
    access: Access = Access.REGISTERED
    enabled: bool = True
    new_key_hashes: tuple[str, ...] = ()
    profile: SecurityProfile = SecurityProfile.BASIC
    certificates: tuple[str, ...] = ()
    #: Who may charge while it cannot ask; None: as the charger was set up by others.
    offline: OfflineBehaviour | None = None
    #: Another central system that is told of it.
    second_system: forwarding.Destination | None = None

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
            circuit=data.get(CONF_CIRCUIT),
            grade=data.get(CONF_GRADE),
            access=Access(data.get(CONF_ACCESS, Access.REGISTERED)),
            enabled=data.get(CONF_ENABLED, True),
            new_key_hashes=tuple((data.get(CONF_NEW_KEY_HASH) or "").split()),
            profile=profile_of(data),
            certificates=tuple(data.get(CONF_CERTIFICATES, ())),
            offline=OfflineBehaviour(data[CONF_OFFLINE]) if data.get(CONF_OFFLINE) else None,
            second_system=second_system_of(data.get(CONF_SECOND_SYSTEM)),
        )

    @property
    def makes_up(self) -> tuple[object, ...]:
        """Return what decides which entities the charger has."""
        told = self.second_system is not None
        return (self.wiring, self.connectors, self.site_id, told)


def second_system_of(data: Mapping[str, Any] | None) -> forwarding.Destination | None:
    """Read what a charger's subentry says of a second central system."""
    if not data:
        return None
    return forwarding.Destination(
        url=data[CONF_URL],
        identity=data[CONF_USERNAME],
        password=data.get(CONF_PASSWORD),
        mode=forwarding.ForwardingMode(data[CONF_FORWARDING_MODE]),
        asks_cards=data[CONF_ASKS_CARDS],
    )


def profile_of(data: Mapping[str, Any]) -> SecurityProfile:
    """Return the security profile of a charger's data; without TLS its key tells which it is."""
    without = SecurityProfile.UNSECURED if not data.get(CONF_KEY_HASH) else SecurityProfile.BASIC
    return SecurityProfile(max(without, data.get(CONF_SECURITY_PROFILE) or without))


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
