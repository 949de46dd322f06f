"""The steps that prove what a charger does when Home Assistant is gone."""

import asyncio
from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
import voluptuous as vol

from .charger import Charger
from .unplugging import Outcome, Unplugging


class UnplugSteps(ConfigSubentryFlow):
    """What it is about → the charger is left alone for some minutes → what it did."""

    _unplugging: asyncio.Task[Outcome] | None = None

    def _known_charger(self) -> Charger | None:
        """Return the charger that is being looked at, None where it is not running."""
        raise NotImplementedError

    async def async_step_unplug(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Tell what will happen, and refuse while it would prove nothing."""
        charger = self._known_charger()
        if charger is None:
            return self.async_abort(reason="not_loaded")
        errors: dict[str, str] = {}
        if user_input is not None:
            checks = [Unplugging(connector) for connector in charger.connectors.values()]
            ready = next((check for check in checks if check.obstacle is None), None)
            if ready:
                self._unplugging = charger.create_task(ready.run(), "unplugging")
                return await self.async_step_left_alone()
            errors["base"] = str(checks[0].obstacle)
        return self.async_show_form(
            step_id="unplug",
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders={"charger": charger.config.name},
        )

    async def async_step_left_alone(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Wait until the charger has shown what it does."""
        assert self._unplugging is not None
        if not self._unplugging.done():
            return self.async_show_progress(
                step_id="left_alone", progress_action="left_alone", progress_task=self._unplugging
            )
        return self.async_show_progress_done(next_step_id="unplugged")

    async def async_step_unplugged(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Tell what the charger did; its grade is kept already."""
        task = self._unplugging
        # The entry may have been unloaded meanwhile.
        failed = task is None or task.cancelled() or task.exception() is not None
        return self.async_abort(reason="not_loaded" if task is None or failed else task.result())
