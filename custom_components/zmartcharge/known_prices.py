"""What is known and estimated of a site's prices, in the order of time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from .ledger import HeldPrice
from .price import Period, PriceBreakdown, PriceModel, PriceSeries, price_list, with_forecast

#: How far ahead estimates go.
AHEAD = timedelta(hours=60)


@dataclass(frozen=True, slots=True)
class PriceList:
    """The prices of all periods that are known or estimated, in the order of time."""

    breakdowns: tuple[PriceBreakdown, ...] = ()

    def at(self, moment: datetime) -> PriceBreakdown | None:
        """Return the price that holds at a moment."""
        return next((each for each in self.breakdowns if each.period.contains(moment)), None)

    def between(self, start: datetime, end: datetime) -> tuple[PriceBreakdown, ...]:
        """Return the prices of the periods that lie between two moments, even in part."""
        return tuple(
            each for each in self.breakdowns if each.period.start < end and each.period.end > start
        )


def settled(
    model: PriceModel,
    series: PriceSeries,
    window: Period,
    now: datetime,
    reached: Mapping[date, datetime],
) -> PriceList:
    """Return the prices within a window as the contract says, with those that must be estimated."""
    if series:
        series = with_forecast(series, now, window.end, model.zone)
    return PriceList(price_list(model, series, window, reached))


def planned_on(prices: PriceList, now: datetime) -> Mapping[datetime, Decimal]:
    """Return what plans are made from, so that nothing is planned anew because time goes by."""
    until = now + AHEAD - timedelta(hours=1)
    return {each.period.start: each.total for each in prices.between(now, until)}


def held(breakdown: PriceBreakdown) -> HeldPrice:
    """Return a price as the ledger keeps it."""
    components: dict[str, Decimal] = {}
    for each in breakdown.components:
        name = each.name or each.key
        components[name] = components.get(name, Decimal()) + each.amount
    return HeldPrice(
        start=breakdown.period.start,
        end=breakdown.period.end,
        price=breakdown.total,
        currency=breakdown.currency,
        components=components,
        preliminary=breakdown.preliminary,
    )
