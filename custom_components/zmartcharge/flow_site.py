"""The flow that adds or changes a site."""

from typing import Any, override

from homeassistant.config_entries import SOURCE_RECONFIGURE, SubentryFlowResult
from homeassistant.const import CONF_NAME

from .config import ChargerConfig, chargers_of
from .const import CONF_MAIN_FUSE, CONF_METER
from .flow_meter import MeterSteps
from .flow_schema import (
    data_beside,
    numbers_of,
    refusal_placeholders,
    site_errors,
    site_findings,
    site_schema,
    suggested_site_name,
    warning_placeholders,
)


class SiteFlow(MeterSteps):
    """One form for both, a warning where the fuses leave little time, then the meter."""

    def __init__(self) -> None:
        """Start with nothing known."""
        super().__init__()
        self._input: dict[str, Any] = {}
        self._warned: frozenset[tuple[float, float]] = frozenset()
        self._confirmed: frozenset[tuple[float, float]] = frozenset()

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
        own = self._own_chargers()
        errors: dict[str, str] = {}
        placeholders: dict[str, str] | None = None
        if user_input is not None:
            self._input = user_input
            findings = site_findings(user_input, own)
            errors = site_errors(user_input, own)
            placeholders = refusal_placeholders(findings)
            if not errors:
                known = self._confirmed | numbers_of(site_findings(subentry.data, own))
                if numbers_of(findings) <= known:
                    return await self._accept(user_input)
                return await self.async_step_little_time()
        suggested = self._input or {CONF_NAME: subentry.title, **subentry.data}
        return self._form("reconfigure", suggested, errors, placeholders)

    async def async_step_little_time(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Warn that the main fuse may be quicker than load balancing."""
        findings = site_findings(self._input, self._own_chargers())
        self._warned = numbers_of(findings)
        return self.async_show_menu(
            step_id="little_time",
            menu_options=["reconfigure", "continue_anyway"],
            description_placeholders=warning_placeholders(findings),
        )

    async def async_step_continue_anyway(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Go on with the numbers that were shown."""
        self._confirmed = self._warned
        return await self.async_step_reconfigure(self._input)

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
        self._data = {**self._beside(), **user_input}
        self._title = self._data.pop(CONF_NAME).strip()
        self._data[CONF_MAIN_FUSE] = int(self._data[CONF_MAIN_FUSE])
        return await self.async_step_meter()

    def _beside(self) -> dict[str, Any]:
        """Return what a site that is being changed keeps beside its form and its meter."""
        if self.source != SOURCE_RECONFIGURE:
            return {}
        data = data_beside(site_schema(), self._get_reconfigure_subentry().data)
        data.pop(CONF_METER, None)
        return data

    def _own_chargers(self) -> list[ChargerConfig]:
        site_id = self._get_reconfigure_subentry().subentry_id
        chargers = chargers_of(self._get_entry()).values()
        return [charger for charger in chargers if charger.site_id == site_id]

    def _form(
        self,
        step: str,
        suggested: dict[str, Any],
        errors: dict[str, str],
        placeholders: dict[str, str] | None = None,
    ) -> SubentryFlowResult:
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(site_schema(), suggested),
            errors=errors,
            description_placeholders=placeholders,
        )
