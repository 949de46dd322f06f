"""The form, the URL and the key of a new charger."""

from typing import Any

from homeassistant.data_entry_flow import FlowResultType, InvalidData
import pytest

from custom_components.zmartcharge.csms import verify_key
from custom_components.zmartcharge.units import GridType, Wiring

from .flows import (  # noqa: F401
    CHARGER,
    SubentryFlows,
    defaults,
    flows_fixture,
    home_fixture,
    spoken_fixture,
    switch_on,
)
from .house import House, site_subentry

OWN_KEY = "p@ss/word#1?%&=:+[]"


# The form -------------------------------------------------------------------------------------


async def test_form_opens_with_what_most_houses_have(home: House, flows: SubentryFlows) -> None:
    result = await flows.add_charger()

    assert result["step_id"] == "charger"
    assert defaults(result) == {
        "name": "Charger 1",
        "circuit_fuse": 16,
        "wiring": "l1_l2_l3",
        "access": "registered",
        "security": "generated_key",
    }
    security = result["data_schema"].schema["security"].config["options"]
    assert security == ["generated_key", "own_key", "no_key"]


@pytest.mark.parametrize("fuse", [0, 5, 64, 999, -16, 16.5, float("nan"), float("inf")])
async def test_circuit_fuse_that_cannot_be_is_told(
    home: House, flows: SubentryFlows, fuse: float
) -> None:
    result = await flows.add_charger(circuit_fuse=fuse)
    assert result["errors"] == {"circuit_fuse": "circuit_fuse_range"}


@pytest.mark.parametrize("fuse", [6, 63, 16.0])
async def test_circuit_fuse_is_kept_as_a_whole_number(
    house: House, flows: SubentryFlows, fuse: float
) -> None:
    await house.set_up(site_subentry(main_fuse=125))
    result = await flows.add_charger(circuit_fuse=fuse)
    assert result["step_id"] == "connect"
    flows.close(result)


_FITTING = {
    GridType.TN_400: {"l1_l2_l3", "l2_l3_l1", "l3_l1_l2", "l1", "l2", "l3"},
    GridType.IT_230: {"l1_l2_l3", "l2_l3_l1", "l3_l1_l2", "l1_l2", "l2_l3", "l3_l1"},
    GridType.SINGLE_PHASE: {"l1"},
}


@pytest.mark.parametrize("grid", list(GridType))
async def test_wiring_must_fit_the_supply(
    house: House, flows: SubentryFlows, grid: GridType
) -> None:
    await house.set_up(site_subentry(grid_type=str(grid)))
    result = await flows.add_charger()
    accepted = set()
    for wiring in Wiring:
        result = await flows.answer(result, **{**CHARGER, "wiring": str(wiring)})
        if result["step_id"] == "connect":
            accepted.add(str(wiring))
            flows.close(result)
            result = await flows.add_charger()
        else:
            assert result["errors"] == {"wiring": f"wiring_{grid}"}
    assert accepted == _FITTING[grid]


@pytest.mark.parametrize(
    "identity", ["", " ", "..", "a/b", "a b", "a%2Fb", "æøå", "CP1\n", "x" * 49, "CP?", "CP#1"]
)
async def test_id_that_cannot_be_part_of_a_url_is_told(
    home: House, flows: SubentryFlows, identity: str
) -> None:
    result = await flows.add_charger(charge_point_id=identity)
    assert result["errors"] == {"charge_point_id": "invalid_identity"}


@pytest.mark.parametrize("identity", ["x", "x" * 48, "EVB-P1234_5.6", "000123"])
async def test_every_printed_id_is_taken(home: House, flows: SubentryFlows, identity: str) -> None:
    result = await flows.add_charger(charge_point_id=identity)
    assert result["description_placeholders"]["charge_point_id"] == identity
    flows.close(result)


async def test_two_chargers_cannot_have_one_id(house: House, flows: SubentryFlows) -> None:
    await house.set_up()
    result = await flows.add_charger(name="Another")
    assert result["errors"] == {"charge_point_id": "already_claimed"}


@pytest.mark.parametrize(
    ("key", "error"),
    [
        ("", "key_length"),
        ("x" * 15, "key_length"),
        ("x" * 41, "key_length"),
        ("sixteen letters!", "key_characters"),
        ("blåbærsyltetøy1234", "key_characters"),
        ("tabulator\tor\tmore", "key_characters"),
    ],
)
async def test_own_key_that_a_charger_cannot_take_is_told(
    home: House, flows: SubentryFlows, key: str, error: str
) -> None:
    result = await flows.add_charger(security="own_key", key=key)
    assert result["errors"] == {"key": error}


async def test_own_key_must_be_given(home: House, flows: SubentryFlows) -> None:
    result = await flows.add_charger(security="own_key")
    assert result["errors"] == {"key": "key_length"}


async def test_everything_that_is_wrong_is_told_at_once_and_can_be_mended(
    home: House, flows: SubentryFlows
) -> None:
    wrong = {
        "name": " ",
        "charge_point_id": "a/b",
        "circuit_fuse": 999,
        "wiring": "l1_l2",
        "security": "own_key",
        "key": "short",
    }
    result = await flows.add_charger(**wrong)
    assert result["errors"] == {
        "name": "name_empty",
        "charge_point_id": "invalid_identity",
        "circuit_fuse": "circuit_fuse_range",
        "wiring": "wiring_tn_400",
        "key": "key_length",
    }
    assert defaults(result) == {**CHARGER, **wrong}

    result = await flows.answer(result, **CHARGER)
    assert result["step_id"] == "connect"
    flows.close(result)


async def test_site_that_went_meanwhile_is_told(house: House, flows: SubentryFlows) -> None:
    await house.set_up(site_subentry(), site_subentry("cabin", "Cabin"))
    result = await flows.add_charger()
    await house.remove("cabin")
    result = await flows.answer(result, **{**CHARGER, "site": "cabin", "wiring": "l1_l2"})
    assert result["errors"] == {"site": "site_gone"}


@pytest.mark.parametrize(
    "values", [{"site": "nowhere"}, {"wiring": "l9"}, {"security": "keep_key"}, {"unknown": 1}]
)
async def test_values_that_the_form_does_not_offer_are_refused(
    home: House, flows: SubentryFlows, values: dict[str, Any]
) -> None:
    result = await flows.add_charger()
    with pytest.raises(InvalidData):
        await flows.answer(result, **{**CHARGER, **values})


async def test_without_a_site_there_is_nothing_to_add_a_charger_to(
    house: House, flows: SubentryFlows
) -> None:
    await house.set_up(site_subentry())
    await house.remove("home")
    result = await flows.add_charger()
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "no_site")


async def test_without_a_running_hub_no_charger_is_added(home: House, flows: SubentryFlows) -> None:
    await home.unload()
    result = await flows.add_charger()
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "not_loaded")


# URL and key ----------------------------------------------------------------------------------


async def test_generated_key_and_url_are_shown_and_in_the_qr_code(
    home: House, flows: SubentryFlows
) -> None:
    result = await flows.add_charger(name="Garage")
    shown = result["description_placeholders"]
    key = shown["key"]

    assert len(key) == 20 and key.isalnum()
    assert shown["charge_point_id"] == "CP1"
    assert shown["url"] == f"ws://127.0.0.1:{home.hub.port}/CP1"
    assert shown["base_url"] == f"ws://127.0.0.1:{home.hub.port}/"
    assert shown["secure_url"].endswith("/api/zmartcharge/ocpp/CP1")
    (qr_code,) = result["data_schema"].schema.values()
    assert qr_code.config["data"] == f"ws://CP1:{key}@127.0.0.1:{home.hub.port}/CP1"
    flows.close(result)


async def test_each_charger_gets_a_key_of_its_own(home: House, flows: SubentryFlows) -> None:
    first = await flows.add_charger(charge_point_id="CP1")
    second = await flows.add_charger(charge_point_id="CP2")
    keys = {r["description_placeholders"]["key"] for r in (first, second)}
    assert len(keys) == 2
    flows.close(first)
    flows.close(second)


@pytest.mark.parametrize("key", ["x" * 16, "y" * 40, OWN_KEY])
async def test_charger_connects_with_the_users_own_key(
    home: House, flows: SubentryFlows, key: str
) -> None:
    result = await flows.add_charger(security="own_key", key=key)
    assert result["description_placeholders"]["key"] == key
    result = await flows.answer(result)
    await switch_on(home, key)
    result = await flows.arrived(result)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert verify_key(result["data"]["key_hash"], key)


async def test_charger_without_a_key_connects_without_one(
    home: House, flows: SubentryFlows
) -> None:
    result = await flows.add_charger(security="no_key", key="left over from before")
    assert result["description_placeholders"]["key"] == "–"
    (qr_code,) = result["data_schema"].schema.values()
    assert qr_code.config["data"] == f"ws://127.0.0.1:{home.hub.port}/CP1"
    result = await flows.answer(result)
    await switch_on(home, None)
    result = await flows.arrived(result)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"]["key_hash"] is None


async def test_charger_is_for_whom_the_user_says(home: House, flows: SubentryFlows) -> None:
    result = await flows.add_charger(security="own_key", key=OWN_KEY, access="registered")
    result = await flows.answer(result)
    charge_point = await switch_on(home, OWN_KEY)
    result = await flows.arrived(result)
    await home.hass.async_block_till_done()

    assert result["data"]["access"] == "registered"
    assert await charge_point.tap("04A1B2C3") == "Invalid"
    assert home.state("select.garage_who_may_charge") == "registered"


async def test_key_is_kept_nowhere_in_the_clear(home: House, flows: SubentryFlows) -> None:
    result = await flows.answer(await flows.add_charger(security="own_key", key=OWN_KEY))
    await switch_on(home, OWN_KEY)
    result = await flows.arrived(result)
    assert OWN_KEY not in str(result["data"])
