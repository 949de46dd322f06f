"""The forms of how power is paid for, and the amounts that people type into them."""

from decimal import Decimal
from typing import Any

from homeassistant.helpers.selector import (
    BooleanSelector,
    CountrySelector,
    DateSelector,
    EntitySelector,
    EntitySelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
import voluptuous as vol

from .flow_amounts import percent_of, unit_of
from .flow_price_draft import PriceDraft, areas_of, known_currency
from .price import (
    DayType,
    Dwelling,
    EnergyKind,
    EnergyRates,
    Grid,
    PriceData,
    Resolution,
    TimedRate,
    TimeRule,
)
from .price_config import CONF_FALL_BACK, CONF_SENSOR, CONF_SENSOR_VAT, CONF_SOURCE, PriceSource

CONF_ACTION_ZONE = "action_zone"
CONF_ALL_INCLUSIVE = "all_inclusive"
CONF_AREA = "area"
CONF_COMPANY = "company"
CONF_COUNTRY = "country"
CONF_COUNTY = "county"
CONF_CURRENCY = "currency"
CONF_DAYS_OFF = "days_off"
CONF_DWELLING = "dwelling"
CONF_ENERGY_TAX = "energy_tax"
CONF_FIXED_PRICE = "fixed_price"
CONF_GRID_FEE = "grid_fee"
CONF_MARKUP = "markup"
CONF_MONTHLY_FEE = "monthly_fee"
CONF_NIGHT_FEE = "night_fee"
CONF_SETTLEMENT = "settlement"
CONF_SINCE = "since"
CONF_SUPPORT = "support"
CONF_VAT = "vat"

BY_HAND = "by_hand"
#: How suppliers settle, by the name that the form has for it.
SETTLEMENTS = {"hour": Resolution.HOUR, "quarter": Resolution.QUARTER}
#: The names of the cheaper rates of a grid fee that was entered by hand.
_NIGHT, _DAYS_OFF = "night", "days_off"
_NIGHT_HOURS = frozenset({22, 23, 0, 1, 2, 3, 4, 5})
#: What Nord Pool calls its areas (https://www.nordpoolgroup.com), beside their codes.
_TOWNS = {
    "NO1": "Oslo",
    "NO2": "Kristiansand",
    "NO3": "Trondheim",
    "NO4": "Tromsø",
    "NO5": "Bergen",
    "SE1": "Luleå",
    "SE2": "Sundsvall",
    "SE3": "Stockholm",
    "SE4": "Malmö",
    "DK1": "Aarhus",
    "DK2": "København",
}


def hand_grid(fee: Decimal, night: Decimal | None, *, days_off: bool, before: Grid | None) -> Grid:
    """Return a grid fee that was entered by hand; a capacity fee stays as it was.

    ``night`` is the fee from 22 to 6, with ``days_off`` also on weekends and public holidays.
    """
    rates: list[TimedRate] = []
    if night is not None:
        rates.append(TimedRate(name=_NIGHT, amount=night, when=TimeRule(hours=_NIGHT_HOURS)))
        if days_off:
            rule = TimeRule(days=frozenset({DayType.DAY_OFF}))
            rates.append(TimedRate(name=_DAYS_OFF, amount=night, when=rule))
    return Grid(
        energy=EnergyRates(base=fee, exceptions=tuple(rates)),
        capacity=before.capacity if before else None,
    )


class PriceForms:
    """Each form, with what it is filled with when it opens.

    Amounts are text fields, because a decimal comma and a decimal point must both be understood in
    every browser.
    """

    def __init__(self, draft: PriceDraft, data: PriceData, *, comma: bool) -> None:
        """Take what is answered so far; ``comma`` tells how decimals are shown."""
        self._draft = draft
        self._data = data
        self._comma = comma

    def country(self, suggested: str | None) -> tuple[vol.Schema, dict[str, Any]]:
        """Return the form of the country."""
        schema = vol.Schema({vol.Required(CONF_COUNTRY): CountrySelector()})
        return schema, _told({CONF_COUNTRY: self._draft.country or suggested})

    def fixed(self) -> tuple[vol.Schema, dict[str, Any]]:
        """Return the form of a fixed price."""
        fields: dict[Any, Any] = {
            vol.Required(CONF_FIXED_PRICE): self._per_kwh(),
            vol.Required(CONF_ALL_INCLUSIVE, default=False): BooleanSelector(),
        }
        if self.asks_currency:
            fields[vol.Required(CONF_CURRENCY)] = self._currency()
        return vol.Schema(fields), _told(
            {
                CONF_FIXED_PRICE: self.amount(self._draft.fixed_price),
                CONF_ALL_INCLUSIVE: self._draft.all_inclusive,
                CONF_CURRENCY: self._draft.currency,
            }
        )

    def new_fixed_price(self) -> tuple[vol.Schema, dict[str, Any]]:
        """Return the form of a fixed price that holds from a day on."""
        schema = vol.Schema(
            {
                vol.Required(CONF_FIXED_PRICE): self._per_kwh(),
                vol.Optional(CONF_SINCE): DateSelector(),
            }
        )
        return schema, _told({CONF_FIXED_PRICE: self.amount(self._draft.fixed_price)})

    def home(self) -> tuple[vol.Schema, dict[str, Any]]:
        """Return the form of a Norwegian home."""
        counties = self._data.norway.counties.items()
        schema = vol.Schema(
            {
                vol.Required(CONF_DWELLING): _choice(CONF_DWELLING, list(Dwelling)),
                vol.Required(CONF_COUNTY): _labelled(
                    sorted(counties, key=lambda county: county[1])
                ),
                vol.Required(CONF_AREA): _areas("NO"),
            }
        )
        return schema, _told(
            {
                CONF_DWELLING: self._draft.dwelling,
                CONF_COUNTY: self._draft.county,
                CONF_AREA: self._draft.area,
            }
        )

    def grid(self) -> tuple[vol.Schema, dict[str, Any]]:
        """Return the form of the grid company, and of the action zone where it is not known."""
        names = self._data.grid.names(self._draft.dwelling)
        options = [SelectOptionDict(value=BY_HAND, label=BY_HAND)]
        options += [SelectOptionDict(value=key, label=name) for key, name in names.items()]
        fields: dict[Any, Any] = {
            vol.Required(CONF_COMPANY): SelectSelector(
                SelectSelectorConfig(
                    options=options,
                    translation_key=CONF_COMPANY,
                    mode=SelectSelectorMode.DROPDOWN,
                )
            )
        }
        if self.asks_action_zone:
            fields[vol.Required(CONF_ACTION_ZONE, default=False)] = BooleanSelector()
        grid = self._draft.grid
        company = (grid.company or BY_HAND) if grid else None
        return vol.Schema(fields), _told(
            {
                CONF_COMPANY: company if company in {BY_HAND, *names} else None,
                CONF_ACTION_ZONE: self._draft.action_zone,
            }
        )

    def grid_by_hand(self) -> tuple[vol.Schema, dict[str, Any]]:
        """Return the form of a grid fee for those whose company is not known."""
        schema = vol.Schema(
            {
                vol.Required(CONF_GRID_FEE): self._per_kwh(),
                vol.Optional(CONF_NIGHT_FEE): self._per_kwh(),
                vol.Required(CONF_DAYS_OFF, default=True): BooleanSelector(),
            }
        )
        energy = self._draft.grid.energy if self._draft.grid else None
        rates = {rate.name: rate.amount for rate in energy.exceptions} if energy else {}
        return schema, _told(
            {
                CONF_GRID_FEE: self.amount(energy.base if energy else None),
                CONF_NIGHT_FEE: self.amount(rates.get(_NIGHT)),
                CONF_DAYS_OFF: _DAYS_OFF in rates if rates else None,
            }
        )

    def abroad(self) -> tuple[vol.Schema, dict[str, Any]]:
        """Return the form of a home outside Norway."""
        draft = self._draft
        assert draft.country, "it was asked for"
        fields: dict[Any, Any] = {}
        if self.asks_area:
            fields[vol.Required(CONF_AREA)] = _areas(draft.country)
        if self.asks_currency and draft.kind is not EnergyKind.FIXED:
            fields[vol.Required(CONF_CURRENCY)] = self._currency()
        percent = TextSelector(TextSelectorConfig(suffix="%"))
        fields[vol.Required(CONF_VAT)] = percent
        fields[vol.Optional(CONF_ENERGY_TAX)] = self._per_kwh()
        return vol.Schema(fields), _told(
            {
                CONF_AREA: draft.area,
                CONF_CURRENCY: draft.currency,
                CONF_VAT: None if draft.vat is None else self.amount(percent_of(draft.vat)),
                CONF_ENERGY_TAX: self.amount(draft.energy_tax or None),
            }
        )

    def supplier(self) -> tuple[vol.Schema, dict[str, Any]]:
        """Return the form of what the supplier takes."""
        draft = self._draft
        monthly = TextSelector(TextSelectorConfig(suffix=unit_of(draft.currency)))
        fields: dict[Any, Any] = {
            vol.Optional(CONF_MARKUP): self._per_kwh(),
            vol.Optional(CONF_MONTHLY_FEE): monthly,
        }
        if draft.kind is not EnergyKind.FIXED:
            fields[vol.Required(CONF_SETTLEMENT)] = _choice(CONF_SETTLEMENT, list(SETTLEMENTS))
        if draft.may_have_support:
            fields[vol.Required(CONF_SUPPORT, default=True)] = BooleanSelector()
        settlement = next(
            name for name, resolution in SETTLEMENTS.items() if resolution is draft.settlement
        )
        return vol.Schema(fields), _told(
            {
                CONF_MARKUP: self.amount(draft.markup or None),
                CONF_MONTHLY_FEE: self.amount(draft.monthly_fee or None),
                CONF_SETTLEMENT: settlement,
                CONF_SUPPORT: draft.support,
            }
        )

    def source(self, sources: list[PriceSource]) -> tuple[vol.Schema, dict[str, Any]]:
        """Return the form of where spot prices come from, the first one suggested."""
        schema = vol.Schema(
            {
                vol.Required(CONF_SOURCE): _choice("price_source", sources),
                vol.Required(CONF_FALL_BACK, default=True): BooleanSelector(),
            }
        )
        chosen = self._draft.source if self._draft.source in sources else sources[0]
        return schema, {CONF_SOURCE: chosen, CONF_FALL_BACK: self._draft.fall_back}

    def sensor(self) -> tuple[vol.Schema, dict[str, Any]]:
        """Return the form of a sensor that tells spot prices."""
        percent = TextSelector(TextSelectorConfig(suffix="%"))
        schema = vol.Schema(
            {
                vol.Required(CONF_SENSOR): EntitySelector(EntitySelectorConfig(domain="sensor")),
                vol.Optional(CONF_SENSOR_VAT): percent,
            }
        )
        vat = self._draft.sensor_vat
        return schema, _told(
            {
                CONF_SENSOR: self._draft.sensor,
                CONF_SENSOR_VAT: self.amount(percent_of(vat) if vat else None),
            }
        )

    @property
    def asks_action_zone(self) -> bool:
        """Return whether the municipality decides about the action zone."""
        return self._data.norway.in_action_zone(self._draft.county or "") is None

    @property
    def asks_area(self) -> bool:
        """Return whether a price area has to be chosen: spot prices, and more than one to choose."""
        country = self._draft.country or ""
        known = len(areas_of(country)) == 1 and known_currency(country) is not None
        return self._draft.kind is EnergyKind.SPOT and not known

    @property
    def asks_currency(self) -> bool:
        """Return whether the country does not tell the currency."""
        return known_currency(self._draft.country or "") is None

    def amount(self, value: Decimal | None) -> str | None:
        """Return an amount as a field is filled with it."""
        if value is None:
            return None
        text = f"{value:f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        return text.replace(".", ",") if self._comma else text

    def _currency(self) -> TextSelector:
        return TextSelector()

    def _per_kwh(self) -> TextSelector:
        unit = "kWh" if self.asks_currency else f"{unit_of(self._draft.currency)}/kWh"
        return TextSelector(TextSelectorConfig(suffix=unit))


def _told(values: dict[str, Any]) -> dict[str, Any]:
    """Return what is known; an empty field would be filled with null otherwise."""
    return {name: value for name, value in values.items() if value is not None}


def _areas(country: str) -> SelectSelector:
    codes = areas_of(country)
    return SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(value=code, label=f"{code} {_TOWNS.get(code, '')}".strip())
                for code in codes
            ],
            custom_value=known_currency(country) is None,
            mode=SelectSelectorMode.DROPDOWN,
        )
    )


def _labelled(options: list[tuple[str, str]]) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(
            options=[SelectOptionDict(value=value, label=label) for value, label in options],
            mode=SelectSelectorMode.DROPDOWN,
        )
    )


def _choice(key: str, options: list[Any]) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(
            options=[str(option) for option in options],
            translation_key=key,
            mode=SelectSelectorMode.LIST,
        )
    )
