"""What each sensor of sites says."""

from collections.abc import Callable
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import (
    SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
    EntityCategory,
    UnitOfEnergy,
    UnitOfPower,
)

from .meter import Quality
from .sensor_descriptions import (
    ZmartChargeSensorDescription,
    describe_current,
    describe_energy,
    describe_power,
    describe_voltage,
)
from .site import Site
from .units import Phase


def _metered(site: Site) -> bool:
    return site.meter_online


def _has_line(phase: Phase) -> Callable[[Site], bool]:
    return lambda site: phase in site.config.grid.phases


def _has_meter(site: Site) -> bool:
    return site.config.meter is not None


def _line_current(phase: Phase) -> ZmartChargeSensorDescription[Site]:
    return describe_current(
        f"current_{phase}",
        lambda site: site.current(phase),
        _metered,
        _has_line(phase),
        lambda site: _estimate_of(site, phase),
    )


def _estimate_of(site: Site, phase: Phase) -> dict[str, Any]:
    margin = site.margin(phase)
    return {"estimated": margin is not None, "margin": margin and round(margin, 1)}


def _line_voltage(phase: Phase) -> ZmartChargeSensorDescription[Site]:
    return describe_voltage(
        phase,
        lambda site: site.voltage(phase),
        _metered,
        lambda site: _has_meter(site) and _has_line(phase)(site),
    )


def _line_headroom(phase: Phase) -> ZmartChargeSensorDescription[Site]:
    return describe_current(
        f"headroom_{phase}", lambda site: site.headroom(phase), _metered, _has_line(phase)
    )


SITE_SENSORS: tuple[ZmartChargeSensorDescription[Site], ...] = (
    describe_power(lambda site: site.power, _metered),
    *(_line_current(phase) for phase in Phase),
    *(_line_headroom(phase) for phase in Phase),
    describe_energy(
        "energy_import",
        lambda site: site.energy_import,
        lambda site: site.energy_import is not None,
    ),
    describe_energy(
        "energy_export",
        lambda site: site.energy_export,
        lambda site: site.energy_export is not None,
    ),
    *(_line_voltage(phase) for phase in Phase),
    ZmartChargeSensorDescription(
        key="reading_quality",
        translation_key="reading_quality",
        device_class=SensorDeviceClass.ENUM,
        options=[quality.value for quality in Quality],
        entity_category=EntityCategory.DIAGNOSTIC,
        has_fn=_has_meter,
        available_fn=lambda _: True,
        value_fn=lambda site: site.quality,
        attributes_fn=lambda site: {"frozen_phases": sorted(site.frozen)},
    ),
    ZmartChargeSensorDescription(
        key="hour_estimate",
        translation_key="hour_estimate",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        dead_band=100,
        has_fn=_has_meter,
        available_fn=_metered,
        value_fn=lambda site: site.hour_estimate,
    ),
    ZmartChargeSensorDescription(
        key="budget_left",
        translation_key="budget_left",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        dead_band=100,
        has_fn=lambda site: site.balancing.active,
        available_fn=lambda site: site.balancing.budget_left is not None,
        value_fn=lambda site: site.balancing.budget_left,
    ),
    ZmartChargeSensorDescription(
        key="peak_average",
        translation_key="peak_average",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=2,
        has_fn=_has_meter,
        available_fn=lambda site: site.peak_average is not None,
        value_fn=lambda site: site.peak_average,
        attributes_fn=lambda site: {
            "peaks": [
                {"start": peak.start.isoformat(), "energy_kwh": peak.energy / 1000}
                for peak in site.peaks
            ]
        },
    ),
    ZmartChargeSensorDescription(
        key="signal",
        translation_key="signal",
        device_class=SensorDeviceClass.SIGNAL_STRENGTH,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        dead_band=5,
        has_fn=_has_meter,
        available_fn=lambda site: site.meter_online and site.signal is not None,
        value_fn=lambda site: site.signal,
    ),
)
