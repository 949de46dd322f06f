"""What the sensors of sites, chargers and connectors have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    EntityCategory,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfPower,
)
from homeassistant.helpers.typing import StateType

from .charger import Charger
from .connector import Connector
from .entity import LivingDescription
from .site import Site
from .units import Phase


@dataclass(frozen=True, kw_only=True)
class ZmartChargeSensorDescription[LivingT: Site | Charger | Connector](
    SensorEntityDescription, LivingDescription[LivingT]
):
    """Describes a sensor of a living object."""

    value_fn: Callable[[LivingT], StateType | datetime]
    #: The unit where it is known only of the object, such as its currency.
    unit_fn: Callable[[LivingT], str | None] | None = None
    attributes_fn: Callable[[LivingT], dict[str, Any]] | None = None
    #: A change smaller than this waits for so long, that the recorder keeps what matters.
    dead_band: float = 0
    every: timedelta = timedelta(seconds=30)
    #: When even a small change is published at once, such as a session's last one.
    settled_fn: Callable[[LivingT], bool] = lambda _: False


def describe_power[LivingT: Site | Charger | Connector](
    value_fn: Callable[[LivingT], StateType], available_fn: Callable[[LivingT], bool]
) -> ZmartChargeSensorDescription[LivingT]:
    """Return a power (W); a change of less than 50 W waits."""
    return ZmartChargeSensorDescription(
        key="power",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        dead_band=50,
        available_fn=available_fn,
        value_fn=value_fn,
    )


def describe_current[LivingT: Site | Charger | Connector](
    key: str,
    value_fn: Callable[[LivingT], StateType],
    available_fn: Callable[[LivingT], bool],
    has_fn: Callable[[LivingT], bool] = lambda _: True,
    attributes_fn: Callable[[LivingT], dict[str, Any]] | None = None,
) -> ZmartChargeSensorDescription[LivingT]:
    """Return a current (A) of that key; a change of less than 0.2 A waits."""
    return ZmartChargeSensorDescription(
        key=key,
        translation_key=key,
        attributes_fn=attributes_fn,
        device_class=SensorDeviceClass.CURRENT,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=1,
        dead_band=0.2,
        has_fn=has_fn,
        available_fn=available_fn,
        value_fn=value_fn,
    )


def describe_energy[LivingT: Site | Charger | Connector](
    key: str,
    value_fn: Callable[[LivingT], StateType],
    available_fn: Callable[[LivingT], bool],
    settled_fn: Callable[[LivingT], bool] = lambda _: False,
) -> ZmartChargeSensorDescription[LivingT]:
    """Return an energy (Wh, shown in kWh) that only ever grows, of that key."""
    return ZmartChargeSensorDescription(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        # What 12 kW come to in that time.
        dead_band=200,
        every=timedelta(minutes=1),
        settled_fn=settled_fn,
        available_fn=available_fn,
        value_fn=value_fn,
    )


def describe_voltage[LivingT: Site | Charger | Connector](
    phase: Phase,
    value_fn: Callable[[LivingT], StateType],
    available_fn: Callable[[LivingT], bool],
    has_fn: Callable[[LivingT], bool],
) -> ZmartChargeSensorDescription[LivingT]:
    """Return the voltage (V) of a line or terminal."""
    return ZmartChargeSensorDescription(
        key=f"voltage_{phase}",
        translation_key=f"voltage_{phase}",
        device_class=SensorDeviceClass.VOLTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        entity_category=EntityCategory.DIAGNOSTIC,
        suggested_display_precision=0,
        dead_band=2,
        has_fn=has_fn,
        available_fn=available_fn,
        value_fn=value_fn,
    )
