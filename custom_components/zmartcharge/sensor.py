"""Sensors of sites, chargers and connectors."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    EntityCategory,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfPower,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .charger import Charger
from .connector import Connector
from .entity import LivingDescription, ZmartChargeEntity, async_add_living, online
from .hub import Hub, ZmartChargeConfigEntry
from .site import Site
from .status import Status
from .units import Phase

PARALLEL_UPDATES = 0

#: Readings come every few seconds; a change smaller than its dead band waits for this long, so
#: that the recorder keeps what matters.
_PUBLISH_INTERVAL = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True)
class ZmartChargeSensorDescription[LivingT: Site | Charger | Connector](
    SensorEntityDescription, LivingDescription[LivingT]
):
    """Describes a sensor of a living object."""

    value_fn: Callable[[LivingT], StateType]
    attributes_fn: Callable[[LivingT], dict[str, Any]] | None = None
    dead_band: float = 0


def _per_phase[LivingT: Site | Charger | Connector](
    make: Callable[[Phase], ZmartChargeSensorDescription[LivingT]],
) -> tuple[ZmartChargeSensorDescription[LivingT], ...]:
    return tuple(make(phase) for phase in Phase)


def _terminals(connector: Connector) -> int:
    return 3 if len(connector.charger.config.wiring.lines) == 3 else 1


def _charger_current(phase: Phase) -> ZmartChargeSensorDescription[Connector]:
    return ZmartChargeSensorDescription(
        key=f"current_{phase}",
        translation_key=f"current_{phase}",
        device_class=SensorDeviceClass.CURRENT,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=1,
        dead_band=0.2,
        has_fn=lambda connector: list(Phase).index(phase) < _terminals(connector),
        available_fn=online,
        value_fn=lambda connector: connector.current(phase),
    )


def _charger_voltage(phase: Phase) -> ZmartChargeSensorDescription[Connector]:
    return ZmartChargeSensorDescription(
        key=f"voltage_{phase}",
        translation_key=f"voltage_{phase}",
        device_class=SensorDeviceClass.VOLTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        entity_category=EntityCategory.DIAGNOSTIC,
        suggested_display_precision=0,
        dead_band=2,
        has_fn=lambda connector: list(Phase).index(phase) < _terminals(connector),
        available_fn=online,
        value_fn=lambda connector: connector.voltage(phase),
    )


CONNECTOR_SENSORS: tuple[ZmartChargeSensorDescription[Connector], ...] = (
    ZmartChargeSensorDescription(
        key="status",
        translation_key="status",
        device_class=SensorDeviceClass.ENUM,
        options=[status.value for status in Status],
        # An offline charger still has a status: that it is offline.
        available_fn=lambda _: True,
        value_fn=lambda connector: connector.status,
        attributes_fn=lambda connector: {"reason": connector.reason},
    ),
    ZmartChargeSensorDescription(
        key="power",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        dead_band=50,
        available_fn=online,
        value_fn=lambda connector: connector.power,
    ),
    *_per_phase(_charger_current),
    *_per_phase(_charger_voltage),
    ZmartChargeSensorDescription(
        key="offered_current",
        translation_key="offered_current",
        device_class=SensorDeviceClass.CURRENT,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=1,
        available_fn=online,
        value_fn=lambda connector: connector.offered,
    ),
    ZmartChargeSensorDescription(
        key="lifetime_energy",
        translation_key="lifetime_energy",
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        dead_band=10,
        # Unknown is unavailable, never 0: a drop would count as a new cycle.
        available_fn=lambda connector: connector.lifetime is not None,
        value_fn=lambda connector: connector.lifetime,
    ),
    ZmartChargeSensorDescription(
        key="session_energy",
        translation_key="session_energy",
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        dead_band=10,
        available_fn=lambda _: True,
        value_fn=lambda connector: connector.session_energy,
    ),
    ZmartChargeSensorDescription(
        key="session_duration",
        translation_key="session_duration",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=0,
        dead_band=60,
        available_fn=lambda _: True,
        value_fn=lambda connector: connector.session_seconds(),
    ),
    ZmartChargeSensorDescription(
        key="error_code",
        translation_key="error_code",
        entity_category=EntityCategory.DIAGNOSTIC,
        available_fn=online,
        value_fn=lambda connector: connector.error_code,
        attributes_fn=lambda connector: {
            "vendor_error_code": connector.error and connector.error.vendor_error_code,
            "info": connector.error and connector.error.info,
        },
    ),
)

CHARGER_SENSORS: tuple[ZmartChargeSensorDescription[Charger], ...] = (
    ZmartChargeSensorDescription(
        key="firmware",
        translation_key="firmware",
        entity_category=EntityCategory.DIAGNOSTIC,
        available_fn=lambda charger: charger.boot_info is not None,
        value_fn=lambda charger: charger.boot_info.firmware if charger.boot_info else None,
    ),
)


def _site_current(phase: Phase) -> ZmartChargeSensorDescription[Site]:
    return ZmartChargeSensorDescription(
        key=f"current_{phase}",
        translation_key=f"current_{phase}",
        device_class=SensorDeviceClass.CURRENT,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=1,
        dead_band=0.2,
        has_fn=lambda site: phase in site.config.grid.phases,
        available_fn=lambda site: site.meter_online,
        value_fn=lambda site: site.current(phase),
    )


def _site_headroom(phase: Phase) -> ZmartChargeSensorDescription[Site]:
    return ZmartChargeSensorDescription(
        key=f"headroom_{phase}",
        translation_key=f"headroom_{phase}",
        device_class=SensorDeviceClass.CURRENT,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=1,
        dead_band=0.2,
        has_fn=lambda site: phase in site.config.grid.phases,
        available_fn=lambda site: site.meter_online,
        value_fn=lambda site: site.headroom(phase),
    )


SITE_SENSORS: tuple[ZmartChargeSensorDescription[Site], ...] = (
    ZmartChargeSensorDescription(
        key="power",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        dead_band=50,
        available_fn=lambda site: site.meter_online,
        value_fn=lambda site: site.power,
    ),
    *_per_phase(_site_current),
    *_per_phase(_site_headroom),
    ZmartChargeSensorDescription(
        key="energy_import",
        translation_key="energy_import",
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        available_fn=lambda site: site.energy_import is not None,
        value_fn=lambda site: site.energy_import,
    ),
    ZmartChargeSensorDescription(
        key="energy_export",
        translation_key="energy_export",
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        available_fn=lambda site: site.energy_export is not None,
        value_fn=lambda site: site.energy_export,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ZmartChargeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors."""
    async_add_living(
        hass,
        entry,
        async_add_entities,
        site=(ZmartChargeSensor, SITE_SENSORS),
        charger=(ZmartChargeSensor, CHARGER_SENSORS),
        connector=(ZmartChargeSensor, CONNECTOR_SENSORS),
    )


class ZmartChargeSensor[LivingT: Site | Charger | Connector](
    ZmartChargeEntity[LivingT], SensorEntity
):
    """A sensor that publishes a real change at once and a small one after a while."""

    entity_description: ZmartChargeSensorDescription[LivingT]

    def __init__(
        self, hub: Hub, living: LivingT, description: ZmartChargeSensorDescription[LivingT]
    ) -> None:
        """Make the sensor."""
        super().__init__(hub, living, description)
        self._published: tuple[bool, StateType] | None = None
        self._published_at: datetime | None = None

    @property
    @override
    def native_value(self) -> StateType:
        return self.entity_description.value_fn(self.living)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        attributes_fn = self.entity_description.attributes_fn
        return attributes_fn(self.living) if attributes_fn else None

    @callback
    @override
    def _living_changed(self) -> None:
        new = (self.available, self.native_value)
        now = dt_util.utcnow()
        if self._is_minor(new, now):
            return
        self._published, self._published_at = new, now
        self.async_write_ha_state()

    def _is_minor(self, new: tuple[bool, StateType], now: datetime) -> bool:
        if not self.entity_description.dead_band or not self._published or not self._published_at:
            return False
        (was_available, old_value), (is_available, value) = self._published, new
        return (
            was_available == is_available
            and isinstance(old_value, int | float)
            and isinstance(value, int | float)
            and abs(value - old_value) < self.entity_description.dead_band
            and now - self._published_at < _PUBLISH_INTERVAL
        )
