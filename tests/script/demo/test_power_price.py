"""What power costs at the demo's house."""

from datetime import UTC, date, datetime, timedelta
import json
from typing import Any

import pytest

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
    load_price_data,
    parse_price_list,
    price_list,
)
from script.lib.demo.power_price import SENSOR, discovery, message, next_quarter, spot_prices
from script.lib.demo.things import TIME_ZONE

EVENING = datetime(2026, 12, 9, 21, 50, tzinfo=TIME_ZONE)


def published(**arguments: Any) -> PriceSeries:
    """Return what the integration reads from the sensor's attributes."""
    payload = json.loads(message(EVENING, **arguments)["payload"])
    return parse_price_list({"prices": payload["prices"]}, unit="NOK/kWh", currency="NOK")


def test_integration_reads_prices_of_today_and_tomorrow() -> None:
    series = published()
    assert series.covers(date(2026, 12, 9), TIME_ZONE)
    assert series.covers(date(2026, 12, 10), TIME_ZONE)


def test_sensor_tells_the_price_of_now() -> None:
    payload = json.loads(message(EVENING)["payload"])
    assert payload["now"] == next(
        value for start, value in spot_prices(EVENING.date()) if start == EVENING.replace(minute=45)
    )


def test_hour_that_is_asked_for_is_the_cheapest_with_grid_and_taxes() -> None:
    cheap_from = EVENING.replace(minute=45).astimezone(UTC) + timedelta(minutes=15)
    contract = Contract(
        energy=Energy(kind=EnergyKind.SPOT),
        taxes=NorwegianTaxes(county="03"),
        area="NO1",
        grid=Grid(company="elvia"),
        support=True,
        settlement=Resolution.QUARTER,
    )
    model = PriceModel(contract, load_price_data())
    window = Period(cheap_from - timedelta(hours=6), cheap_from + timedelta(hours=20))
    found = price_list(model, published(cheap_from=cheap_from), window)
    cheapest = sorted(found, key=lambda each: (each.total, each.period.start))[:4]
    assert sorted(each.period.start for each in cheapest) == [
        cheap_from + n * timedelta(minutes=15) for n in range(4)
    ]
    assert cheapest[0].period.start == cheap_from


@pytest.mark.parametrize(
    ("day", "quarters"),
    [(date(2026, 10, 24), 196), (date(2027, 3, 27), 188), (date(2026, 12, 9), 192)],
    ids=["clocks set back", "clocks set forward", "plain"],
)
def test_days_have_all_their_quarters_when_the_clocks_change(day: date, quarters: int) -> None:
    starts = [start for start, _ in spot_prices(day)]
    assert len(starts) == quarters
    assert len(set(starts)) == quarters


@pytest.mark.parametrize(
    ("now", "quarter"),
    [("21:59:59", "22:00:00"), ("22:00:00", "22:15:00"), ("23:50:00", "00:00:00")],
)
def test_next_quarter_is_later_than_now(now: str, quarter: str) -> None:
    at = datetime.fromisoformat(f"2026-12-09T{now}+00:00")
    assert f"{next_quarter(at):%H:%M:%S}" == quarter
    assert timedelta() < next_quarter(at) - at <= timedelta(minutes=15)


def test_discovery_names_the_sensor_that_the_site_reads() -> None:
    found = discovery()
    assert found["topic"].startswith("homeassistant/sensor/")
    assert json.loads(found["payload"])["default_entity_id"] == SENSOR
