"""The flow that adds or changes a site."""

from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME

from .config import chargers_of
from .const import CONF_MAIN_FUSE
from .flow_schema import site_errors, site_schema, suggested_site_name


class SiteFlow(ConfigSubentryFlow):
    """One form for both."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a site."""
        errors: dict[str, str] = {}
        if user_input is not None and not (errors := site_errors(user_input)):
            title, data = _split(user_input)
            return self.async_create_entry(title=title, data=data)
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
            title, data = _split(user_input)
            return self.async_update_and_abort(
                self._get_entry(), subentry, title=title, data=data, reason="reconfigure_successful"
            )
        suggested = user_input or {CONF_NAME: subentry.title, **subentry.data}
        return self._form("reconfigure", suggested, errors)

    def _form(
        self, step: str, suggested: dict[str, Any], errors: dict[str, str]
    ) -> SubentryFlowResult:
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(site_schema(), suggested),
            errors=errors,
        )


def _split(user_input: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    data = dict(user_input)
    title: str = data.pop(CONF_NAME).strip()
    data[CONF_MAIN_FUSE] = int(data[CONF_MAIN_FUSE])
    return title, data
