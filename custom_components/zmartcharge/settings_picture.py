"""What the panel shows to administrators: what is set of sites and chargers."""

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .addresses import ocpp_urls
from .charger import Charger
from .connector import Connector
from .const import DOMAIN
from .csms import SecurityProfile
from .devices import device_id_of
from .hub import Hub
from .pictures import Picture, connector_device
from .wishes import WEEKDAYS

#: What is set by way of entities, so that there is one way to do it.
_ENTITIES = ((Platform.SELECT, "access"), (Platform.SWITCH, "enabled"))


@callback
def settings_picture(hub: Hub | None) -> Picture:
    """Return the settings of all sites and chargers by the ids of their subentries.

    Names are those of the configuration, which removing asks for. Currents in A, times of the day as
    HH:MM:SS by weekday, Monday first, None on a day when the car is not needed.
    """
    if hub is None:
        return {"entry": None, "sites": {}, "chargers": {}}
    configs = {key: charger.config for key, charger in hub.chargers.items()}
    return {
        "entry": hub.entry.entry_id,
        "sites": {
            key: {
                "name": site.config.name,
                "device": device_id_of(hub.hass, key),
                "main_fuse": site.config.main_fuse,
                "chargers": [each.name for each in configs.values() if each.site_id == key],
            }
            for key, site in hub.sites.items()
        },
        "chargers": {key: _charger(hub, each) for key, each in hub.chargers.items()},
    }


def _charger(hub: Hub, charger: Charger) -> Picture:
    hass, config = hub.hass, charger.config
    registry = er.async_get(hass)
    entities = {}
    for platform, key in _ENTITIES:
        unique_id = f"{config.subentry_id}_{key}"
        entity_id = registry.async_get_entity_id(platform, DOMAIN, unique_id)
        entry = registry.async_get(entity_id) if entity_id else None
        if entry and entry.disabled_by is None:
            entities[key] = entry.entity_id
    return {
        "name": config.name,
        "label": config.charge_point_id,
        "site": config.site_id,
        "device": device_id_of(hass, config.subentry_id),
        "circuit_fuse": config.circuit_fuse,
        "circuit": config.circuit,
        "access": config.access,
        "enabled": config.enabled,
        "connected": charger.connected,
        "addresses": _addresses(hub, charger),
        "entities": entities,
        "connectors": [_connector(hass, each) for each in charger.connectors.values()],
    }


def _addresses(hub: Hub, charger: Charger) -> list[str]:
    """Return where a charger finds us; in the open only where its profile allows that."""
    profile = charger.config.profile
    urls = ocpp_urls(hub.hass, hub, charger.config.charge_point_id, profile)
    encrypted = urls.home_assistant.startswith("wss:")
    allowed = encrypted or profile < SecurityProfile.TLS_BASIC
    # Behind Home Assistant's own server a charger cannot show a certificate.
    return [urls.own, urls.home_assistant][
        : 2 if allowed and profile < SecurityProfile.TLS_CERTIFICATE else 1
    ]


def _connector(hass: HomeAssistant, connector: Connector) -> Picture:
    wishes = connector.smart.wishes
    times, car = wishes.ready_by, wishes.car
    return {
        "key": connector.key,
        "connector": connector.connector_id,
        "device": connector_device(hass, connector),
        "ready_by": [
            at.isoformat() if (at := times.get(day)) else None for day in range(len(WEEKDAYS))
        ],
        # In km and kWh.
        "car": car and {"range": car.full_range, "battery": car.battery / 1000},
    }
