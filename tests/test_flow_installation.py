"""Main fuses and circuit fuses that do not go together: refused, or warned of once."""

from typing import Any

from homeassistant.config_entries import SOURCE_INTEGRATION_DISCOVERY
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.zmartcharge.const import DOMAIN

from .flows import (  # noqa: F401
    CHARGER,
    ENGLISH,
    SubentryFlows,
    defaults,
    flows_fixture,
    placeholders,
    spoken_fixture,
)
from .house import House, charger_subentry, site_subentry

SMALL = site_subentry("small", "Small", main_fuse=25)


@pytest.fixture
async def garage(house: House) -> House:
    """Return a home behind 63 A with a charger of 16 A, and a site behind 25 A."""
    await house.set_up(site_subentry(), SMALL, charger_subentry(circuit_fuse=16))
    return house


def _warns(result: Any, back: str = "charger") -> bool:
    return (result["type"], result["step_id"], result.get("menu_options")) == (
        FlowResultType.MENU,
        "little_time",
        [back, "continue_anyway"],
    )


def _told(result: Any, subentry_type: str, field: str) -> str:
    """Return the error at a field as the user reads it."""
    text: str = ENGLISH["config_subentries"][subentry_type]["error"][result["errors"][field]]
    assert placeholders(text)
    return text.format(**result["description_placeholders"])


# A new charger --------------------------------------------------------------------------------


async def test_charger_above_the_main_fuse_is_refused_with_both_numbers(
    house: House, flows: SubentryFlows
) -> None:
    await house.set_up(SMALL, site_subentry("cabin", "Cabin", main_fuse=63))

    result = await flows.add_charger(circuit_fuse=32, site="small")
    assert result["errors"] == {"circuit_fuse": "circuit_fuse_above_main"}
    told = _told(result, "charger", "circuit_fuse")
    assert told.startswith("Garage (32 A): more than the main fuse of 25 A.")

    result = await flows.answer(result, **{**CHARGER, "circuit_fuse": 32, "site": "cabin"})
    assert result["step_id"] == "connect"
    flows.close(result)


@pytest.mark.parametrize(("fuse", "warns"), [(15, False), (16, True), (25, True)])
async def test_warning_begins_above_1_6_times_the_main_fuse(
    house: House, flows: SubentryFlows, fuse: int, warns: bool
) -> None:
    await house.set_up(SMALL)
    result = await flows.add_charger(site="small", circuit_fuse=fuse)
    assert (result["step_id"] == "little_time") is warns
    flows.close(result)


async def test_warning_shows_the_sum(house: House, flows: SubentryFlows) -> None:
    await house.set_up(SMALL)
    result = await flows.add_charger(site="small", circuit_fuse=16.0, name=" Garage ")
    assert _warns(result)
    assert result["description_placeholders"] == {"numbers": "- Garage: 25 A + 16 A = 41 A (164 %)"}
    flows.close(result)


async def test_warned_user_goes_back_to_what_was_filled_in_and_lowers_the_fuse(
    house: House, flows: SubentryFlows
) -> None:
    await house.set_up(SMALL)
    filled = {**CHARGER, "site": "small", "circuit": "Barn", "security": "no_key"}
    result = await flows.choose(await flows.add_charger(**filled), "charger")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "charger")
    assert defaults(result) == filled
    assert result["errors"] == {}

    result = await flows.answer(result, **{**filled, "circuit_fuse": 13})
    assert result["step_id"] == "connect"
    flows.close(result)


async def test_warned_user_may_continue(house: House, flows: SubentryFlows) -> None:
    await house.set_up(SMALL)
    result = await flows.add_charger(site="small", circuit_fuse=16)
    result = await flows.choose(result, "continue_anyway")
    assert result["step_id"] == "connect"
    flows.close(result)


async def test_going_back_is_no_consent(house: House, flows: SubentryFlows) -> None:
    await house.set_up(SMALL)
    values = {**CHARGER, "site": "small"}
    result = await flows.choose(await flows.add_charger(**values), "charger")
    result = await flows.answer(result, **values)
    assert _warns(result)
    flows.close(result)


async def test_fuse_that_was_changed_while_the_warning_was_open_is_warned_of_anew(
    house: House, flows: SubentryFlows
) -> None:
    await house.set_up(SMALL)
    result = await flows.add_charger(site="small", circuit_fuse=16)
    await house.change("small", main_fuse=20)
    result = await flows.choose(result, "continue_anyway")
    assert _warns(result)
    assert "20 A + 16 A = 36 A (180 %)" in result["description_placeholders"]["numbers"]

    await house.change("small", main_fuse=10)
    result = await flows.choose(result, "continue_anyway")
    assert result["errors"] == {"circuit_fuse": "circuit_fuse_above_main"}
    flows.close(result)


async def test_warning_of_a_stopped_hub_ends_the_flow(house: House, flows: SubentryFlows) -> None:
    await house.set_up(SMALL)
    result = await flows.add_charger(site="small")
    await house.unload()
    result = await flows.choose(result, "continue_anyway")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "not_loaded")


async def test_discovered_charger_is_warned_of_too(house: House, spoken: None) -> None:
    await house.set_up(SMALL)
    flow = house.hass.config_entries.flow
    offer = await flow.async_init(
        DOMAIN,
        context={"source": SOURCE_INTEGRATION_DISCOVERY},
        data={"charge_point_id": "CP9"},
    )
    form = await flow.async_configure(offer["flow_id"], {})
    filled = {**CHARGER, "charge_point_id": "CP9", "site": "small"}
    result = await flow.async_configure(form["flow_id"], {**filled, "circuit_fuse": 26})
    assert result["errors"] == {"circuit_fuse": "circuit_fuse_above_main"}
    result = await flow.async_configure(form["flow_id"], filled)
    assert _warns(result)
    result = await flow.async_configure(form["flow_id"], {"next_step_id": "continue_anyway"})
    assert result["step_id"] == "connect"
    flow.async_abort(form["flow_id"])


# A charger that is there ----------------------------------------------------------------------


async def test_larger_circuit_fuse_is_warned_of_and_then_kept(
    garage: House, flows: SubentryFlows
) -> None:
    result = await flows.change_charger(circuit_fuse=50)
    assert _warns(result)
    assert garage.charger.config.circuit_fuse == 16
    result = await flows.choose(result, "continue_anyway")
    assert result["reason"] == "reconfigure_successful"
    assert garage.charger.config.circuit_fuse == 50


async def test_move_to_a_site_with_a_smaller_main_fuse_is_warned_of(
    garage: House, flows: SubentryFlows
) -> None:
    result = await flows.change_charger(site="small")
    assert _warns(result)
    result = await flows.choose(result, "charger")
    assert defaults(result)["site"] == "small"
    result = await flows.answer(result, **{**defaults(result), "circuit_fuse": 10})
    assert result["reason"] == "reconfigure_successful"
    assert garage.charger.config.site_id == "small"
    assert garage.charger.config.circuit_fuse == 10


async def test_confirmed_numbers_are_not_asked_about_again(
    house: House, flows: SubentryFlows
) -> None:
    twin = site_subentry("twin", "Twin", main_fuse=25)
    await house.set_up(SMALL, twin, charger_subentry(site="small", circuit_fuse=16))
    for change in ({"name": "Yard"}, {"site": "twin"}, {"circuit_fuse": 15}):
        result = await flows.change_charger(**change)
        assert result["reason"] == "reconfigure_successful"
    assert _warns(await flows.change_charger(circuit_fuse=16))


async def test_charger_without_a_site_is_warned_of_when_it_gets_one(
    garage: House, flows: SubentryFlows
) -> None:
    await garage.remove("home")
    result = await flows.change_charger(site="small")
    assert _warns(result)
    flows.close(result)


# The main fuse --------------------------------------------------------------------------------


async def test_main_fuse_below_chargers_is_refused_and_names_them(
    house: House, flows: SubentryFlows
) -> None:
    await house.set_up(
        site_subentry(),
        SMALL,
        charger_subentry(circuit_fuse=32),
        charger_subentry("yard", "Yard", charge_point_id="CP2", circuit_fuse=40),
        charger_subentry("hut", "Hut", charge_point_id="CP3", circuit_fuse=6),
        charger_subentry("far", "Far", charge_point_id="CP4", circuit_fuse=50, site="elsewhere"),
    )
    form = await flows.change_site()
    result = await flows.keep_site(form, **{**defaults(form), "main_fuse": 25})
    assert result["errors"] == {"main_fuse": "main_fuse_below_charger"}
    told = _told(result, "site", "main_fuse")
    assert told.startswith("Garage (32 A), Yard (40 A): more than a main fuse of 25 A.")
    assert house.site.config.main_fuse == 63
    flows.close(result)


async def test_lower_main_fuse_is_warned_of_with_each_charger(
    house: House, flows: SubentryFlows
) -> None:
    await house.set_up(
        site_subentry(),
        charger_subentry(circuit_fuse=32),
        charger_subentry("yard", "Yard", charge_point_id="CP2", circuit_fuse=16),
        charger_subentry("hut", "Hut", charge_point_id="CP3", circuit_fuse=25),
    )
    form = await flows.change_site()
    result = await flows.answer(form, **{**defaults(form), "main_fuse": 32.0, "address": "Here"})
    assert _warns(result, back="site")
    assert result["description_placeholders"] == {
        "numbers": "- Garage: 32 A + 32 A = 64 A (200 %)\n- Hut: 32 A + 25 A = 57 A (178 %)"
    }

    result = await flows.choose(result, "site")
    assert defaults(result) == {**defaults(form), "main_fuse": 32.0, "address": "Here"}
    result = await flows.answer(result, **defaults(result))
    assert _warns(result, back="site")
    result = await flows.choose(result, "continue_anyway")
    assert result["reason"] == "reconfigure_successful"
    assert (house.site.config.main_fuse, house.site.config.meter) == (32, None)


async def test_confirmed_main_fuse_is_not_asked_about_again(
    house: House, flows: SubentryFlows
) -> None:
    await house.set_up(SMALL, charger_subentry(site="small", circuit_fuse=16))
    form = await flows.change_site("small")
    result = await flows.keep_site(form, **{**defaults(form), "name": "Tiny"})
    assert result["reason"] == "reconfigure_successful"

    form = await flows.change_site("small")
    result = await flows.answer(form, **{**defaults(form), "main_fuse": 26})
    assert _warns(result, back="site")
    flows.close(result)


async def test_charger_that_grew_while_the_warning_was_open_is_warned_of_anew(
    house: House, flows: SubentryFlows
) -> None:
    await house.set_up(site_subentry(), charger_subentry(circuit_fuse=20))
    form = await flows.change_site()
    result = await flows.answer(form, **{**defaults(form), "main_fuse": 25})
    await house.change("garage", circuit_fuse=25)
    result = await flows.choose(result, "continue_anyway")
    assert _warns(result, back="site")
    await house.change("garage", circuit_fuse=32)
    result = await flows.choose(result, "continue_anyway")
    assert result["errors"] == {"main_fuse": "main_fuse_below_charger"}
    flows.close(result)


# A fuse that chargers share -------------------------------------------------------------------


async def test_charger_that_shares_no_fuse_has_no_circuit(
    garage: House, flows: SubentryFlows
) -> None:
    for circuit in ({}, {"circuit": "  "}):
        await flows.change_charger(name="Yard", **circuit)
        assert "circuit" not in garage.entry.subentries["garage"].data
        assert garage.charger.config.circuit is None


@pytest.mark.parametrize("typed", ["Barn east", "barn EAST", "  Barn \t east "])
async def test_names_of_a_circuit_differ_neither_by_case_nor_by_blanks(
    house: House, flows: SubentryFlows, typed: str
) -> None:
    barn = charger_subentry("barn", "Barn", charge_point_id="CP2", circuit="Barn east")
    await house.set_up(site_subentry(), charger_subentry(), barn)
    await flows.change_charger(circuit=typed)
    assert house.charger.config.circuit == "Barn east"


async def test_circuits_of_other_sites_are_others(house: House, flows: SubentryFlows) -> None:
    cabin = site_subentry("cabin", "Cabin")
    other = charger_subentry(
        "other", "Other", charge_point_id="CP2", site="cabin", circuit="GARAGE"
    )
    await house.set_up(site_subentry(), cabin, charger_subentry(), other)
    await flows.change_charger(circuit="Garage")
    assert house.charger.config.circuit == "Garage"
    await flows.change_charger(site="cabin")
    assert house.charger.config.circuit == "GARAGE"


async def test_known_circuits_are_offered_and_others_can_be_typed(
    garage: House, flows: SubentryFlows
) -> None:
    await flows.change_charger(circuit="garage")
    form = await flows.change_charger()
    field = form["data_schema"].schema["circuit"]
    assert (field.config["options"], field.config["custom_value"]) == (["garage"], True)
    assert defaults(form)["circuit"] == "garage"

    await flows.answer(form, **{**defaults(form), "circuit": "Garage"})
    assert garage.charger.config.circuit == "Garage"
    values = defaults(await flows.change_charger())
    del values["circuit"]
    result = await flows.change_charger()
    await flows.answer(result, **values)
    assert garage.charger.config.circuit is None
