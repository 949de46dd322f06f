from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from custom_components.zmartcharge.price import (
    PriceError,
    PriceProblem,
    PriceSeries,
    Resolution,
    parse_current_price,
    parse_nord_pool,
    parse_open_spot_prices,
    parse_price_list,
    parse_reader_prices,
)

from .builders import OSLO, local

OPEN = [
    {
        "NOK_per_kWh": 0.97954,
        "EUR_per_kWh": 0.0836,
        "EXR": 11.717,
        "time_start": "2026-11-18T00:00:00+01:00",
        "time_end": "2026-11-18T00:15:00+01:00",
    },
    {
        "NOK_per_kWh": -0.00123,
        "EUR_per_kWh": -0.0001,
        "EXR": 11.717,
        "time_start": "2026-11-18T00:15:00+01:00",
        "time_end": "2026-11-18T00:30:00+01:00",
    },
]
NORD_POOL = {
    "NO1": [
        {
            "start": "2026-11-17T23:00:00+00:00",
            "end": "2026-11-17T23:15:00+00:00",
            "price": 979.54,
        },
        {
            "start": "2026-11-17T23:15:00+00:00",
            "end": "2026-11-17T23:30:00+00:00",
            "price": -1.23,
        },
    ]
}
AT_16 = local("2026-11-18T16:05")


def values(series: PriceSeries) -> list[str]:
    return [str(price.value.normalize()) for price in series]


def refused(parse: Callable[[], object]) -> PriceProblem:
    with pytest.raises(PriceError) as caught:
        parse()
    return caught.value.key


def test_open_spot_prices_are_read_to_the_last_digit() -> None:
    found = parse_open_spot_prices(OPEN, "NOK")
    assert values(found) == ["0.97954", "-0.00123"]
    assert found.prices[0].period.start == local("2026-11-18T00:00")
    assert found.prices[0].period.duration == Resolution.QUARTER.duration


def test_open_spot_prices_of_the_night_when_the_clocks_go_back() -> None:
    rows = [
        {"NOK_per_kWh": 1, "time_start": f"2026-10-25T02:00:00+0{before}:00", "time_end": end}
        for before, end in ((2, "2026-10-25T02:00:00+01:00"), (1, "2026-10-25T03:00:00+01:00"))
    ]
    assert len(parse_open_spot_prices(rows, "NOK")) == 2


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        ([], PriceProblem.NOT_PUBLISHED),
        (None, PriceProblem.NOT_A_LIST),
        ("<html>", PriceProblem.NOT_A_LIST),
        ({"error": 1}, PriceProblem.NOT_A_LIST),
        ([1], PriceProblem.NOT_A_LIST),
        ([{**OPEN[0], "NOK_per_kWh": None}], PriceProblem.NO_PRICES),
        ([{**OPEN[0], "NOK_per_kWh": True}], PriceProblem.NOT_A_NUMBER),
        ([{**OPEN[0], "NOK_per_kWh": "cheap"}], PriceProblem.NOT_A_NUMBER),
        ([{**OPEN[0], "NOK_per_kWh": float("nan")}], PriceProblem.NOT_A_NUMBER),
        ([{**OPEN[0], "NOK_per_kWh": 979.54}], PriceProblem.ABSURD),
        ([{**OPEN[0], "time_start": "2026-11-18T00:00:00"}], PriceProblem.NO_TIME_ZONE),
        ([{**OPEN[0], "time_start": 1763420400}], PriceProblem.NOT_A_TIME),
        ([{**OPEN[0], "time_start": "midnight"}], PriceProblem.NOT_A_TIME),
        ([{**OPEN[0], "time_end": "2026-11-18T00:10:00+01:00"}], PriceProblem.WRONG_PERIOD),
        ([{**OPEN[0], "time_end": "2026-11-17T00:15:00+01:00"}], PriceProblem.WRONG_PERIOD),
        (
            [
                {
                    **OPEN[0],
                    "time_start": "2026-11-18T00:05:00+01:00",
                    "time_end": "2026-11-18T00:20:00+01:00",
                }
            ],
            PriceProblem.WRONG_PERIOD,
        ),
        ([OPEN[0], {**OPEN[0], "NOK_per_kWh": 1}], PriceProblem.CONTRADICTION),
    ],
)
def test_open_spot_prices_that_are_wrong_are_refused(payload: Any, problem: PriceProblem) -> None:
    assert refused(lambda: parse_open_spot_prices(payload, "NOK")) is problem


def test_open_spot_prices_lack_another_currency() -> None:
    assert refused(lambda: parse_open_spot_prices(OPEN, "SEK")) is PriceProblem.MISSING_VALUE


def test_nord_pool_is_per_megawatt_hour() -> None:
    assert values(parse_nord_pool(NORD_POOL, "NO1", "NOK")) == ["0.97954", "-0.00123"]


@pytest.mark.parametrize(
    ("response", "problem"),
    [
        ({"NO1": []}, PriceProblem.NOT_PUBLISHED),
        ({"NO2": []}, PriceProblem.UNKNOWN_AREA),
        (None, PriceProblem.NOT_A_LIST),
        ({"NO1": None}, PriceProblem.NOT_A_LIST),
        ({"NO1": [{"start": "2026-11-17T23:00:00+00:00"}]}, PriceProblem.MISSING_VALUE),
    ],
)
def test_nord_pool_that_is_wrong_is_refused(response: Any, problem: PriceProblem) -> None:
    assert refused(lambda: parse_nord_pool(response, "NO1", "NOK")) is problem


@pytest.mark.parametrize(
    "attributes",
    [
        pytest.param(
            {
                "current_price": 1.25,
                "today": [1.25, 2.5],
                "raw_today": [
                    {
                        "start": datetime(2026, 11, 18, 10, tzinfo=OSLO),
                        "end": datetime(2026, 11, 18, 11, tzinfo=OSLO),
                        "value": 1.25,
                    },
                ],
                "raw_tomorrow": [
                    {
                        "start": datetime(2026, 11, 18, 11, tzinfo=OSLO),
                        "end": datetime(2026, 11, 18, 12, tzinfo=OSLO),
                        "value": 2.5,
                    },
                ],
            },
            id="Nord Pool (custom)",
        ),
        pytest.param(
            {
                "raw_today": [
                    {"hour": datetime(2026, 11, 18, 10, tzinfo=OSLO), "price": 1.25},
                    {"hour": datetime(2026, 11, 18, 11, tzinfo=OSLO), "price": 2.5},
                ],
                "raw_tomorrow": None,
            },
            id="Energi Data Service",
        ),
        pytest.param(
            {
                "prices_today": [
                    {"time": "2026-11-18 10:00:00+01:00", "price": 1.25},
                    {"time": "2026-11-18 11:00:00+01:00", "price": 2.5},
                ],
                "prices_tomorrow": [],
                "prices": [{"time": "2026-11-18 10:00:00+01:00", "price": 9}],
            },
            id="ENTSO-E",
        ),
        pytest.param(
            {
                "prices": {
                    "Home": [
                        {"start_time": "2026-11-18T10:00:00.000+01:00", "price": 1.25},
                        {"start_time": "2026-11-18T11:00:00.000+01:00", "price": 2.5},
                    ]
                }
            },
            id="Tibber's action",
        ),
        pytest.param(
            {
                "data": [
                    {
                        "start_time": "2026-11-18T10:00:00+01:00",
                        "end_time": "2026-11-18T11:00:00+01:00",
                        "price_per_kwh": 1.25,
                    },
                    {
                        "start_time": "2026-11-18T11:00:00+01:00",
                        "end_time": "2026-11-18T12:00:00+01:00",
                        "price_per_kwh": 2.5,
                    },
                ]
            },
            id="EPEX Spot",
        ),
        pytest.param(
            [
                {"start": "2026-11-18T09:00:00Z", "end": "2026-11-18T10:00:00Z", "value": "1.25"},
                {"start": "2026-11-18T10:00:00Z", "end": "2026-11-18T11:00:00Z", "value": "2.5"},
            ],
            id="a plain list",
        ),
    ],
)
def test_price_lists_of_common_sensors_are_read(attributes: Any) -> None:
    found = parse_price_list(attributes, unit="NOK/kWh", currency="NOK", vat=Decimal("0.25"))
    assert values(found) == ["1", "2"]
    assert found.prices[0].period.start == datetime(2026, 11, 18, 9, tzinfo=UTC)
    assert found.known_until == datetime(2026, 11, 18, 11, tzinfo=UTC)


def test_quarters_without_ends_are_as_long_as_their_steps() -> None:
    rows = [{"start": f"2026-11-18T10:{minute:02}:00+01:00", "value": 1} for minute in (0, 15, 45)]
    found = parse_price_list(rows, unit="NOK/kWh", currency="NOK")
    assert {price.period.duration for price in found} == {Resolution.QUARTER.duration}
    assert found.at(local("2026-11-18T10:30")) is None


@pytest.mark.parametrize(
    ("unit", "currency", "value"),
    [
        ("NOK/kWh", "NOK", "150"),
        ("kr/kWh", "SEK", "150"),
        ("øre/kWh", "NOK", "1.5"),
        ("Öre/kWh", "SEK", "1.5"),
        ("EUR/MWh", "EUR", "0.15"),
        ("€/kWh", "EUR", "150"),
        ("ct/kWh", "EUR", "1.5"),
        (" NOK / MWh ", "NOK", "0.15"),
    ],
)
def test_units_of_sensors(unit: str, currency: str, value: str) -> None:
    rows = [{"start": "2026-11-18T10:00Z", "end": "2026-11-18T11:00Z", "value": 150}]
    if value == "150":
        assert (
            refused(lambda: parse_price_list(rows, unit=unit, currency=currency))
            is PriceProblem.ABSURD
        )
        rows[0]["value"], value = 1.5, "1.5"
    assert values(parse_price_list(rows, unit=unit, currency=currency)) == [value]


@pytest.mark.parametrize(
    ("unit", "problem"),
    [
        (None, PriceProblem.WRONG_UNIT),
        ("", PriceProblem.WRONG_UNIT),
        ("NOK", PriceProblem.WRONG_UNIT),
        ("NOK/Wh", PriceProblem.WRONG_UNIT),
        ("ct/kWh", PriceProblem.WRONG_UNIT),
        ("W/kWh", PriceProblem.WRONG_UNIT),
        ("EUR/kWh", PriceProblem.WRONG_CURRENCY),
    ],
)
def test_unit_that_is_no_price_is_refused(unit: str | None, problem: PriceProblem) -> None:
    assert refused(lambda: parse_price_list([], unit=unit, currency="NOK")) is problem


@pytest.mark.parametrize(
    ("attributes", "problem"),
    [
        ({}, PriceProblem.NO_PRICES),
        ({"today": [1.0, 2.0]}, PriceProblem.NO_PRICES),
        ({"raw_today": [], "raw_tomorrow": []}, PriceProblem.NO_PRICES),
        ({"prices": {"Home": [], "Cabin": []}}, PriceProblem.MISSING_VALUE),
        ({"prices": [{"value": 1}]}, PriceProblem.MISSING_VALUE),
        ({"prices": [{"start": "2026-11-18T10:00Z", "value": 1}]}, PriceProblem.WRONG_PERIOD),
        ("text", PriceProblem.NOT_A_LIST),
    ],
)
def test_attributes_without_a_price_list_are_refused(
    attributes: Any, problem: PriceProblem
) -> None:
    assert refused(lambda: parse_price_list(attributes, unit="NOK/kWh", currency="NOK")) is problem


def test_current_price_holds_for_its_period() -> None:
    found = parse_current_price(
        "125.0", at=AT_16, unit="øre/kWh", currency="NOK", vat=Decimal("0.25")
    )
    assert values(found) == ["1"]
    assert found.prices[0].period.start == local("2026-11-18T16:00")


@pytest.mark.parametrize("state", ["unavailable", "unknown", "", None])
def test_current_price_that_is_none_is_refused(state: Any) -> None:
    assert (
        refused(lambda: parse_current_price(state, at=AT_16, unit="NOK/kWh", currency="NOK"))
        is PriceProblem.NOT_A_NUMBER
    )


@pytest.mark.parametrize(
    "payload",
    [
        {
            "id": "AA",
            "prices": {"0": 1.5, "1": -127.0, "2": None, "3": 2, "min": 0.1, "cheapest1hr": "x"},
        },
        {"currency": "NOK", "source": "EOE", "00": 1.5, "01": None, "02": -127, "03": 2},
        {"id": "AA", "pr_0": 1.5, "pr_3": 2, "pr_min": 0.1},
    ],
)
def test_readers_hours_count_from_the_hour_of_sending(payload: Any) -> None:
    found = parse_reader_prices(payload, received=AT_16, currency="NOK")
    assert [(price.period.start.astimezone(OSLO).hour, price.value) for price in found] == [
        (16, Decimal("1.5")),
        (19, 2),
    ]


@pytest.mark.parametrize(
    ("count", "sent", "resolution"),
    [
        (8, "2026-11-18T16:05", Resolution.HOUR),
        (31, "2026-11-18T17:05", Resolution.HOUR),
        (124, "2026-11-18T17:05", Resolution.QUARTER),
        (28, "2026-11-18T17:05", Resolution.QUARTER),
        (25, "2026-10-25T00:00", Resolution.HOUR),
    ],
)
def test_readers_list_tells_its_periods_by_reaching_to_midnight(
    count: int, sent: str, resolution: Resolution
) -> None:
    payload = {"prices": {"import": [1.5] * count, "export": [1.0] * count}}
    found = parse_reader_prices(payload, received=local(sent), currency="NOK")
    assert len(found) == count
    assert found.prices[0].period.duration == resolution.duration


def test_readers_retained_list_counts_from_when_it_was_sent() -> None:
    payload = {"prices": {"import": [1.5] * 8}, "t": "2026-11-18T15:05:00Z"}
    found = parse_reader_prices(payload, received=local("2026-11-18T20:00"), currency="NOK")
    assert found.prices[0].period.start == local("2026-11-18T16:00")


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        (None, PriceProblem.NOT_A_LIST),
        ([], PriceProblem.NOT_A_LIST),
        ({"prices": [1]}, PriceProblem.NOT_A_LIST),
        ({"prices": {"import": "many"}}, PriceProblem.NOT_A_LIST),
        ({"prices": {"import": [1] * 7}}, PriceProblem.WRONG_PERIOD),
        # At four in the afternoon 32 hours and 32 quarters both end at midnight.
        ({"prices": {"import": [1] * 32}}, PriceProblem.WRONG_PERIOD),
        ({"prices": {"import": []}}, PriceProblem.WRONG_PERIOD),
        ({"prices": {}}, PriceProblem.NO_PRICES),
        ({"prices": {"0": None, "1": -127}}, PriceProblem.NO_PRICES),
        # A known fault of firmware 2.5.3 with negative prices.
        ({"currency": "NOK", "00": 0.0678, "01": 214748.3594}, PriceProblem.ABSURD),
        ({"currency": "EUR", "00": 0.0678}, PriceProblem.WRONG_CURRENCY),
    ],
)
def test_readers_prices_that_are_wrong_are_refused(payload: Any, problem: PriceProblem) -> None:
    assert refused(lambda: parse_reader_prices(payload, received=AT_16, currency="NOK")) is problem
