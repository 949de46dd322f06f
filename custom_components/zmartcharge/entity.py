"""What all entities share: they look at a living object and hold no state of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import ChildDeviceInfo, DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import (
    AddConfigEntryEntitiesCallback,
    async_get_current_platform,
)

from .charger import Charger
from .connector import Connector
from .const import DOMAIN
from .hub import Hub, ZmartChargeConfigEntry
from .listeners import Observable
from .site import Site


@dataclass(frozen=True, kw_only=True)
class LivingDescription[LivingT](EntityDescription):
    """Describes an entity of a living object."""

    #: Which of the objects have the entity.
    has_fn: Callable[[LivingT], bool] = lambda _: True
    #: Whether the entity can say or do something now.
    available_fn: Callable[[LivingT], bool]


class ZmartChargeEntity[LivingT: Site | Charger | Connector](Entity):
    """An entity that follows a site, a charger or a connector."""

    _attr_has_entity_name = True
    _attr_should_poll = False
    entity_description: LivingDescription[LivingT]
    #: What Home Assistant was given last, so that it is not given the same again.
    _shown: tuple[object, ...] | None = None

    def __init__(self, hub: Hub, living: LivingT, description: LivingDescription[LivingT]) -> None:
        """Make the entity; it starts to listen when it is added."""
        self.entity_description = description
        self.living = living
        self._attr_unique_id = _unique_id(living, description)
        self._attr_device_info = device_info(hub, living)

    @property
    @override
    def available(self) -> bool:
        return self.entity_description.available_fn(self.living)

    @override
    async def async_added_to_hass(self) -> None:
        observable: Observable = self.living
        self.async_on_remove(observable.async_add_listener(self._living_changed))

    @callback
    def _living_changed(self) -> None:
        if self._shown != self._to_show():
            self.async_write_ha_state()

    def _to_show(self) -> tuple[object, ...]:
        """Return all that makes the state."""
        return (
            self.available,
            self.state,
            self.state_attributes,
            self.extra_state_attributes,
            self.capability_attributes,
        )

    @callback
    @override
    def _async_write_ha_state(self) -> None:
        # Home Assistant writes by itself, too, such as when the entity gets another name.
        self._shown = self._to_show()
        super()._async_write_ha_state()


def charger_of(living: Charger | Connector) -> Charger:
    """Return a charger, or the one of a connector."""
    return living.charger if isinstance(living, Connector) else living


def online(living: Charger | Connector) -> bool:
    """Tell whether a charger is there."""
    return charger_of(living).online


def device_info(hub: Hub, living: Site | Charger | Connector) -> DeviceInfo | ChildDeviceInfo:
    """Return the device of a living object."""
    match living:
        case Site():
            return DeviceInfo(
                identifiers={(DOMAIN, living.config.subentry_id)},
                name=living.config.name,
                entry_type=DeviceEntryType.SERVICE,
            )
        case Charger():
            return _charger_device(hub, living)
        case Connector(charger=charger) if len(charger.connectors) == 1:
            return _charger_device(hub, charger)
        case Connector():
            return ChildDeviceInfo(
                identifiers={(DOMAIN, _key_of(living))},
                translation_key="connector",
                translation_placeholders={"number": str(living.connector_id)},
                parent_device_id=_registered(hub, living.charger),
            )


def _charger_device(hub: Hub, charger: Charger) -> DeviceInfo:
    boot = charger.boot_info
    info = DeviceInfo(identifiers={(DOMAIN, charger.config.subentry_id)}, name=charger.config.name)
    if boot:
        info["manufacturer"] = boot.vendor
        info["model"] = boot.model
        info["serial_number"] = boot.serial
        info["sw_version"] = boot.firmware
    if site := hub.sites.get(charger.config.site_id or ""):
        info["via_device_id"] = _registered(hub, site)
    return info


def _registered(hub: Hub, living: Site | Charger) -> str:
    """Return the id of an object's device, which must exist before others point at it."""
    device = dr.async_get(hub.hass).async_get_or_create(
        config_entry_id=hub.entry.entry_id,
        config_subentry_id=living.config.subentry_id,
        **cast("DeviceInfo", device_info(hub, living)),
    )
    return device.id


def _key_of(living: Site | Charger | Connector) -> str:
    if isinstance(living, Connector):
        return f"{living.charger.config.subentry_id}_{living.connector_id}"
    return living.config.subentry_id


def _unique_id(living: Site | Charger | Connector, description: EntityDescription) -> str:
    return f"{_key_of(living)}_{description.key}"


def subentry_of(living: Site | Charger | Connector) -> str:
    """Return the id of the subentry that a living object comes from."""
    charger_or_site = living.charger if isinstance(living, Connector) else living
    return charger_or_site.config.subentry_id


type EntityFactory[LivingT: Site | Charger | Connector] = Callable[
    [Hub, LivingT, Any], ZmartChargeEntity[LivingT]
]


@callback
def async_add_living(
    hass: HomeAssistant,
    entry: ZmartChargeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    *,
    site: tuple[EntityFactory[Site], tuple[Any, ...]] | None = None,
    charger: tuple[EntityFactory[Charger], tuple[Any, ...]] | None = None,
    connector: tuple[EntityFactory[Connector], tuple[Any, ...]] | None = None,
) -> None:
    """Add a platform's entities for what exists, and for what is added later.

    Each pair is the class of an entity and its descriptions. What changes its make-up, such as a
    charger that is wired to fewer lines, comes again: it gets what it lacks and loses what it does
    not have any more.
    """
    hub, registry = entry.runtime_data, er.async_get(hass)
    domain = async_get_current_platform().domain
    added: set[str] = set()

    @callback
    def is_missing(living: Site | Charger | Connector, description: LivingDescription[Any]) -> bool:
        unique_id = _unique_id(living, description)
        if description.has_fn(living):
            missing = unique_id not in added
            added.add(unique_id)
            return missing
        added.discard(unique_id)
        if entity_id := registry.async_get_entity_id(domain, DOMAIN, unique_id):
            registry.async_remove(entity_id)
        return False

    @callback
    def add(sites: list[Site], chargers: list[Charger], connectors: list[Connector]) -> None:
        for things, made_of in ((sites, site), (chargers, charger), (connectors, connector)):
            if made_of is None:
                continue
            factory, descriptions = cast("tuple[Callable[..., Entity], tuple[Any, ...]]", made_of)
            for living in things:
                async_add_entities(
                    [factory(hub, living, d) for d in descriptions if is_missing(living, d)],
                    config_subentry_id=subentry_of(living),
                )

    hub.async_on_new_things(add)
