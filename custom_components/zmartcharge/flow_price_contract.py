"""The steps that tell a site's contract, its home and its grid."""

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_LATITUDE, CONF_LONGITUDE
from homeassistant.util import dt as dt_util
import voluptuous as vol

from . import flow_price_form as form
from .const import CONF_PRICE
from .flow_amounts import (
    Limits,
    addition_limits,
    is_currency,
    monthly_limits,
    percents,
    price_limits,
    read_amounts,
    share_of,
    unit_of,
)
from .flow_price_draft import NORWAY, PriceDraft, known_currency
from .flow_price_preview import price_now
from .flow_schema import CONF_LOCATION
from .price import (
    Dwelling,
    EnergyKind,
    Grid,
    Place,
    PriceData,
    PriceError,
    PriceModel,
    PriceProblem,
    load_price_data,
)
from .price_config import readable_price
from .reasons import number_text

#: Which field of a form is wrong.
_FIELDS = {
    PriceProblem.UNKNOWN_AREA: form.CONF_AREA,
    PriceProblem.UNKNOWN_COUNTY: form.CONF_COUNTY,
    PriceProblem.UNKNOWN_GRID_COMPANY: form.CONF_COMPANY,
    PriceProblem.NO_GRID_TARIFF: form.CONF_COMPANY,
}


class ContractSteps(ConfigSubentryFlow):
    """Menu → contract → home and grid, or taxes abroad → supplier."""

    _data: dict[str, Any]
    _prices: PriceData
    _begun: PriceDraft | None = None
    #: What a PriceError told that a form shows.
    _wrong: Mapping[str, str] = {}

    async def async_step_source(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask where spot prices come from."""
        raise NotImplementedError

    async def async_step_preview(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show what a kWh costs now, before it is kept."""
        raise NotImplementedError

    async def _price_done(self) -> SubentryFlowResult:
        """Keep the site with its price."""
        raise NotImplementedError

    # The contract -----------------------------------------------------------------------------

    async def async_step_price(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask how power is paid for."""
        draft = await self._begin_price()
        if draft.country is None:
            return await self.async_step_country()
        kinds = [kind for kind in EnergyKind if draft.norwegian or kind != EnergyKind.NORGESPRIS]
        leave = "remove_price" if CONF_PRICE in self._data else "price_later"
        return self.async_show_menu(step_id="price", menu_options=[*kinds, "country", leave])

    async def async_step_price_later(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Do without a price for now."""
        return await self._price_done()

    async def async_step_remove_price(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Forget the price that the site has."""
        del self._data[CONF_PRICE]
        return await self._price_done()

    async def async_step_country(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask in which country the site lies."""
        if user_input is not None:
            self._draft.live_in(user_input[form.CONF_COUNTRY], self.hass.config.currency)
            return await self.async_step_price()
        suggested = NORWAY if self._place() else None
        return self._show("country", self._forms.country(suggested))

    async def async_step_spot(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Take the market's price."""
        self._draft.kind = EnergyKind.SPOT
        return await self._ask_where()

    async def async_step_norgespris(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Take the state's price."""
        self._draft.kind = EnergyKind.NORGESPRIS
        return await self._ask_where()

    async def async_step_fixed(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a fixed price."""
        draft, errors = self._draft, dict[str, str]()
        draft.kind = EnergyKind.FIXED
        if user_input is not None:
            amounts, errors = self._amounts(
                user_input, {form.CONF_FIXED_PRICE: price_limits}, {form.CONF_FIXED_PRICE}
            )
            if not errors:
                draft.fixed_price = amounts[form.CONF_FIXED_PRICE]
                draft.all_inclusive = user_input[form.CONF_ALL_INCLUSIVE]
                if draft.all_inclusive:
                    return await self.async_step_preview()
                return await self._ask_where()
        return self._show("fixed", self._forms.fixed(), user_input, errors)

    # The home and its grid --------------------------------------------------------------------

    async def async_step_home(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask where in Norway the home is, and what it is."""
        draft, errors = self._draft, dict[str, str]()
        if user_input is not None:
            county = user_input[form.CONF_COUNTY]
            if county != draft.county:
                draft.grid = None
            draft.county, draft.area = county, user_input[form.CONF_AREA]
            draft.dwelling = Dwelling(user_input[form.CONF_DWELLING])
            zone = self._prices.norway.in_action_zone(county)
            draft.action_zone = draft.action_zone if zone is None else zone
            company = draft.grid and draft.grid.company
            if company and company not in self._prices.grid.names(draft.dwelling):
                draft.grid = None
            if not (errors := self._refusal(user_input)):
                return await self.async_step_grid()
        elif draft.county is None and (place := self._place()):
            draft.county, draft.area = place.county, place.area
            draft.grid = Grid(company=place.company) if place.company else None
        return self._show("home", self._forms.home(), user_input, errors)

    async def async_step_grid(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask who owns the grid."""
        draft, errors = self._draft, dict[str, str]()
        if user_input is not None:
            draft.action_zone = user_input.get(form.CONF_ACTION_ZONE, draft.action_zone)
            if (company := user_input[form.CONF_COMPANY]) == form.BY_HAND:
                return await self.async_step_grid_by_hand()
            draft.grid = Grid(company=company)
            if not (errors := self._refusal(user_input)):
                return await self.async_step_supplier()
        municipalities = self._prices.norway.action_zone_municipalities.get(draft.county or "", ())
        return self._show(
            "grid", self._forms.grid(), user_input, errors, municipalities=", ".join(municipalities)
        )

    async def async_step_grid_by_hand(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the grid fee."""
        draft, errors = self._draft, dict[str, str]()
        if user_input is not None:
            limits = dict.fromkeys((form.CONF_GRID_FEE, form.CONF_NIGHT_FEE), price_limits)
            amounts, errors = self._amounts(user_input, limits, {form.CONF_GRID_FEE})
            if not errors:
                cheaper = bool(user_input.get(form.CONF_NIGHT_FEE, "").strip())
                draft.grid = form.hand_grid(
                    amounts[form.CONF_GRID_FEE],
                    amounts[form.CONF_NIGHT_FEE] if cheaper else None,
                    days_off=user_input[form.CONF_DAYS_OFF],
                    before=draft.grid,
                )
                if not (errors := self._refusal(user_input)):
                    return await self.async_step_supplier()
        return self._show("grid_by_hand", self._forms.grid_by_hand(), user_input, errors)

    async def async_step_abroad(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for price area and taxes where they are not known."""
        draft, errors = self._draft, dict[str, str]()
        if user_input is not None:
            limits = {form.CONF_VAT: percents, form.CONF_ENERGY_TAX: addition_limits}
            amounts, errors = self._amounts(user_input, limits, {form.CONF_VAT})
            if not errors:
                draft.take_area(user_input.get(form.CONF_AREA))
                draft.vat = share_of(amounts[form.CONF_VAT])
                draft.energy_tax = amounts[form.CONF_ENERGY_TAX]
                if not (errors := self._refusal(user_input)):
                    return await self.async_step_grid_by_hand()
        return self._show("abroad", self._forms.abroad(), user_input, errors)

    async def async_step_supplier(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what the supplier takes."""
        draft, errors = self._draft, dict[str, str]()
        if user_input is not None:
            limits = {
                form.CONF_MARKUP: addition_limits,
                form.CONF_MONTHLY_FEE: monthly_limits,
            }
            amounts, errors = self._amounts(user_input, limits)
            if not errors:
                draft.markup = amounts[form.CONF_MARKUP]
                draft.monthly_fee = amounts[form.CONF_MONTHLY_FEE]
                if form.CONF_SETTLEMENT in user_input:
                    draft.settlement = form.SETTLEMENTS[user_input[form.CONF_SETTLEMENT]]
                draft.support = user_input.get(form.CONF_SUPPORT, draft.support)
                if not (errors := self._refusal(user_input)):
                    spot = draft.contract(dt_util.utcnow()).needs_spot
                    return await (self.async_step_source() if spot else self.async_step_preview())
        return self._show("supplier", self._forms.supplier(), user_input, errors)

    # What the steps share ---------------------------------------------------------------------

    @property
    def _draft(self) -> PriceDraft:
        assert self._begun, "the first step begins it"
        return self._begun

    @property
    def _forms(self) -> form.PriceForms:
        comma = "," in number_text(self.hass, 0.5, 1)
        return form.PriceForms(self._draft, self._prices, comma=comma)

    async def _begin_price(self) -> PriceDraft:
        """Return the answers, to begin with those of the contract that the site has."""
        if self._begun is None:
            self._prices = await self.hass.async_add_executor_job(load_price_data)
            self._begun = self._first_draft()
        return self._begun

    def _first_draft(self) -> PriceDraft:
        config, stored = self.hass.config, self._data.get(CONF_PRICE)
        if present := readable_price(stored):
            country = stored.get(form.CONF_COUNTRY, config.country) if stored else None
            return PriceDraft.of(
                present, country=country, time_zone=config.time_zone, now=dt_util.utcnow()
            )
        return PriceDraft(
            country=config.country,
            currency=known_currency(config.country or "") or config.currency,
            time_zone=config.time_zone,
        )

    async def _ask_where(self) -> SubentryFlowResult:
        norwegian = self._draft.norwegian
        return await (self.async_step_home() if norwegian else self.async_step_abroad())

    def _place(self) -> Place | None:
        """Return the Norwegian town near the site, or near Home Assistant's home."""
        home = {
            CONF_LATITUDE: self.hass.config.latitude,
            CONF_LONGITUDE: self.hass.config.longitude,
        }
        position = self._data.get(CONF_LOCATION) or home
        return self._prices.places.nearest(position[CONF_LATITUDE], position[CONF_LONGITUDE])

    def _amounts(
        self,
        user_input: dict[str, Any],
        limits: Mapping[str, Callable[[str], Limits]],
        needed: Collection[str] = (),
    ) -> tuple[dict[str, Decimal], dict[str, str]]:
        """Return the amounts that were typed, in the currency that was, and what is wrong."""
        if form.CONF_CURRENCY in user_input:
            currency = user_input[form.CONF_CURRENCY].strip().upper()
            if not is_currency(currency):
                return {}, {form.CONF_CURRENCY: "currency_invalid"}
            self._draft.pay_in(currency)
        currency = self._draft.currency
        found = {name: limit(currency) for name, limit in limits.items()}
        return read_amounts(user_input, found, needed)

    def _refusal(self, user_input: dict[str, Any]) -> dict[str, str]:
        """Return why what is answered so far gives no price, by field."""
        now = dt_util.utcnow()
        try:
            price_now(PriceModel(self._draft.contract(now), self._prices), None, now)
        except PriceError as problem:
            self._wrong = problem.placeholders
            field = _FIELDS.get(problem.key)
            return {field if field in user_input else "base": problem.key}
        return {}

    def _show(
        self,
        step: str,
        fields: tuple[vol.Schema, dict[str, Any]],
        user_input: dict[str, Any] | None = None,
        errors: dict[str, str] | None = None,
        **placeholders: str,
    ) -> SubentryFlowResult:
        schema, suggested = fields
        currency = unit_of(self._draft.currency)
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(
                schema, suggested if user_input is None else user_input
            ),
            errors=errors,
            description_placeholders={"currency": currency, **placeholders, **self._wrong},
        )
