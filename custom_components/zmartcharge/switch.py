"""Switches of chargers and connectors."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .charger import Charger
from .connector import Connector
from .entity import LivingDescription, ZmartChargeEntity, async_add_living, charger_of, online
from .helpers import translated_errors
from .hub import ZmartChargeConfigEntry

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class ZmartChargeSwitchDescription[LivingT: Charger | Connector](
    SwitchEntityDescription, LivingDescription[LivingT]
):
    """Describes a switch of a living object."""

    is_on_fn: Callable[[LivingT], bool]
    turn_on_fn: Callable[[LivingT], Awaitable[None]]
    turn_off_fn: Callable[[LivingT], Awaitable[None]]


async def _choose_start(connector: Connector, *, alone: bool) -> None:
    connector.smart.choose_start(alone=alone)


CHARGER_SWITCHES: tuple[ZmartChargeSwitchDescription[Charger], ...] = (
    ZmartChargeSwitchDescription(
        key="enabled",
        translation_key="enabled",
        entity_category=EntityCategory.CONFIG,
        # It is a setting: it can be turned off while the charger is away.
        available_fn=lambda _: True,
        is_on_fn=lambda charger: charger.config.enabled,
        turn_on_fn=lambda charger: charger.set_enabled(enabled=True),
        turn_off_fn=lambda charger: charger.set_enabled(enabled=False),
    ),
)

CONNECTOR_SWITCHES: tuple[ZmartChargeSwitchDescription[Connector], ...] = (
    ZmartChargeSwitchDescription(
        key="charging",
        translation_key="charging",
        available_fn=online,
        is_on_fn=lambda connector: connector.in_session,
        turn_on_fn=lambda connector: connector.start(),
        turn_off_fn=lambda connector: connector.stop(),
    ),
    # Both are settings: they can be changed while the charger is away.
    ZmartChargeSwitchDescription(
        key="smart_charging",
        translation_key="smart_charging",
        available_fn=lambda _: True,
        is_on_fn=lambda connector: connector.smart.plans,
        turn_on_fn=lambda connector: connector.choose_mode(smart=True),
        turn_off_fn=lambda connector: connector.choose_mode(smart=False),
    ),
    ZmartChargeSwitchDescription(
        key="starts_alone",
        translation_key="starts_alone",
        entity_category=EntityCategory.CONFIG,
        available_fn=lambda _: True,
        is_on_fn=lambda connector: connector.smart.starts_alone,
        turn_on_fn=lambda connector: _choose_start(connector, alone=True),
        turn_off_fn=lambda connector: _choose_start(connector, alone=False),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ZmartChargeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the switches."""
    async_add_living(
        hass,
        entry,
        async_add_entities,
        charger=(ZmartChargeSwitch, CHARGER_SWITCHES),
        connector=(ZmartChargeSwitch, CONNECTOR_SWITCHES),
    )


class ZmartChargeSwitch[LivingT: Charger | Connector](ZmartChargeEntity[LivingT], SwitchEntity):
    """A switch. Turning it to where it is already does nothing, so automations may repeat it."""

    entity_description: ZmartChargeSwitchDescription[LivingT]

    @property
    @override
    def is_on(self) -> bool:
        return self.entity_description.is_on_fn(self.living)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        if not self.is_on:
            with translated_errors(charger_of(self.living).config.name):
                await self.entity_description.turn_on_fn(self.living)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        if self.is_on:
            with translated_errors(charger_of(self.living).config.name):
                await self.entity_description.turn_off_fn(self.living)
