"""The steps that add or change a charger, in its own flow and after a discovery."""

import asyncio
from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import AbortFlow, FlowContext, FlowHandler, FlowResult
from homeassistant.helpers.selector import QrCodeSelector, QrCodeSelectorConfig
import voluptuous as vol

from .addresses import ocpp_urls, root_links
from .charger import Charger
from .config import ChargerConfig, charger_data, profile_of, sites_of
from .const import (
    CONF_CHARGE_POINT_ID,
    CONF_CIRCUIT,
    CONF_CIRCUIT_FUSE,
    CONF_CONNECTORS,
    CONF_GRADE,
    CONF_KEY_HASH,
    CONF_SECURITY,
    CONF_SECURITY_PROFILE,
    CONF_SITE,
    DOMAIN,
    SUBENTRY_CHARGER,
)
from .csms import SecurityProfile, generate_key, hash_key
from .flow_charger_security import form_values, kept_profile, profile_errors, without_outdated
from .flow_names import free_name, is_taken
from .flow_schema import (
    CONF_KEY,
    SECURITY_GENERATED,
    SECURITY_KEEP,
    SECURITY_NONE,
    charger_errors,
    charger_findings,
    charger_schema,
    circuit_name,
    data_beside,
    numbers_of,
    refusal_placeholders,
    suggested_charger_name,
    warning_placeholders,
)
from .hub import Hub

#: Seconds a new charger gets to boot and connect before the flow asks what to do.
WAIT_FOR_BOOT = 300.0
CONF_QR_CODE = "qr_code"


class ChargerSteps[
    ContextT: FlowContext,
    ResultT: FlowResult[Any, Any],
    HandlerT,
](FlowHandler[ContextT, ResultT, HandlerT]):
    """Form → URL and key with a QR code → wait for the BootNotification → done.

    Between the first two a warning where the fuses leave load balancing little time.
    """

    def __init__(self) -> None:
        """Start with nothing known."""
        self._charge_point_id: str | None = None
        self._input: dict[str, Any] = {}
        self._warned: frozenset[tuple[float, float]] = frozenset()
        self._confirmed: frozenset[tuple[float, float]] = frozenset()
        self._data: dict[str, Any] = {}
        self._name = ""
        self._key: str | None = None
        self._keeps_key = False
        self._charger: Charger | None = None
        self._waiting: asyncio.Task[str] | None = None

    def _hub_entry(self) -> ConfigEntry[Hub]:
        """Return the hub's entry; ends the flow where there is none."""
        raise NotImplementedError

    def _store_charger(self, title: str, data: dict[str, Any]) -> ResultT:
        """Keep a charger and end the flow."""
        raise NotImplementedError

    def _present(self) -> Mapping[str, Any] | None:
        """Return the charger's values when it is being changed, None for a new one."""
        return None

    async def async_step_charger(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Ask what the charger is."""
        entry = self._hub().entry
        if not sites_of(entry):
            return self.async_abort(reason="no_site")
        present = self._present()
        errors: dict[str, str] = {}
        placeholders: dict[str, str] | None = None
        if user_input is not None:
            self._input = user_input
            findings = charger_findings(entry, user_input)
            placeholders = refusal_placeholders(findings)
            errors = charger_errors(entry, user_input) | profile_errors(user_input, present)
            if self._is_taken(entry, user_input[CONF_CHARGE_POINT_ID]):
                errors[CONF_CHARGE_POINT_ID] = "already_claimed"
            own_name = present[CONF_NAME] if present else None
            if is_taken(user_input[CONF_NAME], self._other_names(entry), present=own_name):
                errors[CONF_NAME] = "name_taken"
            if not errors:
                kept = charger_findings(entry, present) if present else ()
                if numbers_of(findings) <= self._confirmed | numbers_of(kept):
                    return await self._accept(dict(user_input))
                return await self.async_step_little_time()
        shown = form_values(present) if present else self._suggestion(entry)
        suggested = self._input or shown
        return self.async_show_form(
            step_id="charger",
            data_schema=self.add_suggested_values_to_schema(
                charger_schema(entry, new=present is None), suggested
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_little_time(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Warn that the main fuse may be quicker than load balancing."""
        findings = charger_findings(self._hub_entry(), self._input)
        self._warned = numbers_of(findings)
        return self.async_show_menu(
            step_id="little_time",
            menu_options=["charger", "continue_anyway"],
            description_placeholders=warning_placeholders(findings),
        )

    async def async_step_continue_anyway(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Go on with the numbers that were shown."""
        self._confirmed = self._warned
        return await self.async_step_charger(self._input)

    async def async_step_connect(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Show where the charger has to connect to, and its key."""
        charge_point_id = self._data[CONF_CHARGE_POINT_ID]
        if user_input is not None:
            # A known charger reconnects with its new key by itself; nothing has to be awaited.
            return await (self.async_step_finish() if self._present() else self.async_step_wait())
        hub, profile = self._hub(), profile_of(self._data)
        encrypted = profile >= SecurityProfile.TLS_BASIC
        urls = ocpp_urls(self.hass, hub, charge_point_id, profile)
        qr_code = urls.with_key(self._key)
        return self.async_show_form(
            step_id="connect_secure" if encrypted else "connect",
            data_schema=vol.Schema(
                {
                    vol.Optional(CONF_QR_CODE): QrCodeSelector(
                        QrCodeSelectorConfig(data=qr_code, scale=6)
                    )
                }
            ),
            description_placeholders={
                "charge_point_id": charge_point_id,
                "url": urls.own,
                "base_url": urls.own_base,
                "secure_url": urls.home_assistant,
                "key": self._key or "–",
                "roots": root_links(self.hass, hub.tls.roots if encrypted else ()),
            },
        )

    async def async_step_connect_secure(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Show the same for a charger that has to come by TLS, and what it needs to trust us."""
        return await self.async_step_connect(user_input)

    async def async_step_wait(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Wait for the charger's first sign of life."""
        if self._waiting is None:
            charger = self._claimed()
            if charger.setup.ready.is_set():
                return await self.async_step_finish()
            self._waiting = self._hub().create_task(_wait_for(charger), "wait for boot")
        if not self._waiting.done():
            return self.async_show_progress(
                step_id="wait",
                progress_action="wait_for_boot",
                progress_task=self._waiting,
                description_placeholders={"charge_point_id": self._data[CONF_CHARGE_POINT_ID]},
            )
        waited, self._waiting = self._waiting, None
        ended = waited.cancelled() or waited.exception() is not None
        return self.async_show_progress_done(next_step_id="not_seen" if ended else waited.result())

    async def async_step_not_seen(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Ask what to do about a charger that did not come."""
        return self.async_show_menu(
            step_id="not_seen",
            menu_options=["connect", "wait", "finish"],
            description_placeholders={"charge_point_id": self._data[CONF_CHARGE_POINT_ID]},
        )

    async def async_step_wrong_key(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Ask what to do about a charger that came with a wrong key."""
        return self.async_show_menu(
            step_id="wrong_key",
            menu_options=["connect", "wait", "finish"],
            description_placeholders={"charge_point_id": self._data[CONF_CHARGE_POINT_ID]},
        )

    async def async_step_insecure(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Ask what to do about a charger that came less securely than it has to."""
        return self.async_show_menu(
            step_id="insecure",
            menu_options=["connect", "wait", "finish"],
            description_placeholders={"charge_point_id": self._data[CONF_CHARGE_POINT_ID]},
        )

    async def async_step_finish(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Keep the charger with what it said about itself."""
        entry = self._hub_entry()
        if self._present():
            # It may have changed while URL and key were shown.
            self._data |= self._beside()
        elif entry.state is ConfigEntryState.LOADED:
            self._data[CONF_CONNECTORS] = len(self._claimed().connectors)
        if self._is_taken(entry, self._data[CONF_CHARGE_POINT_ID]):
            return self.async_abort(reason="already_claimed")
        if not self._present():
            # Another flow may have been quicker while the charger was awaited.
            self._name = free_name(self._name, self._other_names(entry))
        return self._store_charger(self._name, self._data)

    def forget_charger(self) -> None:
        """Let go of a charger when the flow ends; one that was kept is the hub's by then."""
        if self._waiting:
            self._waiting.cancel()
        ids = {i for i in (self._charge_point_id, self._data.get(CONF_CHARGE_POINT_ID)) if i}
        for entry in self.hass.config_entries.async_loaded_entries(DOMAIN):
            hub: Hub = entry.runtime_data
            for charge_point_id in ids:
                found = hub.door.charger(charge_point_id)
                # One that another flow waits for is not ours to let go.
                if found is None or found is self._charger:
                    hub.door.unexpect(charge_point_id)

    async def _accept(self, user_input: dict[str, Any]) -> ResultT:
        self._name = user_input.pop(CONF_NAME).strip()
        security = user_input.pop(CONF_SECURITY)
        own_key = user_input.pop(CONF_KEY, None)
        user_input[CONF_CIRCUIT_FUSE] = int(user_input[CONF_CIRCUIT_FUSE])
        present = self._present() or {}
        circuit = circuit_name(
            self._hub_entry(),
            user_input[CONF_SITE],
            user_input.pop(CONF_CIRCUIT, ""),
            own_id=present.get(CONF_CHARGE_POINT_ID),
        )
        if circuit:
            user_input[CONF_CIRCUIT] = circuit
        profile = kept_profile(user_input.pop(CONF_SECURITY_PROFILE, None))
        self._data = charger_data(user_input) | profile
        self._keeps_key = security == SECURITY_KEEP
        self._key = None
        if self._keeps_key:
            self._data[CONF_KEY_HASH] = present.get(CONF_KEY_HASH)
            self._data |= {CONF_CONNECTORS: 1, **self._beside()}
            if profile_of(self._data) == profile_of(present):
                return self._store_charger(self._name, self._data)
            return await self.async_step_connect()
        if security != SECURITY_NONE:
            self._key = generate_key() if security == SECURITY_GENERATED else own_key
        self._data[CONF_KEY_HASH] = (
            await self.hass.async_add_executor_job(hash_key, self._key) if self._key else None
        )
        self._data |= {CONF_CONNECTORS: 1, **self._beside()}
        if not present:
            # The last flow for a charger wins: an earlier one may have been left open, and a
            # connection that was made with its key must not pass for one made with ours.
            self._hub().door.unexpect(self._data[CONF_CHARGE_POINT_ID])
            self._claimed()
        return await self.async_step_connect()

    def _beside(self) -> dict[str, Any]:
        """Return what a charger that is being changed keeps beside its form and its key."""
        present = self._present() or {}
        kept = data_beside(charger_schema(self._hub_entry(), new=False), present)
        kept.pop(CONF_KEY_HASH, None)
        if present.get(CONF_CHARGE_POINT_ID) != self._data[CONF_CHARGE_POINT_ID]:
            # Another charger has proved nothing yet.
            kept.pop(CONF_GRADE, None)
        return without_outdated(kept, self._data, present, new_key=not self._keeps_key)

    def _hub(self) -> Hub:
        """Return the running hub; ends the flow where there is none."""
        entry = self._hub_entry()
        if entry.state is not ConfigEntryState.LOADED:
            raise AbortFlow("not_loaded")
        return entry.runtime_data

    def _claimed(self) -> Charger:
        """Return the charger that is let in for this flow; ends the flow when another has it."""
        hub = self._hub()
        config = ChargerConfig.of_data(self._data, subentry_id="", name=self._name)
        found = hub.door.charger(config.charge_point_id)
        if found is None:
            # The first time, or after the hub was loaded anew.
            self._charger = hub.door.expect(config)
        if self._charger is None or (found and found is not self._charger):
            raise AbortFlow("already_claimed")
        return self._charger

    def _is_taken(self, entry: ConfigEntry[Hub], charge_point_id: str) -> bool:
        present = self._present() or {}
        return charge_point_id != present.get(CONF_CHARGE_POINT_ID) and any(
            subentry.unique_id == charge_point_id for subentry in entry.subentries.values()
        )

    def _other_names(self, entry: ConfigEntry[Hub]) -> frozenset[str]:
        """Return what the other chargers are called."""
        own_id = (self._present() or {}).get(CONF_CHARGE_POINT_ID)
        chargers = entry.get_subentries_of_type(SUBENTRY_CHARGER)
        return frozenset(each.title for each in chargers if each.unique_id != own_id)

    def _suggestion(self, entry: ConfigEntry[Hub]) -> dict[str, Any]:
        number = len(entry.runtime_data.chargers) + 1
        base = suggested_charger_name(self.hass.config.language)
        name = {CONF_NAME: free_name(base, self._other_names(entry), number=number)}
        if self._charge_point_id:
            return {**name, CONF_CHARGE_POINT_ID: self._charge_point_id}
        return name


async def _wait_for(charger: Charger) -> str:
    """Return the step that follows: it arrived, or came with a wrong key, or not as it has to."""
    charger.refused.clear()
    charger.security.refusal = None
    signs = [
        asyncio.ensure_future(event.wait()) for event in (charger.setup.ready, charger.refused)
    ]
    try:
        async with asyncio.timeout(WAIT_FOR_BOOT):
            await asyncio.wait(signs, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for sign in signs:
            sign.cancel()
    if charger.setup.ready.is_set():
        return "finish"
    return "insecure" if charger.security.refusal else "wrong_key"
