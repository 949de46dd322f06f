"""Prices worked out by hand from the companies' price sheets and the laws."""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.zmartcharge.price import (
    ComponentKey,
    Dwelling,
    Energy,
    EnergyKind,
    EnergyRates,
    FixedPrice,
    Grid,
    NorwegianTaxes,
    OtherTaxes,
    Period,
    PriceError,
    PriceProblem,
    PriceSeries,
    Resolution,
    TimedRate,
    TimeRule,
    components,
    price_list,
)

from .builders import NORGESPRIS, hour, local, model, series, spot

BERGEN = {
    "area": "NO5",
    "taxes": NorwegianTaxes(county="46"),
    "grid": Grid(company="bkk"),
}
TRONDHEIM = {
    "area": "NO3",
    "taxes": NorwegianTaxes(county="50"),
    "grid": Grid(company="tensio-ts"),
}
BODO = {
    "area": "NO4",
    "taxes": NorwegianTaxes(county="18"),
    "grid": Grid(company="arva"),
}
LAKSELV = {
    "area": "NO4",
    "taxes": NorwegianTaxes(county="56", action_zone=True),
    "grid": Grid(company="area-luostejok"),
}
FIXED = Energy(
    kind=EnergyKind.FIXED,
    fixed=(
        FixedPrice(local("2026-01-01T00:00"), Decimal("1.00")),
        FixedPrice(local("2026-11-18T10:30"), Decimal("1.20")),
    ),
)


@pytest.mark.parametrize(
    ("contract", "start", "value", "lines"),
    [
        pytest.param(
            {"support": True, "markup": Decimal("0.05")},
            "2026-11-18T10:00",
            "1.20",
            {
                "spot": "1.5",  # 1.20 x 1.25
                "markup": "0.05",
                "support": "-0.48375",  # 0.9 x (1.20 - 0.77) x 1.25
                "grid_energy": "0.362375",  # 28.99 øre x 1.25
                "consumption_tax": "0.089125",  # 7.13 øre x 1.25
                "enova": "0.0125",
            },
            id="Elvia, a workday at ten, with strømstøtte",
        ),
        pytest.param(
            {},
            "2026-06-30T22:00",
            "0.40",
            {
                "spot": "0.5",
                "grid_energy": "0.162375",  # 12.99 øre: the tariff before 1 July, night
                "consumption_tax": "0.089125",
                "enova": "0.0125",
            },
            id="Elvia, the last night of the old tariff",
        ),
        pytest.param(
            BERGEN,
            "2026-05-01T12:00",
            "0.50",
            {
                "spot": "0.625",
                "grid_energy": "0.13125",  # 10.5 øre: 1 May is no workday
                "consumption_tax": "0.089125",
                "enova": "0.0125",
            },
            id="BKK, noon on 1 May",
        ),
        pytest.param(
            BERGEN,
            "2026-05-04T12:00",
            "0.50",
            {
                "spot": "0.625",
                "grid_energy": "0.359625",  # 28.77 øre
                "consumption_tax": "0.089125",
                "enova": "0.0125",
            },
            id="BKK, noon on the Monday after",
        ),
        pytest.param(
            TRONDHEIM,
            "2026-08-15T21:00",
            "-0.02",
            {
                "spot": "-0.025",
                "grid_energy": "0.276275",  # 22.102 øre, on Saturdays too, up to 21:59
                "consumption_tax": "0.089125",
                "enova": "0.0125",
            },
            id="Tensio, a Saturday evening with a negative price",
        ),
        pytest.param(
            TRONDHEIM,
            "2026-08-15T22:00",
            "0.20",
            {
                "spot": "0.25",
                "grid_energy": "0.136275",  # 10.902 øre
                "consumption_tax": "0.089125",
                "enova": "0.0125",
            },
            id="Tensio, night",
        ),
        pytest.param(
            BODO,
            "2026-02-02T07:00",
            "0.30",
            {
                "spot": "0.30",
                "grid_energy": "0.231",
                "consumption_tax": "0.0713",
                "enova": "0.01",
            },
            id="Arva in Nordland: no VAT",
        ),
        pytest.param(
            BODO | {"support": True},
            "2026-02-02T07:00",
            "1.77",
            {
                "spot": "1.77",
                "support": "-0.9",
                "grid_energy": "0.231",
                "consumption_tax": "0.0713",
                "enova": "0.01",
            },
            id="strømstøtte without VAT",
        ),
        pytest.param(
            LAKSELV,
            "2026-02-04T12:00",
            "0.25",
            {"spot": "0.25", "grid_energy": "0.2989", "enova": "0.01"},
            id="Finnmark's action zone: neither VAT nor forbruksavgift, winter day",
        ),
        pytest.param(
            LAKSELV,
            "2026-07-04T23:00",
            "0.10",
            {"spot": "0.10", "grid_energy": "0.2489", "enova": "0.01"},
            id="Finnmark, summer night over midnight",
        ),
        pytest.param(
            {"energy": NORGESPRIS, "markup": Decimal("0.02")},
            "2026-11-18T10:00",
            "2.50",
            {
                "norgespris": "0.5",
                "markup": "0.02",
                "grid_energy": "0.362375",
                "consumption_tax": "0.089125",
                "enova": "0.0125",
            },
            id="Norgespris when the market is dear",
        ),
        pytest.param(
            {"energy": NORGESPRIS},
            "2026-11-18T23:00",
            "-0.10",
            {
                "norgespris": "0.5",
                "grid_energy": "0.212375",
                "consumption_tax": "0.089125",
                "enova": "0.0125",
            },
            id="Norgespris when the market is negative",
        ),
        pytest.param(
            {"energy": FIXED, "amounts_include_vat": False},
            "2026-11-18T10:00",
            "0.50",
            {
                "fixed": "1.25",
                "grid_energy": "0.362375",
                "consumption_tax": "0.089125",
                "enova": "0.0125",
            },
            id="fixed price entered without VAT",
        ),
    ],
)
def test_price_is_that_of_the_sheet(
    contract: dict[str, Any], start: str, value: str, lines: dict[str, str]
) -> None:
    period = hour(start)
    found = components(model(**contract), period, spot(period, value), 0)
    assert {line.key: line.amount for line in found.components} == {
        key: Decimal(amount) for key, amount in lines.items()
    }
    assert found.total == sum(Decimal(amount) for amount in lines.values())
    assert not found.forecast


@pytest.mark.parametrize(
    ("contract", "total"),
    [
        ({}, "1.45525"),
        (BERGEN, "1.4525"),
        (TRONDHEIM, "1.36915"),
        (BODO, "1.1053"),
        (LAKSELV, "1.0719"),
    ],
)
def test_examples_of_the_documentation_are_true(contract: dict[str, Any], total: str) -> None:
    period = hour("2026-11-18T18:00")
    found = components(model(**contract, support=True), period, spot(period, "1.00"), 0)
    assert found.total == Decimal(total)
    written = f"{(Decimal(total) * 100).quantize(Decimal('0.01'), ROUND_HALF_UP)}"
    assert f"**{written}**" in (Path(__file__).parents[2] / "docs/prices.md").read_text()


@pytest.mark.parametrize(
    ("value", "paid_back"),
    [("0.7699", "0"), ("0.77", "0"), ("0.7701", "0.0001125"), ("-0.50", "0"), ("1.77", "1.125")],
)
def test_support_is_ninety_percent_above_the_threshold(value: str, paid_back: str) -> None:
    period = hour("2026-11-18T10:00")
    found = components(model(support=True), period, spot(period, value), 0)
    assert found.amount(ComponentKey.SUPPORT) == -Decimal(paid_back)


def test_support_has_the_threshold_of_its_year() -> None:
    period = hour("2025-12-31T23:00")
    found = components(model(support=True), period, spot(period, "1.75"), 0)
    assert found.amount(ComponentKey.SUPPORT) == -Decimal("1.125")  # 75 øre in 2025


def test_support_goes_by_the_hour_also_when_quarters_are_settled() -> None:
    house = model(support=True, settlement=Resolution.QUARTER)
    quarters = series("2026-11-18T10:00", ["0.37", "0.57", "0.97", "1.57"], Resolution.QUARTER)
    found = price_list(house, quarters, hour("2026-11-18T10:00"))
    # The mean is 0.87: ten øre above the threshold.
    assert [each.amount(ComponentKey.SUPPORT) for each in found] == [Decimal("-0.1125")] * 4
    assert [each.amount(ComponentKey.SPOT) for each in found] == [
        Decimal(value) * Decimal("1.25") for value in ("0.37", "0.57", "0.97", "1.57")
    ]


@pytest.mark.parametrize(
    ("consumed", "supported"), [(0, True), (4_999_999, True), (5_000_000, False)]
)
def test_support_ends_at_5000_kwh_a_month(consumed: int, supported: bool) -> None:
    period = hour("2026-11-18T10:00")
    found = components(model(support=True), period, spot(period, "2.00"), consumed)
    assert bool(found.amount(ComponentKey.SUPPORT)) is supported


@pytest.mark.parametrize(
    ("dwelling", "limit"), [(Dwelling.HOME, 5_000_000), (Dwelling.CABIN, 1_000_000)]
)
def test_norgespris_ends_at_its_limit(dwelling: Dwelling, limit: int) -> None:
    house = model(energy=NORGESPRIS, dwelling=dwelling)
    period = hour("2026-11-18T10:00")
    below = components(house, period, spot(period, "2.00"), limit - 1)
    above = components(house, period, spot(period, "2.00"), limit)
    assert below.amount(ComponentKey.NORGESPRIS) == Decimal("0.50")
    assert above.amount(ComponentKey.SPOT) == Decimal("2.50")
    assert not above.amount(ComponentKey.SUPPORT)


def test_norgespris_needs_no_spot_price_below_its_limit() -> None:
    house, period = model(energy=NORGESPRIS), hour("2026-11-18T10:00")
    assert not components(house, period, None, 0).forecast
    with pytest.raises(PriceError) as caught:
        components(house, period, None, 5_000_000)
    assert caught.value.key is PriceProblem.SPOT_MISSING


def test_norgespris_beyond_what_is_decided_is_preliminary() -> None:
    house = model(energy=NORGESPRIS)
    assert not components(house, hour("2026-12-31T23:00"), None, 0).preliminary
    later = components(house, hour("2027-01-01T00:00"), None, 0)
    # It is what it costs until the next rate is known: no hour is left without a cost.
    assert later.preliminary
    assert not later.forecast


def test_norgespris_before_there_was_one_is_refused() -> None:
    with pytest.raises(PriceError) as caught:
        components(model(energy=NORGESPRIS), hour("2025-09-30T23:00"), None, 0)
    assert caught.value.key is PriceProblem.UNKNOWN_RATE


def test_changed_fixed_price_leaves_what_was_before() -> None:
    house = model(energy=FIXED)
    quarters = [
        components(house, hour(start, Resolution.QUARTER), None, 0).amount(ComponentKey.FIXED)
        for start in ("2026-11-18T10:15", "2026-11-18T10:30")
    ]
    assert quarters == [Decimal("1.00"), Decimal("1.20")]
    edited = FIXED.with_fixed(FixedPrice(local("2026-12-01T00:00"), Decimal(9)))
    assert edited.fixed_at(local("2026-11-30T23:59")) == Decimal("1.20")
    assert edited.fixed_at(local("2026-12-01T00:00")) == 9


def test_fixed_price_before_the_first_is_unknown() -> None:
    with pytest.raises(PriceError) as caught:
        components(model(energy=FIXED), hour("2025-12-31T23:00"), None, 0)
    assert caught.value.key is PriceProblem.NO_FIXED_PRICE


def test_fixed_price_without_the_spot_price_that_support_needs_is_an_estimate() -> None:
    found = components(model(energy=FIXED, support=True), hour("2026-11-18T09:00"), None, 0)
    assert found.forecast
    assert found.amount(ComponentKey.FIXED) == 1


def test_all_inclusive_price_is_the_only_line() -> None:
    rent = Energy(kind=EnergyKind.FIXED, fixed=FIXED.fixed, all_inclusive=True)
    found = components(model(energy=rent), hour("2026-11-18T09:00"), None, 0)
    assert [line.key for line in found.components] == [ComponentKey.FIXED]


def test_spot_price_of_another_time_is_not_taken() -> None:
    with pytest.raises(PriceError) as caught:
        components(model(), hour("2026-11-18T10:00"), spot(hour("2026-11-18T11:00"), "1"), 0)
    assert caught.value.key is PriceProblem.SPOT_MISSING


def test_forecast_and_preliminary_prices_are_marked() -> None:
    period = hour("2026-11-18T10:00")
    assert components(model(), period, spot(period, "1", forecast=True), 0).forecast
    assert components(model(), period, spot(period, "1", preliminary=True), 0).preliminary


def test_grid_rate_holds_in_both_hours_of_the_night_when_the_clocks_go_back() -> None:
    first, second = hour("2026-10-25T02:30"), hour("2026-10-25T02:30", fold=1)
    assert first != second
    assert {
        components(model(), period, spot(period, "1"), 0).amount(ComponentKey.GRID_ENERGY)
        for period in (first, second)
    } == {Decimal("0.212375")}


def test_danish_household_adds_up_its_own_fees() -> None:
    night = TimedRate(
        name="Nettarif lav", amount=Decimal("0.11"), when=TimeRule(hours=frozenset(range(6)))
    )
    system = TimedRate(name="Systemtarif", amount=Decimal("0.09"))
    house = model(
        area="DK1",
        currency="DKK",
        time_zone="Europe/Copenhagen",
        taxes=OtherTaxes(vat=Decimal("0.25"), energy_tax=Decimal("0.008")),
        grid=Grid(),
        adders=(night, system),
        amounts_include_vat=False,
    )
    period = hour("2026-11-18T03:00")
    found = components(house, period, spot(period, "0.40"), 0)
    assert [(line.key, line.name, line.amount) for line in found.components] == [
        ("spot", None, Decimal("0.50")),
        ("energy_tax", None, Decimal("0.01")),
        ("adder", "Nettarif lav", Decimal("0.1375")),
        ("adder", "Systemtarif", Decimal("0.1125")),
    ]


def test_own_grid_fee_takes_the_last_exception_that_fits() -> None:
    rates = EnergyRates(
        base=Decimal("0.20"),
        exceptions=(
            TimedRate(name="day", amount=Decimal("0.40"), when=TimeRule(hours=frozenset({10}))),
            TimedRate(name="summer", amount=Decimal("0.30"), when=TimeRule(months=frozenset({7}))),
        ),
    )
    house = model(grid=Grid(energy=rates))
    found = {
        start: components(house, hour(start), spot(hour(start), "1"), 0).amount(
            ComponentKey.GRID_ENERGY
        )
        for start in ("2026-06-01T10:00", "2026-07-01T10:00", "2026-06-01T11:00")
    }
    assert list(found.values()) == [Decimal("0.40"), Decimal("0.30"), Decimal("0.20")]


def test_hourly_settlement_gives_each_hour_its_mean() -> None:
    quarters = series("2026-11-18T10:00", ["1", "2", "3", "4"] * 2, Resolution.QUARTER)
    window = Period(local("2026-11-18T10:30"), local("2026-11-18T12:00"))
    found = price_list(model(), quarters, window)
    assert [each.period.duration.total_seconds() for each in found] == [1800, 3600]
    assert {each.amount(ComponentKey.SPOT) for each in found} == {Decimal("3.125")}
    assert not any(each.forecast for each in found)


def test_missing_tomorrow_leaves_its_hours_out() -> None:
    today = series("2026-11-18T00:00", ["1"] * 24)
    window = Period(local("2026-11-18T20:00"), local("2026-11-19T06:00"))
    assert len(price_list(model(), today, window)) == 4
    assert not price_list(model(), PriceSeries("NOK"), window)


def test_next_month_begins_with_nothing_consumed() -> None:
    window = Period(local("2026-11-30T22:00"), local("2026-12-01T02:00"))
    prices = series("2026-11-30T22:00", ["2"] * 4)
    reached = {date(2026, 11, 1): window.start}
    found = price_list(model(energy=NORGESPRIS), prices, window, reached)
    assert [line.components[0].key for line in found] == [
        "spot",
        "spot",
        "norgespris",
        "norgespris",
    ]


def test_hours_from_before_the_limit_was_reached_keep_their_price() -> None:
    window = Period(local("2026-11-18T10:00"), local("2026-11-18T14:00"))
    prices = series("2026-11-18T10:00", ["2"] * 4)
    reached = {date(2026, 11, 1): local("2026-11-18T11:30")}
    found = price_list(model(energy=NORGESPRIS), prices, window, reached)
    assert [line.components[0].key for line in found] == [
        "norgespris",
        "norgespris",
        "spot",
        "spot",
    ]


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_day_when_the_clocks_change_has_a_price_for_each_hour(day: str, hours: int) -> None:
    prices = series(f"{day}T00:00", ["1"] * hours)
    begin = datetime.fromisoformat(day).replace(tzinfo=local(day).tzinfo)
    window = Period(begin, prices.known_until)
    found = price_list(model(), prices, window)
    assert len(found) == hours
    # Both days are Sundays: the night rate all day.
    assert len({each.total for each in found}) == 1


def test_rates_before_the_data_begins_are_unknown() -> None:
    period = hour("2023-12-31T23:00")
    for grid in (Grid(), Grid(company="elvia")):
        with pytest.raises(PriceError):
            components(model(grid=grid), period, spot(period, "1"), 0)


def test_monthly_fee_is_told_with_vat() -> None:
    day = hour("2026-11-18T10:00").start.date()
    assert model(monthly_fee=Decimal(39)).monthly_fee(day) == 39
    without = model(monthly_fee=Decimal(40), amounts_include_vat=False)
    assert without.monthly_fee(day) == 50


def test_prices_in_another_currency_are_refused() -> None:
    window = hour("2026-11-18T10:00")
    prices = PriceSeries.of("EUR", [spot(window, "0.1")])
    with pytest.raises(PriceError) as caught:
        price_list(model(), prices, window)
    assert caught.value.key is PriceProblem.WRONG_CURRENCY


@given(
    st.decimals(min_value=-5, max_value=50, places=5),
    st.integers(0, 8_000_000),
    st.integers(0, 8760),
    st.sampled_from([{}, {"support": True}, {"energy": NORGESPRIS}, BODO, LAKSELV]),
)
def test_lines_add_up_to_the_total(
    value: Decimal, consumed: int, number: int, contract: dict[str, Any]
) -> None:
    period = Period.of(
        datetime.fromtimestamp(local("2026-01-01T00:00").timestamp() + number * 3600, UTC),
        Resolution.HOUR,
    )
    found = components(model(**contract), period, spot(period, str(value)), consumed)
    assert found.total == sum(line.amount for line in found.components)


@given(
    st.decimals(min_value=-5, max_value=50, places=5),
    st.decimals(min_value=-5, max_value=50, places=5),
    st.booleans(),
)
def test_dearer_energy_never_makes_a_kwh_cheaper(one: Decimal, two: Decimal, support: bool) -> None:
    period, house = hour("2026-11-18T10:00"), model(support=support)
    low, high = sorted((one, two))
    assert (
        components(house, period, spot(period, str(low)), 0).total
        <= components(house, period, spot(period, str(high)), 0).total
    )
