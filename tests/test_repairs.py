"""Repairs that a user carries out in a form."""

from typing import Any

from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.components.repairs.issue_handler import RepairsFlowManager
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
import pytest

from custom_components.zmartcharge.const import DOMAIN

from .flows import spoken_fixture, subentry  # noqa: F401
from .house import House, charger_subentry, site_subentry

ISSUE = "site_missing_garage"

pytestmark = pytest.mark.usefixtures("spoken")


@pytest.fixture
async def homeless(house: House) -> House:
    """Return a house whose charger lost its site, while another site is left."""
    await async_setup_component(house.hass, REPAIRS, {})
    await house.set_up(site_subentry(), site_subentry("cabin", "Cabin"), charger_subentry())
    await house.connect()
    await house.remove("home")
    return house


def _manager(house: House) -> RepairsFlowManager:
    manager: RepairsFlowManager = house.hass.data[REPAIRS]["flow_manager"]
    return manager


async def _open(house: House) -> Any:
    return await _manager(house).async_init(DOMAIN, context={"issue_id": ISSUE})


async def _choose(house: House, result: Any, site: str) -> Any:
    result = await _manager(house).async_configure(result["flow_id"], {"site": site})
    await house.hass.async_block_till_done()
    return result


def _sites(result: Any) -> list[tuple[str, str]]:
    options = result["data_schema"].schema["site"].config["options"]
    return [(option["value"], option["label"]) for option in options]


async def test_charger_without_a_site_works_and_gets_another_one(homeless: House) -> None:
    station = homeless.charger.station
    issue = homeless.issue(ISSUE)
    assert issue is not None and issue.is_fixable
    assert homeless.state("sensor.garage_status") == "ready"

    form = await _open(homeless)
    assert form["step_id"] == "init"
    assert form["description_placeholders"] == {"charger": "Garage"}
    assert _sites(form) == [("cabin", "Cabin")]
    result = await _choose(homeless, form, "cabin")

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert homeless.issue(ISSUE) is None
    assert homeless.charger.config.site_id == "cabin"
    assert homeless.charger.station is station
    charger, cabin = homeless.device("garage"), homeless.device("cabin")
    assert charger is not None and cabin is not None and charger.via_device_id == cabin.id


async def test_site_with_a_smaller_main_fuse_is_refused(homeless: House) -> None:
    await homeless.change("cabin", main_fuse=10)
    form = await _choose(homeless, await _open(homeless), "cabin")

    assert form["errors"] == {"site": "circuit_fuse_above_main"}
    assert homeless.issue(ISSUE) is not None


async def test_site_that_went_meanwhile_is_not_taken(homeless: House) -> None:
    homeless.hass.config_entries.async_add_subentry(
        homeless.entry, subentry(site_subentry("farm", "Farm"))
    )
    await homeless.hass.async_block_till_done()
    form = await _open(homeless)
    assert len(_sites(form)) == 2
    await homeless.remove("cabin")
    form = await _choose(homeless, form, "cabin")

    assert form["type"] is FlowResultType.FORM
    assert [label for _, label in _sites(form)] == ["Farm"]
    assert homeless.issue(ISSUE) is not None


async def test_charger_that_went_meanwhile_needs_no_site(homeless: House) -> None:
    form = await _open(homeless)
    await homeless.remove("garage")
    result = await _choose(homeless, form, "cabin")

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "charger_gone")
    assert homeless.issue(ISSUE) is None


async def test_without_any_site_there_is_nothing_to_choose(homeless: House) -> None:
    await homeless.remove("cabin")
    result = await _open(homeless)

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "no_site")
    assert homeless.issue(ISSUE) is not None


async def test_stopped_hub_has_no_charger_to_repair(homeless: House) -> None:
    await homeless.unload()
    result = await _open(homeless)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "charger_gone")


async def test_issue_is_raised_again_after_a_restart(homeless: House) -> None:
    await homeless.hass.config_entries.async_reload("hub")
    await homeless.hass.async_block_till_done()
    assert homeless.issue(ISSUE) is not None
    result = await _choose(homeless, await _open(homeless), "cabin")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert homeless.issue(ISSUE) is None
