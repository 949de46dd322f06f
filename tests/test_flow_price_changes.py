"""Prices that are changed, and amounts that are typed."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.zmartcharge.flow_amounts import Limits, read_amounts
from custom_components.zmartcharge.price import PriceProblem

from .flows import SubentryFlows, defaults, flows_fixture, spoken_fixture  # noqa: F401
from .house import NOW, House, metered_site, site_subentry
from .price_flows import (  # noqa: F401
    FLOW,
    HOME,
    fixed_home_fixture,
    home_fixture,
    kept_price,
    lines,
    lives,
    menu_of,
    offline_fixture,
    price_of,
    spot_to_supplier,
)

# Fees by hand --------------------------------------------------------------------------------

LONG_AGO = datetime(2019, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("night", "days_off", "at_night", "on_saturday"),
    [("", True, "0.4", "0.4"), ("0,25", False, "0.25", "0.4"), ("0,25", True, "0.25", "0.25")],
)
@pytest.mark.usefixtures("offline")
async def test_grid_fee_is_entered_by_hand(
    home: House,
    flows: SubentryFlows,
    night: str,
    days_off: bool,
    at_night: str,
    on_saturday: str,
) -> None:
    form = await flows.answer(await flows.choose(await menu_of(flows), "spot"), **HOME)
    form = await flows.answer(form, company="by_hand")
    assert form["step_id"] == "grid_by_hand"
    given = {"grid_fee": "0,40", "night_fee": night, "days_off": days_off}
    form = await flows.answer(form, **given)
    form = await flows.answer(form, **defaults(form))
    preview = await flows.answer(form, **defaults(form))
    assert lines(preview)["Grid fee"] == f"{Decimal(on_saturday):.4f} kr"

    form = await flows.choose(await flows.choose(preview, "price"), "spot")
    form = await flows.answer(form, **defaults(form))
    assert defaults(form) == {"company": "by_hand"}
    form = await flows.answer(form, **defaults(form))
    assert defaults(form)["grid_fee"] == "0.4"
    assert defaults(form).get("night_fee", "") == night.replace(",", ".")
    form = await flows.answer(form, **defaults(form))
    preview = await flows.answer(
        await flows.answer(form, **defaults(form)), source="web", fall_back=True
    )
    rates = price_of(await flows.choose(preview, "save_price")).contract.grid.energy
    assert rates is not None
    friday = datetime(2026, 11, 20, 23, tzinfo=UTC)
    assert rates.at(friday) == Decimal(at_night)
    assert rates.at(friday.replace(hour=6)) == Decimal("0.4")
    assert rates.at(datetime(2026, 11, 21, 12, tzinfo=UTC)) == Decimal(on_saturday)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2,35", "2.35"),
        ("2.35", "2.35"),
        (" 2 ", "2"),
        ("", "0"),
        (",5", "0.5"),
        ("-0,02", "-0.02"),
        ("\N{MINUS SIGN}1", "-1"),
        ("+1", "1"),
    ],
)
def test_amounts_are_read_as_people_write_them(typed: str, read: str) -> None:
    limits = {"amount": Limits(Decimal(-3), Decimal(3))}
    assert read_amounts({"amount": typed}, limits) == ({"amount": Decimal(read)}, {})


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("two", "amount_invalid"),
        ("1 kr", "amount_invalid"),
        ("1.000,50", "amount_invalid"),
        ("1e1", "amount_invalid"),
        ("nan", "amount_invalid"),
        ("inf", "amount_invalid"),
        ("1_0", "amount_invalid"),
        ("٣", "amount_invalid"),
        ("-", "amount_invalid"),
        ("9" * 300, "amount_invalid"),
        ("235", "amount_range"),
        ("-1", "amount_range"),
    ],
)
async def test_what_is_no_price_is_told_and_can_be_mended(
    home: House, flows: SubentryFlows, typed: str, error: str
) -> None:
    form = await flows.choose(await menu_of(flows), "fixed")
    result = await flows.answer(form, fixed_price=typed, all_inclusive=True)
    assert result["errors"] == {"fixed_price": error}
    assert defaults(result)["fixed_price"] == typed
    preview = await flows.answer(result, fixed_price="1,2", all_inclusive=True)
    assert preview["step_id"] == "preview"


@pytest.mark.parametrize("typed", ["", "  "])
async def test_price_that_is_needed_cannot_be_empty(
    home: House, flows: SubentryFlows, typed: str
) -> None:
    form = await flows.choose(await menu_of(flows), "fixed")
    result = await flows.answer(form, fixed_price=typed, all_inclusive=False)
    assert result["errors"] == {"fixed_price": "amount_invalid"}


async def test_markup_in_ore_is_caught(home: House, flows: SubentryFlows) -> None:
    form = await spot_to_supplier(flows)
    result = await flows.answer(form, **defaults(form), markup="4,9", monthly_fee="many")
    assert result["errors"] == {"markup": "amount_range", "monthly_fee": "amount_invalid"}
    assert result["description_placeholders"]["currency"] == "kr"


async def test_wrong_grid_fee_is_told(home: House, flows: SubentryFlows) -> None:
    form = await flows.answer(await flows.choose(await menu_of(flows), "spot"), **HOME)
    form = await flows.answer(form, company="by_hand")
    result = await flows.answer(form, grid_fee="40", night_fee="x", days_off=True)
    assert result["errors"] == {"grid_fee": "amount_range", "night_fee": "amount_invalid"}


# A site that is changed ----------------------------------------------------------------------


async def test_changed_fixed_price_holds_from_now_on(
    fixed_home: House, flows: SubentryFlows
) -> None:
    form = await flows.choose(await flows.change_site(what="price"), "fixed")
    assert defaults(form) == {"fixed_price": "1", "all_inclusive": True}
    preview = await flows.answer(form, fixed_price="1,5", all_inclusive=True)
    assert preview["description_placeholders"]["total"] == "1.50 kr"
    await flows.choose(preview, "save_price")
    energy = kept_price(fixed_home).contract.energy
    assert energy.fixed_at(NOW - timedelta(minutes=1)) == 1
    assert energy.fixed_at(NOW + timedelta(minutes=1)) == Decimal("1.5")


async def test_unchanged_fixed_price_keeps_its_history(
    fixed_home: House, flows: SubentryFlows
) -> None:
    form = await flows.choose(await flows.change_site(what="price"), "fixed")
    await flows.choose(await flows.answer(form, **defaults(form)), "save_price")
    assert len(kept_price(fixed_home).contract.energy.fixed) == 1


async def test_new_fixed_price_is_offered_and_shows_the_history(
    fixed_home: House, flows: SubentryFlows
) -> None:
    menu = await flows.change_site(what=None)
    assert menu["menu_options"] == ["site", "meter", "price", "new_fixed_price"]
    form = await flows.choose(menu, "new_fixed_price")
    assert form["description_placeholders"]["history"] == "- … – …: 1.0000 kr"
    preview = await flows.answer(form, fixed_price="1,2", since="2026-10-01")
    assert preview["step_id"] == "preview_new_price"
    history = "- … – 2026-10-01: 1.0000 kr\n- 2026-10-01 – …: 1.2000 kr"
    assert preview["description_placeholders"]["history"] == history
    assert preview["description_placeholders"]["total"] == "1.20 kr"
    again = await flows.manager.async_configure(preview["flow_id"])
    assert again["step_id"] == "preview_new_price"
    form = await flows.choose(again, "new_fixed_price")
    preview = await flows.answer(form, fixed_price="1,3", since="2027-01-01")
    assert preview["description_placeholders"]["total"] == "1.00 kr"
    await flows.choose(preview, "save_price")
    fixed = kept_price(fixed_home).contract.energy.fixed
    assert [price.value for price in fixed] == [1, Decimal("1.3")]
    assert fixed[1].since == datetime(2026, 12, 31, 23, tzinfo=UTC)


async def test_new_fixed_price_holds_from_now_without_a_day(
    fixed_home: House, flows: SubentryFlows
) -> None:
    form = await flows.change_site(what="new_fixed_price")
    preview = await flows.answer(form, fixed_price="1,2")
    await flows.choose(preview, "save_price")
    assert kept_price(fixed_home).contract.energy.fixed[1].since >= NOW


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"fixed_price": "x"}, {"fixed_price": "amount_invalid"}),
        ({"fixed_price": "1", "since": "0001-01-01"}, {"since": "since_range"}),
        ({"fixed_price": "1", "since": "2000-01-01"}, {"since": "since_range"}),
        ({"fixed_price": "1", "since": "9999-12-31"}, {"since": "since_range"}),
    ],
)
async def test_new_fixed_price_that_cannot_be_is_told(
    fixed_home: House, flows: SubentryFlows, values: dict[str, Any], errors: dict[str, str]
) -> None:
    result = await flows.answer(await flows.change_site(what="new_fixed_price"), **values)
    assert result["errors"] == errors
    assert len(kept_price(fixed_home).contract.energy.fixed) == 1


@pytest.mark.usefixtures("offline")
async def test_price_that_is_changed_is_filled_in_and_the_rest_is_kept(
    house: House, flows: SubentryFlows, mqtt_mock: MqttMockHAClient
) -> None:
    lives(house, "NO")
    await house.set_up(metered_site(address="Storgata 1"))
    form = await flows.choose(await flows.change_site(what="price"), "spot")
    for answers in (
        {**HOME, "area": "NO5"},
        {"company": "elvia"},
        {"settlement": "quarter", "support": False, "markup": "-0,02", "monthly_fee": "39,9"},
    ):
        form = await flows.answer(form, **answers)
    preview = await flows.answer(form, source="reader", fall_back=False)
    await flows.choose(preview, "save_price")

    form = await flows.choose(await flows.change_site(what="price"), "spot")
    assert defaults(form)["area"] == "NO5"
    form = await flows.answer(form, **defaults(form))
    assert defaults(form) == {"company": "elvia"}
    form = await flows.answer(form, **defaults(form))
    assert defaults(form) == {
        "settlement": "quarter",
        "support": False,
        "markup": "-0.02",
        "monthly_fee": "39.9",
    }
    form = await flows.answer(form, **defaults(form))
    assert defaults(form) == {"source": "reader", "fall_back": False}
    data = house.entry.subentries["home"].data
    assert (data["address"], data["meter"]["topic"]) == ("Storgata 1", "ams2mqtt")


async def test_price_is_removed(fixed_home: House, flows: SubentryFlows) -> None:
    menu = await flows.change_site(what="price")
    assert "remove_price" in menu["menu_options"]
    result = await flows.choose(menu, "remove_price")
    assert result["reason"] == "reconfigure_successful"
    assert "price" not in fixed_home.entry.subentries["home"].data


async def test_meter_and_fuse_are_changed_without_the_price(
    fixed_home: House, flows: SubentryFlows
) -> None:
    before = fixed_home.entry.subentries["home"].data["price"]
    form = await flows.change_site()
    await flows.answer(form, **{**defaults(form), "main_fuse": 50})
    await flows.choose(await flows.change_site(what="meter"), "no_meter")
    assert fixed_home.entry.subentries["home"].data["price"] == before


@pytest.mark.usefixtures("offline")
async def test_clock_that_is_years_behind_is_told_at_every_step(
    home: House, flows: SubentryFlows
) -> None:
    form = await flows.choose(await menu_of(flows), "spot")
    for answers in (
        HOME,
        {"company": "by_hand"},
        {"grid_fee": "0,3", "days_off": True},
        {"settlement": "hour", "support": True},
    ):
        with patch(f"{FLOW}_contract.dt_util.utcnow", return_value=LONG_AGO):
            refused = await flows.answer(form, **answers)
        if "company" in answers:
            form = refused
            continue
        assert refused["errors"] == {"base": PriceProblem.UNKNOWN_RATE}
        assert refused["description_placeholders"]["day"] == "2019-01-01"
        form = await flows.answer(refused, **answers)
    assert form["step_id"] == "source"


async def test_grid_company_without_a_tariff_is_told(home: House, flows: SubentryFlows) -> None:
    form = await flows.answer(await flows.choose(await menu_of(flows), "spot"), **HOME)
    with patch(f"{FLOW}_contract.dt_util.utcnow", return_value=datetime(2024, 2, 1, tzinfo=UTC)):
        result = await flows.answer(form, company="elvia")
    assert result["errors"] == {"company": PriceProblem.NO_GRID_TARIFF}
    assert result["description_placeholders"]["company"] == "Elvia AS"


@pytest.mark.parametrize(
    "damaged",
    [
        {"contract": "torn"},
        {"contract": {}},
        {"source": "web"},
        {"contract": None, "sensor_vat": "much"},
        "torn",
        ["torn"],
    ],
)
async def test_damaged_price_is_begun_anew(
    home: House, flows: SubentryFlows, damaged: object
) -> None:
    await home.unload()
    await home.change("home", price=damaged)
    menu = await flows.change_site(what=None)
    assert menu["menu_options"] == ["site", "meter", "price"]
    menu = await flows.choose(menu, "price")
    assert "remove_price" in menu["menu_options"]
    form = await flows.choose(menu, "fixed")
    preview = await flows.answer(form, fixed_price="1", all_inclusive=True)
    await flows.choose(preview, "save_price")
    assert kept_price(home).contract.energy.fixed[0].value == 1
    await home.set_up()
    assert home.site.config.price == kept_price(home)


async def test_damaged_vat_of_a_sensor_is_begun_anew(
    fixed_home: House, flows: SubentryFlows
) -> None:
    price = fixed_home.entry.subentries["home"].data["price"]
    await fixed_home.unload()
    await fixed_home.change("home", price={**price, "sensor_vat": "much"})
    menu = await flows.change_site(what=None)
    assert "new_fixed_price" not in menu["menu_options"]


async def test_history_that_begins_later_gets_a_price_for_now(
    fixed_home: House, flows: SubentryFlows
) -> None:
    price = fixed_home.entry.subentries["home"].data["price"]
    energy = {**price["contract"]["energy"], "fixed": [["2027-01-01T00:00:00+01:00", "3"]]}
    contract = {**price["contract"], "energy": energy}
    await fixed_home.change("home", price={**price, "contract": contract})
    form = await flows.change_site(what="new_fixed_price")
    assert form["description_placeholders"]["history"] == "- 2027-01-01 – …: 3.0000 kr"
    flows.close(form)
    form = await flows.choose(await flows.change_site(what="price"), "fixed")
    assert defaults(form) == {"all_inclusive": True}
    preview = await flows.answer(form, fixed_price="2", all_inclusive=True)
    await flows.choose(preview, "save_price")
    fixed = kept_price(fixed_home).contract.energy.fixed
    assert [each.value for each in fixed] == [2, 3]


async def test_two_sites_have_prices_of_their_own(fixed_home: House, flows: SubentryFlows) -> None:
    form = await flows.choose(await menu_of(flows), "fixed")
    preview = await flows.answer(form, fixed_price="3", all_inclusive=True)
    assert price_of(await flows.choose(preview, "save_price")).contract.energy.fixed[0].value == 3
    assert kept_price(fixed_home).contract.energy.fixed[0].value == 1


@pytest.mark.usefixtures("offline")
async def test_price_abroad_that_is_changed_is_filled_in(
    house: House, flows: SubentryFlows
) -> None:
    lives(house, "SE")
    await house.set_up(site_subentry())
    form = await flows.choose(await flows.change_site(what="price"), "spot")
    given = {"area": "SE3", "vat": "25", "energy_tax": "0.55"}
    form = await flows.answer(form, **given)
    form = await flows.answer(form, grid_fee="0,3", days_off=False)
    form = await flows.answer(form, **defaults(form))
    preview = await flows.answer(form, **defaults(form))
    await flows.choose(preview, "save_price")
    form = await flows.choose(await flows.change_site(what="price"), "spot")
    assert defaults(form) == given


async def test_grid_company_that_is_gone_is_told_and_another_one_chosen(
    home: House, flows: SubentryFlows
) -> None:
    form = await flows.choose(await flows.change_site(what="price"), "fixed")
    form = await flows.answer(form, fixed_price="1", all_inclusive=False)
    form = await flows.answer(await flows.answer(form, **HOME), company="elvia")
    await flows.choose(await flows.answer(form, support=False), "save_price")
    price = home.entry.subentries["home"].data["price"]
    contract = {**price["contract"], "grid": {"company": "gone"}}
    await home.change("home", price={**price, "contract": contract})

    form = await flows.change_site(what="new_fixed_price")
    result = await flows.answer(form, fixed_price="2")
    assert result["errors"] == {"base": PriceProblem.UNKNOWN_GRID_COMPANY}
    assert result["description_placeholders"]["company"] == "gone"
    flows.close(result)

    form = await flows.choose(await flows.change_site(what="price"), "fixed")
    form = await flows.answer(form, **defaults(form))
    form = await flows.answer(form, **defaults(form))
    assert defaults(form) == {}
    form = await flows.answer(form, company="elvia")
    assert defaults(form) == {"support": False}
