"""The flow that adds or changes a site."""

from typing import Any, override

from homeassistant.config_entries import SOURCE_RECONFIGURE, SubentryFlowResult
from homeassistant.const import CONF_NAME

from .config import chargers_of
from .const import CONF_MAIN_FUSE, CONF_METER
from .flow_meter import MeterSteps
from .flow_schema import site_errors, site_schema, suggested_site_name


class SiteFlow(MeterSteps):
    """One form for both, then the meter."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a site."""
        errors: dict[str, str] = {}
        if user_input is not None and not (errors := site_errors(user_input)):
            return await self._accept(user_input)
        suggested = user_input or {CONF_NAME: suggested_site_name(self.hass.config.language)}
        return self._form("user", suggested, errors)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a site."""
        subentry = self._get_reconfigure_subentry()
        chargers = chargers_of(self._get_entry()).values()
        own = [charger for charger in chargers if charger.site_id == subentry.subentry_id]
        errors: dict[str, str] = {}
        if user_input is not None and not (errors := site_errors(user_input, own)):
            return await self._accept(user_input)
        suggested = user_input or {CONF_NAME: subentry.title, **subentry.data}
        return self._form("reconfigure", suggested, errors)

    @override
    async def async_step_finish(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Keep the site."""
        self._end_trial()
        if self.source != SOURCE_RECONFIGURE:
            return self.async_create_entry(title=self._title, data=self._data)
        return self.async_update_and_abort(
            self._get_entry(),
            self._get_reconfigure_subentry(),
            title=self._title,
            data=self._data,
            reason="reconfigure_successful",
        )

    @override
    def _present_meter(self) -> dict[str, Any] | None:
        if self.source != SOURCE_RECONFIGURE:
            return None
        return self._get_reconfigure_subentry().data.get(CONF_METER)

    async def _accept(self, user_input: dict[str, Any]) -> SubentryFlowResult:
        self._data = dict(user_input)
        self._title = self._data.pop(CONF_NAME).strip()
        self._data[CONF_MAIN_FUSE] = int(self._data[CONF_MAIN_FUSE])
        return await self.async_step_meter()

    def _form(
        self, step: str, suggested: dict[str, Any], errors: dict[str, str]
    ) -> SubentryFlowResult:
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(site_schema(), suggested),
            errors=errors,
        )
