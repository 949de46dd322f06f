"""The flow of sites."""

from typing import Any

from homeassistant.data_entry_flow import FlowResultType, InvalidData
import pytest

from custom_components.zmartcharge.config import MqttMeter
from custom_components.zmartcharge.units import GridType

from .flows import SITE, SubentryFlows, defaults, flows_fixture, spoken_fixture  # noqa: F401
from .house import TOPIC, House, charger_subentry, metered_site, site_subentry


@pytest.mark.parametrize(
    ("language", "name"),
    [("en", "My home"), ("nb", "Mitt hjem"), ("sv", "Mitt hem"), ("da", "Mit hjem")],
)
async def test_new_site_is_called_home_in_the_users_language(
    house: House, flows: SubentryFlows, language: str, name: str
) -> None:
    house.hass.config.language = language
    await house.set_up(site_subentry())
    result = await flows.add_site()

    assert result["step_id"] == "user"
    assert defaults(result) == {"name": name, "grid_type": "tn_400"}


async def test_site_is_added_with_all_that_is_known_of_it(
    house: House, flows: SubentryFlows
) -> None:
    await house.set_up(site_subentry())
    details = {
        "address": "Storgata 1",
        "location": {"latitude": 59.9, "longitude": 10.7},
    }
    result = await flows.keep_site(await flows.add_site(), **{**SITE, "name": " Cabin ", **details})

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Cabin"
    assert result["data"] == {"grid_type": "it_230", "main_fuse": 40, **details}
    cabin = next(s for s in house.hub.sites.values() if s.config.name == "Cabin")
    assert cabin.config.grid is GridType.IT_230
    assert cabin.config.main_fuse == 40
    assert cabin.config.meter is None
    device = house.device(cabin.config.subentry_id)
    assert device is not None and device.name == "Cabin"


@pytest.mark.parametrize("fuse", [10, 63, 250, 40.0])
async def test_main_fuse_is_kept_as_a_whole_number(
    house: House, flows: SubentryFlows, fuse: float
) -> None:
    await house.set_up(site_subentry())
    result = await flows.keep_site(await flows.add_site(), **{**SITE, "main_fuse": fuse})

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"]["main_fuse"] == fuse
    assert isinstance(result["data"]["main_fuse"], int)


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"name": "  "}, {"name": "name_empty"}),
        ({"main_fuse": 0}, {"main_fuse": "main_fuse_range"}),
        ({"main_fuse": -16}, {"main_fuse": "main_fuse_range"}),
        ({"main_fuse": 9}, {"main_fuse": "main_fuse_range"}),
        ({"main_fuse": 251}, {"main_fuse": "main_fuse_range"}),
        ({"main_fuse": 999}, {"main_fuse": "main_fuse_range"}),
        ({"main_fuse": 16.5}, {"main_fuse": "main_fuse_range"}),
        ({"main_fuse": float("nan")}, {"main_fuse": "main_fuse_range"}),
        ({"main_fuse": float("inf")}, {"main_fuse": "main_fuse_range"}),
        ({"name": "", "main_fuse": 5}, {"name": "name_empty", "main_fuse": "main_fuse_range"}),
    ],
)
async def test_what_cannot_be_is_told_and_can_be_mended(
    house: House, flows: SubentryFlows, values: dict[str, Any], errors: dict[str, str]
) -> None:
    await house.set_up(site_subentry())
    result = await flows.keep_site(await flows.add_site(), **{**SITE, **values})
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == errors
    assert defaults(result)["name"] == {**SITE, **values}["name"]

    result = await flows.keep_site(result, **SITE)
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("values", [{"grid_type": "dc"}, {"main_fuse": "many"}, {"unknown": 1}])
async def test_values_that_no_form_offers_are_refused(
    house: House, flows: SubentryFlows, values: dict[str, Any]
) -> None:
    await house.set_up(site_subentry())
    result = await flows.add_site()
    with pytest.raises(InvalidData):
        await flows.keep_site(result, **{**SITE, **values})


async def test_form_of_a_site_is_filled_with_what_is_set(
    house: House, flows: SubentryFlows
) -> None:
    await house.set_up(metered_site())
    result = await flows.change_site()

    assert result["step_id"] == "site"
    assert defaults(result) == {
        "name": "Home",
        "grid_type": "tn_400",
        "main_fuse": 63,
    }


async def test_changed_site_keeps_its_chargers_connected(
    house: House, flows: SubentryFlows
) -> None:
    await house.set_up(metered_site(), charger_subentry())
    await house.connect()
    station, site = house.charger.station, house.site
    result = await flows.keep_site(
        await flows.change_site(), name="Manor", grid_type="tn_400", main_fuse=80
    )

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    assert house.site is site
    assert site.config.name == "Manor"
    assert site.config.main_fuse == 80
    assert site.config.meter == MqttMeter(topic=TOPIC)
    device = house.device("home")
    assert device is not None and device.name == "Manor"
    assert house.charger.station is station


async def test_bad_change_is_told_and_changes_nothing(house: House, flows: SubentryFlows) -> None:
    await house.set_up(site_subentry())
    result = await flows.change_site()
    result = await flows.keep_site(result, **{**defaults(result), "main_fuse": 5})

    assert result["errors"] == {"main_fuse": "main_fuse_range"}
    assert house.site.config.main_fuse == 63


async def test_what_the_form_does_not_ask_for_is_not_forgotten(
    house: House, flows: SubentryFlows
) -> None:
    await house.set_up(metered_site(automation_made=True))
    form = await flows.change_site()
    await flows.keep_site(form, **{**defaults(form), "main_fuse": 50})
    data = house.entry.subentries["home"].data
    assert (data["automation_made"], data["main_fuse"]) == (True, 50)


async def test_what_is_left_empty_is_forgotten(house: House, flows: SubentryFlows) -> None:
    await house.set_up(metered_site(address="Storgata 1"))
    form = await flows.change_site()
    await flows.answer(form, name="Home", grid_type="tn_400", main_fuse=63)
    assert "address" not in house.entry.subentries["home"].data


async def test_each_part_of_a_site_is_changed_by_itself(house: House, flows: SubentryFlows) -> None:
    await house.set_up(metered_site())
    menu = await flows.change_site(what=None)
    assert menu["step_id"] == "reconfigure"
    assert menu["menu_options"] == ["site", "meter", "price"]
    form = await flows.choose(menu, "site")
    result = await flows.answer(form, **{**defaults(form), "main_fuse": 50})
    assert result["reason"] == "reconfigure_successful"
    assert house.site.config.meter == MqttMeter(topic=TOPIC)


async def test_another_supply_has_other_lines_to_measure(
    house: House, flows: SubentryFlows
) -> None:
    await house.set_up(metered_site())
    form = await flows.change_site()
    menu = await flows.answer(form, **{**defaults(form), "grid_type": "it_230"})
    assert menu["step_id"] == "meter"
    result = await flows.choose(menu, "keep_meter")
    assert result["reason"] == "reconfigure_successful"
    assert house.site.config.grid is GridType.IT_230
    assert house.site.config.meter == MqttMeter(topic=TOPIC)


async def test_what_changes_elsewhere_meanwhile_is_not_undone(
    house: House, flows: SubentryFlows
) -> None:
    await house.set_up(metered_site(address="Storgata 1"))
    form = await flows.change_site()
    await house.change("home", automation_made=True)
    await flows.answer(form, name="Home", grid_type="tn_400", main_fuse=50)
    data = house.entry.subentries["home"].data
    assert (data["automation_made"], data["main_fuse"], "address" in data) == (True, 50, False)


async def test_site_can_be_added_while_the_hub_is_stopped(
    house: House, flows: SubentryFlows
) -> None:
    await house.set_up(site_subentry())
    await house.unload()
    result = await flows.keep_site(await flows.add_site(), **SITE)
    assert result["type"] is FlowResultType.CREATE_ENTRY

    await house.set_up()
    assert len(house.hub.sites) == 2
