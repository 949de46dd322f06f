"""The automation that balances a site's load: made once, and offered back when it is gone."""

from pathlib import Path
from unittest.mock import patch

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util.file import WriteError
from homeassistant.util.yaml import load_yaml
import pytest

from custom_components.zmartcharge import automation_file, blueprint_file, blueprint_install
from custom_components.zmartcharge.automation_file import (
    CannotAddError,
    Obstacle,
    append,
    take_back,
)
from custom_components.zmartcharge.automation_kind import LOAD_BALANCING

from .automated import (  # noqa: F401
    AUTOMATION_ID,
    ISSUE,
    LIGHTS,
    Automated,
    automated_fixture,
    hass_config_dir_fixture,
    mock_hass_config_fixture,
)
from .flows import spoken_fixture, subentry  # noqa: F401
from .house import charger_subentry, metered_site, mqtt_meter, site_subentry, wait_until

pytestmark = pytest.mark.usefixtures("spoken")


async def _made(automated: Automated, site_id: str = "home") -> None:
    """Wait until a site is known to have had its automation."""
    subentries = automated.house.entry.subentries
    await wait_until(lambda: "load_automation" in subentries[site_id].data)
    await automated.house.hass.async_block_till_done()


async def _raised(automated: Automated, key: str, issue_id: str = ISSUE) -> None:
    await wait_until(lambda: automated.issue_key(issue_id) == key)


@pytest.fixture
async def home(automated: Automated) -> Automated:
    """Return a house with a metered site, whose automation has been made."""
    await automated.start()
    await automated.house.set_up(metered_site(), charger_subentry())
    await _made(automated)
    return automated


# Making it ------------------------------------------------------------------------------------


async def test_site_that_gets_a_meter_gets_an_automation(automated: Automated) -> None:
    await automated.start()
    house = automated.house
    await house.set_up(site_subentry(), charger_subentry())
    assert automated.ours == []

    await house.change("home", meter=mqtt_meter())
    await _made(automated)

    device = house.device("home")
    assert device is not None
    assert automated.ours == [
        {
            "id": AUTOMATION_ID,
            "alias": "Load balancing Home",
            "use_blueprint": {
                "path": "zmartcharge/load_balancing.yaml",
                "input": {"site": device.id},
            },
        }
    ]
    assert house.state("automation.load_balancing_home") == "on"
    assert automated.issue() is None


async def test_automations_and_comments_of_the_user_stay(home: Automated) -> None:
    assert home.file.read_text().startswith(LIGHTS)
    assert home.house.state("automation.lights") == "on"


async def test_automation_is_named_in_the_language_of_the_house(automated: Automated) -> None:
    automated.house.hass.config.language = "nb"
    await automated.start()
    await automated.house.set_up(metered_site())
    await _made(automated)
    assert automated.ours[0]["alias"] == "Lastbalansering Home"


async def test_each_site_has_its_own_automation(automated: Automated) -> None:
    await automated.start(automations="[]")
    await automated.house.set_up(
        metered_site(), metered_site(subentry_id="cabin", title="Cabin", meter=mqtt_meter("cabin"))
    )
    await _made(automated)
    await _made(automated, "cabin")
    assert {each["alias"] for each in automated.ours} == {
        "Load balancing Home",
        "Load balancing Cabin",
    }
    assert automated.state("zmartcharge_balance_cabin") == "on"


async def test_site_that_is_added_with_its_meter_gets_an_automation(automated: Automated) -> None:
    await automated.start()
    house = automated.house
    await house.set_up(site_subentry("cabin", "Cabin"))
    added = subentry(metered_site())
    house.hass.config_entries.async_add_subentry(house.entry, added)
    await _made(automated, added.subentry_id)
    device = house.device(added.subentry_id)
    assert device is not None
    assert automated.ours[0]["use_blueprint"]["input"] == {"site": device.id}
    assert automated.state(f"zmartcharge_balance_{added.subentry_id}") == "on"


async def test_site_that_goes_before_its_turn_gets_none(automated: Automated) -> None:
    await automated.start()
    house = automated.house
    await house.set_up(site_subentry("cabin", "Cabin"))
    added = subentry(metered_site())
    async with house.hass.data[blueprint_install._LOCK]:
        house.hass.config_entries.async_add_subentry(house.entry, added)
        await house.hass.async_block_till_done()
        await house.remove(added.subentry_id)
    await house.change("cabin", meter=mqtt_meter())
    await _made(automated, "cabin")
    assert [each["alias"] for each in automated.ours] == ["Load balancing Cabin"]


async def test_automation_is_made_when_home_assistant_has_started(automated: Automated) -> None:
    hass = automated.house.hass
    await automated.start()
    hass.set_state(CoreState.starting)
    await automated.house.set_up(metered_site())
    assert automated.ours == []

    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await _made(automated)
    assert automated.state() == "on"


async def test_without_automations_there_is_nothing_to_make(automated: Automated) -> None:
    await automated.house.set_up(metered_site())
    assert not automated.file.exists()
    assert not automated.blueprint.exists()
    assert automated.issue() is None


async def test_automation_that_is_there_already_is_not_made_again(home: Automated) -> None:
    await home.house.hass.config_entries.async_reload("hub")
    await home.settle()
    assert len(home.ours) == 1

    # As after a backup from before the marker was restored.
    data = dict(home.house.entry.subentries["home"].data)
    del data["load_automation"]
    home.house.hass.config_entries.async_update_subentry(
        home.house.entry, home.house.entry.subentries["home"], data=data
    )
    await home.house.hass.config_entries.async_reload("hub")
    await _made(home)
    assert len(home.ours) == 1
    assert home.issue() is None


# Deleting it ----------------------------------------------------------------------------------


async def test_deleted_automation_stays_away_and_is_offered_back(home: Automated) -> None:
    await home.delete()
    assert home.issue_key() == "load_automation_missing"

    await home.house.hass.config_entries.async_reload("hub")
    await _raised(home, "load_automation_missing")
    assert home.ours == []

    result = await home.fix()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert home.issue() is None
    assert home.state() == "on"
    await home.settle()
    assert home.issue() is None


async def test_automation_that_was_deleted_while_it_was_off_comes_back_on(home: Automated) -> None:
    await home.switch("turn_off")
    await home.delete()
    assert (await home.fix())["type"] is FlowResultType.CREATE_ENTRY
    assert home.state() == "on"


async def test_automation_that_is_switched_off_can_be_switched_on_again(home: Automated) -> None:
    await home.switch("turn_off")
    assert home.issue_key() == "load_automation_off"
    assert (await home.fix())["type"] is FlowResultType.CREATE_ENTRY
    assert home.state() == "on"

    await home.switch("turn_off")
    await home.switch("turn_on")
    assert home.issue() is None


async def test_automation_whose_entity_is_disabled_is_enabled_again(home: Automated) -> None:
    entity_id = home.entity_id()
    assert entity_id is not None
    registry = er.async_get(home.house.hass)
    registry.async_update_entity(entity_id, disabled_by=er.RegistryEntryDisabler.USER)
    await home.house.hass.services.async_call(AUTOMATION, "reload", blocking=True)
    await home.settle()
    assert home.issue_key() == "load_automation_missing"
    assert (await home.fix())["type"] is FlowResultType.CREATE_ENTRY
    assert home.state() == "on"
    assert len(home.ours) == 1


async def test_automation_comes_back_for_a_device_that_was_lost(home: Automated) -> None:
    await home.delete()
    device = home.house.device("home")
    assert device is not None
    dr.async_get(home.house.hass).async_remove_device(device.id)
    assert (await home.fix())["type"] is FlowResultType.CREATE_ENTRY
    device = home.house.device("home")
    assert device is not None
    assert home.ours[0]["use_blueprint"]["input"] == {"site": device.id}


async def test_automation_that_is_edited_is_not_missed(home: Automated) -> None:
    automations = home.automations
    automations[-1]["alias"] = "Keep the fuse"
    await home.write(automations)
    await home.settle()
    assert home.house.state("automation.load_balancing_home") == "on"
    assert home.issue() is None


async def test_automation_of_the_user_is_as_good(home: Automated) -> None:
    device = home.house.device("home")
    assert device is not None
    own = {
        "id": "2",
        "alias": "My own",
        "triggers": [{"trigger": "zmartcharge.balance_needed"}],
        "actions": [
            {
                "if": [{"condition": "state", "entity_id": "sun.sun", "state": "x"}],
                "then": [],
                "else": [{"action": "zmartcharge.balance_load", "data": {"device_id": device.id}}],
            }
        ],
    }
    await home.write([own])
    await home.settle()
    assert home.issue() is None
    await home.house.hass.config_entries.async_reload("hub")
    await home.settle()
    assert home.issue() is None
    assert home.ours == []


async def test_automation_for_another_site_does_not_count(automated: Automated) -> None:
    await automated.start()
    await automated.house.set_up(
        metered_site(), metered_site(subentry_id="cabin", title="Cabin", meter=mqtt_meter("cabin"))
    )
    await _made(automated)
    await _made(automated, "cabin")
    await automated.delete("zmartcharge_balance_cabin")
    assert automated.issue() is None
    assert automated.issue_key("balancing_unanswered_cabin") == "load_automation_missing"


async def test_automation_for_a_templated_site_counts(home: Automated) -> None:
    own = {
        "id": "2",
        "alias": "My own",
        "triggers": [{"trigger": "zmartcharge.balance_needed"}],
        "actions": [
            {
                "action": "zmartcharge.balance_load",
                "data": {"device_id": "{{ trigger.device_id }}"},
            }
        ],
    }
    await home.write([own])
    await home.settle()
    assert home.issue() is None


async def test_what_answers_unseen_clears_the_repair_for_good(home: Automated) -> None:
    await home.delete()
    issues = home.house.hub.issues
    issues.answered(LOAD_BALANCING, home.house.site)
    assert home.issue() is None
    # Another automation changes, which is no reason to raise it again.
    await home.switch("turn_off", "1")
    assert home.issue() is None
    issues.unanswered(LOAD_BALANCING, home.house.site)
    assert home.issue_key() == "load_automation_missing"


async def test_automation_that_does_nothing_is_named(home: Automated) -> None:
    home.house.hub.issues.unanswered(LOAD_BALANCING, home.house.site)
    issue = home.issue()
    assert issue is not None
    assert (issue.translation_key, issue.is_fixable) == ("balancing_unanswered", False)
    assert issue.translation_placeholders == {
        "site": "Home",
        "automation": "Load balancing Home",
        "edit": f"/config/automation/edit/{AUTOMATION_ID}",
    }
    # That it is there was known.
    await home.switch("turn_off", "1")
    assert home.issue_key() == "balancing_unanswered"
    home.house.hub.issues.answered(LOAD_BALANCING, home.house.site)
    assert home.issue() is None


async def test_site_without_its_meter_needs_no_automation(home: Automated) -> None:
    await home.delete()
    data = dict(home.house.entry.subentries["home"].data)
    del data["meter"]
    home.house.hass.config_entries.async_update_subentry(
        home.house.entry, home.house.entry.subentries["home"], data=data
    )
    await home.settle()
    assert home.issue() is None


async def test_repair_of_a_removed_site_goes(home: Automated) -> None:
    await home.delete()
    await home.house.remove("garage")
    await home.house.remove("home")
    assert home.issue() is None


async def test_repair_that_was_open_while_the_site_went_ends(home: Automated) -> None:
    await home.delete()
    manager = home.house.hass.data["repairs"]["flow_manager"]
    form = await manager.async_init("zmartcharge", context={"issue_id": ISSUE})
    await home.house.unload()
    result = await manager.async_configure(form["flow_id"], {})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "site_gone")


async def test_automation_that_was_made_useless_is_not_overwritten(home: Automated) -> None:
    useless = {"id": AUTOMATION_ID, "alias": "Mine", "triggers": [], "actions": []}
    await home.write([useless])
    await home.settle()
    assert home.issue_key() == "load_automation_missing"
    result = await home.fix()
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "unusable")
    assert home.automations == [useless]
    assert home.issue_key() == "load_automation_missing"


# Where it cannot be made ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "configuration",
    [
        "default_config:",
        # A folder that might hold the file, and does not.
        "automation: !include_dir_merge_list automations/",
    ],
)
async def test_file_that_is_not_included_is_left_alone(
    automated: Automated, configuration: str
) -> None:
    (automated.folder / "automations").mkdir()
    await automated.start(configuration=configuration)
    await automated.house.set_up(metered_site())
    await _raised(automated, "load_automation_not_added_not_included")

    assert automated.file.read_text() == LIGHTS
    issue = automated.issue()
    assert issue is not None and issue.translation_placeholders is not None
    assert "path: zmartcharge/load_balancing.yaml" in issue.translation_placeholders["yaml"]
    # What is shown works.
    assert automated.blueprint.exists()


async def test_automation_in_a_file_that_is_no_longer_included_stays_there(
    automated: Automated,
) -> None:
    (automated.folder / "automations").mkdir()
    text = f"- id: {AUTOMATION_ID}\n  alias: From before\n"
    await automated.start(text, "automation: !include_dir_merge_list automations/")
    await automated.house.set_up(metered_site())
    await _raised(automated, "load_automation_not_added_not_included")
    assert automated.file.read_text() == text


async def test_automation_that_was_pasted_is_seen(automated: Automated) -> None:
    folder = automated.folder / "automations"
    folder.mkdir()
    await automated.start(configuration="automation: !include_dir_merge_list automations/")
    await automated.house.set_up(metered_site())
    await _raised(automated, "load_automation_not_added_not_included")
    issue = automated.issue()
    assert issue is not None and issue.translation_placeholders is not None
    # An unanswered need does not replace what is to be done by something that cannot be done.
    automated.house.hub.issues.unanswered(LOAD_BALANCING, automated.house.site)
    assert automated.issue_key() == "load_automation_not_added_not_included"

    (folder / "ours.yaml").write_text(issue.translation_placeholders["yaml"])
    await automated.house.hass.services.async_call(AUTOMATION, "reload", blocking=True)
    await automated.settle()
    assert automated.state() == "on"
    await automated.house.hass.config_entries.async_reload("hub")
    await _made(automated)
    assert automated.issue() is None


@pytest.mark.parametrize("text", ["- id: '1'\n  alias: [", "alias: Lights\n", "just words\n"])
async def test_broken_file_is_left_alone(automated: Automated, text: str) -> None:
    await automated.start()
    automated.file.write_text(text)
    await automated.house.set_up(metered_site())
    await _raised(automated, "load_automation_not_added_broken")
    assert automated.file.read_text() == text


async def test_broken_configuration_leaves_the_file_as_it_was(automated: Automated) -> None:
    await automated.start()
    (automated.folder / "configuration.yaml").write_text(
        "automation: !include automations.yaml\nlight: [\n"
    )
    await automated.house.set_up(metered_site())
    await _raised(automated, "load_automation_not_added_broken")
    assert automated.file.read_text() == LIGHTS


async def test_missing_file_is_not_made(automated: Automated) -> None:
    await automated.start()
    automated.file.unlink()
    await automated.house.set_up(metered_site())
    await _raised(automated, "load_automation_not_added_not_included")
    assert not automated.file.exists()


async def test_folder_that_cannot_be_written_to_is_told(automated: Automated) -> None:
    await automated.start()
    with patch(
        "custom_components.zmartcharge.automation_file.write_utf8_file_atomic",
        side_effect=WriteError("read-only file system"),
    ):
        await automated.house.set_up(metered_site())
        await _raised(automated, "load_automation_not_added_not_writable")
    assert automated.file.read_text() == LIGHTS

    # It is tried again at the next start.
    await automated.house.hass.config_entries.async_reload("hub")
    await _made(automated)
    assert automated.issue() is None
    assert automated.state() == "on"


async def test_repair_that_cannot_be_carried_out_tells_what_to_do(home: Automated) -> None:
    await home.delete()
    with patch(
        "custom_components.zmartcharge.automation_file.write_utf8_file_atomic",
        side_effect=WriteError("read-only file system"),
    ):
        result = await home.fix()
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "not_added")
    assert home.issue_key() == "load_automation_not_added_not_writable"


# The file -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("[]\n", ""),
        ("", ""),
        ("# Nothing yet\n[]\n", "# Nothing yet\n"),
        (LIGHTS, LIGHTS),
        (f"---\n{LIGHTS}", f"---\n{LIGHTS}"),
        (LIGHTS.rstrip(), LIGHTS.rstrip()),
        ("- id: '1'\n  alias: !secret name\n", "- id: '1'\n  alias: !secret name\n"),
        ("- id: '1'\n  alias: !include name.yaml\n", "- id: '1'\n  alias: !include name.yaml\n"),
    ],
)
def test_automation_is_put_after_what_is_there(tmp_path: Path, text: str, kept: str) -> None:
    path = _file(tmp_path, text)
    written = append(path, {"id": "new"})
    assert written is not None
    assert path.read_text() == f"{kept.rstrip()}\n- id: new\n".lstrip("\n")


@pytest.mark.parametrize(
    "text",
    [
        "  - id: '1'\n    alias: Lights\n",
        "[{id: '1', alias: Lights}]\n",
        "- id: '1'\n  alias: Lights\n...\n",
    ],
)
def test_list_in_another_style_loses_nothing(tmp_path: Path, text: str) -> None:
    path = _file(tmp_path, text)
    append(path, {"id": "new"})
    assert load_yaml(path) == [{"id": "1", "alias": "Lights"}, {"id": "new"}]


def test_secrets_are_never_written_out(tmp_path: Path) -> None:
    text = "  - id: '1'\n    alias: !secret name\n"
    path = _file(tmp_path, text)
    with pytest.raises(CannotAddError):
        append(path, {"id": "new"})
    assert path.read_text() == text


def test_automation_of_the_same_id_is_not_added_twice(tmp_path: Path) -> None:
    path = _file(tmp_path, LIGHTS)
    assert append(path, {"id": "1"}) is None
    assert path.read_text() == LIGHTS


def test_file_that_somebody_has_changed_since_is_not_put_back(tmp_path: Path) -> None:
    path = _file(tmp_path, LIGHTS)
    written = append(path, {"id": "new"})
    assert written is not None
    path.write_text(f"{written.after}# More\n")
    take_back(path, written)
    assert path.read_text().endswith("# More\n")
    path.unlink()
    take_back(path, written)
    assert not path.exists()


@pytest.mark.parametrize("broken", ["load_yaml", "NamedTemporaryFile"])
def test_disk_that_fails_is_told(tmp_path: Path, broken: str) -> None:
    path = _file(tmp_path, LIGHTS)
    with (
        patch.object(automation_file, broken, side_effect=OSError("disk")),
        pytest.raises(CannotAddError, match="disk") as err,
    ):
        append(path, {"id": "new"})
    assert err.value.obstacle is Obstacle.NOT_WRITABLE
    assert path.read_text() == LIGHTS


def test_without_a_configuration_there_is_nothing_to_add_to(tmp_path: Path) -> None:
    with pytest.raises(CannotAddError) as err:
        append(tmp_path / "automations.yaml", {"id": "new"})
    assert err.value.obstacle is Obstacle.NOT_INCLUDED


def _file(folder: Path, text: str) -> Path:
    (folder / "configuration.yaml").write_text("automation: !include automations.yaml\n")
    (folder / "name.yaml").write_text("Lights\n")
    (folder / "secrets.yaml").write_text("name: Lights\n")
    path = folder / "automations.yaml"
    path.write_text(text)
    return path


# The blueprint --------------------------------------------------------------------------------


async def test_newer_blueprint_replaces_one_that_nobody_has_changed(
    home: Automated, tmp_path: Path
) -> None:
    shipped = (blueprint_file._SHIPPED / "load_balancing.yaml").read_text()
    newer = tmp_path / "load_balancing.yaml"
    newer.write_text(shipped.replace("stored_traces: 3", "stored_traces: 4"))
    with patch.object(blueprint_file, "_SHIPPED", tmp_path):
        await home.house.hass.config_entries.async_reload("hub")
        await wait_until(lambda: "stored_traces: 4" in home.blueprint.read_text())
    await home.settle()
    assert home.state() == "on"
    assert home.issue() is None


async def test_blueprint_that_the_user_has_changed_stays(home: Automated) -> None:
    changed = home.blueprint.read_text().replace("stored_traces: 3", "stored_traces: 9")
    home.blueprint.write_text(changed)
    await home.house.hass.config_entries.async_reload("hub")
    await home.settle()
    assert home.blueprint.read_text() == changed


async def test_repair_brings_a_lost_blueprint_back(home: Automated) -> None:
    home.blueprint.unlink()
    await home.house.hass.services.async_call(AUTOMATION, "reload", blocking=True)
    await home.settle()
    assert home.state() == "unavailable"
    assert home.issue_key() == "load_automation_missing"
    assert (await home.fix())["type"] is FlowResultType.CREATE_ENTRY
    assert home.state() == "on"


async def test_blueprint_that_cannot_be_written_is_told(automated: Automated) -> None:
    await automated.start()
    (automated.folder / "blueprints" / "automation" / "zmartcharge").write_text("in the way")
    await automated.house.set_up(metered_site())
    await _raised(automated, "load_automation_not_added_not_writable")
    assert automated.ours == []
