"""The flows of the hub, and those of its sites and chargers."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, override

from homeassistant.components import network
from homeassistant.config_entries import (
    SOURCE_IGNORE,
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowContext,
    ConfigFlowResult,
    ConfigSubentry,
    ConfigSubentryFlow,
    FlowType,
    SubentryFlowContext,
    SubentryFlowResult,
)
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PORT, CONF_TYPE
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.service_info.mqtt import MqttServiceInfo
from homeassistant.helpers.typing import DiscoveryInfoType
import voluptuous as vol

from .charger import Charger
from .config import MeterType, default_database_url
from .const import (
    CONF_CHARGE_POINT_ID,
    CONF_DATABASE_URL,
    CONF_SITE,
    CONF_TOPIC,
    DOMAIN,
    SUBENTRY_CHARGER,
    SUBENTRY_SITE,
)
from .csms import SecurityProfile, port_problem
from .flow_charger import ChargerSteps
from .flow_schema import hub_schema, site_selector
from .flow_second_system import SecondSystemSteps
from .flow_security import SecurityOptionsFlow
from .flow_site import SiteFlow
from .flow_unplug import UnplugSteps
from .flow_upgrade import UpgradeSteps
from .hub import Hub, discovery_id, meter_discovery_id
from .ledger import Ledger, LedgerError


class ZmartChargeConfigFlow(
    ChargerSteps[ConfigFlowContext, ConfigFlowResult, str], ConfigFlow, domain=DOMAIN
):
    """Adds or changes the hub, and takes up chargers that were discovered."""

    VERSION = 1
    MINOR_VERSION = 2

    _topic = ""

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        return {SUBENTRY_SITE: SiteFlow, SUBENTRY_CHARGER: ChargerFlow}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> SecurityOptionsFlow:
        return SecurityOptionsFlow()

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Add the hub."""
        if self._async_current_entries(include_ignore=False):
            return self.async_abort(reason="single_instance_allowed")
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = await self._hub_errors(user_input)
            if not errors:
                await self.async_set_unique_id(DOMAIN, raise_on_progress=False)
                return self.async_create_entry(title="ZmartCharge", data=user_input)
        return await self._hub_form("user", user_input or {}, errors)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change the hub's address or its ledger."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = await self._hub_errors(user_input, entry)
            if not errors:
                result = self.async_update_and_abort(
                    entry, data=user_input, reason="reconfigure_successful"
                )
                if entry.state is not ConfigEntryState.LOADED:
                    # No hub runs that would hear of the change.
                    self.hass.config_entries.async_schedule_reload(entry.entry_id)
                return result
        return await self._hub_form("reconfigure", user_input or entry.data, errors)

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go on with the first site at once."""
        if self.source == SOURCE_IGNORE:
            # What is ignored is kept as an entry too.
            return result
        subentry_flow = await self.hass.config_entries.subentries.async_init(
            (result["result"].entry_id, SUBENTRY_SITE),
            context=SubentryFlowContext(source=SOURCE_USER),
        )
        result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, subentry_flow["flow_id"])
        return result

    @override
    async def async_step_integration_discovery(
        self, discovery_info: DiscoveryInfoType
    ) -> ConfigFlowResult:
        """Offer a charger that wants to connect, or a meter's reader that was found."""
        if CONF_TOPIC in discovery_info:
            return await self._offer_meter(discovery_info[CONF_TOPIC])
        self._charge_point_id = discovery_info[CONF_CHARGE_POINT_ID]
        await self.async_set_unique_id(discovery_id(self._charge_point_id))
        self._abort_if_unique_id_configured()
        self._hub()
        self.context["title_placeholders"] = {"name": self._charge_point_id}
        return await self.async_step_discovered()

    async def async_step_discovered(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whether the charger belongs to the house."""
        if user_input is not None:
            return await self.async_step_charger()
        self._set_confirm_only()
        return self.async_show_form(
            step_id="discovered",
            description_placeholders={"charge_point_id": self._charge_point_id or ""},
        )

    @override
    async def async_step_mqtt(self, discovery_info: MqttServiceInfo) -> ConfigFlowResult:
        """Offer to set up the hub where a meter's reader is; a running one finds it by itself."""
        if self._async_current_entries(include_ignore=False):
            return self.async_abort(reason="single_instance_allowed")
        await self.async_set_unique_id(DOMAIN)
        self._abort_if_unique_id_configured()
        self.context["title_placeholders"] = {"name": "ZmartCharge"}
        return await self.async_step_user()

    async def _offer_meter(self, topic: str) -> ConfigFlowResult:
        self._topic = topic
        await self.async_set_unique_id(meter_discovery_id(topic))
        self._abort_if_unique_id_configured()
        self._hub()
        self.context["title_placeholders"] = {"name": topic}
        return await self.async_step_meter_found()

    async def async_step_meter_found(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which site the meter belongs to."""
        hub = self._hub()
        if not hub.sites:
            return self.async_abort(reason="no_site")
        site = hub.sites.get((user_input or {}).get(CONF_SITE, ""))
        if site:
            hub.set_meter(site, {CONF_TYPE: MeterType.MQTT, CONF_TOPIC: self._topic})
            return self.async_abort(
                reason="meter_added", description_placeholders={"site": site.config.name}
            )
        without = [key for key, site in hub.sites.items() if site.config.meter is None]
        schema = vol.Schema({vol.Required(CONF_SITE): site_selector(hub.entry)})
        return self.async_show_form(
            step_id="meter_found",
            data_schema=self.add_suggested_values_to_schema(
                schema, {CONF_SITE: next(iter(without), None)}
            ),
            description_placeholders={"topic": self._topic},
        )

    @callback
    @override
    def async_remove(self) -> None:
        self.forget_charger()

    @override
    def _hub_entry(self) -> ConfigEntry[Hub]:
        entries = self._async_current_entries(include_ignore=False)
        if not entries:
            raise AbortFlow("not_loaded")
        return entries[0]

    @override
    def _store_charger(self, title: str, data: dict[str, Any]) -> ConfigFlowResult:
        subentry = ConfigSubentry(
            data=MappingProxyType(data),
            subentry_type=SUBENTRY_CHARGER,
            title=title,
            unique_id=data[CONF_CHARGE_POINT_ID],
        )
        self.hass.config_entries.async_add_subentry(self._hub_entry(), subentry)
        return self.async_abort(reason="charger_added", description_placeholders={"charger": title})

    async def _hub_form(
        self, step: str, suggested: Mapping[str, Any], errors: dict[str, str]
    ) -> ConfigFlowResult:
        adapters = await network.async_get_adapters(self.hass)
        interfaces = [ip["address"] for adapter in adapters for ip in adapter["ipv4"]]
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(hub_schema(interfaces), suggested),
            errors=errors,
        )

    async def _hub_errors(
        self, user_input: dict[str, Any], entry: ConfigEntry[Hub] | None = None
    ) -> dict[str, str]:
        """Try the address and the ledger, unless they are the ones in use."""
        errors: dict[str, str] = {}
        present = entry.data if entry else {}
        host, port = user_input[CONF_HOST], user_input[CONF_PORT]
        if (host, port) != (present.get(CONF_HOST), present.get(CONF_PORT)):
            # The port that we hold ourselves is free for us; the new interface has to be tried.
            ours = (
                entry and entry.state is ConfigEntryState.LOADED and port == entry.data[CONF_PORT]
            )
            if problem := await port_problem(host, 0 if ours else port):
                errors[CONF_PORT if problem == "port_in_use" else CONF_HOST] = problem
        url = user_input.get(CONF_DATABASE_URL)
        if entry is None or url != present.get(CONF_DATABASE_URL):
            try:
                ledger = await Ledger.open(url or default_database_url(self.hass))
            except LedgerError as err:
                errors[CONF_DATABASE_URL] = f"ledger_{err.key}"
            else:
                await ledger.close()
        return errors


class ChargerFlow(
    UnplugSteps,
    UpgradeSteps,
    SecondSystemSteps,
    ChargerSteps[SubentryFlowContext, SubentryFlowResult, tuple[str, str]],
    ConfigSubentryFlow,
):
    """Adds or changes a charger."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a charger."""
        return await self.async_step_charger()

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a charger, look what it does alone, let it come by TLS, or tell others of it."""
        charger = self._known_charger()
        options = ["charger"]
        if charger and charger.site and charger.site.balancing.active:
            options.append("unplug")
        if charger and self._hub().tls.port and charger.config.profile < SecurityProfile.TLS_BASIC:
            options.append("upgrade")
        if charger:
            options.append("second_system")
        if options == ["charger"]:
            return await self.async_step_charger()
        return self.async_show_menu(step_id="reconfigure", menu_options=options)

    @callback
    @override
    def async_remove(self) -> None:
        self.forget_charger()

    @override
    def _hub_entry(self) -> ConfigEntry[Hub]:
        return self._get_entry()

    @override
    def _known_charger(self) -> Charger | None:
        entry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return None
        hub: Hub = entry.runtime_data
        return hub.chargers.get(self._get_reconfigure_subentry().subentry_id)

    @override
    def _present(self) -> Mapping[str, Any] | None:
        if self.source == SOURCE_USER:
            return None
        subentry = self._get_reconfigure_subentry()
        return {CONF_NAME: subentry.title, **subentry.data}

    @override
    def _store_charger(self, title: str, data: dict[str, Any]) -> SubentryFlowResult:
        charge_point_id = data[CONF_CHARGE_POINT_ID]
        if self.source == SOURCE_USER:
            return self.async_create_entry(title=title, data=data, unique_id=charge_point_id)
        return self.async_update_and_abort(
            self._get_entry(),
            self._get_reconfigure_subentry(),
            title=title,
            data=data,
            unique_id=charge_point_id,
            reason="reconfigure_successful",
        )
