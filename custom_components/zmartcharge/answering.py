"""Which automations answer a site's, or a charger's, need for a decision."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from homeassistant.components.automation import DATA_COMPONENT, BaseAutomationEntity
from homeassistant.const import ATTR_DEVICE_ID, CONF_ACTION
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.template import is_template_string


class Answering(StrEnum):
    """Whether any automation answers."""

    ON = "on"
    #: There is one, which is switched off.
    OFF = "off"
    MISSING = "missing"


@callback
def answering_automations(
    hass: HomeAssistant, device_id: str, action: str
) -> list[BaseAutomationEntity]:
    """Return the automations that call an action for a device, those that are on first.

    An automation that Home Assistant cannot use answers nothing.
    """
    if (component := hass.data.get(DATA_COMPONENT)) is None:
        return []
    found = [
        automation
        for automation in component.entities
        if automation.available and any(_calls(automation.raw_config, device_id, action))
    ]
    return sorted(found, key=lambda automation: not automation.is_on)


@callback
def answering(hass: HomeAssistant, device_id: str | None, action: str) -> Answering:
    """Return whether an automation answers for a device."""
    found = answering_automations(hass, device_id, action) if device_id else []
    if not found:
        return Answering.MISSING
    return Answering.ON if found[0].is_on else Answering.OFF


def _calls(config: Any, device_id: str, action: str) -> Iterator[bool]:
    """Yield for each call of the action whether it may be meant for the device."""
    if isinstance(config, Mapping):
        if action in (config.get(CONF_ACTION), config.get("service")):
            target = (config.get("data") or {}).get(ATTR_DEVICE_ID)
            # Which device a template means is not known before it is rendered.
            yield target == device_id or (isinstance(target, str) and is_template_string(target))
        for value in config.values():
            yield from _calls(value, device_id, action)
    elif isinstance(config, list):
        for value in config:
            yield from _calls(value, device_id, action)
