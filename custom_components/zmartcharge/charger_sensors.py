"""What each sensor of chargers and connectors says."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import MAX_LENGTH_STATE_STATE, EntityCategory, UnitOfLength, UnitOfTime
from homeassistant.util import dt as dt_util

from .charger import Charger
from .connector import Connector
from .entity import online
from .fail_safe import Grade
from .reasons import reason_text
from .sensor_descriptions import (
    ZmartChargeSensorDescription,
    describe_current,
    describe_energy,
    describe_power,
    describe_voltage,
)
from .status import Reason, Status
from .units import Phase


def _counts_no_more(connector: Connector) -> bool:
    return not connector.in_session or not connector.charger.online


def _has_terminal(phase: Phase) -> Callable[[Connector], bool]:
    """Return whether a connector has a terminal; a single-phase one has L1 only."""
    return lambda connector: (
        phase is Phase.L1 or len(connector.charger.config.wiring.lines) == len(Phase)
    )


def _connector_current(phase: Phase) -> ZmartChargeSensorDescription[Connector]:
    return describe_current(
        f"current_{phase}",
        lambda connector: connector.measured.current(phase),
        online,
        _has_terminal(phase),
    )


def _connector_voltage(phase: Phase) -> ZmartChargeSensorDescription[Connector]:
    return describe_voltage(
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
    describe_power(lambda connector: connector.measured.power, online),
    *(_connector_current(phase) for phase in Phase),
    *(_connector_voltage(phase) for phase in Phase),
    describe_current("offered_current", lambda connector: connector.measured.offered, online),
    describe_current(
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
    describe_energy(
        "lifetime_energy",
        lambda connector: connector.lifetime,
        lambda connector: connector.lifetime is not None,
        _counts_no_more,
    ),
    describe_energy(
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
        key="added_range",
        translation_key="added_range",
        device_class=SensorDeviceClass.DISTANCE,
        native_unit_of_measurement=UnitOfLength.KILOMETERS,
        suggested_display_precision=0,
        dead_band=1,
        every=timedelta(minutes=1),
        settled_fn=_counts_no_more,
        has_fn=lambda connector: connector.smart.wishes.car is not None,
        available_fn=lambda connector: connector.added_range is not None,
        value_fn=lambda connector: connector.added_range,
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
