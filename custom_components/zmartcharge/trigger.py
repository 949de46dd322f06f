"""Triggers: what happens that automations take decisions on."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.trigger import Trigger

from .balance_trigger import BalanceNeededTrigger
from .happening import Happening
from .happening_trigger import CableForgottenTrigger, trigger_of
from .plan_trigger import PlanNeededTrigger

TRIGGERS: dict[str, type[Trigger]] = {
    "balance_needed": BalanceNeededTrigger,
    "plan_needed": PlanNeededTrigger,
    **{happening.value: trigger_of(happening) for happening in Happening},
    CableForgottenTrigger.what.value: CableForgottenTrigger,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return TRIGGERS
