"""Removes the automations that were made for sites and chargers that are gone.

Only those that nobody has changed: of the same blueprint, with nothing filled in that is still there.
"""

from collections.abc import Iterable, Mapping
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeIs

from homeassistant.components.automation import DATA_COMPONENT, DOMAIN as AUTOMATION
from homeassistant.config import AUTOMATION_CONFIG_PATH
from homeassistant.const import CONF_ALIAS, CONF_DESCRIPTION, CONF_ID, CONF_PATH
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.start import async_at_started

from .automation_file import CannotAddError, read, take_out
from .automation_kind import LOAD_BALANCING, SMART_CHARGING
from .blueprint_file import blueprint_path
from .blueprint_install import files_lock
from .const import DOMAIN

if TYPE_CHECKING:
    from .hub import Hub

_LOGGER = logging.getLogger(__name__)

_DEVICE, _SWITCHES = "device", "switches"
#: By how their ids begin: the blueprint, and the input that names what they were made for.
_KINDS: Mapping[str, tuple[str, str, str]] = {
    LOAD_BALANCING.automation_id(""): (LOAD_BALANCING.blueprint, LOAD_BALANCING.role, _DEVICE),
    SMART_CHARGING.automation_id(""): (SMART_CHARGING.blueprint, SMART_CHARGING.role, _DEVICE),
    # The panel makes these.
    f"{DOMAIN}_opening_hours_": ("opening_hours.yaml", "switches", _SWITCHES),
}
#: What else the panel fills in.
_CHOSEN = {_DEVICE: frozenset[str](), _SWITCHES: frozenset({"schedule", "running"})}
_OURS = {CONF_ID, CONF_ALIAS, CONF_DESCRIPTION, "use_blueprint"}


class AutomationRemoval:
    """Of a hub, from when Home Assistant has started."""

    def __init__(self, hub: Hub) -> None:
        """Do nothing yet."""
        self._hub = hub
        self._hass = hub.hass
        #: The ids of those that were told to stay.
        self._told: set[str] = set()

    @callback
    def start(self) -> None:
        """Begin when automations have been loaded; ends with the entry."""
        self._hub.entry.async_on_unload(async_at_started(self._hass, self._started))

    @callback
    def _started(self, _hass: HomeAssistant) -> None:
        if DATA_COMPONENT in self._hass.data:
            self._hub.async_on_new_things(self._things_changed)

    @callback
    def _things_changed(self, *_new: object) -> None:
        loaded = self._hass.data[DATA_COMPONENT].entities
        if any(self._is_orphaned(each.unique_id) for each in loaded):
            self._hub.create_task(self._remove(), "automations of what is gone")

    def _is_orphaned(self, automation_id: object) -> bool:
        """Tell whether an automation was made for what is no site or charger any more."""
        for prefix in _KINDS:
            if isinstance(automation_id, str) and automation_id.startswith(prefix):
                return automation_id.removeprefix(prefix) not in self._hub.entry.subentries
        return False

    async def _remove(self) -> None:
        path = Path(self._hass.config.path(AUTOMATION_CONFIG_PATH))
        async with files_lock(self._hass):
            try:
                found = await self._hass.async_add_executor_job(read, path)
                orphaned = [each for each in found if self._is_orphaned(each.get(CONF_ID))]
                unwanted = [each for each in orphaned if self._is_unchanged(each)]
                if unwanted:
                    await self._hass.async_add_executor_job(take_out, path, unwanted)
            except CannotAddError as err:
                _LOGGER.warning("Automations of what was removed could not be deleted: %s", err)
                return
        registry = er.async_get(self._hass)
        for each in unwanted:
            entity_id = registry.async_get_entity_id(AUTOMATION, AUTOMATION, each[CONF_ID])
            if entity_id:
                registry.async_remove(entity_id)
            _LOGGER.info("The automation %s is deleted with what it was for", _name(each))
        self._tell(each for each in orphaned if each not in unwanted)

    @callback
    def _tell(self, stay: Iterable[dict[str, Any]]) -> None:
        for each in stay:
            if each[CONF_ID] not in self._told:
                self._told.add(each[CONF_ID])
                _LOGGER.warning(
                    "The automation %s was made for something that is gone; as somebody has changed "
                    "it, it stays. Delete it if nobody needs it",
                    _name(each),
                )

    def _is_unchanged(self, automation: Mapping[str, Any]) -> bool:
        """Tell whether an automation is as it was made, but for its name."""
        automation_id = automation[CONF_ID]
        kind = next(kind for prefix, kind in _KINDS.items() if automation_id.startswith(prefix))
        blueprint, subject, what = kind
        used = automation.get("use_blueprint")
        if automation.keys() - _OURS or automation.get(CONF_DESCRIPTION):
            return False
        if not isinstance(used, Mapping) or used.keys() != {CONF_PATH, "input"}:
            return False
        inputs = used["input"]
        if used[CONF_PATH] != blueprint_path(blueprint) or not isinstance(inputs, Mapping):
            return False
        if inputs.keys() - {subject} - _CHOSEN[what]:
            return False
        return self._is_gone(what, inputs.get(subject))

    def _is_gone(self, what: str, subject: object) -> bool:
        """Tell whether nothing is left of what an automation is for."""
        if what == _DEVICE:
            found = dr.async_get(self._hass).async_get(subject) if _is_id(subject) else None
            return found is None and _is_id(subject)
        switches = [subject] if _is_id(subject) else subject
        if not isinstance(switches, list) or not all(_is_id(each) for each in switches):
            return False
        registry = er.async_get(self._hass)
        return not any(registry.async_get(each) or self._hass.states.get(each) for each in switches)


def _is_id(value: object) -> TypeIs[str]:
    # A template could mean anything.
    return isinstance(value, str) and bool(value) and "{" not in value


def _name(automation: Mapping[str, Any]) -> str:
    return str(automation.get(CONF_ALIAS) or automation[CONF_ID])
