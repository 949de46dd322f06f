"""The sentences that are shipped: each is understood by Assist as what it says, and by nothing else."""

from typing import Any

from hassil.intents import Intents
from hassil.recognize import recognize_all
import pytest

from custom_components.zmartcharge import intent as intents
from custom_components.zmartcharge.intent import INTENTS
from custom_components.zmartcharge.voice import Answer, Command, Outcome, Request

from .automated import hass_config_dir_fixture  # noqa: F401
from .house import House
from .voiced import CALLED, LANGUAGES, Voiced, named, samples, sentences

#: Those that are said often have at least so many ways.
_FREQUENT = 8
_SELDOM = (Command.CONFIRM, Command.CANCEL, Command.SMART_ON, Command.SMART_OFF)
_BY_INTENT = {name: command for command, (name, _) in INTENTS.items()}


@pytest.fixture
async def heard(house: House, monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """Return what is asked for; nothing of it is done."""
    requests: list[Request] = []

    async def respond(_hass: Any, request: Request) -> Answer:
        requests.append(request)
        return Answer("heard", Outcome.ANSWERED)

    monkeypatch.setattr(intents, "respond", respond)
    return requests


@pytest.mark.parametrize("language", LANGUAGES)
async def test_assist_understands_every_template(
    house: House, heard: list[Request], language: str
) -> None:
    voiced = Voiced(house, language)
    await voiced.begin()
    await house.set_up()
    await voiced.install(language)
    wrong = []
    for name, text in samples(language):
        heard.clear()
        answer = await voiced.say(text)
        called = CALLED[language].removeprefix("the ")
        wanted = (_BY_INTENT[name], called if called in text else "")
        found = [(each.command, (each.charger or "").removeprefix("the ")) for each in heard]
        if found != [wanted]:
            wrong.append((text, wanted, found, answer))
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_means_two_things(language: str) -> None:
    shipped = Intents.from_dict(sentences(language))
    meant = {
        text: {
            result.intent.name
            for result in recognize_all(text, shipped, slot_lists=named(language))
        }
        for _, text in samples(language)
    }
    assert {text: names for text, names in meant.items() if len(names) != 1} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_intent_has_sentences_in_each_language(language: str) -> None:
    shipped = sentences(language)
    assert shipped["language"] == language
    assert shipped["intents"].keys() == _BY_INTENT.keys()
    for name, command in _BY_INTENT.items():
        ways = {text for each, text in samples(language) if each == name}
        assert len(ways) >= _FREQUENT or command in _SELDOM


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_that_are_shared_with_other_sentences_are_our_own(language: str) -> None:
    """Assist puts the lists and rules of all files together."""
    shipped = sentences(language)
    names = [*shipped["lists"], *shipped["expansion_rules"]]
    assert all(name.startswith("zmartcharge_") for name in names)
