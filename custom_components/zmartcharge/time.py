"""Times of connectors: when the car has to be ready."""

from dataclasses import dataclass
from datetime import time
from typing import override

from homeassistant.components.time import TimeEntity, TimeEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .connector import Connector
from .entity import LivingDescription, ZmartChargeEntity, async_add_living
from .hub import ZmartChargeConfigEntry
from .wishes import WEEKDAYS

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class ReadyByDescription(TimeEntityDescription, LivingDescription[Connector]):
    """Describes when the car has to be ready. ``day``: Monday is 0; None: on all days."""

    day: int | None = None


def _description(day: int | None) -> ReadyByDescription:
    key = "ready_by" if day is None else f"ready_by_{WEEKDAYS[day]}"
    return ReadyByDescription(
        key=key,
        translation_key=key,
        day=day,
        entity_category=None if day is None else EntityCategory.CONFIG,
        entity_registry_enabled_default=day is None,
        # It is a setting: it can be changed while the charger is away.
        available_fn=lambda _: True,
    )


CONNECTOR_TIMES = tuple(_description(day) for day in (None, *range(len(WEEKDAYS))))


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ZmartChargeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the times."""
    async_add_living(hass, entry, async_add_entities, connector=(ReadyByTime, CONNECTOR_TIMES))


class ReadyByTime(ZmartChargeEntity[Connector], TimeEntity):
    """When the car has to be ready, in local time; unknown on a day when it is not needed."""

    entity_description: ReadyByDescription

    @property
    @override
    def native_value(self) -> time | None:
        wishes, day = self.living.smart.wishes, self.entity_description.day
        return wishes.common_ready_by if day is None else wishes.ready_by.get(day)

    @override
    async def async_set_value(self, value: time) -> None:
        smart, day = self.living.smart, self.entity_description.day
        days = range(len(WEEKDAYS)) if day is None else (day,)
        smart.wish(smart.wishes.with_ready_by(days, value))
