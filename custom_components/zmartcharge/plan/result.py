"""What was planned, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from ..units import Ampere, WattHour

type Placeholder = datetime | timedelta | Decimal | WattHour


class SlotReason(StrEnum):
    """Why a slot is in the plan; each is also the key of a translated text, without placeholders."""

    #: These hours are the cheapest that are left before the car must be ready.
    CHEAP = "cheap"
    #: A pause here would save less than another start is worth.
    BRIDGE = "bridge"
    #: The first energy is charged at once.
    MINIMUM_FIRST = "minimum_first"
    #: The user said to charge now.
    OVERRIDE = "override"
    #: The last energy is charged just before it is driven.
    PREHEAT = "preheat"
    #: The car could not be ready in time otherwise, though it costs more than the limit.
    ABOVE_LIMIT = "above_limit"
    #: The price of this time is not known, and the hours with a price do not suffice.
    NO_PRICE = "no_price"
    #: The car could not be ready in time within the hour's budget.
    OVER_BUDGET = "over_budget"
    #: The time to be ready at is over, and the car is not full.
    LATE = "late"


class SentenceKey(StrEnum):
    """The one sentence about a plan; each is also the key of a translated text.

    The placeholders of each are named in brackets. Times are aware UTC, ``cost`` is in the currency
    of the prices, ``energy`` in Wh, ``late`` a duration.
    """

    #: The car needs nothing.
    NOTHING_NEEDED = "nothing_needed"
    #: [until]: the user said to skip; nothing is charged before.
    SKIPPED = "skipped"
    #: [until]: the user said to charge now.
    OVERRIDE = "override"
    #: [start, ready, cost, cheap_from, cheap_to]: waits because that time is cheapest.
    WAITING = "waiting"
    #: [start, pause, ready, cost]: waits, and pauses at ``pause``, because it is cheaper then.
    WAITING_AND_PAUSES = "waiting_and_pauses"
    #: [ready, cost]: charges now, and all that is planned is in one go.
    NOW = "now"
    #: [pause, ready, cost]: charges now, pauses at ``pause``, goes on when it is cheaper.
    NOW_AND_LATER = "now_and_later"
    #: [ready, late]: there is not enough time; it charges now and will be late.
    LATE = "late"
    #: [start, ready, late]: there is not enough power before; it will be late.
    LATE_LATER = "late_later"
    #: [until]: no hour that is known costs less than the limit; ``until`` is when they end.
    ABOVE_LIMIT = "above_limit"
    #: [ready]: no prices are known; it charges now.
    NO_PRICES = "no_prices"
    #: [start, ready]: no prices are known; it charges as soon as there is power for it.
    NO_PRICES_LATER = "no_prices_later"
    #: There is no power to charge with as far as can be seen.
    NO_POWER = "no_power"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as a key with typed placeholders, for the face to put into words."""

    key: SentenceKey
    placeholders: Mapping[str, Placeholder] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSlot:
    """Charging at ``current`` (A) from ``start`` until ``end``.

    ``energy`` in Wh is what the car is expected to take, ``cost`` what it costs and ``price`` the
    mean per kWh, both ``None`` while no price is known. Slots may follow each other without a pause.
    """

    start: datetime
    end: datetime
    current: Ampere
    energy: WattHour
    cost: Decimal | None
    price: Decimal | None
    reason: SlotReason
    forecast: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """A time without a pause in charging."""

    start: datetime
    end: datetime


def runs_of(slots: Sequence[PlanSlot]) -> tuple[Run, ...]:
    """Return the times that slots cover, those without a pause between them as one."""
    found: list[Run] = []
    for slot in slots:
        if found and found[-1].end == slot.start:
            found[-1] = Run(found[-1].start, slot.end)
        else:
            found.append(Run(slot.start, slot.end))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When one car charges. ``slots`` ascend and do not overlap.

    ``energy``: what is planned, and ``missing``: what is not, as far as times can be seen, in Wh.
    ``cost`` and ``average_price`` (per kWh) are of the slots whose price is known; ``None`` when
    there are none. ``ready_at``: when all is charged; ``None`` when that cannot be seen. ``late_by``:
    how long after ``ready_by`` the last slot ends. ``saving``: what charging at once would cost more, for the same
    energy; ``None`` when prices are missing. ``forecast``: whether unpublished prices were relied
    on. ``over_budget``: by how much the hours' budgets are exceeded, in Wh.
    """

    car: str
    made_at: datetime
    slots: tuple[PlanSlot, ...]
    energy: WattHour
    missing: WattHour
    cost: Decimal | None
    average_price: Decimal | None
    ready_by: datetime | None
    ready_at: datetime | None
    late_by: timedelta
    saving: Decimal | None
    forecast: bool
    over_budget: WattHour
    sentence: Sentence

    @property
    def runs(self) -> tuple[Run, ...]:
        """Return the times of charging, those without a pause between them as one."""
        return runs_of(self.slots)

    @property
    def starts(self) -> int:
        """Return how often charging starts."""
        return len(self.runs)

    def slot_at(self, now: datetime) -> PlanSlot | None:
        """Return the slot that a time lies in."""
        return next((slot for slot in self.slots if slot.start <= now < slot.end), None)

    def next_change(self, now: datetime) -> datetime | None:
        """Return when a slot begins or ends next."""
        changes = (time for slot in self.slots for time in (slot.start, slot.end) if time > now)
        return min(changes, default=None)
