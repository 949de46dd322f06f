from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, strategies as st
import pytest

from custom_components.zmartcharge.price import (
    Period,
    PriceError,
    PriceProblem,
    PriceSeries,
    Resolution,
    SpotPrice,
    periods_of_day,
)

from .builders import OSLO, hour, local, series, spot

CENTS = st.decimals(min_value=-5, max_value=50, places=4)


def test_price_holds_from_its_start_to_before_its_end() -> None:
    prices = series("2026-11-18T10:00", ["1.10", "1.20"])
    assert prices.at(local("2026-11-18T09:59")) is None
    assert prices.at(local("2026-11-18T10:00")).value == Decimal("1.10")
    assert prices.at(local("2026-11-18T10:59")).value == Decimal("1.10")
    assert prices.at(local("2026-11-18T11:00")).value == Decimal("1.20")
    assert prices.at(local("2026-11-18T12:00")) is None


def test_empty_series_has_no_price() -> None:
    empty = PriceSeries("NOK")
    assert not empty
    assert empty.at(local("2026-11-18T10:00")) is None
    assert empty.known_until is None
    assert not empty.resampled(Resolution.HOUR)
    period = hour("2026-11-18T10:00")
    assert empty.gaps(period) == (period,)


def test_same_price_told_twice_counts_once_and_order_does_not_matter() -> None:
    one, two = spot(hour("2026-11-18T10:00"), "1"), spot(hour("2026-11-18T11:00"), "2")
    assert PriceSeries.of("NOK", [two, one, two]).prices == (one, two)


def test_two_prices_for_one_moment_are_refused() -> None:
    with pytest.raises(PriceError) as caught:
        PriceSeries.of(
            "NOK", [spot(hour("2026-11-18T10:00"), "1"), spot(hour("2026-11-18T10:00"), "2")]
        )
    assert caught.value.key is PriceProblem.CONTRADICTION


def test_newer_price_goes_over_an_older_one() -> None:
    older = series("2026-11-18T10:00", ["1", "1", "1"])
    newer = series("2026-11-18T11:00", ["2"])
    assert [price.value for price in older.merge(newer)] == [1, 2, 1]


def test_newer_quarter_replaces_only_its_part_of_an_hour() -> None:
    older = series("2026-11-18T10:00", ["1"])
    newer = series("2026-11-18T10:15", ["2"], Resolution.QUARTER)
    merged = older.merge(newer)
    assert [(price.period.start.minute, price.value) for price in merged] == [
        (0, 1),
        (15, 2),
        (30, 1),
    ]
    assert not merged.gaps(hour("2026-11-18T10:00"))


def test_forecast_never_goes_over_a_published_price() -> None:
    published = series("2026-11-18T10:00", ["1"])
    guess = series("2026-11-18T10:00", ["9", "8"], forecast=True)
    merged = published.merge(guess)
    assert [(price.value, price.forecast) for price in merged] == [(1, False), (8, True)]
    assert [price.value for price in guess.merge(published)] == [1, 8]


def test_forecast_fills_no_gap() -> None:
    guess = series("2026-11-18T00:00", ["1"] * 24, forecast=True)
    assert not guess.covers(date(2026, 11, 18), OSLO)
    assert guess.known_until is None


def test_other_currency_is_not_mixed_in() -> None:
    with pytest.raises(PriceError) as caught:
        PriceSeries("NOK").merge(PriceSeries("SEK"))
    assert caught.value.key is PriceProblem.WRONG_CURRENCY


def test_hour_is_the_mean_of_its_quarters() -> None:
    quarters = series("2026-11-18T10:00", ["1.00", "2.00", "3.00", "4.00"], Resolution.QUARTER)
    assert [(price.value, price.forecast) for price in quarters.resampled(Resolution.HOUR)] == [
        (Decimal("2.5"), False)
    ]


def test_hour_of_which_a_quarter_is_missing_is_only_estimated() -> None:
    quarters = series("2026-11-18T10:00", ["1", "2", "3"], Resolution.QUARTER)
    assert [(price.value, price.forecast) for price in quarters.resampled(Resolution.HOUR)] == [
        (2, True)
    ]


def test_quarters_of_an_hour_have_its_price() -> None:
    assert [
        price.value for price in series("2026-11-18T10:00", ["7"]).resampled(Resolution.QUARTER)
    ] == [7, 7, 7, 7]


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 18)])
def test_day_is_covered_only_by_all_its_periods(day: date) -> None:
    periods = periods_of_day(day, OSLO)
    whole = PriceSeries.of("NOK", [SpotPrice(period, Decimal(1)) for period in periods])
    assert whole.covers(day, OSLO)
    assert not PriceSeries("NOK", whole.prices[:-1]).covers(day, OSLO)
    assert not PriceSeries("NOK", whole.prices[1:]).covers(day, OSLO)


def test_gaps_between_prices_are_found() -> None:
    prices = series("2026-11-18T10:00", ["1"]).merge(series("2026-11-18T12:00", ["1"]))
    window = Period(local("2026-11-18T09:30"), local("2026-11-18T14:00"))
    assert [gap.duration for gap in prices.gaps(window)] == [
        timedelta(minutes=30),
        timedelta(hours=1),
        timedelta(hours=1),
    ]


def test_series_outlives_a_restart() -> None:
    prices = series("2026-11-18T10:00", ["1.2345", "-0.01"], preliminary=True).merge(
        series("2026-11-18T12:00", ["3"], forecast=True)
    )
    assert PriceSeries.from_dict(prices.to_dict()) == prices


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"currency": "NOK"},
        {"currency": "NOK", "prices": [["x", 3600, "1", 0]]},
        {"currency": "NOK", "prices": [["2026-11-18T10:00:00+00:00", 0, "1", 0]]},
        {"currency": "NOK", "prices": [["2026-11-18T10:00:00+00:00", 3600, "a lot", 0]]},
        {"currency": "NOK", "prices": [["2026-11-18T10:00:00+00:00", 3600]]},
        {"currency": "NOK", "prices": None},
    ],
)
def test_damaged_store_is_refused(stored: dict) -> None:
    with pytest.raises(PriceError):
        PriceSeries.from_dict(stored)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "101", "-214748.3594"])
def test_absurd_price_is_refused(value: str) -> None:
    with pytest.raises(PriceError) as caught:
        spot(hour("2026-11-18T10:00"), value)
    assert caught.value.key is PriceProblem.ABSURD


@given(st.lists(CENTS, min_size=96, max_size=96))
def test_resampling_keeps_the_mean(values: list[Decimal]) -> None:
    quarters = series("2026-11-18T00:00", [str(value) for value in values], Resolution.QUARTER)
    hours = quarters.resampled(Resolution.HOUR)
    assert len(hours) == 24
    assert sum(price.value for price in hours) * 4 == sum(values)


@given(
    st.lists(st.tuples(st.integers(0, 47), CENTS, st.booleans()), max_size=20),
    st.lists(st.tuples(st.integers(0, 47), CENTS, st.booleans()), max_size=20),
)
def test_merging_never_overlaps_and_never_loses_a_published_price(
    one: list[tuple[int, Decimal, bool]], two: list[tuple[int, Decimal, bool]]
) -> None:
    def built(rows: list[tuple[int, Decimal, bool]], resolution: Resolution) -> PriceSeries:
        begin = hour("2026-10-24T22:00").start
        return PriceSeries.of(
            "NOK",
            {
                number: SpotPrice(
                    Period.of(begin + number * resolution.duration, resolution), value, forecast
                )
                for number, value, forecast in rows
            }.values(),
        )

    older, newer = built(one, Resolution.HOUR), built(two, Resolution.QUARTER)
    merged = older.merge(newer)
    for price in newer:
        if not price.forecast:
            assert merged.at(price.period.start).value == price.value
    for price in older:
        assert merged.at(price.period.start) is not None
        if not price.forecast:
            assert not merged.at(price.period.start).forecast
