"""Numbers of chargers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import EntityCategory, UnitOfElectricCurrent
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .charger import Charger
from .const import CIRCUIT_FUSE_RANGE
from .entity import LivingDescription, ZmartChargeEntity, async_add_living
from .helpers import translated_errors
from .hub import ZmartChargeConfigEntry

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class ZmartChargeNumberDescription(NumberEntityDescription, LivingDescription[Charger]):
    """Describes a number of a charger."""

    value_fn: Callable[[Charger], float]
    set_fn: Callable[[Charger, float], Awaitable[None]]


CHARGER_NUMBERS = (
    ZmartChargeNumberDescription(
        key="circuit_fuse",
        translation_key="circuit_fuse",
        device_class=NumberDeviceClass.CURRENT,
        entity_category=EntityCategory.CONFIG,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        native_min_value=CIRCUIT_FUSE_RANGE[0],
        native_max_value=CIRCUIT_FUSE_RANGE[1],
        native_step=1,
        mode=NumberMode.BOX,
        # It is a setting: it can be changed while the charger is away, which hears of it later.
        available_fn=lambda _: True,
        value_fn=lambda charger: charger.config.circuit_fuse,
        set_fn=lambda charger, value: charger.set_circuit_fuse(int(value)),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ZmartChargeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the numbers."""
    async_add_living(hass, entry, async_add_entities, charger=(ZmartChargeNumber, CHARGER_NUMBERS))


class ZmartChargeNumber(ZmartChargeEntity[Charger], NumberEntity):
    """A number."""

    entity_description: ZmartChargeNumberDescription

    @property
    @override
    def native_value(self) -> float:
        return self.entity_description.value_fn(self.living)

    @override
    async def async_set_native_value(self, value: float) -> None:
        with translated_errors(self.living.config.name):
            await self.entity_description.set_fn(self.living, value)
