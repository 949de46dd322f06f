"""Short ways to write contracts, periods and prices."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from custom_components.zmartcharge.price import (
    Contract,
    Energy,
    EnergyKind,
    Grid,
    NorwegianTaxes,
    Period,
    PriceModel,
    PriceSeries,
    Resolution,
    SpotPrice,
    load_price_data,
)

OSLO = ZoneInfo("Europe/Oslo")
SPOT = Energy(kind=EnergyKind.SPOT)
NORGESPRIS = Energy(kind=EnergyKind.NORGESPRIS)


def local(text: str, fold: int = 0) -> datetime:
    """Return a moment as the clock in Oslo shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=OSLO, fold=fold)


def hour(text: str, resolution: Resolution = Resolution.HOUR, fold: int = 0) -> Period:
    """Return the period that begins at a local time."""
    return Period.of(local(text, fold), resolution)


def model(**changes: Any) -> PriceModel:
    """Return Elvia's customer with a spot contract, with something else about it."""
    usual = {
        "energy": SPOT,
        "area": "NO1",
        "taxes": NorwegianTaxes(county="03"),
        "grid": Grid(company="elvia"),
    }
    return PriceModel(Contract(**{**usual, **changes}), load_price_data())


def spot(period: Period, value: str, **flags: bool) -> SpotPrice:
    """Return a spot price."""
    return SpotPrice(period, Decimal(value), **flags)


def series(
    start: str,
    values: Sequence[str],
    resolution: Resolution = Resolution.HOUR,
    **flags: bool,
) -> PriceSeries:
    """Return prices that follow each other from a local time on."""
    first = local(start)
    begin = Period.of(first, resolution).start
    return PriceSeries.of(
        "NOK",
        (
            spot(Period.of(begin + number * resolution.duration, resolution), value, **flags)
            for number, value in enumerate(values)
        ),
    )
