"""The plan of each connector as a calendar."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import override

from homeassistant.components.calendar import (
    CalendarEntity,
    CalendarEntityDescription,
    CalendarEvent,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .connector import Connector
from .entity import LivingDescription, ZmartChargeEntity, async_add_living
from .hub import ZmartChargeConfigEntry
from .plan import PlanSlot
from .plan_text import slot_texts

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class ZmartChargeCalendarDescription(CalendarEntityDescription, LivingDescription[Connector]):
    """Describes a calendar of a connector."""


CONNECTOR_CALENDARS = (
    ZmartChargeCalendarDescription(
        key="charging_plan",
        translation_key="charging_plan",
        has_fn=lambda connector: connector.charger.site is not None,
        # A plan that is not there is an empty calendar.
        available_fn=lambda _: True,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ZmartChargeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the calendars."""
    async_add_living(hass, entry, async_add_entities, connector=(PlanCalendar, CONNECTOR_CALENDARS))


class PlanCalendar(ZmartChargeEntity[Connector], CalendarEntity):
    """When the car is going to charge, an event for each time without a pause."""

    entity_description: ZmartChargeCalendarDescription

    @property
    @override
    def event(self) -> CalendarEvent | None:
        now = dt_util.utcnow()
        return next((event for event in self._events() if event.end > now), None)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        return [e for e in self._events() if e.start < end_date and e.end > start_date]

    def _events(self) -> Iterator[CalendarEvent]:
        plan, site = self.living.smart.plan, self.living.charger.site
        for slot in _runs(plan.slots if plan else ()):
            summary, why = slot_texts(self.hass, slot, site.pricing.currency if site else None)
            start = dt_util.as_local(slot.start)
            yield CalendarEvent(
                start=start,
                # By the clock on the wall, as Home Assistant compares, none ends before it begins.
                end=max(dt_util.as_local(slot.end), start.replace(fold=1)),
                summary=summary,
                description=why,
            )


def _runs(slots: Iterable[PlanSlot]) -> list[PlanSlot]:
    """Return slots that follow each other as one; the reason is that of the most energy."""
    runs: list[list[PlanSlot]] = []
    for slot in slots:
        if runs and runs[-1][-1].end == slot.start:
            runs[-1].append(slot)
        else:
            runs.append([slot])
    return [
        replace(
            max(run, key=lambda slot: slot.energy),
            start=run[0].start,
            end=run[-1].end,
            energy=sum(slot.energy for slot in run),
            cost=sum((slot.cost for slot in run if slot.cost is not None), Decimal())
            if all(slot.cost is not None for slot in run)
            else None,
        )
        for run in runs
    ]
