"""Sensors of sites, chargers and connectors."""

from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import SensorEntity
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .charger import Charger
from .charger_sensors import CHARGER_SENSORS, CONNECTOR_SENSORS
from .connector import Connector
from .entity import ZmartChargeEntity, async_add_living
from .hub import Hub, ZmartChargeConfigEntry
from .price_sensors import CHARGING_SENSORS, PRICE_SENSORS
from .sensor_descriptions import ZmartChargeSensorDescription
from .site import Site
from .site_sensors import SITE_SENSORS

PARALLEL_UPDATES = 0


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
        site=(ZmartChargeSensor, SITE_SENSORS + PRICE_SENSORS),
        charger=(ZmartChargeSensor, CHARGER_SENSORS),
        connector=(ZmartChargeSensor, CONNECTOR_SENSORS + CHARGING_SENSORS),
    )


class ZmartChargeSensor[LivingT: Site | Charger | Connector](
    ZmartChargeEntity[LivingT], SensorEntity
):
    """A sensor that publishes a real change at once and a small one after a while."""

    entity_description: ZmartChargeSensorDescription[LivingT]
    # Long lists, for dashboards; what matters of them is kept elsewhere.
    _unrecorded_attributes = frozenset({"prices", "slots"})

    def __init__(
        self, hub: Hub, living: LivingT, description: ZmartChargeSensorDescription[LivingT]
    ) -> None:
        """Make the sensor."""
        super().__init__(hub, living, description)
        self._published: tuple[bool, StateType | datetime] | None = None
        self._published_at: datetime | None = None
        self._later: CALLBACK_TYPE | None = None

    @property
    @override
    def native_value(self) -> StateType | datetime:
        return self.entity_description.value_fn(self.living)

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        unit_fn = self.entity_description.unit_fn
        return unit_fn(self.living) if unit_fn else super().native_unit_of_measurement

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        attributes_fn = self.entity_description.attributes_fn
        return attributes_fn(self.living) if attributes_fn else None

    @callback
    @override
    def _living_changed(self) -> None:
        if self._later is None and self._shown == self._to_show():
            return
        if self._is_minor((self.available, self.native_value), dt_util.utcnow()):
            # The last small change of a session must be seen too, though nothing follows it.
            self._later = self._later or async_call_later(
                self.hass, self.entity_description.every, self._publish
            )
        else:
            self._publish()

    @callback
    def _publish(self, _now: datetime | None = None) -> None:
        self._forget_later()
        self._published = (self.available, self.native_value)
        self._published_at = dt_util.utcnow()
        self.async_write_ha_state()

    @override
    def _to_show(self) -> tuple[object, ...]:
        # The state itself is dear: it is converted, and rounded to what is shown.
        return (
            self.available,
            self.native_value,
            self.native_unit_of_measurement,
            self.extra_state_attributes,
        )

    @callback
    def _forget_later(self) -> None:
        if self._later:
            self._later()
            self._later = None

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self._forget_later)

    def _is_minor(self, new: tuple[bool, StateType | datetime], now: datetime) -> bool:
        description = self.entity_description
        if not description.dead_band or description.settled_fn(self.living):
            return False
        if not self._published or not self._published_at:
            return False
        (was_available, old_value), (is_available, value) = self._published, new
        return (
            was_available == is_available
            and isinstance(old_value, int | float)
            and isinstance(value, int | float)
            and (value != 0 or old_value == 0)
            and abs(value - old_value) < description.dead_band
            and now - self._published_at < description.every
        )
