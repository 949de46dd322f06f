"""The automations that were made for a site or a charger go with it, unless somebody has changed them."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.helpers import entity_registry as er
from homeassistant.util.file import WriteError
from homeassistant.util.yaml import load_yaml
import pytest

from custom_components.zmartcharge import automation_file
from custom_components.zmartcharge.automation_file import read, take_out

from .automated import (  # noqa: F401
    LIGHTS,
    Automated,
    automated_fixture,
    hass_config_dir_fixture,
    mock_hass_config_fixture,
)
from .house import charger_subentry, metered_site, site_subentry, wait_until
from .priced import price_data

PLAN = "zmartcharge_plan_garage"
BALANCE = "zmartcharge_balance_cabin"
HOURS = "zmartcharge_opening_hours_garage"
SCHEDULE = {"schedule": "schedule.work", "running": "finish"}


def _hours(**inputs: Any) -> dict[str, Any]:
    """Return what the panel has Home Assistant save."""
    return {
        "id": HOURS,
        "alias": "Opening hours of Garage",
        "description": "",
        "use_blueprint": {
            "path": "zmartcharge/opening_hours.yaml",
            "input": {**SCHEDULE, "switches": ["switch.garage_in_use"], **inputs},
        },
    }


@pytest.fixture
async def home(automated: Automated) -> Automated:
    """Return a house whose sites and chargers have their automations."""
    await automated.start()
    house = automated.house
    cabin = metered_site(subentry_id="cabin", title="Cabin")
    other = charger_subentry("drive", "Drive", charge_point_id="CP2")
    await house.set_up(site_subentry(price=price_data()), cabin, charger_subentry(), other)
    await wait_until(lambda: len(automated.ours) == 3)
    await wait_until(lambda: automated.state(PLAN) == automated.state(BALANCE) == "on")
    await automated.house.hass.async_block_till_done()
    await automated.write([*automated.automations, _hours()])
    return automated


def _ids(home: Automated) -> set[str]:
    return {each["id"] for each in home.automations}


async def _change(home: Automated, automation_id: str, **changes: Any) -> None:
    """Change an automation in an editor."""
    await home.write(
        [each | changes if each["id"] == automation_id else each for each in home.automations]
    )


async def test_automations_of_a_charger_go_with_it(home: Automated) -> None:
    await home.house.remove("garage")
    await wait_until(lambda: home.entity_id(HOURS) is None)
    assert _ids(home) == {"1", BALANCE, "zmartcharge_plan_drive"}
    assert home.entity_id(PLAN) is None
    await home.settle()
    assert home.state("zmartcharge_plan_drive") == "on"
    assert home.house.state("automation.lights") == "on"
    assert home.issue("planning_unanswered_garage") is None


async def test_automation_of_a_site_goes_with_it(home: Automated) -> None:
    await home.house.remove("cabin")
    await wait_until(lambda: home.entity_id(BALANCE) is None)
    assert _ids(home) == {"1", PLAN, HOURS, "zmartcharge_plan_drive"}


async def test_those_of_what_is_there_stay(home: Automated) -> None:
    before = home.file.read_text()
    await home.house.hass.config_entries.async_reload("hub")
    await home.settle()
    await home.house.change("garage", title="Carport")
    await home.settle()
    assert home.file.read_text() == before


async def test_what_was_removed_while_home_assistant_did_not_run_us_goes_at_the_start(
    home: Automated,
) -> None:
    await home.house.unload()
    home.house.hass.config_entries.async_remove_subentry(home.house.entry, "garage")
    await home.house.hass.async_block_till_done()
    assert PLAN in _ids(home)
    await home.house.set_up()
    await wait_until(lambda: home.entity_id(HOURS) is None)
    assert _ids(home) == {"1", BALANCE, "zmartcharge_plan_drive"}


@pytest.mark.parametrize("changes", [{"alias": "Cheap power"}, {"description": ""}])
async def test_another_name_does_not_keep_it(home: Automated, changes: dict[str, str]) -> None:
    await _change(home, PLAN, **changes)
    await home.house.remove("garage")
    await wait_until(lambda: home.entity_id(PLAN) is None)
    assert PLAN not in _ids(home)


@pytest.mark.parametrize(
    "changes",
    [
        {"description": "Mine"},
        {"use_blueprint": {"path": "zmartcharge/smart_charging.yaml", "input": {"charger": "x"}}},
        {"mode": "single"},
    ],
)
async def test_one_that_was_changed_stays_and_the_log_tells(
    home: Automated, changes: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    device = home.house.device("garage")
    drive = home.house.device("drive")
    assert device is not None and drive is not None
    if "use_blueprint" in changes:
        # Somebody has it plan for another charger.
        blueprint = changes["use_blueprint"]
        changes = {"use_blueprint": {**blueprint, "input": {"charger": drive.id}}}
    await _change(home, PLAN, **changes)
    await home.house.remove("garage")
    await wait_until(lambda: home.entity_id(HOURS) is None)
    assert PLAN in _ids(home)
    assert home.entity_id(PLAN) is not None
    told = "The automation Smart charging of Garage was made for something that is gone"
    assert caplog.text.count(told) == 1
    await home.house.change("drive", title="Carport")
    await home.settle()
    assert caplog.text.count(told) == 1


async def test_blueprint_that_was_taken_over_stays(home: Automated) -> None:
    (before,) = [each for each in home.ours if each["id"] == PLAN]
    taken = {key: value for key, value in before.items() if key != "use_blueprint"}
    actions = [{"action": "homeassistant.check_config"}]
    rest = [each for each in home.automations if each["id"] != PLAN]
    await home.write([*rest, {**taken, "triggers": [], "actions": actions}])
    await home.house.remove("garage")
    await wait_until(lambda: home.entity_id(HOURS) is None)
    assert PLAN in _ids(home)


@pytest.mark.parametrize(
    "inputs",
    [
        {"switches": ["switch.garage_in_use", "switch.drive_in_use"]},
        {"switches": "switch.drive_in_use"},
        {"switches": "{{ states.switch }}"},
        {"more": 1},
    ],
)
async def test_opening_hours_that_hold_for_another_charger_too_stay(
    home: Automated, inputs: dict[str, Any]
) -> None:
    await home.write(
        [each for each in home.automations if each["id"] != HOURS] + [_hours(**inputs)]
    )
    await home.house.remove("garage")
    await wait_until(lambda: home.entity_id(PLAN) is None)
    assert HOURS in _ids(home)


async def test_one_switch_may_be_written_without_a_list(home: Automated) -> None:
    hours = _hours(switches="switch.garage_in_use")
    await home.write([each for each in home.automations if each["id"] != HOURS] + [hours])
    await home.house.remove("garage")
    await wait_until(lambda: home.entity_id(HOURS) is None)
    assert HOURS not in _ids(home)


async def test_file_that_cannot_be_written_is_told_of(
    home: Automated, caplog: pytest.LogCaptureFixture
) -> None:
    with patch.object(automation_file, "write_utf8_file_atomic", side_effect=WriteError("full")):
        await home.house.remove("garage")
        await wait_until(lambda: "could not be deleted" in caplog.text)
    assert PLAN in _ids(home)
    assert er.async_get(home.house.hass).async_get(home.entity_id(PLAN) or "") is not None


# The file -------------------------------------------------------------------------------------

_OURS = "- id: ours\n  alias: Ours\n"
_COMMENTED = (
    f"# All\n{LIGHTS}# Before ours\n{_OURS}\n# Before the last\n- id: last\n  alias: Last\n"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file of automations that Home Assistant includes."""
    (tmp_path / "configuration.yaml").write_text("automation: !include automations.yaml\n")
    (tmp_path / "secrets.yaml").write_text("name: Hush\n")
    return tmp_path / "automations.yaml"


def _without_ours(file: Path, text: str) -> str:
    file.write_text(text)
    found = read(file)
    take_out(file, [each for each in found if each["id"] == "ours"])
    kept: Any = load_yaml(file) if "!secret" not in text else None
    assert kept is None or kept == [each for each in found if each["id"] != "ours"]
    return file.read_text()


def test_comments_stay_where_they_were(file: Path) -> None:
    left = _without_ours(file, _COMMENTED)
    assert left == _COMMENTED.replace(_OURS, "")


def test_secrets_are_not_written_out(file: Path) -> None:
    text = f"- id: '1'\n  alias: !secret name\n{_OURS}"
    assert _without_ours(file, text) == "- id: '1'\n  alias: !secret name\n"


@pytest.mark.parametrize("text", [_OURS, f"# Mine\n{_OURS}", f"---\n{_OURS}"])
def test_last_one_leaves_an_empty_list(file: Path, text: str) -> None:
    assert _without_ours(file, text) == text.replace(_OURS, "[]\n")


@pytest.mark.parametrize(
    "text",
    [
        "[{id: ours, alias: Ours}, {id: '1', alias: Lights}]\n",
        "  - id: ours\n    alias: Ours\n  - id: '1'\n    alias: Lights\n",
        "- id: '1'\n  alias: |\n    a\n\n    - b\n- id: ours\n  alias: Ours\n",
    ],
)
def test_other_forms_lose_no_automation(file: Path, text: str) -> None:
    assert "Ours" not in _without_ours(file, text)


def test_one_that_was_changed_since_it_was_read_stays(file: Path) -> None:
    file.write_text(_OURS)
    found = read(file)
    file.write_text(_OURS.replace("Ours", "Mine"))
    take_out(file, found)
    assert file.read_text() == _OURS.replace("Ours", "Mine")
