"""Repairs that the user can carry out in a form."""

from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant
import voluptuous as vol

from .answering import Answering
from .automation_file import CannotAddError
from .automation_kind import LOAD_BALANCING, SMART_CHARGING, AutomationKind
from .automations import Automations
from .charger import Charger
from .const import CONF_SITE
from .devices import loaded_hub
from .energy_offer import EnergyOffer
from .flow_schema import site_selector
from .hub import Hub
from .site import Site


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


class RestoreAutomationFlow[LivingT: Site | Charger](RepairsFlow):
    """Brings an automation back that balances a site's load or plans charging, or switches it on."""

    def __init__(self, kind: AutomationKind[LivingT], subentry_id: str) -> None:
        """Take the kind of automation, and whose it is."""
        self._kind = kind
        self._subentry_id = subentry_id

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin; the first call brings the issue's id."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask, then do it."""
        kind, hub = self._kind, loaded_hub(self.hass)
        living = kind.all_of(hub).get(self._subentry_id) if hub else None
        if hub is None or living is None or not kind.wanted(living):
            return self.async_abort(reason=f"{kind.role}_gone")
        placeholders = {kind.role: living.config.name}
        if user_input is None:
            return self.async_show_form(step_id="confirm", description_placeholders=placeholders)
        automations = Automations(hub, kind)
        try:
            answers = await automations.restore(living)
        except CannotAddError as err:
            hub.issues.automation_not_added(kind, living, err, automations.yaml(living))
            return self.async_abort(reason="not_added", description_placeholders=placeholders)
        if answers is not Answering.ON:
            return self.async_abort(reason="unusable", description_placeholders=placeholders)
        return self.async_create_entry(data={})


class EnergyDashboardFlow(RepairsFlow):
    """Adds a charger to the Energy dashboard, or remembers that nobody wants it there."""

    def __init__(self, charger_id: str) -> None:
        """Take the charger's subentry id."""
        self._charger_id = charger_id

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask."""
        if (found := self._found) is None:
            return self.async_abort(reason="charger_gone")
        return self.async_show_menu(
            menu_options=["energy_add", "energy_decline"],
            description_placeholders={"charger": found[1].config.name},
        )

    async def async_step_energy_add(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Add it."""
        if (found := self._found) is None:
            return self.async_abort(reason="charger_gone")
        await EnergyOffer(found[0]).add(found[1])
        return self.async_create_entry(data={})

    async def async_step_energy_decline(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask no more."""
        if (found := self._found) is None:
            return self.async_abort(reason="charger_gone")
        EnergyOffer(found[0]).decline(found[1])
        return self.async_create_entry(data={})

    @property
    def _found(self) -> tuple[Hub, Charger] | None:
        """Return the hub and the charger, None when one of them is gone."""
        hub = loaded_hub(self.hass)
        charger = hub.chargers.get(self._charger_id) if hub else None
        return (hub, charger) if hub and charger else None


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the form for an issue."""
    given = {key: str(value) for key, value in (data or {}).items()}
    if "energy" in given:
        return EnergyDashboardFlow(given["energy"])
    match given.get("automation"):
        case LOAD_BALANCING.role:
            return RestoreAutomationFlow(LOAD_BALANCING, given["id"])
        case SMART_CHARGING.role:
            return RestoreAutomationFlow(SMART_CHARGING, given["id"])
    return ChooseSiteFlow(given.get("charger", ""))
