"""Which charger is meant by what somebody said."""

from collections.abc import Callable, Iterable, Sequence

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    label_registry as lr,
)

from .connector import Connector
from .voice_names import has_words, is_called, is_nothing, is_spelled
from .voice_speaker import devices_of, entities_of

type Fits = Callable[[Connector], bool]


@callback
def spoken_name(hass: HomeAssistant, connector: Connector) -> str:
    """Return what a connector is called: as its charger, with a number where there are several."""
    charger = connector.charger
    device = list(devices_of(hass, connector))[-1:]
    name = next((each.name_by_user for each in device if each.name_by_user), charger.config.name)
    return name if len(charger.connectors) == 1 else f"{name} {connector.connector_id}"


@callback
def called(hass: HomeAssistant, connectors: Sequence[Connector], said: str) -> list[Connector]:
    """Return those that somebody meant: by a name as it is written, by a name, an area or a site.

    At last by words that stand in a name or an area; those of several mean each of these.
    """
    names = {connector: _names(hass, connector) for connector in connectors}
    given = {connector: _given_names(hass, connector) for connector in connectors}
    areas = {connector: _area_names(hass, connector) for connector in connectors}
    sites = {connector: _site_names(connector) for connector in connectors}
    ways = (
        (is_spelled, names),
        (is_called, names),
        (is_called, areas),
        (is_called, sites),
        (has_words, given),
        (has_words, areas),
    )
    for is_it, by_connector in ways:
        if found := [each for each in connectors if is_it(said, by_connector[each])]:
            return found
    # "The charger" names none, or all of them.
    return list(connectors) if is_nothing(said) else []


@callback
def given_names(hass: HomeAssistant, connector: Connector) -> set[str]:
    """Return what people call a connector: by name, label, alias or id, and its areas."""
    return _given_names(hass, connector) | _area_names(hass, connector)


@callback
def fitting(
    hass: HomeAssistant, connectors: Sequence[Connector], area_id: str | None, fits: Fits
) -> list[Connector]:
    """Return the one that can be meant when none is named, or all among which somebody must choose.

    What is near and fits goes first, then what fits, then what is near.
    """
    near = [each for each in connectors if area_id and area_id in _area_ids(hass, each)]
    near_fitting = [each for each in near if fits(each)]
    fit = [each for each in connectors if fits(each)]
    for found in (near_fitting, fit, near):
        if len(found) == 1:
            return found
    return near_fitting or fit or list(connectors)


def _names(hass: HomeAssistant, connector: Connector) -> set[str]:
    names = _given_names(hass, connector)
    numbered = {f"{name} {connector.connector_id}" for name in _shared_names(hass, connector)}
    # Among them what Home Assistant calls an entity when nobody gave it a name.
    aliases = (
        name
        for entity in _own_entities(hass, connector)
        for name in er.async_get_entity_aliases(hass, entity)
    )
    return {name for name in (*names, *numbered, *aliases) if name}


def _given_names(hass: HomeAssistant, connector: Connector) -> set[str]:
    """Return those that somebody gave it; one of several connectors has its charger's with a number."""
    names = _shared_names(hass, connector)
    for device in devices_of(hass, connector):
        if isinstance(device, dr.ChildDeviceEntry):
            names |= _device_names(hass, device)
    for entity in _own_entities(hass, connector):
        names |= {alias for alias in entity.aliases if isinstance(alias, str)}
    if len(connector.charger.connectors) > 1:
        names |= {f"{name} {connector.connector_id}" for name in _shared_names(hass, connector)}
    return {name for name in names if name}


def _shared_names(hass: HomeAssistant, connector: Connector) -> set[str]:
    """Return what the charger is called."""
    charger = connector.charger
    boot = charger.boot_info
    names = {charger.config.name, charger.config.charge_point_id, (boot and boot.serial) or ""}
    for device in devices_of(hass, connector):
        # Of several connectors each has a device of its own.
        if not isinstance(device, dr.ChildDeviceEntry):
            names |= _device_names(hass, device)
    return {name for name in names if name}


def _device_names(hass: HomeAssistant, device: dr.AnyDeviceEntry) -> set[str]:
    labels = map(lr.async_get(hass).async_get_label, device.labels)
    named = {device.name or "", device.name_by_user or ""}
    return named | {label.name for label in labels if label}


def _own_entities(hass: HomeAssistant, connector: Connector) -> list[er.RegistryEntry]:
    return [
        entity
        for entity in entities_of(hass, connector)
        if entity.unique_id.startswith(f"{connector.key}_")
    ]


def _area_ids(hass: HomeAssistant, connector: Connector) -> set[str]:
    devices = (dr.async_get_effective_area_id(hass, each) for each in devices_of(hass, connector))
    entities = (entity.area_id for entity in entities_of(hass, connector))
    return {area_id for area_id in (*devices, *entities) if area_id}


def _area_names(hass: HomeAssistant, connector: Connector) -> set[str]:
    registry = ar.async_get(hass)
    areas = (registry.async_get_area(area_id) for area_id in _area_ids(hass, connector))
    return {name for area in areas if area for name in (area.name, *area.aliases)}


def _site_names(connector: Connector) -> Iterable[str]:
    site = connector.charger.site
    return (site.config.name,) if site else ()
