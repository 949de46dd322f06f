"""The hub's options: how chargers may come by TLS, and what they need for it."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult, OptionsFlow
from homeassistant.const import CONF_PORT
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .addresses import root_links
from .config import HubConfig, TlsConfig, TlsMode, chargers_of
from .const import (
    CONF_CERTIFICATE,
    CONF_HOST_NAMES,
    CONF_PRIVATE_KEY,
    CONF_TLS_MODE,
    CONF_TLS_PORT,
    DEFAULT_TLS_PORT,
)
from .csms import (
    CertificateError,
    CertificateProblem,
    SecurityProfile,
    host_name,
    own_files,
    port_problem,
)
from .flow_schema import whole_number
from .hub import Hub
from .issues import tls_problem
from .own_host import own_hosts
from .security_tls import own_authority

_OF_THE_KEY = {
    CertificateProblem.KEY_DAMAGED,
    CertificateProblem.KEY_ENCRYPTED,
    CertificateProblem.KEY_MISMATCH,
}


class SecurityOptionsFlow(OptionsFlow):
    """No TLS, or by which certificate; and the root certificates, to be put into chargers."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what to do."""
        options = ["own_authority", "own_files"]
        if self._roots:
            options.append("root_certificates")
        if self._present.mode is not TlsMode.OFF:
            options.append("tls_off")
        return self.async_show_menu(step_id="init", menu_options=options)

    async def async_step_own_authority(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the port, and for names of this machine that we cannot know."""
        errors: dict[str, str] = {}
        problem = ""
        if user_input is not None:
            errors = await self._port_errors(user_input)
            names = [name.strip() for name in user_input.get(CONF_HOST_NAMES, []) if name.strip()]
            for name in names:
                try:
                    host_name(name)
                except CertificateError:
                    errors[CONF_HOST_NAMES] = "host_name"
            if not errors:
                try:
                    await self._prepare(names)
                except CertificateError as err:
                    errors["base"], problem = "certificate_problem", self._told(err)
            if not errors:
                values = {CONF_TLS_PORT: user_input[CONF_TLS_PORT], CONF_HOST_NAMES: names}
                return self._keep({CONF_TLS_MODE: TlsMode.OWN_AUTHORITY.value, **values})
        schema = vol.Schema(
            {
                vol.Required(CONF_TLS_PORT, default=DEFAULT_TLS_PORT): whole_number(1, 65535),
                vol.Optional(CONF_HOST_NAMES): TextSelector(TextSelectorConfig(multiple=True)),
            }
        )
        return self._form("own_authority", schema, user_input, errors, problem)

    async def async_step_own_files(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the user's own certificate and its key."""
        errors: dict[str, str] = {}
        problem = ""
        if user_input is not None:
            errors = await self._port_errors(user_input)
            # As everywhere in Home Assistant, a path may begin at its configuration.
            paths = {
                key: self.hass.config.path(user_input[key].strip())
                for key in (CONF_CERTIFICATE, CONF_PRIVATE_KEY)
            }
            values = {CONF_TLS_PORT: user_input[CONF_TLS_PORT], **paths}
            options = {CONF_TLS_MODE: TlsMode.OWN_FILES.value, **values}
            try:
                await self._read(TlsConfig.of(options))
            except CertificateError as err:
                of_the_key = err.problem in _OF_THE_KEY or err.subject != paths[CONF_CERTIFICATE]
                field = CONF_PRIVATE_KEY if of_the_key else CONF_CERTIFICATE
                errors[field] = "certificate_problem"
                problem = self._told(err)
            if self._chargers_of(SecurityProfile.TLS_CERTIFICATE):
                errors["base"] = "chargers_need_authority"
            if not errors:
                return self._keep(options)
        schema = vol.Schema(
            {
                vol.Required(CONF_TLS_PORT, default=DEFAULT_TLS_PORT): whole_number(1, 65535),
                vol.Required(CONF_CERTIFICATE): TextSelector(),
                vol.Required(CONF_PRIVATE_KEY): TextSelector(),
            }
        )
        return self._form("own_files", schema, user_input, errors, problem)

    async def async_step_root_certificates(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what chargers need to trust us."""
        if user_input is not None:
            return await self.async_step_init()
        return self.async_show_form(
            step_id="root_certificates",
            data_schema=vol.Schema({}),
            description_placeholders={
                "links": root_links(self.hass, self._roots),
                "certificates": "\n".join(f"```\n{root.strip()}\n```" for root in self._roots),
            },
        )

    async def async_step_tls_off(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Close the port, unless there are chargers that could not come any more."""
        errors: dict[str, str] = {}
        chargers = self._chargers_of(SecurityProfile.TLS_BASIC)
        if user_input is not None:
            if not chargers:
                return self._keep({})
            errors["base"] = "chargers_need_tls"
        return self.async_show_form(
            step_id="tls_off",
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders={"chargers": chargers},
        )

    def _chargers_of(self, profile: SecurityProfile) -> str:
        """Return the names of the chargers that have to come by a profile, or a better one."""
        found = chargers_of(self.config_entry).values()
        return ", ".join(charger.name for charger in found if charger.profile >= profile)

    @property
    def _present(self) -> TlsConfig:
        return TlsConfig.of(self.config_entry.options)

    @property
    def _hub(self) -> Hub | None:
        entry = self.config_entry
        return entry.runtime_data if entry.state is ConfigEntryState.LOADED else None

    @property
    def _roots(self) -> tuple[str, ...]:
        return self._hub.tls.roots if self._hub else ()

    def _form(
        self,
        step: str,
        schema: vol.Schema,
        user_input: Mapping[str, Any] | None,
        errors: dict[str, str],
        problem: str,
    ) -> ConfigFlowResult:
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(
                schema, user_input or self.config_entry.options
            ),
            errors=errors,
            description_placeholders={
                "problem": problem,
                "chargers": self._chargers_of(SecurityProfile.TLS_CERTIFICATE),
            },
        )

    def _keep(self, options: dict[str, Any]) -> ConfigFlowResult:
        """Keep the options and end; a hub that runs follows by itself."""
        if self.config_entry.state is not ConfigEntryState.LOADED:
            self.hass.config_entries.async_schedule_reload(self.config_entry.entry_id)
        return self.async_create_entry(data=options)

    async def _port_errors(self, user_input: Mapping[str, Any]) -> dict[str, str]:
        port, config = user_input[CONF_TLS_PORT], self._config
        if port == self.config_entry.data[CONF_PORT]:
            return {CONF_TLS_PORT: "same_port"}
        if self._hub and self._hub.tls.port == port:
            return {}
        problem = await port_problem(config.host, port)
        return {CONF_TLS_PORT: problem} if problem else {}

    async def _prepare(self, names: list[str]) -> None:
        hosts = await own_hosts(self.hass, self._config.host, names)
        await self.hass.async_add_executor_job(
            own_authority(self.hass).prepare, hosts, dt_util.utcnow()
        )

    async def _read(self, tls: TlsConfig) -> None:
        await self.hass.async_add_executor_job(
            own_files, tls.certificate, tls.private_key, dt_util.utcnow()
        )

    @property
    def _config(self) -> HubConfig:
        return HubConfig.of(self.hass, self.config_entry)

    def _told(self, err: CertificateError) -> str:
        return tls_problem(self.hass, err, self._config)
