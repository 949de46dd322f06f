"""A site's price in Home Assistant: where it comes from, what it is made of, what charging cost."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
import json
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.zmartcharge.price import (
    Dwelling,
    Energy,
    EnergyKind,
    FixedPrice,
    Grid,
    NorwegianTaxes,
    Resolution,
)
from custom_components.zmartcharge.price_config import PriceSource

from .house import TOPIC, House, charger_subentry, metered_site, site_subentry, wait_until
from .priced import SENSOR, Priced, contract, patient_fixture, price_data, priced_site  # noqa: F401

pytestmark = pytest.mark.usefixtures("patient")

PRICE = "sensor.home_electricity_price"


async def _set_up(house: House, site: Any = None) -> Priced:
    priced = Priced(house)
    priced.prices(cheap=(1,))
    await house.set_up(site or priced_site(), charger_subentry(circuit_fuse=16))
    await priced.settle()
    return priced


def _fixed(price: str, **changes: Any) -> dict[str, Any]:
    since = dt_util.utcnow() - timedelta(days=30)
    energy = Energy(kind=EnergyKind.FIXED, fixed=(FixedPrice(since, Decimal(price)),))
    return price_data(contract(energy=energy), source=None, sensor=None, **changes)


# What it is -----------------------------------------------------------------------------------


async def test_price_of_now_is_shown_and_follows_the_hour(house: House) -> None:
    home = await _set_up(house)
    assert house.number(PRICE) == 1
    state = house.full_state(PRICE)
    assert state.attributes["unit_of_measurement"] == "NOK/kWh"
    assert state.attributes["components"] == {"spot": 1.0}
    await home.live(60, step=300)
    assert house.number(PRICE) == 0.5
    await home.live(60, step=300)
    assert house.number(PRICE) == 1


async def test_norwegian_price_is_told_line_by_line(house: House) -> None:
    norwegian = contract(
        taxes=NorwegianTaxes(county="03"),
        support=True,
        markup=Decimal("0.05"),
        settlement=Resolution.HOUR,
        time_zone="Europe/Oslo",
        grid=Grid(company=_elvia()),
    )
    await _set_up(house, site_subentry(price=price_data(norwegian)))
    lines = house.full_state(PRICE).attributes["components"]
    assert lines["spot"] == 1.25
    assert lines["markup"] == 0.05
    # 90 % of what exceeds 77 øre, with VAT.
    assert lines["support"] == pytest.approx(-0.25875, abs=1e-4)
    assert lines["consumption_tax"] == pytest.approx(0.0891, abs=1e-4)
    assert lines["grid_energy"] > 0
    assert house.number(PRICE) == pytest.approx(sum(lines.values()), abs=1e-3)


def _elvia() -> str:
    from custom_components.zmartcharge.price import load_price_data

    names = load_price_data().grid.names(Dwelling.HOME)
    return next(key for key, name in names.items() if "elvia" in name.casefold())


async def test_county_without_vat_pays_none(house: House) -> None:
    northern = contract(taxes=NorwegianTaxes(county="18"), settlement=Resolution.HOUR)
    await _set_up(house, site_subentry(price=price_data(northern)))
    assert house.full_state(PRICE).attributes["components"]["spot"] == 1


async def test_fixed_price_needs_no_source(house: House) -> None:
    await _set_up(house, site_subentry(price=_fixed("1.23")))
    assert house.number(PRICE) == 1.23
    assert house.site.pricing.known_until is not None


async def test_contract_that_gives_no_price_raises_a_repair(house: House) -> None:
    unknown = contract(taxes=NorwegianTaxes(county="99"))
    await _set_up(house, site_subentry(price=price_data(unknown)))
    assert house.issue("price_impossible_home") is not None
    assert not house.available(PRICE)
    await house.change("home", price=_fixed("1"))
    await wait_until(lambda: house.number(PRICE) == 1)
    assert house.issue("price_impossible_home") is None


async def test_another_contract_is_planned_for_from_scratch(house: House) -> None:
    home = await _set_up(house)
    home.prices(cheap=(6, 7))
    home.answer()
    await home.connect()
    await home.ready_by(9)
    await home.plug_in(home.charge_points[0])
    await home.live(1)
    assert home.drawn(home.charge_points[0]) == 0
    await house.change("home", price=_fixed("1"))
    await home.live(2)
    # When every hour costs the same there is nothing to wait for.
    assert home.drawn(home.charge_points[0]) == 16


async def test_price_that_is_given_up_takes_its_sensor_with_it(house: House) -> None:
    await _set_up(house)
    await house.change("home", price=None)
    await wait_until(lambda: house.state(PRICE) == "missing")
    assert house.state("switch.garage_smart_charging") == "off"


# Where it comes from --------------------------------------------------------------------------


async def test_missing_prices_are_estimated_and_told_of(house: House) -> None:
    home = Priced(house)
    home.prices(hours=9)
    await house.set_up(priced_site(), charger_subentry())
    await home.settle()
    until = house.site.pricing.known_until
    assert until == home.hour(9)
    assert any(each.forecast for each in house.site.pricing.prices.breakdowns)
    await home.live(10 * 60, step=600)
    assert house.issue("prices_missing_home") is not None
    assert house.available(PRICE)
    assert house.full_state(PRICE).attributes["forecast"] is True
    home.prices()
    await home.settle()
    await home.live(20, step=300)
    assert house.issue("prices_missing_home") is None
    assert house.full_state(PRICE).attributes["forecast"] is False


async def test_sensor_that_is_gone_leaves_what_it_told(house: House) -> None:
    home = await _set_up(house)
    house.hass.states.async_set(SENSOR, "unavailable")
    await home.live(60, step=300)
    assert house.number(PRICE) == 0.5


async def test_sensor_that_tells_only_the_price_of_now(house: House) -> None:
    house.hass.states.async_set(SENSOR, "88.5", {"unit_of_measurement": "øre/kWh"})
    await house.set_up(priced_site(), charger_subentry())
    house.hass.states.async_set(SENSOR, "90.5", {"unit_of_measurement": "øre/kWh"})
    await house.hass.async_block_till_done()
    await wait_until(lambda: house.number(PRICE) == 0.905)


async def test_sensor_of_nonsense_gives_no_price(house: House) -> None:
    house.hass.states.async_set(SENSOR, "sunny", {"unit_of_measurement": "NOK/kWh"})
    await house.set_up(priced_site(), charger_subentry())
    house.hass.states.async_set(SENSOR, "rainy", {"unit_of_measurement": "NOK/kWh"})
    await Priced(house).settle()
    assert not house.available(PRICE)


async def test_nord_pool_integration_is_asked(house: House, hass: HomeAssistant) -> None:
    asked: list[ServiceCall] = []

    async def prices(call: ServiceCall) -> Any:
        asked.append(call)
        day = dt_util.start_of_local_day(dt_util.parse_date(call.data["date"]) or dt_util.now())
        start = dt_util.as_utc(day) - timedelta(hours=12)
        rows = [
            {
                "start": (start + timedelta(hours=hour)).isoformat(),
                "end": (start + timedelta(hours=hour + 1)).isoformat(),
                "price": 700.0,
            }
            for hour in range(48)
        ]
        return {"NO1": rows}

    entry = MockConfigEntry(domain="nordpool")
    entry.add_to_hass(hass)
    entry.mock_state(hass, entry.state.LOADED)
    hass.services.async_register(
        "nordpool", "get_price_indices_for_date", prices, supports_response=SupportsResponse.ONLY
    )
    data = price_data(source=PriceSource.NORD_POOL, sensor=None)
    await house.set_up(site_subentry(price=data), charger_subentry())
    await Priced(house).settle()
    assert house.number(PRICE) == 0.7
    assert asked[0].data["areas"] == ["NO1"]
    assert asked[0].data["resolution"] == 15
    assert house.full_state(PRICE).attributes["source"] == "nord_pool"


def _web(days: int, area: str) -> str:
    day = (dt_util.utcnow() + timedelta(days=days)).date()
    return f"https://www.hvakosterstrommen.no/api/v1/prices/{day:%Y/%m-%d}_{area}.json"


def _publish(web: AiohttpClientMocker, days: int, area: str, price: float) -> None:
    """Publish the prices of a day, counted from today."""
    midnight = dt_util.utcnow().replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight + timedelta(days=days)
    rows = [
        {
            "NOK_per_kWh": price,
            "time_start": (start + timedelta(hours=hour - 1)).isoformat(),
            "time_end": (start + timedelta(hours=hour)).isoformat(),
        }
        for hour in range(24)
    ]
    web.get(_web(days, area), json=rows)


async def test_web_is_asked_when_the_integration_is_not_there(
    house: House, aioclient_mock: AiohttpClientMocker
) -> None:
    for days in range(-2, 2):
        _publish(aioclient_mock, days, "NO1", 0.8)
    data = price_data(source=PriceSource.NORD_POOL, sensor=None, fall_back=True)
    await house.set_up(site_subentry(price=data), charger_subentry())
    await Priced(house).settle()
    assert house.number(PRICE) == 0.8
    assert house.full_state(PRICE).attributes["source"] == "web"


async def test_source_that_is_down_is_asked_again(
    house: House, aioclient_mock: AiohttpClientMocker
) -> None:
    for days in range(-2, 1):
        aioclient_mock.get(_web(days, "NO1"), status=503)
    aioclient_mock.get(_web(1, "NO1"), status=404)
    data = price_data(source=PriceSource.WEB, sensor=None)
    await house.set_up(site_subentry(price=data), charger_subentry())
    home = Priced(house)
    await home.settle()
    before = aioclient_mock.call_count
    assert before > 0
    await home.live(2)
    assert aioclient_mock.call_count > before


async def test_another_price_area_takes_none_of_the_prices_before(
    house: House, aioclient_mock: AiohttpClientMocker
) -> None:
    for days in range(-2, 2):
        _publish(aioclient_mock, days, "NO1", 1.0)
        _publish(aioclient_mock, days, "NO3", 0.2)
    data = price_data(source=PriceSource.WEB, sensor=None)
    await house.set_up(site_subentry(price=data), charger_subentry())
    home = Priced(house)
    await home.settle()
    assert house.number(PRICE) == 1
    await house.change("home", price=price_data(contract(area="NO3"), source="web", sensor=None))
    await home.settle()
    assert house.number(PRICE) == 0.2


async def test_prices_of_the_reader_are_used_where_they_are_chosen(
    house: House, mqtt_mock: MqttMockHAClient
) -> None:
    data = price_data(source=PriceSource.READER, sensor=None)
    await house.set_up(metered_site(price=data), charger_subentry())
    await house.meter("no list", topic=f"{TOPIC}/prices")
    assert not house.available(PRICE)
    told = json.dumps({"prices": {str(hour): 0.6 for hour in range(24)}})
    await house.meter(told, topic=f"{TOPIC}/prices", retain=True)
    assert not house.available(PRICE)
    await house.meter(told, topic=f"{TOPIC}/prices")
    await wait_until(lambda: house.number(PRICE) == 0.6)


async def test_prices_survive_a_restart(house: House) -> None:
    home = await _set_up(house)
    await house.unload()
    house.hass.states.async_remove(SENSOR)
    await house.set_up()
    await home.settle()
    assert house.number(PRICE) == 1


# What charging cost ---------------------------------------------------------------------------


async def _charge(home: Priced, minutes: float) -> None:
    charge_point = home.charge_points[0]
    await home.house.act("switch", "turn_off", "switch.garage_smart_charging")
    await home.plug_in(charge_point)
    await home.live(minutes, step=60)


async def test_session_costs_what_its_hours_cost(house: House) -> None:
    home = await _set_up(house)
    await home.connect()
    await _charge(home, 120)
    # An hour at 1 kr, and one at 50 øre, of 11 kW.
    assert house.number("sensor.garage_session_cost") == pytest.approx(11.04 * 1.5, rel=0.02)
    unit = house.full_state("sensor.garage_session_cost").attributes["unit_of_measurement"]
    assert unit == "NOK"


async def test_price_that_is_changed_in_a_session_holds_from_then_on(house: House) -> None:
    home = await _set_up(house, site_subentry(price=_fixed("1")))
    await home.connect()
    await _charge(home, 50)
    energy = Energy(
        kind=EnergyKind.FIXED,
        fixed=(
            FixedPrice(dt_util.utcnow() - timedelta(days=30), Decimal(1)),
            FixedPrice(dt_util.utcnow(), Decimal(2)),
        ),
    )
    changed = price_data(contract(energy=energy), source=None, sensor=None)
    await house.change("home", price=changed)
    # The quarter-hour that has begun keeps its price.
    await home.live(70, step=60)
    assert house.number("sensor.garage_session_cost") == pytest.approx(11.04 * 3, rel=0.03)


async def test_late_price_is_added_when_it_comes(house: House) -> None:
    home = Priced(house)
    await house.set_up(priced_site(), charger_subentry(circuit_fuse=16))
    await home.connect()
    await _charge(home, 60)
    assert house.connector.cost is not None
    assert house.connector.cost.amount is None
    home.prices()
    await home.settle()
    assert house.number("sensor.garage_session_cost") == pytest.approx(11.04, rel=0.03)


async def test_late_price_is_added_to_a_session_that_is_over(house: House) -> None:
    home = Priced(house)
    await house.set_up(priced_site(), charger_subentry(circuit_fuse=16))
    charge_point = await home.connect()
    await _charge(home, 60)
    await charge_point.unplug()
    await home.settle()
    assert house.number("sensor.garage_session_cost") is None
    home.prices()
    await home.settle()
    assert house.number("sensor.garage_session_cost") == pytest.approx(11.04, rel=0.03)


async def test_costs_are_recalculated_when_the_user_asks(house: House) -> None:
    home = await _set_up(house, site_subentry(price=_fixed("1")))
    await home.connect()
    await _charge(home, 60)
    await house.change("home", price=_fixed("2"))
    await home.live(1)
    assert house.number("sensor.garage_session_cost") == pytest.approx(11.04, rel=0.03)
    device = house.device("home")
    assert device is not None
    answer = await house.hass.services.async_call(
        "zmartcharge",
        "recalculate_costs",
        {
            "device_id": device.id,
            "start": dt_util.utcnow() - timedelta(hours=3),
            "end": dt_util.utcnow(),
        },
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    assert answer["difference"] == pytest.approx(11.04, rel=0.04)
    assert house.number("sensor.garage_session_cost") == pytest.approx(11.04 * 2, rel=0.03)


async def test_response_of_nord_pool_that_is_an_error_is_one_of_the_source(
    house: House, hass: HomeAssistant
) -> None:
    async def fail(call: ServiceCall) -> Any:
        raise HomeAssistantError("no connection")

    entry = MockConfigEntry(domain="nordpool")
    entry.add_to_hass(hass)
    entry.mock_state(hass, entry.state.LOADED)
    hass.services.async_register(
        "nordpool", "get_price_indices_for_date", fail, supports_response=SupportsResponse.ONLY
    )
    data = price_data(source=PriceSource.NORD_POOL, sensor=None)
    await house.set_up(site_subentry(price=data), charger_subentry())
    home = Priced(house)
    await home.settle()
    await home.live(40, step=300)
    issue = house.issue("prices_missing_home")
    assert issue is not None
    assert "does not answer" in (issue.translation_placeholders or {})["problems"]


async def test_day_on_which_the_source_was_down_gets_its_cost_later(
    house: House, aioclient_mock: AiohttpClientMocker
) -> None:
    for days in range(-2, 3):
        aioclient_mock.get(_web(days, "NO1"), status=503)
    data = price_data(source=PriceSource.WEB, sensor=None)
    await house.set_up(site_subentry(price=data), charger_subentry(circuit_fuse=16))
    home = Priced(house)
    await home.settle()
    charge_point = await home.connect()
    await _charge(home, 60)
    await charge_point.unplug()
    await home.live(11 * 60, step=600)
    assert house.number("sensor.garage_session_cost") is None
    aioclient_mock.clear_requests()
    for days in range(-3, 3):
        _publish(aioclient_mock, days, "NO1", 1.0)
    await home.live(90, step=300)
    assert house.number("sensor.garage_session_cost") == pytest.approx(11.04, rel=0.03)


# Norgespris and its limit ---------------------------------------------------------------------


def _norgespris() -> dict[str, Any]:
    return price_data(
        contract(
            energy=Energy(kind=EnergyKind.NORGESPRIS),
            taxes=NorwegianTaxes(county="18"),
            settlement=Resolution.HOUR,
            time_zone="Europe/Oslo",
        )
    )


async def test_session_has_a_cost_before_the_next_years_norgespris_is_known(house: House) -> None:
    house.time.move_to(datetime(2027, 1, 4, 12, 0, tzinfo=UTC))
    home = await _set_up(house, site_subentry(price=_norgespris()))
    await home.connect()
    await _charge(home, 60)
    assert house.number("sensor.garage_session_cost") is not None


@pytest.fixture
async def beyond(house: House, mqtt_mock: MqttMockHAClient) -> Priced:
    """Return a home that has just taken more than Norgespris holds for, an hour after it began."""
    home = Priced(house)
    home.prices()
    await house.set_up(metered_site(price=_norgespris()), charger_subentry())
    await house.meter({"P": 1000, "tPI": 20000.0})
    await home.live(60, step=300)
    assert "norgespris" in house.full_state(PRICE).attributes["components"]
    await house.meter({"P": 1000, "tPI": 25500.0})
    await home.live(61, step=300)
    assert "spot" in house.full_state(PRICE).attributes["components"]
    return home


async def test_limit_that_was_reached_is_remembered_over_a_restart(beyond: Priced) -> None:
    house = beyond.house
    await house.unload()
    await house.set_up()
    await beyond.live(61, step=300)
    # The meter tells its register but once an hour, and has not yet.
    assert "spot" in house.full_state(PRICE).attributes["components"]


async def test_hours_before_the_limit_was_reached_keep_their_price(beyond: Priced) -> None:
    start = dt_util.utcnow() - timedelta(hours=2)
    end = start + timedelta(minutes=15)
    held = await beyond.house.hub.ledger.held_prices("home", start, end)
    again = await beyond.house.site.pricing.held(start, end)
    assert again[0].price == held[0].price
