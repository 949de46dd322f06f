"""The steps by which a charger is told of to a second central system."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from homeassistant.config_entries import ConfigEntry, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_PASSWORD, CONF_URL, CONF_USERNAME
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from .charger import Charger
from .config import second_system_of
from .const import CONF_ASKS_CARDS, CONF_FORWARDING_MODE, CONF_SECOND_SYSTEM
from .csms import forwarding
from .hub import Hub
from .own_host import own_hosts

_LOOPBACK = {"localhost", "::1", "0.0.0.0", "homeassistant.local"}  # noqa: S104  to be refused
_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_URL): TextSelector(TextSelectorConfig(type=TextSelectorType.URL)),
        vol.Required(CONF_USERNAME): TextSelector(),
        vol.Optional(CONF_PASSWORD): TextSelector(
            TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
        ),
        vol.Required(
            CONF_FORWARDING_MODE, default=forwarding.ForwardingMode.MIRROR.value
        ): SelectSelector(
            SelectSelectorConfig(
                options=[mode.value for mode in forwarding.ForwardingMode],
                translation_key="forwarding_mode",
            )
        ),
        vol.Required(CONF_ASKS_CARDS, default=False): BooleanSelector(),
    }
)


class SecondSystemSteps(ConfigSubentryFlow):
    """Form → the connection is tried → done; where there is one already, it can also be ended."""

    #: What was entered when the other did not accept the charger: entered again, it is kept.
    _not_accepted: Mapping[str, Any] | None = None

    def _known_charger(self) -> Charger | None:
        """Return the charger that is being looked at, None where it is not running."""
        raise NotImplementedError

    def _hub_entry(self) -> ConfigEntry[Hub]:
        """Return the hub's entry."""
        raise NotImplementedError

    async def async_step_second_system(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what to do, where there is one already."""
        if self._known_charger() is None:
            return self.async_abort(reason="not_loaded")
        if CONF_SECOND_SYSTEM not in self._get_reconfigure_subentry().data:
            return await self.async_step_second_system_form()
        return self.async_show_menu(
            step_id="second_system",
            menu_options=["second_system_form", "second_system_end"],
        )

    async def async_step_second_system_form(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask where it is and what it may do, and try it."""
        charger = self._known_charger()
        if charger is None:
            return self.async_abort(reason="not_loaded")
        present = self._get_reconfigure_subentry().data.get(CONF_SECOND_SYSTEM)
        errors: dict[str, str] = {}
        if user_input is not None:
            data = _data_of(user_input, present)
            errors = await self._errors(charger, data, present)
            if not errors:
                return self._keep(data)
        suggested = user_input or present or {CONF_USERNAME: charger.config.charge_point_id}
        shown = {key: value for key, value in suggested.items() if key != CONF_PASSWORD}
        return self.async_show_form(
            step_id="second_system_form",
            data_schema=self.add_suggested_values_to_schema(_SCHEMA, shown),
            errors=errors,
            description_placeholders={"charger": charger.config.name},
        )

    async def async_step_second_system_end(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Tell no other any more, and forget what waits for it."""
        if user_input is not None:
            return self._keep(None)
        return self.async_show_form(step_id="second_system_end", data_schema=vol.Schema({}))

    def _keep(self, second_system: Mapping[str, Any] | None) -> SubentryFlowResult:
        subentry = self._get_reconfigure_subentry()
        data = {key: value for key, value in subentry.data.items() if key != CONF_SECOND_SYSTEM}
        if second_system is not None:
            data[CONF_SECOND_SYSTEM] = dict(second_system)
        return self.async_update_and_abort(
            self._get_entry(), subentry, data=data, reason="reconfigure_successful"
        )

    async def _errors(
        self, charger: Charger, data: Mapping[str, Any], present: Mapping[str, Any] | None
    ) -> dict[str, str]:
        """Return what is wrong with the form; what was changed of the connection is tried."""
        url, password = data[CONF_URL], data.get(CONF_PASSWORD)
        if problem := forwarding.url_problem(url):
            return {CONF_URL: f"second_system_{problem}"}
        if problem := forwarding.login_problem(data[CONF_USERNAME], password):
            field = CONF_PASSWORD if problem == "password_invalid" else CONF_USERNAME
            return {field: f"second_system_{problem}"}
        if await self._is_own(url):
            return {CONF_URL: "second_system_url_own"}
        asked, known = second_system_of(data), second_system_of(present)
        assert asked is not None
        if known and (known.address, known.password) == (asked.address, asked.password):
            return {}
        if data == self._not_accepted:
            return {}
        version = charger.station.version if charger.connected else "1.6"
        traveller = charger.second_system.traveller
        if traveller is not None:
            version = traveller.version
        session = async_get_clientsession(self.hass)
        try:
            await forwarding.try_out(session, asked, version, traveller)
        except forwarding.BootRefusedError as err:
            self._not_accepted = data
            return {"base": f"second_system_{err.key}"}
        except forwarding.ForwardingError as err:
            return {"base": f"second_system_{err.key}"}
        return {}

    async def _is_own(self, url: str) -> bool:
        """Tell whether an address is ours: a charger would be told of to itself without end."""
        hub, parts = self._hub_entry().runtime_data, urlsplit(url)
        host, config = (parts.hostname or "").lower(), hub.config
        port = parts.port or (443 if parts.scheme == "wss" else 80)
        hosts = await own_hosts(self.hass, config.host, config.tls.host_names)
        ours = host in _LOOPBACK or host.startswith("127.") or host in hosts
        http = getattr(getattr(self.hass, "http", None), "server_port", None)
        return ours and port in {hub.port, hub.tls.port, http}


def _data_of(user_input: Mapping[str, Any], present: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what is kept of a form. A password that is not entered again stays at its address."""
    data = {
        CONF_URL: user_input[CONF_URL].strip(),
        CONF_USERNAME: user_input[CONF_USERNAME].strip(),
        CONF_FORWARDING_MODE: user_input[CONF_FORWARDING_MODE],
        CONF_ASKS_CARDS: user_input[CONF_ASKS_CARDS],
    }
    password = user_input.get(CONF_PASSWORD)
    if not password and present:
        same = all(present[key] == data[key] for key in (CONF_URL, CONF_USERNAME))
        password = present.get(CONF_PASSWORD) if same else None
    return data | ({CONF_PASSWORD: password} if password else {})
