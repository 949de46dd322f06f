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
