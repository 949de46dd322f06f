"""Prices of sites outside Norway, and where spot prices come from."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.zmartcharge.const import DOMAIN
from custom_components.zmartcharge.price import OtherTaxes, PriceProblem
from custom_components.zmartcharge.price_config import PriceSource

from .flows import SubentryFlows, defaults, flows_fixture, placeholders, spoken_fixture  # noqa: F401
from .house import NOW, House, metered_site, site_subentry
from .price_flows import (  # noqa: F401
    ABROAD,
    HOME,
    fixed_home_fixture,
    home_fixture,
    lines,
    lives,
    menu_of,
    offline_fixture,
    price_of,
    spot_to_supplier,
    texts,
    to_source,
    web,
)

# Other countries -----------------------------------------------------------------------------


async def test_home_in_sweden(
    house: House, flows: SubentryFlows, aioclient_mock: AiohttpClientMocker
) -> None:
    web(aioclient_mock, 0.5, "SEK")
    lives(house, "SE", (59.33, 18.07))
    await house.set_up(site_subentry())
    menu = await menu_of(flows)
    assert menu["menu_options"] == ["spot", "fixed", "country", "price_later"]
    form = await flows.choose(menu, "spot")
    assert form["step_id"] == "abroad"
    assert defaults(form) == {}
    form = await flows.answer(form, **ABROAD, area="SE3")
    form = await flows.answer(form, grid_fee="0,3", days_off=False)
    form = await flows.answer(form, **defaults(form), markup="0,05")
    assert "support" not in defaults(form)
    preview = await flows.answer(form, source="web", fall_back=True)
    assert lines(preview) == {
        "Spot price": "0.6250 kr",
        "Supplier's mark-up": "0.0500 kr",
        "Grid fee": "0.3000 kr",
        "Energy tax": "0.5500 kr",
    }
    result = await flows.choose(preview, "save_price")
    contract = price_of(result).contract
    assert contract.taxes == OtherTaxes(vat=Decimal("0.25"), energy_tax=Decimal("0.55"))
    assert (contract.area, contract.currency) == ("SE3", "SEK")
    assert contract.time_zone == house.hass.config.time_zone


async def test_country_with_one_price_area_does_not_ask_for_it(
    house: House, flows: SubentryFlows
) -> None:
    lives(house, "FI", (60.17, 24.94))
    await house.set_up(site_subentry())
    form = await flows.choose(await menu_of(flows), "spot")
    assert set(form["data_schema"].schema) == {"vat", "energy_tax"}
    form = await flows.answer(form, vat="25,5")
    form = await flows.answer(form, grid_fee="0.05", days_off=True)
    form = await flows.answer(form, settlement="quarter")
    (source, _) = form["data_schema"].schema.values()
    assert source.config["options"] == ["sensor"]


async def test_country_that_is_not_known_is_asked_for_area_and_currency(
    house: House, flows: SubentryFlows
) -> None:
    lives(house, "CH", (47.0, 8.0))
    house.hass.states.async_set("sensor.spot", "0.2", {"unit_of_measurement": "CHF/kWh"})
    await house.set_up(site_subentry())
    form = await flows.choose(await menu_of(flows), "spot")
    given = {"vat": "8,1", "currency": "chf", "area": "CH"}
    result = await flows.answer(form, **{**given, "currency": "francs"})
    assert result["errors"] == {"currency": "currency_invalid"}
    result = await flows.answer(result, **{**given, "area": "€"})
    assert result["errors"] == {"area": "price_unknown_area"}
    assert result["description_placeholders"]["area"] == "€"
    form = await flows.answer(result, **given)
    form = await flows.answer(form, grid_fee="0,1", days_off=True)
    form = await flows.answer(form, settlement="hour")
    form = await flows.answer(form, source="sensor", fall_back=False)
    preview = await flows.answer(form, sensor="sensor.spot")
    assert preview["description_placeholders"]["total"] == "0.32 CHF"
    contract = price_of(await flows.choose(preview, "save_price")).contract
    assert (contract.area, contract.currency) == ("CH", "CHF")


async def test_fixed_price_in_a_country_that_is_not_known(
    house: House, flows: SubentryFlows
) -> None:
    lives(house, "GB", (51.5, 0.0))
    await house.set_up(site_subentry())
    form = await flows.choose(await menu_of(flows), "fixed")
    assert defaults(form)["currency"] == "EUR"
    form = await flows.answer(form, fixed_price="0.30", all_inclusive=False, currency="GBP")
    assert set(form["data_schema"].schema) == {"vat", "energy_tax"}
    result = await flows.answer(form, vat="101", energy_tax="")
    assert result["errors"] == {"vat": "amount_range"}
    form = await flows.answer(result, vat="5")
    form = await flows.answer(form, grid_fee="0", days_off=True)
    preview = await flows.answer(form)
    contract = price_of(await flows.choose(preview, "save_price")).contract
    assert (contract.area, contract.currency) == (None, "GBP")


async def test_country_is_asked_for_where_home_assistant_has_none(
    house: House, flows: SubentryFlows
) -> None:
    lives(house, None)
    await house.set_up(site_subentry())
    form = await menu_of(flows)
    assert form["step_id"] == "country"
    assert defaults(form) == {"country": "NO"}
    menu = await flows.answer(form, country="NO")
    assert "norgespris" in menu["menu_options"]


async def test_nothing_is_suggested_without_country_and_position(
    house: House, flows: SubentryFlows
) -> None:
    lives(house, None, (0.0, 0.0))
    await house.set_up(site_subentry())
    assert defaults(await menu_of(flows)) == {}


@pytest.mark.usefixtures("offline")
async def test_cabin_in_sweden_of_a_norwegian_is_remembered_as_swedish(
    home: House, flows: SubentryFlows
) -> None:
    form = await flows.choose(await menu_of(flows), "country")
    assert defaults(form) == {"country": "NO"}
    menu = await flows.answer(form, country="SE")
    assert "norgespris" not in menu["menu_options"]
    form = await flows.choose(menu, "fixed")
    preview = await flows.answer(form, fixed_price="1,1", all_inclusive=True)
    await flows.choose(preview, "save_price")
    (cabin,) = (each for each in home.entry.subentries.values() if each.title == "Cabin")
    menu = await flows.change_site(cabin.subentry_id, "price")
    assert "norgespris" not in menu["menu_options"]
    form = await flows.choose(menu, "country")
    assert defaults(form) == {"country": "SE"}
    assert (await flows.answer(form, country="SE"))["step_id"] == "price"


async def test_another_country_forgets_what_held_in_the_first(
    home: House, flows: SubentryFlows
) -> None:
    form = await flows.choose(await menu_of(flows), "norgespris")
    flow = await flows.answer(form, **HOME)
    flows.close(flow)
    await home.change("home", price=await _norgespris(flows))
    menu = await flows.change_site(what="price")
    menu = await flows.answer(await flows.choose(menu, "country"), country="DK")
    form = await flows.choose(menu, "spot")
    assert form["step_id"] == "abroad"
    assert defaults(form) == {}


async def _norgespris(flows: SubentryFlows) -> dict[str, Any]:
    form = await flows.answer(await spot_to_supplier(flows, "norgespris"), settlement="hour")
    preview = await flows.answer(form, source="web", fall_back=True)
    result = await flows.choose(preview, "save_price")
    price: dict[str, Any] = result["data"]["price"]
    return price


# Sources -------------------------------------------------------------------------------------


async def test_nord_pool_is_chosen_first_where_it_is_set_up(
    home: House, flows: SubentryFlows
) -> None:
    entry = MockConfigEntry(domain="nordpool")
    entry.add_to_hass(home.hass)
    form = await to_source(flows)
    assert defaults(form)["source"] == "nord_pool"


async def test_reader_is_offered_for_meters_on_mqtt(
    house: House, flows: SubentryFlows, mqtt_mock: MqttMockHAClient
) -> None:
    lives(house, "NO")
    await house.set_up(metered_site())
    form = await flows.choose(await flows.change_site(what="price"), "spot")
    for answers in (HOME, {"company": "elvia"}, {"settlement": "hour", "support": True}):
        form = await flows.answer(form, **answers)
    (source, _) = form["data_schema"].schema.values()
    assert source.config["options"] == ["web", "reader", "sensor"]


@pytest.mark.usefixtures("offline")
async def test_sensor_is_tried_and_its_prices_are_shown(home: House, flows: SubentryFlows) -> None:
    rows = [
        {
            "start": (NOW + timedelta(hours=hour)).isoformat(),
            "end": (NOW + timedelta(hours=hour + 1)).isoformat(),
            "value": 150,
        }
        for hour in range(4)
    ]
    home.hass.states.async_set(
        "sensor.spot", "150", {"unit_of_measurement": "øre/kWh", "raw_today": rows}
    )
    form = await flows.answer(await to_source(flows), source="sensor", fall_back=False)
    preview = await flows.answer(form, sensor="sensor.spot", sensor_vat="25")
    assert preview["step_id"] == "preview_spot"
    assert lines(preview)["Spot price"] == "1.5000 kr"
    assert preview["description_placeholders"]["source"] == "A sensor"
    config = price_of(await flows.choose(preview, "save_price"))
    assert (config.source, config.sensor) == (PriceSource.SENSOR, "sensor.spot")
    assert config.sensor_vat == Decimal("0.25")


@pytest.mark.parametrize(
    ("state", "attributes", "problem"),
    [
        (None, {}, PriceProblem.UNREACHABLE),
        ("unavailable", {}, PriceProblem.UNREACHABLE),
        ("unknown", {"unit_of_measurement": "NOK/kWh"}, PriceProblem.NO_PRICES),
        ("7", {"unit_of_measurement": "W"}, PriceProblem.WRONG_UNIT),
        ("7", {}, PriceProblem.WRONG_UNIT),
        ("0.1", {"unit_of_measurement": "EUR/kWh"}, PriceProblem.WRONG_CURRENCY),
        ("cheap", {"unit_of_measurement": "NOK/kWh"}, PriceProblem.NOT_A_NUMBER),
        ("1e9", {"unit_of_measurement": "NOK/kWh"}, PriceProblem.ABSURD),
    ],
)
async def test_sensor_without_usable_prices_is_refused_and_told_why(
    home: House,
    flows: SubentryFlows,
    state: str | None,
    attributes: dict[str, Any],
    problem: PriceProblem,
) -> None:
    if state:
        home.hass.states.async_set("sensor.spot", state, attributes)
    form = await flows.answer(await to_source(flows), source="sensor", fall_back=False)
    result = await flows.answer(form, sensor="sensor.spot")
    assert result["errors"] == {"sensor": problem}
    text = texts()["error"][problem]
    assert placeholders(text) <= set(result["description_placeholders"])


async def test_own_sensor_and_wrong_vat_are_refused(home: House, flows: SubentryFlows) -> None:
    own = er.async_get(home.hass).async_get_entity_id("sensor", DOMAIN, "home_power")
    assert own is not None
    form = await flows.answer(await to_source(flows), source="sensor", fall_back=False)
    result = await flows.answer(form, sensor=own)
    assert result["errors"] == {"sensor": "price_sensor_own"}
    result = await flows.answer(result, sensor="sensor.spot", sensor_vat="125")
    assert result["errors"] == {"sensor_vat": "amount_range"}
