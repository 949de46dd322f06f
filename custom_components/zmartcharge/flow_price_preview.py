"""What a kWh costs by a contract that is about to be kept, line by line."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .flow_amounts import unit_of
from .flow_price_draft import ALWAYS
from .price import (
    EnergyKind,
    FetchState,
    FixedPrice,
    Period,
    PriceBreakdown,
    PriceError,
    PriceModel,
    PriceSeries,
    Resolution,
    SourceChain,
    SpotPrice,
    components,
    market_day,
    settle,
)
from .price_config import PriceConfig, PriceSource
from .price_sources import create_sources
from .reasons import number_text, text_of

#: The spot price without VAT that is shown where none is known, per kWh.
EXAMPLE: Final = Decimal(1)
#: Seconds that sources get together.
PATIENCE: Final = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Spot prices of now: which source gave them, and why the chosen one did not."""

    series: PriceSeries
    source: str | None
    problem: PriceError | None

    def known(self, now: datetime) -> bool:
        """Tell whether the price of a moment is among them."""
        return self.series.at(now) is not None


def uses_spot(model: PriceModel) -> bool:
    """Return whether a kWh costs something else at another spot price, below the monthly limit."""
    return model.contract.energy.kind is EnergyKind.SPOT or model.contract.support


async def fetch_spot(hass: HomeAssistant, config: PriceConfig, now: datetime) -> Spot:
    """Ask the sources for the spot price of now, for a while."""
    nothing = PriceSeries(config.contract.currency)
    chain = SourceChain(create_sources(hass, config, lambda: None))
    try:
        async with asyncio.timeout(PATIENCE):
            update = await chain.update(nothing, FetchState(), now)
    except TimeoutError:
        return Spot(series=nothing, source=None, problem=None)
    today = market_day(now)
    problem = update.state.of(today).problems.get(str(config.source))
    if config.source is PriceSource.SENSOR:
        # It was tried when it was chosen; a sensor that tells less than a whole day is all right.
        problem = None
    return Spot(
        series=update.series, source=update.fetched.get(today, config.source), problem=problem
    )


def price_now(
    model: PriceModel, series: PriceSeries | None, now: datetime, *, example: bool = True
) -> PriceBreakdown:
    """Return what a kWh costs from now on; without a series with an ``example`` of a spot price.

    Raises ``PriceError`` for what can never be priced.
    """
    window = Period(now, Period.of(now, Resolution.QUARTER).end)
    if not series:
        return components(model, window, SpotPrice(window, EXAMPLE) if example else None, 0)
    settled, hours = settle(model, series)
    hour = hours.at(now)
    return components(
        model, window, settled.at(now), 0, hour_spot=None if hour is None else hour.value
    )


@callback
def price_placeholders(hass: HomeAssistant, breakdown: PriceBreakdown) -> dict[str, str]:
    """Return the lines of a price as Markdown, and what they come to: [lines, total, currency]."""
    unit = unit_of(breakdown.currency)
    lines = [
        f"- {each.name or text_of(hass, f'component_{each.key}', {})}: "
        f"{_money(hass, each.amount, 4)} {unit}"
        for each in breakdown.components
    ]
    total = f"{_money(hass, breakdown.total, 2)} {unit}"
    return {"lines": "\n".join(lines), "total": total, "currency": unit}


@callback
def spot_placeholders(hass: HomeAssistant, spot: Spot) -> dict[str, str]:
    """Return what is told of a source: [source, until, trouble]."""
    until = spot.series.known_until
    problem = spot.problem
    told = text_of(hass, problem.key, problem.placeholders) if problem else ""
    return {
        "source": source_name(hass, spot.source),
        "until": _clock(until) if until else "",
        "trouble": told and f"\n\n{told}",
    }


@callback
def source_name(hass: HomeAssistant, source: str | None) -> str:
    """Return what a source is called in Home Assistant's language."""
    key = f"component.{DOMAIN}.selector.price_source.options.{source}"
    for language in (hass.config.language, "en"):
        if text := async_get_cached_translations(hass, language, "selector", DOMAIN).get(key):
            return text
    return source or ""


@callback
def history_text(
    hass: HomeAssistant, history: tuple[FixedPrice, ...], currency: str, zone: tzinfo
) -> str:
    """Return a history of fixed prices as Markdown, a line for each with the days of its time."""
    days = [f"{price.since.astimezone(zone):%Y-%m-%d}" for price in history]
    if history[0].since <= ALWAYS:
        days[0] = "…"
    unit = unit_of(currency)
    return "\n".join(
        f"- {begin} – {end}: {_money(hass, price.value, 4)} {unit}"
        for price, begin, end in zip(history, days, [*days[1:], "…"], strict=True)
    )


def _money(hass: HomeAssistant, amount: Decimal, digits: int) -> str:
    """Return an amount, rounded as people do."""
    return number_text(
        hass, float(amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)), digits
    )


def _clock(at: datetime) -> str:
    local = dt_util.as_local(at)
    return f"{local:%H:%M} ({local.day}.{local.month}.)"
