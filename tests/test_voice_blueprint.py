"""The blueprint of voice: the same sentences and answers, without any files."""

from unittest.mock import MagicMock

from awesomeversion import AwesomeVersion
from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint import Blueprint
from homeassistant.components.conversation import ConversationInput, async_handle_sentence_triggers
from homeassistant.const import __version__
from homeassistant.core import Context, HomeAssistant
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.zmartcharge.blueprint_file import blueprint_path, install_blueprints
from custom_components.zmartcharge.intent import INTENTS
from custom_components.zmartcharge.voice import Command
from script.lib.voice_blueprint import COPIES, blueprint

from .automated import (  # noqa: F401
    Automated,
    automated_fixture,
    hass_config_dir_fixture,
    mock_hass_config_fixture,
)
from .house import charger_subentry, site_subentry, wait_until
from .voiced import LANGUAGES, NO, SPOKEN, YES, Voiced, samples

_COMMANDS = {name: command for command, (name, _) in INTENTS.items()}
_IN_FULL_ONLY = {Command.CONFIRM, Command.CANCEL}
#: Recognizing is what every sentence is tested for elsewhere; here a part of them shows that it is the same.
_EVERY = 7


def test_both_copies_are_made_of_the_sentences() -> None:
    assert {path.read_text(encoding="utf-8") for path in COPIES} == {blueprint()}


def test_blueprint_can_be_used(hass: HomeAssistant) -> None:
    found = Blueprint(
        load_yaml_dict(COPIES[0]),
        path="voice.yaml",
        expected_domain="automation",
        schema=AUTOMATION_BLUEPRINT_SCHEMA,
    )
    assert found.validate() is None
    assert AwesomeVersion(found.metadata["homeassistant"]["min_version"]) <= __version__


@pytest.fixture
async def spoken_to(automated: Automated) -> Voiced:
    """Return a house that has an automation of the blueprint for each language, and no sentences."""
    voiced = Voiced(automated.house)
    await voiced.begin()
    await automated.house.hass.async_add_executor_job(
        lambda: install_blueprints(automated.folder, create={"voice.yaml"}, language="en")
    )
    await automated.start(automations="[]")
    return voiced


async def _speak(automated: Automated, language: str) -> None:
    automation = {
        "id": "voice",
        "alias": "Voice",
        "use_blueprint": {"path": blueprint_path("voice.yaml"), "input": {"language": language}},
    }
    await automated.write([automation])


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_is_said_is_done_and_answered(
    automated: Automated, spoken_to: Voiced, language: str
) -> None:
    house, spoken = automated.house, SPOKEN[language]
    title = "Garasje" if language == "nb" else "Garage"
    spoken_to.language = language
    await house.set_up(site_subentry(), charger_subentry(title=title))
    await _speak(automated, language)
    charge_point = await house.connect()
    await house.charge(charge_point)
    assert await spoken_to.say(spoken["stop"][0]) == spoken["stop"][1]
    assert house.connector.in_session
    assert await spoken_to.say(YES[language]) == spoken["confirm"][1]
    await wait_until(lambda: not house.connector.in_session)
    assert (await spoken_to.say(spoken["free"][0])).startswith(spoken["free"][1])
    assert (await spoken_to.say(spoken["why"][0])).startswith(title)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_no_in_full_goes_on(automated: Automated, spoken_to: Voiced, language: str) -> None:
    house = automated.house
    spoken_to.language = language
    await house.set_up(site_subentry(), charger_subentry())
    await _speak(automated, language)
    await house.charge(await house.connect())
    await spoken_to.say(SPOKEN[language]["stop"][0])
    await spoken_to.say(NO[language])
    await spoken_to.say(YES[language])
    assert house.connector.in_session


@pytest.mark.parametrize(
    ("language", "text"),
    [
        *(("en", text) for text in ("Yes", "No", "OK", "Stop", "Confirm", "Yes, do it")),
        *(("nb", text) for text in ("Ja", "Nei", "Jo", "Stopp", "Bekreft", "Ja, gjør det")),
        *(("sv", text) for text in ("Ja", "Nej", "Jo", "Stopp", "Bekräfta", "Ja, gör det")),
        *(("da", text) for text in ("Ja", "Nej", "Jo", "Stop", "Bekræft", "Ja, gør det")),
    ],
)
async def test_mere_yes_and_no_are_left_to_whoever_has_asked(
    automated: Automated, spoken_to: Voiced, language: str, text: str
) -> None:
    await automated.house.set_up(site_subentry(), charger_subentry())
    await _speak(automated, language)
    assert not await _is_taken(automated, language, text)


async def _is_taken(automated: Automated, language: str, text: str) -> bool:
    said = ConversationInput(
        text=text,
        context=Context(),
        conversation_id="model",
        device_id="kitchen",
        satellite_id=None,
        language=language,
        agent_id="conversation.model",
    )
    # What Assist asks before any agent, a language model's too.
    hass = automated.house.hass
    return await async_handle_sentence_triggers(hass, said, MagicMock()) is not None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        *(("en", text) for text in ("Stop the music", "Start the dishwasher", "Is dinner ready?")),
        *(("nb", text) for text in ("Stopp musikken", "Start oppvaskmaskinen", "Lader mobilen?")),
        *(("sv", text) for text in ("Stoppa musiken", "Starta diskmaskinen", "Är badet ledigt?")),
        *(("da", text) for text in ("Stop musikken", "Start opvaskemaskinen", "Er badet ledigt?")),
    ],
)
async def test_sentences_of_others_are_left_to_them(
    automated: Automated, spoken_to: Voiced, language: str, text: str
) -> None:
    await automated.house.set_up(site_subentry(), charger_subentry())
    await _speak(automated, language)
    assert not await _is_taken(automated, language, text)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_sentences_are_those_of_the_files(
    automated: Automated, spoken_to: Voiced, language: str
) -> None:
    hass = automated.house.hass
    spoken_to.language = language
    heard: list[str] = []
    hass.bus.async_listen("call_service", lambda event: heard.append(event.data["service_data"]))
    await automated.house.set_up(site_subentry(), charger_subentry())
    await _speak(automated, language)
    every = [
        each
        for each in samples(language, without_lists=True)
        if _COMMANDS[each[0]] not in _IN_FULL_ONLY
    ]
    for name, text in every[::_EVERY]:
        heard.clear()
        await spoken_to.say(text)
        said = [each["command"] for each in heard if "command" in each]
        assert said == [_COMMANDS[name]], text


async def test_another_language_is_not_heard(automated: Automated, spoken_to: Voiced) -> None:
    await automated.house.set_up(site_subentry(), charger_subentry())
    await _speak(automated, "nb")
    assert await spoken_to.fails("Is the charger free?", language="en")


async def test_user_who_may_not_control_gains_nothing_by_an_automation(
    automated: Automated, spoken_to: Voiced, hass_read_only_user: MockUser
) -> None:
    house = automated.house
    await house.set_up(site_subentry(), charger_subentry(title="Garasje"))
    await _speak(automated, "nb")
    await house.connect()
    said = await spoken_to.say("Start lading", user_id=hass_read_only_user.id)
    assert said == "Du har ikke lov til å styre Garasje."
