"""Choices of chargers and connectors."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .access import Access, OfflineBehaviour
from .charger import Charger
from .connector import Connector
from .const import CONF_ACCESS, CONF_OFFLINE
from .entity import LivingDescription, ZmartChargeEntity, async_add_living
from .helpers import translated_errors
from .hub import ZmartChargeConfigEntry

PARALLEL_UPDATES = 0

SMART, FULL_NOW, OFF = "smart", "full_now", "off"
#: What the charger does offline is left to it.
AS_IT_IS = "as_it_is"


@dataclass(frozen=True, kw_only=True)
class ZmartChargeSelectDescription[LivingT: Charger | Connector](
    SelectEntityDescription, LivingDescription[LivingT]
):
    """Describes a choice of a living object."""


@dataclass(frozen=True, kw_only=True)
class SettingDescription(ZmartChargeSelectDescription[Charger]):
    """Describes a setting of a charger: what it is, and what of the configuration it changes.

    It can be changed while the charger is away.
    """

    value_fn: Callable[[Charger], str]
    changes_fn: Callable[[str], dict[str, Any]]


def charging_mode(connector: Connector) -> str:
    """Return whether charging is planned (smart), begins at once (full_now), or is switched off."""
    if connector.user_limit == 0:
        return OFF
    return SMART if connector.smart.smart else FULL_NOW


CHARGER_SELECTS: tuple[SettingDescription, ...] = (
    SettingDescription(
        key="access",
        translation_key="access",
        entity_category=EntityCategory.CONFIG,
        options=list(Access),
        available_fn=lambda _: True,
        value_fn=lambda charger: charger.config.access,
        changes_fn=lambda option: {CONF_ACCESS: option},
    ),
    SettingDescription(
        key="offline",
        translation_key="offline",
        entity_category=EntityCategory.CONFIG,
        options=[AS_IT_IS, *OfflineBehaviour],
        available_fn=lambda _: True,
        value_fn=lambda charger: charger.config.offline or AS_IT_IS,
        changes_fn=lambda option: {CONF_OFFLINE: None if option == AS_IT_IS else option},
    ),
)

CONNECTOR_SELECTS: tuple[ZmartChargeSelectDescription[Connector], ...] = (
    ZmartChargeSelectDescription(
        key="charging_mode",
        translation_key="charging_mode",
        options=[SMART, FULL_NOW, OFF],
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
        hass,
        entry,
        async_add_entities,
        charger=(SettingSelect, CHARGER_SELECTS),
        connector=(ChargingModeSelect, CONNECTOR_SELECTS),
    )


class SettingSelect(ZmartChargeEntity[Charger], SelectEntity):
    """A setting of a charger: whom it is for, and whom while it cannot ask."""

    entity_description: SettingDescription

    @property
    @override
    def current_option(self) -> str:
        return self.entity_description.value_fn(self.living)

    @override
    async def async_select_option(self, option: str) -> None:
        self.living.store(self.entity_description.changes_fn(option))


class ChargingModeSelect(ZmartChargeEntity[Connector], SelectEntity):
    """Whether charging is planned, begins at once, or does not begin.

    Off is a limit of 0 A that the user set; another choice lifts it, and what automations paused.
    """

    entity_description: ZmartChargeSelectDescription[Connector]

    @property
    @override
    def current_option(self) -> str:
        return charging_mode(self.living)

    @override
    async def async_select_option(self, option: str) -> None:
        with translated_errors(self.living.charger.config.name):
            if option == OFF:
                await self.living.set_own_limit(0.0)
                return
            await self.living.choose_mode(smart=option == SMART)
