"""Spot prices in the order of time."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from .errors import PriceError, PriceProblem
from .period import Period, Resolution, local_day

#: Day-ahead prices lie between -0.5 and +4 EUR per kWh (ACER decision 01/2023, with its increases),
#: that is below 60 in any Nordic currency. Beyond this it is another unit, or a fault.
LARGEST_PRICE = Decimal(100)


@dataclass(frozen=True, slots=True)
class SpotPrice:
    """What energy costs on the day-ahead market in a period.

    ``value`` is per kWh, without VAT, in the currency of its series; it may be negative. ``forecast``
    tells that it was estimated, not published; ``preliminary`` that the market may still correct it a
    little because the exchange rate was not fixed yet.
    """

    period: Period
    value: Decimal
    forecast: bool = False
    preliminary: bool = False

    def __post_init__(self) -> None:
        """Raise ``PriceError`` for what can be no price per kWh."""
        if not self.value.is_finite() or abs(self.value) > LARGEST_PRICE:
            raise PriceError(PriceProblem.ABSURD, value=self.value)


@dataclass(frozen=True, slots=True)
class PriceSeries:
    """Spot prices of one area: sorted, never two for one moment; there may be gaps.

    ``currency`` is a code of ISO 4217. Build one with ``of``; every change returns a new series.
    """

    currency: str
    prices: tuple[SpotPrice, ...] = ()

    def __post_init__(self) -> None:
        """Raise ``PriceError`` when prices overlap."""
        ended: datetime | None = None
        for price in self.prices:
            if ended is not None and price.period.start < ended:
                raise PriceError(PriceProblem.CONTRADICTION, start=price.period.start.isoformat())
            ended = price.period.end

    @classmethod
    def of(cls, currency: str, prices: Iterable[SpotPrice]) -> Self:
        """Return a series of prices in any order; the same price twice counts once.

        Raises ``PriceError`` when two tell different things of one moment.
        """
        unique = dict.fromkeys(prices)
        return cls(currency, tuple(sorted(unique, key=lambda price: price.period)))

    def __bool__(self) -> bool:
        """Return whether there is a price."""
        return bool(self.prices)

    def __iter__(self) -> Iterator[SpotPrice]:
        """Return the prices in the order of time."""
        return iter(self.prices)

    def __len__(self) -> int:
        """Return how many prices there are."""
        return len(self.prices)

    @property
    def known_until(self) -> datetime | None:
        """Return the end of the last published price, in UTC."""
        return next(
            (price.period.end for price in reversed(self.prices) if not price.forecast), None
        )

    def at(self, moment: datetime) -> SpotPrice | None:
        """Return the price that holds at a moment."""
        place = bisect_right(self.prices, moment, key=lambda price: price.period.start)
        if not place or not self.prices[place - 1].period.contains(moment):
            return None
        return self.prices[place - 1]

    def between(self, start: datetime, end: datetime) -> Self:
        """Return what lies between two moments; prices at the edges are cut."""
        window = Period(start, end)
        first = max(0, bisect_right(self.prices, start, key=lambda price: price.period.start) - 1)
        found = []
        for price in self.prices[first:]:
            if price.period.start >= end:
                break
            if common := price.period.intersection(window):
                found.append(replace(price, period=common))
        return replace(self, prices=tuple(found))

    def gaps(self, period: Period) -> tuple[Period, ...]:
        """Return the parts of a period of which no price is published; a forecast fills no gap."""
        found, start = [], period.start
        for price in self.between(period.start, period.end):
            if price.forecast:
                continue
            if price.period.start > start:
                found.append(Period(start, price.period.start))
            start = price.period.end
        if start < period.end:
            found.append(Period(start, period.end))
        return tuple(found)

    def covers(self, day: date, time_zone: tzinfo) -> bool:
        """Return whether every moment of a local day has a published price."""
        return not self.gaps(local_day(day, time_zone))

    def merge(self, newer: PriceSeries) -> Self:
        """Return both; a newer price goes over an older one, but a forecast over no published one.

        Raises ``PriceError`` when the currencies differ.
        """
        if newer.currency != self.currency:
            raise PriceError(
                PriceProblem.WRONG_CURRENCY, expected=self.currency, found=newer.currency
            )
        published = [price for price in self.prices if not price.forecast]
        forecasts = [price for price in newer.prices if price.forecast]
        told = [price for price in newer.prices if not price.forecast]
        taken = [*told, *_without(forecasts, published)]
        taken.sort(key=lambda price: price.period)
        kept = _without(self.prices, taken)
        return replace(self, prices=tuple(sorted([*taken, *kept], key=lambda price: price.period)))

    def without_forecast(self) -> Self:
        """Return what is published."""
        return replace(self, prices=tuple(price for price in self.prices if not price.forecast))

    def resampled(self, resolution: Resolution) -> Self:
        """Return the series in periods of one length.

        A longer period has the mean of its parts, weighted by time: so an hour is settled on the mean
        of its quarters. Of one that is not whole only the known parts count, and it becomes a forecast.
        """
        if all(_is_market_period(price.period, resolution) for price in self.prices):
            return self
        parts: dict[Period, list[SpotPrice]] = {}
        for price in self.prices:
            for part in price.period.split(resolution):
                parts.setdefault(Period.of(part.start, resolution), []).append(
                    replace(price, period=part)
                )
        return replace(self, prices=tuple(_mean(period, parts[period]) for period in sorted(parts)))

    def to_dict(self) -> dict[str, Any]:
        """Return it for a restart, ready for JSON: each price as start, seconds, value, flags."""
        return {
            "currency": self.currency,
            "prices": [
                [
                    price.period.start.isoformat(),
                    int(price.period.duration.total_seconds()),
                    str(price.value),
                    price.forecast + 2 * price.preliminary,
                ]
                for price in self.prices
            ],
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return what ``to_dict`` gave. Raises ``PriceError`` when it is damaged."""
        try:
            return cls.of(str(stored["currency"]), [_stored(row) for row in stored["prices"]])
        except KeyError, TypeError, ValueError, InvalidOperation, OverflowError:
            raise PriceError(PriceProblem.NOT_A_LIST, value=stored) from None


def _stored(row: list[Any]) -> SpotPrice:
    text, seconds, value, flags = row
    start = datetime.fromisoformat(text).astimezone(UTC)
    return SpotPrice(
        Period(start, start + timedelta(seconds=seconds)),
        Decimal(value),
        forecast=bool(flags & 1),
        preliminary=bool(flags & 2),
    )


def _is_market_period(period: Period, resolution: Resolution) -> bool:
    return period.duration == resolution.duration and period.start.minute % resolution == 0


def _mean(period: Period, parts: list[SpotPrice]) -> SpotPrice:
    seconds = [Decimal(int(part.period.duration.total_seconds())) for part in parts]
    values = {part.value for part in parts}
    total = sum(seconds)
    weighted = sum(
        (part.value * each for part, each in zip(parts, seconds, strict=True)), Decimal()
    )
    return SpotPrice(
        period,
        # What is equal stays exactly so; a division may round.
        values.pop() if len(values) == 1 else weighted / total,
        forecast=any(part.forecast for part in parts)
        or total < Decimal(int(period.duration.total_seconds())),
        preliminary=any(part.preliminary for part in parts),
    )


def _without(prices: Iterable[SpotPrice], covers: list[SpotPrice]) -> list[SpotPrice]:
    """Return what of the prices lies outside others, which are sorted."""
    found = []
    for price in prices:
        start = price.period.start
        first = max(0, bisect_right(covers, start, key=lambda cover: cover.period.start) - 1)
        for cover in covers[first:]:
            if cover.period.start >= price.period.end:
                break
            if cover.period.end <= start:
                continue
            if cover.period.start > start:
                found.append(replace(price, period=Period(start, cover.period.start)))
            start = cover.period.end
        if start < price.period.end:
            found.append(replace(price, period=Period(start, price.period.end)))
    return found
