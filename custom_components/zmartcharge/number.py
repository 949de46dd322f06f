"""Numbers of chargers and connectors."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import EntityCategory, UnitOfElectricCurrent, UnitOfEnergy
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .charger import Charger
from .connector import Connector
from .const import CIRCUIT_FUSE_RANGE
from .entity import LivingDescription, ZmartChargeEntity, async_add_living, charger_of
from .helpers import translated_errors
from .hub import ZmartChargeConfigEntry

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class ZmartChargeNumberDescription[LivingT: Charger | Connector](
    NumberEntityDescription, LivingDescription[LivingT]
):
    """Describes a number of a living object."""

    value_fn: Callable[[LivingT], float]
    set_fn: Callable[[LivingT, float], Awaitable[None]]


CHARGER_NUMBERS: tuple[ZmartChargeNumberDescription[Charger], ...] = (
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


async def _set_current_limit(connector: Connector, amperes: float) -> None:
    connector.check_own_limit(amperes)
    # The circuit fuse holds in any case: it is no limit of the user's.
    fuse = connector.charger.config.circuit_fuse
    await connector.set_own_limit(None if amperes == fuse else amperes)


def _current_limit(connector: Connector) -> float:
    own = connector.user_limit
    return float(connector.charger.config.circuit_fuse) if own is None else own


async def _set_energy(connector: Connector, kilowatt_hours: float) -> None:
    connector.smart.choose_energy(round(kilowatt_hours * 1000) or None)


CONNECTOR_NUMBERS: tuple[ZmartChargeNumberDescription[Connector], ...] = (
    ZmartChargeNumberDescription(
        key="current_limit",
        translation_key="current_limit",
        device_class=NumberDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        native_min_value=0,
        native_max_value=CIRCUIT_FUSE_RANGE[1],
        native_step=1,
        mode=NumberMode.BOX,
        # It is kept, and told to the charger with the next session.
        available_fn=lambda _: True,
        value_fn=_current_limit,
        set_fn=_set_current_limit,
    ),
    ZmartChargeNumberDescription(
        key="target_energy",
        translation_key="target_energy",
        device_class=NumberDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        native_min_value=0,
        native_max_value=250,
        native_step=0.5,
        mode=NumberMode.BOX,
        # It is a setting: it can be changed while the charger is away.
        available_fn=lambda _: True,
        value_fn=lambda connector: (connector.smart.wishes.energy or 0) / 1000,
        set_fn=_set_energy,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ZmartChargeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the numbers."""
    async_add_living(
        hass,
        entry,
        async_add_entities,
        charger=(ZmartChargeNumber, CHARGER_NUMBERS),
        connector=(ZmartChargeNumber, CONNECTOR_NUMBERS),
    )


class ZmartChargeNumber[LivingT: Charger | Connector](ZmartChargeEntity[LivingT], NumberEntity):
    """A number."""

    entity_description: ZmartChargeNumberDescription[LivingT]

    @property
    @override
    def native_value(self) -> float:
        return self.entity_description.value_fn(self.living)

    @override
    async def async_set_native_value(self, value: float) -> None:
        with translated_errors(charger_of(self.living).config.name):
            await self.entity_description.set_fn(self.living, value)
