"""Choices of connectors."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .connector import Connector
from .entity import LivingDescription, ZmartChargeEntity, async_add_living
from .hub import ZmartChargeConfigEntry
from .smart_charging import SmartCharging

PARALLEL_UPDATES = 0

SMART, FULL_NOW = "smart", "full_now"


@dataclass(frozen=True, kw_only=True)
class ZmartChargeSelectDescription(SelectEntityDescription, LivingDescription[Connector]):
    """Describes a choice of a connector."""


CONNECTOR_SELECTS = (
    ZmartChargeSelectDescription(
        key="charging_mode",
        translation_key="charging_mode",
        options=[SMART, FULL_NOW],
        # It is a setting: it can be changed while the charger is away.
        available_fn=lambda _: True,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ZmartChargeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the choices."""
    async_add_living(
        hass, entry, async_add_entities, connector=(ChargingModeSelect, CONNECTOR_SELECTS)
    )


class ChargingModeSelect(ZmartChargeEntity[Connector], SelectEntity):
    """Whether charging is planned, or begins at once."""

    entity_description: ZmartChargeSelectDescription

    @property
    @override
    def current_option(self) -> str:
        return SMART if self._smart.smart else FULL_NOW

    @override
    async def async_select_option(self, option: str) -> None:
        self._smart.choose(smart=option == SMART)

    @property
    def _smart(self) -> SmartCharging:
        return self.living.smart
