"""What happens at sites and chargers that automations may want to hear of."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.signal_type import SignalType

from .const import DOMAIN


class Happening(StrEnum):
    """What happens; each is also the name of a trigger."""

    #: A charger: its plan lets the car charge from now on, or not any more.
    PLAN_SLOT_STARTED = "plan_slot_started"
    PLAN_SLOT_ENDED = "plan_slot_ended"
    #: A site: prices of hours came that were not known before.
    PRICES_PUBLISHED = "prices_published"
    #: A site: the dearest quarter of the day begins, or is over.
    PRICE_PEAK_STARTED = "price_peak_started"
    PRICE_PEAK_ENDED = "price_peak_ended"
    #: A site: this hour comes to more than the month's step of the capacity fee allows.
    CAPACITY_STEP_AT_RISK = "capacity_step_at_risk"
    #: A charger: a session began, or is over.
    SESSION_STARTED = "session_started"
    SESSION_ENDED = "session_ended"
    #: A charger: a session ended that nobody ended, or the charger is not heard in the middle of one.
    CHARGING_INTERRUPTED = "charging_interrupted"
    #: A charger: it has a fault.
    FAULT = "fault"
    #: A charger: so many more minutes have passed with a cable in that charges nothing any more.
    CABLE_FORGOTTEN = "cable_forgotten"
    #: A charger: a connector that was taken is free.
    CHARGER_FREE = "charger_free"
    #: A charger: as it is planned, the car will not be ready in time.
    READY_BY_AT_RISK = "ready_by_at_risk"


@dataclass(frozen=True, slots=True)
class Happened:
    """Something happened at what a subentry stands for; ``told`` is what automations find of it."""

    what: Happening
    subentry_id: str
    name: str
    told: dict[str, Any] = field(default_factory=dict)


SIGNAL: SignalType[Happened] = SignalType(f"{DOMAIN}_happened")


@callback
def announce(hass: HomeAssistant, happened: Happened) -> None:
    """Tell the triggers."""
    async_dispatcher_send(hass, SIGNAL, happened)
