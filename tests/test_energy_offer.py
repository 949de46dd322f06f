"""The offer to add chargers to the Energy dashboard."""

from typing import Any

from homeassistant.components.energy.data import EnergyManager, async_get_manager
from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.components.repairs.issue_handler import RepairsFlowManager
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
import pytest

from .flows import spoken_fixture  # noqa: F401
from .house import House, charger_subentry, site_subentry, wait_until

pytestmark = pytest.mark.usefixtures("spoken")

STATISTIC = "zmartcharge:garage_energy"
GRID = {
    "type": "grid", "stat_energy_from": "sensor.meter", "stat_energy_to": None, "stat_cost": None,
    "entity_energy_price": None, "number_energy_price": 1.5, "stat_compensation": None,
    "entity_energy_price_export": None, "number_energy_price_export": None,
    "cost_adjustment_day": 0.0,
}  # fmt: skip
OVEN = {"stat_consumption": "sensor.oven"}


@pytest.fixture(name="manager")
async def manager_fixture(house: House) -> EnergyManager:
    """Return the Energy dashboard's settings, of which there are none yet."""
    assert await async_setup_component(house.hass, REPAIRS, {})
    # All of it that matters here is its settings.
    house.hass.config.components.add("energy")
    return await async_get_manager(house.hass)


def _devices(manager: EnergyManager) -> list[Any]:
    return list(manager.data["device_consumption"]) if manager.data else []


async def _offered(house: House, charger: str = "garage") -> None:
    await wait_until(lambda: house.issue(f"energy_{charger}") is not None)


async def _answer(house: House, choice: str, charger: str = "garage") -> Any:
    flows: RepairsFlowManager = house.hass.data[REPAIRS]["flow_manager"]
    context = {"issue_id": f"energy_{charger}"}
    menu = await flows.async_init("zmartcharge", context=context)
    if menu["type"] is not FlowResultType.MENU:
        return menu
    return await flows.async_configure(menu["flow_id"], {"next_step_id": choice})


async def test_charger_is_added_where_nothing_was_set(house: House, manager: EnergyManager) -> None:
    await house.set_up()
    await _offered(house)
    assert (await _answer(house, "energy_add"))["type"] is FlowResultType.CREATE_ENTRY
    assert _devices(manager) == [
        {"stat_consumption": STATISTIC, "name": "Garage", "stat_rate": "sensor.garage_power"}
    ]
    assert house.issue("energy_garage") is None
    await house.unload()
    await house.set_up()
    await house.hass.async_block_till_done(wait_background_tasks=True)
    assert house.issue("energy_garage") is None
    assert len(_devices(manager)) == 1


async def test_what_the_user_set_stays(house: House, manager: EnergyManager) -> None:
    await manager.async_update({"energy_sources": [GRID], "device_consumption": [OVEN]})
    await house.set_up()
    await _offered(house)
    await _answer(house, "energy_add")
    assert manager.data is not None
    assert manager.data["energy_sources"] == [GRID]
    assert [each["stat_consumption"] for each in _devices(manager)] == ["sensor.oven", STATISTIC]


async def test_no_is_remembered(house: House, manager: EnergyManager) -> None:
    await house.set_up()
    await _offered(house)
    assert (await _answer(house, "energy_decline"))["type"] is FlowResultType.CREATE_ENTRY
    await house.unload()
    await house.set_up()
    await house.hass.async_block_till_done(wait_background_tasks=True)
    assert house.issue("energy_garage") is None
    assert _devices(manager) == []


@pytest.mark.parametrize("statistic", [STATISTIC, "sensor.garage_lifetime_energy"])
async def test_charger_that_is_there_already_is_not_offered_nor_taken_away(
    house: House, manager: EnergyManager, statistic: str
) -> None:
    own = {"stat_consumption": statistic}
    await manager.async_update({"energy_sources": [], "device_consumption": [own]})
    await house.set_up()
    await house.hass.async_block_till_done(wait_background_tasks=True)
    assert house.issue("energy_garage") is None
    await house.remove("garage")
    await house.hass.async_block_till_done(wait_background_tasks=True)
    assert _devices(manager) == [own]


async def test_each_of_two_chargers_is_offered_and_added_once(
    house: House, manager: EnergyManager
) -> None:
    second = charger_subentry("drive", "Drive", charge_point_id="CP2")
    await house.set_up(site_subentry(), charger_subentry(), second)
    for charger in ("garage", "drive"):
        await _offered(house, charger)
        await _answer(house, "energy_add", charger)
    assert [each["name"] for each in _devices(manager)] == ["Garage", "Drive"]


async def test_what_was_added_by_hand_meanwhile_is_not_added_again(
    house: House, manager: EnergyManager
) -> None:
    await house.set_up()
    await _offered(house)
    own = {"stat_consumption": STATISTIC}
    await manager.async_update({"energy_sources": [], "device_consumption": [own]})
    await _answer(house, "energy_add")
    assert _devices(manager) == [own]


async def test_charger_that_is_removed_takes_away_only_what_we_added(
    house: House, manager: EnergyManager
) -> None:
    await manager.async_update({"energy_sources": [GRID], "device_consumption": [OVEN]})
    await house.set_up()
    await _offered(house)
    await _answer(house, "energy_add")
    await house.remove("garage")
    await house.hass.async_block_till_done(wait_background_tasks=True)
    assert _devices(manager) == [OVEN]


async def test_integration_that_is_removed_takes_away_only_what_it_added(
    house: House, manager: EnergyManager
) -> None:
    await manager.async_update({"energy_sources": [], "device_consumption": [OVEN]})
    await house.set_up()
    await _offered(house)
    await _answer(house, "energy_add")
    await house.hass.config_entries.async_remove("hub")
    await house.hass.async_block_till_done()
    assert _devices(manager) == [OVEN]


async def test_what_the_user_adds_after_taking_ours_away_is_the_users(
    house: House, manager: EnergyManager
) -> None:
    await house.set_up()
    await _offered(house)
    await _answer(house, "energy_add")
    added = _devices(manager)
    await manager.async_update({"energy_sources": [], "device_consumption": []})
    await house.unload()
    await house.set_up()
    await house.hass.async_block_till_done(wait_background_tasks=True)
    assert house.issue("energy_garage") is None
    await manager.async_update({"energy_sources": [], "device_consumption": added})
    await house.remove("garage")
    await house.hass.async_block_till_done(wait_background_tasks=True)
    assert _devices(manager) == added


async def test_what_the_user_changed_stays_when_the_integration_is_removed(
    house: House, manager: EnergyManager
) -> None:
    await house.set_up()
    await _offered(house)
    await _answer(house, "energy_add")
    own = {"stat_consumption": STATISTIC, "name": "Electric car"}
    await manager.async_update({"energy_sources": [], "device_consumption": [own]})
    await house.hass.config_entries.async_remove("hub")
    await house.hass.async_block_till_done()
    assert _devices(manager) == [own]


async def test_nothing_is_included_in_what_was_taken_away(
    house: House, manager: EnergyManager
) -> None:
    await house.set_up()
    await _offered(house)
    await _answer(house, "energy_add")
    heater = {"stat_consumption": "sensor.heater", "included_in_stat": STATISTIC}
    lamp = {"stat_consumption": "sensor.lamp", "included_in_stat": "sensor.oven"}
    devices = [*_devices(manager), heater, lamp]
    await manager.async_update({"energy_sources": [], "device_consumption": devices})
    await house.hass.config_entries.async_remove("hub")
    await house.hass.async_block_till_done()
    assert _devices(manager) == [{"stat_consumption": "sensor.heater"}, lamp]


@pytest.mark.parametrize("choice", ["energy_add", "energy_decline"])
async def test_offer_ends_with_its_charger(
    house: House, manager: EnergyManager, choice: str
) -> None:
    await house.set_up()
    await _offered(house)
    flows: RepairsFlowManager = house.hass.data[REPAIRS]["flow_manager"]
    menu = await flows.async_init("zmartcharge", context={"issue_id": "energy_garage"})
    await house.remove("garage")
    assert house.issue("energy_garage") is None
    result = await flows.async_configure(menu["flow_id"], {"next_step_id": choice})
    assert result["reason"] == "charger_gone"
    assert _devices(manager) == []


async def test_without_the_energy_dashboard_nothing_is_offered(house: House) -> None:
    assert await async_setup_component(house.hass, REPAIRS, {})
    await house.set_up()
    await house.hass.async_block_till_done(wait_background_tasks=True)
    assert house.issue("energy_garage") is None
