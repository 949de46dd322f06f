"""Charging by voice: what is said to Assist, what the charger does then, and what is answered."""

from datetime import timedelta

from homeassistant.helpers.intent import IntentResponseErrorCode
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.zmartcharge.voice_confirmation import WAITS

from .automated import hass_config_dir_fixture  # noqa: F401
from .house import car, charger_subentry, site_subentry, wait_until
from .priced import Priced, patient_fixture, price_data, priced_site  # noqa: F401
from .voiced import (  # noqa: F401
    LANGUAGES,
    NO,
    SPOKEN,
    YES,
    Voiced,
    carport,
    charging_fixture,
    set_up,
    two,
    voiced_fixture,
)

# Everything in each language --------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
async def test_car_is_started_asked_about_and_stopped(voiced: Voiced, language: str) -> None:
    spoken, house = SPOKEN[language], voiced.house
    voiced.language = language
    title = "Garasje" if language == "nb" else "Garage"
    await set_up(voiced, site_subentry(), charger_subentry(title=title))
    charge_point = await house.connect()
    await charge_point.plug_in(car())
    await house.settled(charge_point)

    assert await voiced.say(spoken["start"][0]) == spoken["start"][1]
    await wait_until(lambda: house.connector.in_session)
    await house.run(charge_point, 120)
    assert (await voiced.say(spoken["session_cost"][0])).startswith(spoken["session_cost"][1])
    assert (await voiced.say(spoken["free"][0])).startswith(spoken["free"][1])

    assert await voiced.say(spoken["stop"][0]) == spoken["stop"][1]
    assert house.connector.in_session
    assert await voiced.say(spoken["confirm"][0]) == spoken["confirm"][1]
    await wait_until(lambda: not house.connector.in_session)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_car_is_charged_by_price_or_at_once(
    voiced: Voiced, patient: None, language: str
) -> None:
    spoken, house = SPOKEN[language], voiced.house
    voiced.language = language
    title = "Garasje" if language == "nb" else "Garage"
    priced = Priced(house)
    priced.prices(cheap=(0, 6, 7))
    await set_up(voiced, priced_site(), charger_subentry(title=title, circuit_fuse=16))
    priced.answer()
    charge_point = await priced.connect()
    assert await voiced.say(spoken["price"][0]) == spoken["price"][1]
    await voiced.say(spoken["smart_off"][0])
    assert not house.connector.smart.smart
    assert await voiced.say(spoken["smart_on"][0]) == spoken["smart_on"][1]
    assert house.connector.smart.smart
    priced.prices(cheap=(6, 7))
    await priced.ready_by(9, f"time.{title.lower()}_charging_must_be_done")
    await priced.plug_in(charge_point)
    await wait_until(lambda: house.connector.held and house.connector.smart.plan)
    ready = await voiced.say(spoken["when_ready"][0])
    assert ready.startswith(spoken["when_ready"][1])
    why = await voiced.say(spoken["why"][0])
    assert why.startswith(spoken["why"][1])

    assert await voiced.say(spoken["full_now"][0]) == spoken["full_now"][1]
    await wait_until(lambda: house.connector.in_session)
    await priced.settle()
    assert not house.connector.smart.smart
    assert not house.connector.held
    assert await voiced.say(spoken["smart_off"][0]) == spoken["smart_off"][1]


async def test_each_is_answered_in_the_language_that_they_speak(voiced: Voiced) -> None:
    await set_up(voiced)
    await voiced.house.connect()
    assert await voiced.say("Er laderen ledig?", language="nb") == "Ja, Garasje er ledig."
    assert await voiced.say("Is the charger free?", language="en") == "Yes, Garasje is free."
    assert await voiced.say("Is the charger free?", language="en-GB") == "Yes, Garasje is free."
    assert await voiced.say("Er laderen ledig?", language="da") == "Ja, Garasje er ledig."


# The question -----------------------------------------------------------------------------------


async def test_no_goes_on(charging: Voiced) -> None:
    await charging.say("Stopp ladingen")
    assert await charging.say("Nei") == "Greit, ladingen fortsetter."
    assert (await charging.say("Ja")).startswith("Det er ikke noe å svare ja eller nei på.")
    assert charging.house.connector.in_session


@pytest.mark.parametrize("language", LANGUAGES)
async def test_question_is_answered_with_the_words_that_it_asks_for(
    voiced: Voiced, language: str
) -> None:
    title = "Garasje" if language == "nb" else "Garage"
    await set_up(voiced, site_subentry(), charger_subentry(title=title))
    voiced.language = language
    house, stop = voiced.house, SPOKEN[language]["stop"][0]
    await house.charge(await house.connect())
    for name in (YES, NO):
        assert name[language].casefold() in (await voiced.say(stop)).casefold()
    await voiced.say(NO[language])
    assert house.connector.in_session
    await voiced.say(stop)
    await voiced.say(YES[language])
    await wait_until(lambda: not house.connector.in_session)


async def test_yes_comes_too_late(charging: Voiced) -> None:
    await charging.say("Stopp ladingen")
    charging.house.time.tick(WAITS + timedelta(seconds=1))
    assert (await charging.say("Ja")).startswith("Det er ikke noe å svare ja eller nei på.")
    assert charging.house.connector.in_session


async def test_whatever_else_is_said_ends_the_question(charging: Voiced) -> None:
    await charging.say("Stopp ladingen")
    await charging.say("Er laderen ledig?")
    assert (await charging.say("Ja")).startswith("Det er ikke noe å svare ja eller nei på.")
    assert charging.house.connector.in_session


@pytest.mark.parametrize("said", ["Ja", "Nei"])
async def test_yes_and_no_that_answer_nothing_are_left_to_whoever_asked(
    charging: Voiced, said: str
) -> None:
    """A language model is asked next if that is how the assistant is set up."""
    result = await charging.converse(said)
    assert result.response.error_code is IntentResponseErrorCode.NO_VALID_TARGETS
    assert charging.house.connector.in_session


async def test_one_question_is_answered_once(charging: Voiced) -> None:
    await charging.say("Stopp ladingen")
    await charging.say("Ja")
    await wait_until(lambda: not charging.house.connector.in_session)
    assert (await charging.say("Ja")).startswith("Det er ikke noe å svare ja eller nei på.")


async def test_yes_of_somebody_else_counts_for_nothing(
    charging: Voiced, hass_admin_user: MockUser
) -> None:
    await charging.say("Stopp ladingen", user_id=hass_admin_user.id)
    assert (await charging.say("Ja")).startswith("Det er ikke noe")
    assert (await charging.say("Ja", conversation_id="attic")).startswith("Det er ikke noe")
    assert charging.house.connector.in_session
    # The same user may answer on another screen.
    await charging.say("Ja", user_id=hass_admin_user.id, conversation_id="attic")
    await wait_until(lambda: not charging.house.connector.in_session)


async def test_yes_in_another_conversation_counts_for_nothing(charging: Voiced) -> None:
    await charging.say("Stopp ladingen", conversation_id="kitchen")
    assert (await charging.say("Ja", conversation_id="attic")).startswith("Det er ikke noe")
    assert charging.house.connector.in_session


async def test_yes_is_not_about_the_next_session(charging: Voiced) -> None:
    house, charge_point = charging.house, charging.house.charge_points[0]
    await charging.say("Stopp ladingen")
    await house.connector.stop()
    await wait_until(lambda: not house.connector.in_session)
    await charge_point.unplug()
    await house.run(charge_point, 30)
    await house.charge(charge_point)
    assert await charging.say("Ja") == "Den ladingen er allerede over."
    assert house.connector.in_session


async def test_question_does_not_outlive_a_restart(charging: Voiced) -> None:
    hass = charging.house.hass
    await charging.say("Stopp ladingen")
    # What is only in memory is gone.
    for key in [key for key in hass.data if "voice" in str(key)]:
        hass.data.pop(key)
    assert (await charging.say("Ja")).startswith("Det er ikke noe å svare ja eller nei på.")
    assert charging.house.connector.in_session


async def test_question_outlives_a_reload_of_the_integration(charging: Voiced) -> None:
    house, charge_point = charging.house, charging.house.charge_points[0]
    await charging.say("Stopp ladingen")
    assert await house.hass.config_entries.async_reload(house.entry.entry_id)
    await house.hass.async_block_till_done()
    charge_point.url = f"ws://127.0.0.1:{house.hub.port}"
    assert await charging.fails("Ja") == (
        "Garasje er ikke tilkoblet. Sjekk strømmen og nettverket til laderen, og prøv igjen."
    )
