"""The steps that bring a charger to come by TLS."""

import asyncio
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig, TextSelector
import voluptuous as vol

from .addresses import own_base
from .charger import Charger
from .csms import CsmsError, Interface, SecurityProfile, UpgradeEnd
from .hub import Hub
from .security_upgrade import Upgrade

CONF_INTERFACE = "interface"
CONF_URL_KEY = "url_key"
_INTERFACES = {"cable": Interface.WIRED, "wifi": Interface.WIRELESS}
_URL_KEY_SCHEMA = vol.Schema({vol.Optional(CONF_URL_KEY): TextSelector()})
_INTERFACE_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_INTERFACE): SelectSelector(
            SelectSelectorConfig(options=[*_INTERFACES], translation_key="charger_interface")
        )
    }
)


class UpgradeSteps(ConfigSubentryFlow):
    """What will be done → it is done, in up to twenty minutes → what came of it."""

    _upgrading: asyncio.Task[UpgradeEnd] | None = None

    def _known_charger(self) -> Charger | None:
        """Return the charger that is being looked at, None where it is not running."""
        raise NotImplementedError

    def _hub_entry(self) -> ConfigEntry[Hub]:
        """Return the hub's entry."""
        raise NotImplementedError

    async def async_step_upgrade(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Tell what will happen, and refuse while it cannot."""
        charger = self._known_charger()
        if charger is None:
            return self.async_abort(reason="not_loaded")
        hub = self._hub_entry().runtime_data
        upgrade = Upgrade(hub, charger)
        errors: dict[str, str] = {}
        if user_input is not None:
            obstacle = upgrade.obstacle
            if obstacle is None:
                url_key = user_input.get(CONF_URL_KEY, "").strip() or None
                interface = _INTERFACES[user_input.get(CONF_INTERFACE, "cable")]
                self._upgrading = charger.create_task(upgrade.run(url_key, interface), "upgrade")
                return await self.async_step_upgrading()
            errors["base"] = obstacle.value
        # From 2.0.1 on the address has a message of its own, and no key.
        asked = _INTERFACE_SCHEMA if upgrade.needs_interface else _URL_KEY_SCHEMA
        return self.async_show_form(
            step_id="upgrade",
            data_schema=self.add_suggested_values_to_schema(
                asked, user_input or {CONF_URL_KEY: upgrade.url_key}
            ),
            errors=errors,
            description_placeholders={
                "charger": charger.config.name,
                "url": own_base(self.hass, hub, SecurityProfile.TLS_BASIC),
            },
        )

    async def async_step_upgrading(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Wait until the charger is back."""
        assert self._upgrading is not None
        if not self._upgrading.done():
            return self.async_show_progress(
                step_id="upgrading", progress_action="upgrading", progress_task=self._upgrading
            )
        return self.async_show_progress_done(next_step_id="upgraded")

    async def async_step_upgraded(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Tell how it ended; a charger that came by TLS has to from now on."""
        task = self._upgrading
        if task is None or task.cancelled():
            # The entry was unloaded meanwhile.
            return self.async_abort(reason="not_loaded")
        if isinstance(task.exception(), CsmsError):
            return self.async_abort(reason=UpgradeEnd.URL_REFUSED.value)
        return self.async_abort(reason=task.result().value)
