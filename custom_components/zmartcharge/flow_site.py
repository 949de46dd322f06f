"""The flow that adds or changes a site: its fuse, its meter, and how its power is paid for."""

from collections.abc import Iterable, Mapping
from typing import Any, override

from homeassistant.config_entries import SOURCE_RECONFIGURE, SubentryFlowResult
from homeassistant.const import CONF_NAME

from .config import ChargerConfig, chargers_of
from .const import CONF_GRID_TYPE, CONF_MAIN_FUSE, CONF_METER, CONF_PRICE, SUBENTRY_SITE
from .flow_meter import MeterSteps
from .flow_names import free_name, is_taken, names_of
from .flow_price import PriceSteps
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
from .price import EnergyKind
from .price_config import readable_price


class SiteFlow(PriceSteps, MeterSteps):
    """A new site goes from its form to the meter and the price; later each is changed by itself.

    A warning follows the form where the fuses leave little time.
    """

    def __init__(self) -> None:
        """Start with nothing known."""
        super().__init__()
        self._before: Mapping[str, Any] = {}
        self._input: dict[str, Any] = {}
        self._warned: frozenset[tuple[float, float]] = frozenset()
        self._confirmed: frozenset[tuple[float, float]] = frozenset()

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a site."""
        errors: dict[str, str] = {}
        others = names_of(self._get_entry(), SUBENTRY_SITE)
        if user_input is not None:
            errors = site_errors(user_input) | _name_errors(user_input, others)
            if not errors:
                return await self._accept(user_input)
        name = free_name(suggested_site_name(self.hass.config.language), others)
        suggested = user_input or {CONF_NAME: name}
        return self._form("user", suggested, errors)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what of a site is to be changed."""
        subentry = self._get_reconfigure_subentry()
        self._before = subentry.data
        self._title, self._data = subentry.title, dict(subentry.data)
        price = readable_price(subentry.data.get(CONF_PRICE))
        fixed = price and price.contract.energy.kind is EnergyKind.FIXED
        options = ["site", "meter", "price", *(["new_fixed_price"] if fixed else [])]
        return self.async_show_menu(step_id="reconfigure", menu_options=options)

    async def async_step_site(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change a site."""
        subentry = self._get_reconfigure_subentry()
        own = self._own_chargers()
        errors: dict[str, str] = {}
        placeholders: dict[str, str] | None = None
        if user_input is not None:
            self._input = user_input
            findings = site_findings(user_input, own)
            others = names_of(self._get_entry(), SUBENTRY_SITE, without=subentry.subentry_id)
            errors = site_errors(user_input, own)
            errors |= _name_errors(user_input, others, present=subentry.title)
            placeholders = refusal_placeholders(findings)
            if not errors:
                known = self._confirmed | numbers_of(site_findings(subentry.data, own))
                if numbers_of(findings) <= known:
                    return await self._accept(user_input)
                return await self.async_step_little_time()
        suggested = self._input or {CONF_NAME: subentry.title, **subentry.data}
        return self._form("site", suggested, errors, placeholders)

    async def async_step_little_time(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Warn that the main fuse may be quicker than load balancing."""
        findings = site_findings(self._input, self._own_chargers())
        self._warned = numbers_of(findings)
        return self.async_show_menu(
            step_id="little_time",
            menu_options=["site", "continue_anyway"],
            description_placeholders=warning_placeholders(findings),
        )

    async def async_step_continue_anyway(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Go on with the numbers that were shown."""
        self._confirmed = self._warned
        return await self.async_step_site(self._input)

    @override
    async def async_step_finish(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Go on with the price of a new site."""
        self._end_trial()
        if self.source != SOURCE_RECONFIGURE:
            return await self.async_step_price()
        return self._keep()

    @override
    async def _price_done(self) -> SubentryFlowResult:
        return self._keep()

    def _keep(self) -> SubentryFlowResult:
        if self.source != SOURCE_RECONFIGURE:
            # Another flow may have been quicker.
            others = names_of(self._get_entry(), SUBENTRY_SITE)
            title = free_name(self._title, others)
            return self.async_create_entry(title=title, data=self._data)
        subentry = self._get_reconfigure_subentry()
        # What was changed elsewhere while the flow was open stays.
        changed = {
            key
            for key in self._before.keys() | self._data.keys()
            if self._before.get(key) != self._data.get(key)
        }
        data = {key: value for key, value in subentry.data.items() if key not in changed}
        data |= {key: self._data[key] for key in changed & self._data.keys()}
        return self.async_update_and_abort(
            self._get_entry(),
            subentry,
            title=self._title,
            data=data,
            reason="reconfigure_successful",
        )

    @override
    def _present_meter(self) -> dict[str, Any] | None:
        if self.source != SOURCE_RECONFIGURE:
            return None
        return self._get_reconfigure_subentry().data.get(CONF_METER)

    async def _accept(self, user_input: dict[str, Any]) -> SubentryFlowResult:
        before = self._data
        self._data = {**data_beside(site_schema(), before), **user_input}
        self._title = self._data.pop(CONF_NAME).strip()
        self._data[CONF_MAIN_FUSE] = int(self._data[CONF_MAIN_FUSE])
        if self.source != SOURCE_RECONFIGURE:
            return await self.async_step_meter()
        if before.get(CONF_METER) and before[CONF_GRID_TYPE] != self._data[CONF_GRID_TYPE]:
            # Another supply has other lines to be measured.
            return await self.async_step_meter()
        return self._keep()

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


def _name_errors(
    user_input: Mapping[str, Any], others: Iterable[str], *, present: str | None = None
) -> dict[str, str]:
    taken = is_taken(user_input[CONF_NAME], others, present=present)
    return {CONF_NAME: "name_taken"} if taken else {}
