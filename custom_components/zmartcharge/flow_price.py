"""The steps that tell how a site's power is paid for, from the source of prices to the preview."""

from datetime import date, datetime, timedelta
from typing import Any, override

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import CONF_TYPE, STATE_UNAVAILABLE
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from . import flow_price_form as form
from .config import MeterType
from .const import CONF_METER, CONF_PRICE, DOMAIN
from .flow_amounts import percents, price_limits, share_of
from .flow_price_contract import ContractSteps
from .flow_price_draft import ALWAYS
from .flow_price_preview import (
    fetch_spot,
    history_text,
    price_now,
    price_placeholders,
    spot_placeholders,
    uses_spot,
)
from .price import FixedPrice, PriceError, PriceModel, PriceProblem, local_day
from .price_config import (
    CONF_FALL_BACK,
    CONF_SENSOR,
    CONF_SENSOR_VAT,
    CONF_SOURCE,
    PriceConfig,
    PriceSource,
)
from .price_sources import WEB_COUNTRIES, prices_of_state

_NORD_POOL = "nordpool"
#: Countries with an open service of prices on the web (hvakosterstrommen.no and its sisters).
#: How far ahead a fixed price may be agreed on.
_FARTHEST = timedelta(days=5 * 366)


class PriceSteps(ContractSteps):
    """Contract → source of spot prices → preview → done; or a new fixed price → preview → done."""

    _accepted: PriceConfig

    # The source of spot prices ----------------------------------------------------------------

    @override
    async def async_step_source(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask where spot prices come from."""
        if user_input is None:
            return self._show("source", self._forms.source(self._sources))
        self._draft.source = PriceSource(user_input[CONF_SOURCE])
        self._draft.fall_back = user_input[CONF_FALL_BACK]
        if self._draft.source is PriceSource.SENSOR:
            return await self.async_step_price_sensor()
        return await self.async_step_preview()

    async def async_step_price_sensor(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which sensor tells spot prices, and try it."""
        draft, errors = self._draft, dict[str, str]()
        if user_input is not None:
            amounts, errors = self._amounts(user_input, {CONF_SENSOR_VAT: percents})
            if not errors:
                draft.sensor = user_input[CONF_SENSOR]
                draft.sensor_vat = share_of(amounts[CONF_SENSOR_VAT])
                if not (errors := self._sensor_refusal(user_input)):
                    return await self.async_step_preview()
        return self._show("price_sensor", self._forms.sensor(), user_input, errors)

    # A new fixed price -------------------------------------------------------------------------

    async def async_step_new_fixed_price(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a fixed price that follows the present one."""
        draft, errors = await self._begin_price(), dict[str, str]()
        assert draft.before, "the menu offers it to those who have a fixed price"
        if user_input is not None:
            amounts, errors = self._amounts(
                user_input, {form.CONF_FIXED_PRICE: price_limits}, {form.CONF_FIXED_PRICE}
            )
            since = self._since(user_input.get(form.CONF_SINCE))
            if since is None:
                errors[form.CONF_SINCE] = "since_range"
            elif not errors:
                draft.dated = FixedPrice(since, amounts[form.CONF_FIXED_PRICE])
                if not (errors := self._refusal(user_input)):
                    return await self.async_step_preview()
        history = history_text(self.hass, draft.before.fixed, draft.currency, draft.zone)
        return self._show(
            "new_fixed_price", self._forms.new_fixed_price(), user_input, errors, history=history
        )

    # The preview ------------------------------------------------------------------------------

    @override
    async def async_step_preview(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show what a kWh costs now, before it is kept."""
        draft, now = self._draft, dt_util.utcnow()
        self._accepted = config = draft.config(now)
        model = PriceModel(config.contract, self._prices)
        step, told = "preview", dict[str, str]()
        series = None
        if uses_spot(model):
            spot = await fetch_spot(self.hass, config, now)
            step, told = "preview_example", spot_placeholders(self.hass, spot)
            if spot.known(now):
                step, series = "preview_spot", spot.series
        if draft.dated:
            step = "preview_new_price"
            fixed = config.contract.energy.fixed
            told = {"history": history_text(self.hass, fixed, draft.currency, draft.zone)}
        breakdown = price_now(model, series, now, example=not draft.dated)
        return self.async_show_menu(
            step_id=step,
            menu_options=["save_price", "new_fixed_price" if draft.dated else "price"],
            description_placeholders={**told, **price_placeholders(self.hass, breakdown)},
        )

    async def async_step_preview_spot(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the price with the spot price of now, also when the page is loaded anew."""
        return await self.async_step_preview()

    async def async_step_preview_example(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the price with an example of a spot price."""
        return await self.async_step_preview()

    async def async_step_preview_new_price(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the price beside the history of fixed prices."""
        return await self.async_step_preview()

    async def async_step_save_price(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Keep what was shown."""
        # The country is for this flow: a contract outside Norway does not tell it.
        country = {form.CONF_COUNTRY: self._draft.country}
        self._data[CONF_PRICE] = self._accepted.to_dict() | country
        return await self._price_done()

    # What the steps share ---------------------------------------------------------------------

    @property
    def _sources(self) -> list[PriceSource]:
        """Return the sources that can be chosen, the best one first."""
        meter = self._data.get(CONF_METER) or {}
        possible = {
            PriceSource.NORD_POOL: self.hass.config_entries.async_has_entries(
                _NORD_POOL, include_ignore=False, include_disabled=False
            ),
            PriceSource.WEB: self._draft.country in WEB_COUNTRIES,
            PriceSource.READER: meter.get(CONF_TYPE) == MeterType.MQTT,
            PriceSource.SENSOR: True,
        }
        return [source for source, offered in possible.items() if offered]

    def _sensor_refusal(self, user_input: dict[str, Any]) -> dict[str, str]:
        """Return why the sensor tells no prices, by field."""
        entity_id = user_input[CONF_SENSOR]
        known = er.async_get(self.hass).async_get(entity_id)
        if known and known.platform == DOMAIN:
            return {CONF_SENSOR: "price_sensor_own"}
        state = self.hass.states.get(entity_id)
        if state is None or state.state == STATE_UNAVAILABLE:
            return {CONF_SENSOR: PriceProblem.UNREACHABLE}
        try:
            prices_of_state(state, self._draft.currency, self._draft.sensor_vat)
        except PriceError as problem:
            self._wrong = problem.placeholders
            return {CONF_SENSOR: problem.key}
        return {}

    def _since(self, day: str | None) -> datetime | None:
        """Return from when a new fixed price holds, now without a day; ``None`` if that cannot be."""
        now = dt_util.utcnow()
        if day is None:
            return now
        chosen = date.fromisoformat(day)
        if not ALWAYS.date() < chosen <= (now + _FARTHEST).date():
            return None
        return local_day(chosen, self._draft.zone).start
