"""Binary sensors of sites, chargers and connectors."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .charger import Charger
from .connector import Connector
from .entity import LivingDescription, ZmartChargeEntity, async_add_living, online
from .hub import ZmartChargeConfigEntry
from .site import Site

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class ZmartChargeBinarySensorDescription[LivingT: Site | Charger | Connector](
    BinarySensorEntityDescription, LivingDescription[LivingT]
):
    """Describes a binary sensor of a living object."""

    is_on_fn: Callable[[LivingT], bool | None]
    attributes_fn: Callable[[LivingT], dict[str, Any]] | None = None


CONNECTOR_SENSORS: tuple[ZmartChargeBinarySensorDescription[Connector], ...] = (
    ZmartChargeBinarySensorDescription(
        key="cable_connected",
        translation_key="cable_connected",
        device_class=BinarySensorDeviceClass.PLUG,
        available_fn=online,
        is_on_fn=lambda connector: connector.plugged,
    ),
)

CHARGER_SENSORS: tuple[ZmartChargeBinarySensorDescription[Charger], ...] = (
    ZmartChargeBinarySensorDescription(
        key="online",
        translation_key="online",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        available_fn=lambda _: True,
        is_on_fn=lambda charger: charger.online,
    ),
    ZmartChargeBinarySensorDescription(
        key="second_system_connected",
        translation_key="second_system_connected",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        has_fn=lambda charger: charger.second_system.destination is not None,
        available_fn=lambda _: True,
        is_on_fn=lambda charger: charger.second_system.connected,
    ),
)

SITE_SENSORS: tuple[ZmartChargeBinarySensorDescription[Site], ...] = (
    ZmartChargeBinarySensorDescription(
        key="meter_online",
        translation_key="meter_online",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        has_fn=lambda site: site.config.meter is not None,
        available_fn=lambda _: True,
        is_on_fn=lambda site: site.meter_online,
    ),
    ZmartChargeBinarySensorDescription(
        key="overload",
        translation_key="overload",
        device_class=BinarySensorDeviceClass.PROBLEM,
        has_fn=lambda site: site.balancing.active,
        available_fn=lambda site: site.balancing.overload is not None,
        is_on_fn=lambda site: site.balancing.overload,
        attributes_fn=lambda site: {"lines": _overloaded(site)},
    ),
    ZmartChargeBinarySensorDescription(
        key="fuse_guard",
        translation_key="fuse_guard",
        device_class=BinarySensorDeviceClass.PROBLEM,
        has_fn=lambda site: site.balancing.active,
        available_fn=lambda _: True,
        is_on_fn=lambda site: site.balancing.guard_active,
        attributes_fn=lambda site: {"reason": site.balancing.guard_reason},
    ),
)


def _overloaded(site: Site) -> list[str]:
    decision = site.balancing.decision
    return sorted(line.upper() for line in decision.overload) if decision else []


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ZmartChargeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the binary sensors."""
    async_add_living(
        hass,
        entry,
        async_add_entities,
        site=(ZmartChargeBinarySensor, SITE_SENSORS),
        charger=(ZmartChargeBinarySensor, CHARGER_SENSORS),
        connector=(ZmartChargeBinarySensor, CONNECTOR_SENSORS),
    )


class ZmartChargeBinarySensor[LivingT: Site | Charger | Connector](
    ZmartChargeEntity[LivingT], BinarySensorEntity
):
    """A binary sensor."""

    entity_description: ZmartChargeBinarySensorDescription[LivingT]

    @property
    @override
    def is_on(self) -> bool | None:
        return self.entity_description.is_on_fn(self.living)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        attributes_fn = self.entity_description.attributes_fn
        return attributes_fn(self.living) if attributes_fn else None
