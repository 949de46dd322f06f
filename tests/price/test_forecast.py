from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from custom_components.zmartcharge.price import (
    PriceSeries,
    Resolution,
    SpotPrice,
    periods_of_day,
    with_forecast,
)

from .builders import OSLO, local


def shaped(first: date, days: int, level: Decimal = Decimal("0.50")) -> PriceSeries:
    """Return hours that are dear in the evening and cheaper on weekends."""
    prices = []
    for number in range(days):
        day = first + timedelta(days=number)
        for period in periods_of_day(day, OSLO, Resolution.HOUR):
            evening = period.start.astimezone(OSLO).hour in {17, 18, 19}
            value = (
                level
                + (Decimal("0.80") if evening else Decimal())
                - (Decimal("0.20") if day.weekday() >= 5 else Decimal())
            )
            prices.append(SpotPrice(period, value))
    return PriceSeries.of("NOK", prices)


NOW = local("2026-11-18T12:00")
KNOWN = shaped(date(2026, 10, 19), 31)  # up to and with Wednesday 18 November


def test_unknown_hours_have_the_shape_of_their_weekday() -> None:
    found = with_forecast(KNOWN, NOW, local("2026-11-23T00:00"), OSLO)
    assert found.at(local("2026-11-19T03:00")).value == Decimal("0.50")
    assert found.at(local("2026-11-19T18:00")).value == Decimal("1.30")
    assert found.at(local("2026-11-21T03:00")).value == Decimal("0.30")
    assert found.at(local("2026-11-21T18:15")).value == Decimal("1.10")
    assert found.at(local("2026-11-21T18:15")).forecast


def test_published_prices_stay_and_are_no_forecast() -> None:
    found = with_forecast(KNOWN, NOW, local("2026-11-20T00:00"), OSLO)
    assert found.without_forecast() == KNOWN
    assert found.known_until == KNOWN.known_until
    assert found.prices[-1].period.end == local("2026-11-20T00:00")


def test_latest_level_moves_the_forecast() -> None:
    dear = KNOWN.merge(shaped(date(2026, 11, 18), 1, Decimal("2.50")))
    found = with_forecast(dear, NOW, local("2026-11-20T00:00"), OSLO)
    assert found.at(local("2026-11-19T03:00")).value == Decimal("2.50")
    assert found.at(local("2026-11-19T18:00")).value == Decimal("3.30")


def test_negative_prices_keep_their_shape() -> None:
    low = shaped(date(2026, 10, 19), 31, Decimal("-0.30"))
    found = with_forecast(low, NOW, local("2026-11-20T00:00"), OSLO)
    assert found.at(local("2026-11-19T03:00")).value == Decimal("-0.30")
    assert found.at(local("2026-11-19T18:00")).value == Decimal("0.50")


def test_one_day_of_history_tells_a_shape_of_every_day() -> None:
    found = with_forecast(shaped(date(2026, 11, 18), 1), NOW, local("2026-11-22T00:00"), OSLO)
    assert found.at(local("2026-11-21T18:00")).value == Decimal("1.30")


@pytest.mark.parametrize("hours", [0, 10])
def test_less_than_a_day_tells_nothing(hours: int) -> None:
    known = PriceSeries("NOK", shaped(date(2026, 11, 18), 1).prices[:hours])
    assert with_forecast(known, NOW, local("2026-11-20T00:00"), OSLO) == known


def test_old_forecast_is_replaced_not_learned_from() -> None:
    wrong = shaped(date(2026, 11, 19), 2, Decimal(40))
    guess = PriceSeries.of(
        "NOK", (SpotPrice(price.period, price.value, forecast=True) for price in wrong)
    )
    found = with_forecast(KNOWN.merge(guess), NOW, local("2026-11-20T00:00"), OSLO)
    assert found.at(local("2026-11-19T03:00")).value == Decimal("0.50")
    assert found.at(local("2026-11-20T03:00")) is None


def test_gap_in_the_middle_is_filled() -> None:
    holed = PriceSeries("NOK", (*KNOWN.prices[:-6], *KNOWN.prices[-3:]))
    found = with_forecast(holed, NOW, local("2026-11-19T00:00"), OSLO)
    assert found.at(local("2026-11-18T18:00")).forecast
    assert not found.at(local("2026-11-18T22:00")).forecast


@pytest.mark.parametrize(("day", "quarters"), [(date(2026, 3, 29), 92), (date(2026, 10, 25), 100)])
def test_forecast_of_the_day_when_the_clocks_change_is_whole(day: date, quarters: int) -> None:
    known = shaped(day - timedelta(days=28), 28)
    periods = periods_of_day(day, OSLO)
    found = with_forecast(known, periods[0].start - timedelta(hours=3), periods[-1].end, OSLO)
    estimates = [price for price in found if price.forecast]
    assert len(estimates) == quarters
    assert found.at(periods[9].start).value == Decimal("0.30")


def test_nothing_to_fill_changes_nothing() -> None:
    past = datetime(2026, 11, 1, tzinfo=UTC)
    assert with_forecast(KNOWN, NOW, past, OSLO) == KNOWN
