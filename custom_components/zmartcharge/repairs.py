"""Repairs that the user can carry out in a form."""

from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant
import voluptuous as vol

from .answering import Answering
from .automation_file import CannotAddError
from .const import CONF_SITE
from .devices import loaded_hub
from .flow_schema import site_selector
from .load_automation import LoadAutomations


class ChooseSiteFlow(RepairsFlow):
    """Gives a charger a site again after its own was removed."""

    def __init__(self, charger_id: str) -> None:
        """Take the charger's subentry id."""
        self._charger_id = charger_id

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask for the site."""
        hub = loaded_hub(self.hass)
        charger = hub.chargers.get(self._charger_id) if hub else None
        if hub is None or charger is None:
            return self.async_abort(reason="charger_gone")
        if not hub.sites:
            return self.async_abort(reason="no_site")
        # The first call brings the issue's id; and a site may go while the form is open.
        site = hub.sites.get((user_input or {}).get(CONF_SITE, ""))
        errors: dict[str, str] = {}
        if site and charger.config.circuit_fuse > site.config.main_fuse:
            errors[CONF_SITE] = "circuit_fuse_above_main"
        elif site:
            hub.store(charger, {CONF_SITE: site.config.subentry_id})
            return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="init",
            data_schema=vol.Schema({vol.Required(CONF_SITE): site_selector(hub.entry)}),
            errors=errors,
            description_placeholders={"charger": charger.config.name},
        )


class RestoreAutomationFlow(RepairsFlow):
    """Brings the automation back that balances a site's load, or switches it on."""

    def __init__(self, site_id: str) -> None:
        """Take the site's subentry id."""
        self._site_id = site_id

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin; the first call brings the issue's id."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask, then do it."""
        hub = loaded_hub(self.hass)
        site = hub.sites.get(self._site_id) if hub else None
        if hub is None or site is None or site.config.meter is None:
            return self.async_abort(reason="site_gone")
        placeholders = {"site": site.config.name}
        if user_input is None:
            return self.async_show_form(step_id="confirm", description_placeholders=placeholders)
        automations = LoadAutomations(hub)
        try:
            answers = await automations.restore(site)
        except CannotAddError as err:
            hub.issues.automation_not_added(site, err, automations.yaml(site))
            return self.async_abort(reason="not_added", description_placeholders=placeholders)
        if answers is not Answering.ON:
            return self.async_abort(reason="unusable", description_placeholders=placeholders)
        return self.async_create_entry(data={})


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the form for an issue."""
    if site_id := (data or {}).get("site"):
        return RestoreAutomationFlow(str(site_id))
    return ChooseSiteFlow(str((data or {}).get("charger", "")))
