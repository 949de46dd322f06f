"""Installing sentences, keeping them up to date and taking them away; the action behind the blueprint."""

from pathlib import Path
from unittest.mock import patch

from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.util.file import WriteError
import pytest
from pytest_homeassistant_custom_component.common import MockUser
import voluptuous as vol

from custom_components.zmartcharge import sentence_file
from custom_components.zmartcharge.sentence_file import sentence_path

from .automated import hass_config_dir_fixture  # noqa: F401
from .house import House
from .voiced import LANGUAGES, Voiced


@pytest.fixture
async def voiced(house: House, hass_config_dir: str) -> Voiced:
    """Return a house with Assist, in which no sentence is installed."""
    voiced = Voiced(house, "en")
    await voiced.begin()
    await house.set_up()
    await house.connect()
    return voiced


async def test_sentences_are_understood_at_once(voiced: Voiced) -> None:
    await voiced.fails("Is the charger free?")
    assert await voiced.install("en") == {
        "written": ["custom_sentences/en/zmartcharge.yaml"], "unchanged": [], "kept": [],
    }  # fmt: skip
    assert await voiced.say("Is the charger free?") == "Yes, Garage is free."


async def test_language_of_the_house_is_what_is_installed(voiced: Voiced) -> None:
    voiced.house.hass.config.language = "nb"
    await voiced.install()
    assert [language for language in LANGUAGES if voiced.file(language).exists()] == ["nb"]


async def test_house_with_another_language_is_told_to_choose(voiced: Voiced) -> None:
    voiced.house.hass.config.language = "de"
    with pytest.raises(ServiceValidationError, match="Choose languages among en, nb, sv, da"):
        await voiced.install()


async def test_language_without_sentences_is_refused(voiced: Voiced) -> None:
    with pytest.raises(vol.Invalid):
        await voiced.install("de")


async def test_installing_again_changes_nothing(voiced: Voiced) -> None:
    await voiced.install("en", "nb")
    assert await voiced.install("en", "nb") == {
        "written": [],
        "unchanged": [sentence_path("en"), sentence_path("nb")],
        "kept": [],
    }


async def test_file_that_the_user_changed_stays(voiced: Voiced) -> None:
    await voiced.install("en")
    mine = voiced.file("en").read_text().replace("wallbox", "zapper")
    voiced.file("en").write_text(mine)
    assert await voiced.install("en") == {
        "written": [], "unchanged": [], "kept": [sentence_path("en")],
    }  # fmt: skip
    assert voiced.file("en").read_text() == mine


async def test_older_sentences_are_brought_up_to_date(
    voiced: Voiced, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await voiced.install("en", "nb")
    present = voiced.file("en").read_text()
    newer = tmp_path / "newer"
    newer.mkdir()
    for language in LANGUAGES:
        text = (sentence_file._SHIPPED / f"{language}.yaml").read_text()
        (newer / f"{language}.yaml").write_text(text.replace("wallbox", "zapper"))
    mine = voiced.file("nb").read_text() + "# Mine\n"
    voiced.file("nb").write_text(mine)
    monkeypatch.setattr(sentence_file, "_SHIPPED", newer)

    await voiced.house.hass.config_entries.async_reload(voiced.house.entry.entry_id)
    await voiced.house.hass.async_block_till_done()
    assert voiced.file("en").read_text() != present
    assert "zapper" in voiced.file("en").read_text()
    assert voiced.file("nb").read_text() == mine
    assert not voiced.file("sv").exists()
    # Assist has read them again.
    assert not (await voiced.say("Is the zapper free?")).startswith("Sorry")


async def test_sentences_go_with_the_last_entry_but_not_those_of_the_user(voiced: Voiced) -> None:
    await voiced.install("en", "nb")
    voiced.file("nb").write_text(voiced.file("nb").read_text() + "# Mine\n")
    own = voiced.file("en").with_name("lights.yaml")
    await voiced.house.hass.config_entries.async_remove(voiced.house.entry.entry_id)
    await voiced.house.hass.async_block_till_done()
    assert not voiced.file("en").parent.exists()
    assert voiced.file("nb").exists()
    assert not own.exists()
    await voiced.fails("Is the charger free?")


async def test_folder_with_files_of_the_user_stays(voiced: Voiced) -> None:
    await voiced.install("en")
    own = voiced.file("en").with_name("lights.yaml")
    own.write_text("language: en\nintents: {}\n")
    await voiced.house.hass.config_entries.async_remove(voiced.house.entry.entry_id)
    await voiced.house.hass.async_block_till_done()
    assert own.exists()
    assert not voiced.file("en").exists()


async def test_what_cannot_be_written_is_told(voiced: Voiced) -> None:
    with (
        patch(
            "custom_components.zmartcharge.marked_file.write_utf8_file_atomic",
            side_effect=WriteError("no space"),
        ),
        pytest.raises(
            HomeAssistantError,
            match=r"custom_sentences/en/zmartcharge\.yaml could not be written: no space",
        ),
    ):
        await voiced.install("en")


@pytest.mark.parametrize("step", ["update", "remove"])
async def test_what_cannot_be_read_harms_nothing_else(voiced: Voiced, step: str) -> None:
    voiced.file("en").parent.mkdir(parents=True)
    voiced.file("en").write_bytes(b"\xff\xfe")
    entries, entry_id = voiced.house.hass.config_entries, voiced.house.entry.entry_id
    if step == "update":
        assert await entries.async_reload(entry_id)
    else:
        await entries.async_remove(entry_id)
    await voiced.house.hass.async_block_till_done()
    assert voiced.file("en").read_bytes() == b"\xff\xfe"


async def test_only_administrators_install(voiced: Voiced, hass_read_only_user: MockUser) -> None:
    with pytest.raises(Unauthorized):
        await voiced.house.hass.services.async_call(
            "zmartcharge",
            "install_sentences",
            {},
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
        )
    assert not voiced.file("en").exists()


# The action behind the blueprint --------------------------------------------------------------


async def _command(voiced: Voiced, command: str, **data: str) -> dict[str, str]:
    user_id = data.pop("context_user_id", None)
    answer = await voiced.house.hass.services.async_call(
        "zmartcharge",
        "voice_command",
        {"command": command, **data},
        blocking=True,
        return_response=True,
        context=Context(user_id=user_id),
    )
    assert answer is not None
    return {name: str(value) for name, value in answer.items()}


async def test_command_is_answered_in_the_language_that_is_asked_for(voiced: Voiced) -> None:
    assert await _command(voiced, "free", language="nb", charger="garage") == {
        "text": "Ja, Garage er ledig.", "outcome": "answered",
    }  # fmt: skip
    assert (await _command(voiced, "free", charger=""))["text"] == "Yes, Garage is free."


async def test_command_needs_the_rights_of_both_who_runs_and_who_spoke(
    voiced: Voiced, hass_read_only_user: MockUser, hass_admin_user: MockUser
) -> None:
    guest, owner = hass_read_only_user.id, hass_admin_user.id
    for users in (
        {"user_id": guest},
        {"context_user_id": guest, "user_id": owner},
        {"context_user_id": owner, "user_id": guest},
    ):
        assert (await _command(voiced, "start", **users))["outcome"] == "failed"
    both = await _command(voiced, "start", context_user_id=owner, user_id=owner)
    assert both == {"text": "Garage is ready. Plug the car in to start.", "outcome": "done"}
    with pytest.raises(ServiceValidationError, match="I do not know who is speaking"):
        await _command(voiced, "start", user_id="nobody")


async def test_stop_of_somebody_who_cannot_be_known_again_is_never_confirmed(
    voiced: Voiced,
) -> None:
    await voiced.house.charge(voiced.house.charge_points[0])
    assert (await _command(voiced, "stop"))["outcome"] == "asked"
    assert (await _command(voiced, "confirm"))["outcome"] == "not_ours"
    assert voiced.house.connector.in_session
