"""Buttons of chargers and connectors."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.button import ButtonDeviceClass, ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .charger import Charger
from .connector import Connector
from .entity import LivingDescription, ZmartChargeEntity, async_add_living, online
from .helpers import translated_errors
from .hub import ZmartChargeConfigEntry

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class ZmartChargeButtonDescription[LivingT: Charger | Connector](
    ButtonEntityDescription, LivingDescription[LivingT]
):
    """Describes a button of a living object."""

    press_fn: Callable[[LivingT], Awaitable[None]]


CONNECTOR_BUTTONS: tuple[ZmartChargeButtonDescription[Connector], ...] = (
    ZmartChargeButtonDescription(
        key="start",
        translation_key="start",
        available_fn=online,
        press_fn=lambda connector: connector.start(),
    ),
    ZmartChargeButtonDescription(
        key="stop",
        translation_key="stop",
        available_fn=online,
        press_fn=lambda connector: connector.stop(),
    ),
    ZmartChargeButtonDescription(
        key="unlock",
        translation_key="unlock",
        entity_category=EntityCategory.CONFIG,
        available_fn=online,
        press_fn=lambda connector: connector.unlock(),
    ),
)

CHARGER_BUTTONS: tuple[ZmartChargeButtonDescription[Charger], ...] = (
    ZmartChargeButtonDescription(
        key="reset",
        translation_key="reset",
        device_class=ButtonDeviceClass.RESTART,
        entity_category=EntityCategory.CONFIG,
        available_fn=online,
        press_fn=lambda charger: charger.reset(),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ZmartChargeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the buttons."""
    async_add_living(
        hass,
        entry,
        async_add_entities,
        charger=(ZmartChargeButton, CHARGER_BUTTONS),
        connector=(ZmartChargeButton, CONNECTOR_BUTTONS),
    )


class ZmartChargeButton[LivingT: Charger | Connector](ZmartChargeEntity[LivingT], ButtonEntity):
    """A button."""

    entity_description: ZmartChargeButtonDescription[LivingT]

    @override
    async def async_press(self) -> None:
        living = self.living
        charger = living.charger if isinstance(living, Connector) else living
        with translated_errors(charger.config.name):
            await self.entity_description.press_fn(living)
