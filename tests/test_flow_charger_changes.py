"""Changing a charger that is there."""

from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.zmartcharge.csms import verify_key

from .flows import CHARGER, SubentryFlows, defaults, flows_fixture, refused, spoken_fixture  # noqa: F401
from .house import KEY, House, charger_subentry, site_subentry


@pytest.fixture
async def garage(house: House) -> House:
    """Return a house with two sites and a charger."""
    cabin = site_subentry("cabin", "Cabin", grid_type="it_230", main_fuse=40)
    await house.set_up(site_subentry(), cabin, charger_subentry())
    return house


async def test_form_of_a_charger_is_filled_with_what_is_set_and_keeps_the_key(
    garage: House, flows: SubentryFlows
) -> None:
    result = await flows.change_charger()

    assert result["step_id"] == "charger"
    assert defaults(result) == {**CHARGER, "security": "keep_key"}
    security = result["data_schema"].schema["security"].config["options"]
    assert security == ["keep_key", "generated_key", "own_key", "no_key"]


async def test_renamed_charger_keeps_its_connection_and_its_key(
    garage: House, flows: SubentryFlows
) -> None:
    await garage.connect()
    station, key_hash = garage.charger.station, garage.charger.config.key_hash
    result = await flows.change_charger(name="Driveway")

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    assert garage.charger.station is station
    assert garage.entry.subentries["garage"].title == "Driveway"
    assert garage.entry.subentries["garage"].data["key_hash"] == key_hash
    device = garage.device("garage")
    assert device is not None and device.name == "Driveway"


async def test_charger_moves_to_another_site(garage: House, flows: SubentryFlows) -> None:
    await garage.connect()
    station = garage.charger.station
    result = await flows.change_charger(site="cabin", circuit_fuse=16)

    assert result["reason"] == "reconfigure_successful"
    assert garage.charger.config.site_id == "cabin"
    assert garage.charger.config.circuit_fuse == 16
    assert garage.charger.station is station
    charger, cabin = garage.device("garage"), garage.device("cabin")
    assert charger is not None and cabin is not None and charger.via_device_id == cabin.id


async def test_bad_change_is_told_and_changes_nothing(garage: House, flows: SubentryFlows) -> None:
    result = await flows.change_charger(site="cabin", circuit_fuse=63, wiring="l1")
    assert result["errors"] == {
        "circuit_fuse": "circuit_fuse_above_main",
        "wiring": "wiring_it_230",
    }
    assert garage.charger.config.site_id == "home"


async def test_new_key_ends_the_old_connection_and_lets_the_new_one_in(
    garage: House, flows: SubentryFlows
) -> None:
    old = await garage.connect()
    form = await flows.change_charger(security="generated_key")
    assert form["step_id"] == "connect"
    assert garage.charger.connected
    result = await flows.answer(form)

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    await refused(old, "401")
    await old.stop()
    await garage.connect(password=form["description_placeholders"]["key"])
    assert garage.charger.connected


async def test_new_key_that_is_not_confirmed_changes_nothing(
    garage: House, flows: SubentryFlows
) -> None:
    await garage.connect()
    station = garage.charger.station
    flows.close(await flows.change_charger(security="generated_key"))
    await garage.hass.async_block_till_done()

    assert garage.charger.station is station
    assert verify_key(str(garage.charger.config.key_hash), KEY)


async def test_charger_may_lose_its_key(garage: House, flows: SubentryFlows) -> None:
    result = await flows.answer(await flows.change_charger(security="no_key"))
    assert result["reason"] == "reconfigure_successful"
    assert garage.charger.config.key_hash is None
    await garage.connect(password=None)


@pytest.mark.parametrize("security", ["keep_key", "own_key"])
async def test_replaced_charger_takes_over_under_its_own_id(
    garage: House, flows: SubentryFlows, security: str
) -> None:
    old = await garage.connect()
    result = await flows.change_charger(charge_point_id="CP2", security=security, key=KEY)
    if security == "own_key":
        result = await flows.answer(result)

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    assert garage.entry.subentries["garage"].unique_id == "CP2"
    await refused(old, "404")
    await garage.connect("CP2")
    assert garage.charger.connected
    assert list(garage.hub.csms.connections) == ["CP2"]


async def test_id_that_was_given_up_is_nobodys_any_more(
    garage: House, flows: SubentryFlows
) -> None:
    for identity in ("CP2", "CP3"):
        form = await flows.change_charger(charge_point_id=identity, security="no_key")
        await flows.answer(form)
    assert garage.hub.door.find("CP1") is None
    assert garage.hub.door.find("CP2") is None
    assert garage.hub.door.find("CP3") is not None


async def test_charger_cannot_take_the_id_of_another(house: House, flows: SubentryFlows) -> None:
    await house.set_up(
        site_subentry(), charger_subentry(), charger_subentry("yard", "Yard", charge_point_id="CP2")
    )
    result = await flows.change_charger(charge_point_id="CP2")
    assert result["errors"] == {"charge_point_id": "already_claimed"}
    assert house.charger.config.charge_point_id == "CP1"


async def test_changed_charger_keeps_its_connectors(house: House, flows: SubentryFlows) -> None:
    await house.set_up(site_subentry(), charger_subentry(connectors=2))
    await flows.change_charger(name="Yard")
    assert house.entry.subentries["garage"].data["connectors"] == 2
    await flows.answer(await flows.change_charger(security="no_key"))
    assert house.entry.subentries["garage"].data["connectors"] == 2


async def test_check_of_the_fail_safe_is_not_forgotten_with_a_new_name(
    house: House, flows: SubentryFlows
) -> None:
    await house.set_up(site_subentry(), charger_subentry(grade="b"))
    await flows.change_charger(name="Yard")
    assert house.charger.config.grade == "b"


async def test_check_of_the_fail_safe_may_end_while_the_new_key_is_shown(
    house: House, flows: SubentryFlows
) -> None:
    await house.set_up(site_subentry(), charger_subentry())
    form = await flows.change_charger(security="own_key", key=KEY)
    await house.change("garage", grade="a")
    await flows.answer(form)
    assert house.charger.config.grade == "a"


@pytest.mark.parametrize("security", ["keep_key", "own_key"])
async def test_check_of_the_fail_safe_does_not_count_for_another_charger(
    house: House, flows: SubentryFlows, security: str
) -> None:
    await house.set_up(site_subentry(), charger_subentry(grade="a"))
    result = await flows.change_charger(charge_point_id="CP2", security=security, key=KEY)
    if security == "own_key":
        await flows.answer(result)
    assert house.charger.config.charge_point_id == "CP2"
    assert house.charger.config.grade is None


async def test_charger_is_not_changed_without_a_running_hub(
    garage: House, flows: SubentryFlows
) -> None:
    await garage.unload()
    result = await flows.change_charger()
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "not_loaded")
