"""What each sensor of sites, chargers and connectors says."""

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
    MAX_LENGTH_STATE_STATE,
    SIGNAL_STRENGTH_DECIBELS_MILLIWATT,
    EntityCategory,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfPower,
    UnitOfTime,
)
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .charger import Charger
from .connector import Connector
from .entity import LivingDescription, online
from .fail_safe import Grade
from .meter import Quality
from .reasons import reason_text
from .site import Site
from .status import Reason, Status
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


def _power[LivingT: Site | Charger | Connector](
    value_fn: Callable[[LivingT], StateType], available_fn: Callable[[LivingT], bool]
) -> ZmartChargeSensorDescription[LivingT]:
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


def _current[LivingT: Site | Charger | Connector](
    key: str,
    value_fn: Callable[[LivingT], StateType],
    available_fn: Callable[[LivingT], bool],
    has_fn: Callable[[LivingT], bool] = lambda _: True,
    attributes_fn: Callable[[LivingT], dict[str, Any]] | None = None,
) -> ZmartChargeSensorDescription[LivingT]:
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


def _energy[LivingT: Site | Charger | Connector](
    key: str,
    value_fn: Callable[[LivingT], StateType],
    available_fn: Callable[[LivingT], bool],
    settled_fn: Callable[[LivingT], bool] = lambda _: False,
) -> ZmartChargeSensorDescription[LivingT]:
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


def _counts_no_more(connector: Connector) -> bool:
    return not connector.in_session or not connector.charger.online


def _has_terminal(phase: Phase) -> Callable[[Connector], bool]:
    """Return whether a connector has a terminal; a single-phase one has L1 only."""
    return lambda connector: (
        phase is Phase.L1 or len(connector.charger.config.wiring.lines) == len(Phase)
    )


def _connector_current(phase: Phase) -> ZmartChargeSensorDescription[Connector]:
    return _current(
        f"current_{phase}",
        lambda connector: connector.measured.current(phase),
        online,
        _has_terminal(phase),
    )


def _voltage[LivingT: Site | Charger | Connector](
    phase: Phase,
    value_fn: Callable[[LivingT], StateType],
    available_fn: Callable[[LivingT], bool],
    has_fn: Callable[[LivingT], bool],
) -> ZmartChargeSensorDescription[LivingT]:
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


def _connector_voltage(phase: Phase) -> ZmartChargeSensorDescription[Connector]:
    return _voltage(
        phase, lambda connector: connector.measured.voltage(phase), online, _has_terminal(phase)
    )


def _allocated(connector: Connector) -> bool:
    """Return whether load balancing allocates something to a connector, 0 A counting too."""
    return connector.allocated is not None


def _allocation_reason(connector: Connector) -> str | None:
    if connector.allocated is None or connector.allocation_reason is None:
        return None
    return reason_text(connector.charger.hass, connector.allocation_reason)[:MAX_LENGTH_STATE_STATE]


def _status_attributes(connector: Connector) -> dict[str, Any]:
    attributes: dict[str, Any] = {"reason": connector.reason}
    if connector.reason is Reason.PRICE and connector.held_until:
        attributes["until"] = dt_util.as_local(connector.held_until).isoformat()
    if reservation := connector.reservation:
        attributes["reserved_for"] = connector.charger.reservations.holder(reservation)
        attributes["reserved_until"] = reservation.until.isoformat()
    return attributes


def _reason_attributes(connector: Connector) -> dict[str, Any]:
    reason = connector.allocation_reason
    return {
        "reason": reason and reason.key.value,
        "placeholders": dict(reason.placeholders) if reason else {},
    }


CONNECTOR_SENSORS: tuple[ZmartChargeSensorDescription[Connector], ...] = (
    ZmartChargeSensorDescription(
        key="status",
        translation_key="status",
        device_class=SensorDeviceClass.ENUM,
        options=[status.value for status in Status],
        # An offline charger still has a status: that it is offline.
        available_fn=lambda _: True,
        value_fn=lambda connector: connector.status,
        attributes_fn=_status_attributes,
    ),
    _power(lambda connector: connector.measured.power, online),
    *(_connector_current(phase) for phase in Phase),
    *(_connector_voltage(phase) for phase in Phase),
    _current("offered_current", lambda connector: connector.measured.offered, online),
    _current(
        "allocated_current",
        lambda connector: connector.allocated,
        _allocated,
        _allocated,
    ),
    ZmartChargeSensorDescription(
        key="allocation_reason",
        translation_key="allocation_reason",
        has_fn=_allocated,
        available_fn=lambda connector: _allocation_reason(connector) is not None,
        value_fn=_allocation_reason,
        attributes_fn=_reason_attributes,
    ),
    # Unknown is unavailable, never 0: a drop would count as a new cycle.
    _energy(
        "lifetime_energy",
        lambda connector: connector.lifetime,
        lambda connector: connector.lifetime is not None,
        _counts_no_more,
    ),
    _energy(
        "session_energy",
        lambda connector: connector.session_energy,
        lambda _: True,
        _counts_no_more,
    ),
    ZmartChargeSensorDescription(
        key="session_duration",
        translation_key="session_duration",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=0,
        dead_band=120,
        every=timedelta(minutes=1),
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
    ZmartChargeSensorDescription(
        key="fail_safe_grade",
        translation_key="fail_safe_grade",
        device_class=SensorDeviceClass.ENUM,
        options=[grade.value for grade in Grade],
        entity_category=EntityCategory.DIAGNOSTIC,
        has_fn=lambda charger: charger.site is not None and charger.site.balancing.active,
        available_fn=lambda charger: charger.fail_safe.grade is not None,
        value_fn=lambda charger: charger.fail_safe.grade,
    ),
    ZmartChargeSensorDescription(
        key="second_system_waiting",
        translation_key="second_system_waiting",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        dead_band=50,
        has_fn=lambda charger: charger.second_system.destination is not None,
        available_fn=lambda _: True,
        value_fn=lambda charger: charger.second_system.waiting,
    ),
)


def _metered(site: Site) -> bool:
    return site.meter_online


def _has_line(phase: Phase) -> Callable[[Site], bool]:
    return lambda site: phase in site.config.grid.phases


def _has_meter(site: Site) -> bool:
    return site.config.meter is not None


def _line_current(phase: Phase) -> ZmartChargeSensorDescription[Site]:
    return _current(
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
    return _voltage(
        phase,
        lambda site: site.voltage(phase),
        _metered,
        lambda site: _has_meter(site) and _has_line(phase)(site),
    )


def _line_headroom(phase: Phase) -> ZmartChargeSensorDescription[Site]:
    return _current(
        f"headroom_{phase}", lambda site: site.headroom(phase), _metered, _has_line(phase)
    )


SITE_SENSORS: tuple[ZmartChargeSensorDescription[Site], ...] = (
    _power(lambda site: site.power, _metered),
    *(_line_current(phase) for phase in Phase),
    *(_line_headroom(phase) for phase in Phase),
    _energy(
        "energy_import",
        lambda site: site.energy_import,
        lambda site: site.energy_import is not None,
    ),
    _energy(
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
