"""Repairs that the user can carry out in a form."""

from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant
import voluptuous as vol

from .const import CONF_SITE, DOMAIN
from .flow_schema import site_selector
from .hub import Hub


class ChooseSiteFlow(RepairsFlow):
    """Gives a charger a site again after its own was removed."""

    def __init__(self, charger_id: str) -> None:
        """Take the charger's subentry id."""
        self._charger_id = charger_id

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask for the site."""
        entries = self.hass.config_entries.async_loaded_entries(DOMAIN)
        hub: Hub | None = entries[0].runtime_data if entries else None
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


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the form for an issue; only a missing site has one."""
    return ChooseSiteFlow(str((data or {}).get("charger", "")))
