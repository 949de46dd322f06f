"""Charging by voice: a real Home Assistant, over its WebSocket API, and simulated chargers."""

from pathlib import Path

import pytest

from script.lib.demo.check_voice import prove_voice
from script.lib.demo.conditions import is_state
from script.lib.demo.facts import Facts
from script.lib.demo.home_assistant import HomeAssistant
from script.lib.demo.house import House
from script.lib.demo.processes import free_port
from script.lib.demo.things import CHARGERS

_INSIDE, _OUTSIDE = (charger.name for charger in CHARGERS)
#: What a new user says to the demo while no car is there, and what is answered.
_EVERYDAY = (
    ("nb", "Start lading i garasjen", f"Hvilken lader mener du, {_INSIDE} eller {_OUTSIDE}?"),
    ("en", "Start charging in the garage", f"Which charger do you mean, {_INSIDE} or {_OUTSIDE}?"),
    ("nb", "er lader utenfor garasje ledig", f"Ja, {_OUTSIDE} er ledig."),
    ("en", "is lader utenfor garasje free", f"Yes, {_OUTSIDE} is free."),
    ("nb", "når er lader inne i garasje ferdig", f"Ingen bil er plugget i på {_INSIDE}."),
    ("nb", "lader bilen?", "Ingen bil lader nå."),
    ("en", "is the car charging?", "No car is charging now."),
    ("nb", "stopp all lading", "Ingen bil lader nå."),
    ("en", "pause charging", "No car is charging now."),
    ("en", "how much has charging cost this month", "Nothing was charged this month."),
)
#: Of these nothing is ours, whatever Home Assistant says to them.
_OF_OTHERS = (("en", "stop music"), ("en", "start the dishwasher"), ("nb", "stopp musikken"))


async def _everyday(hass: HomeAssistant) -> None:
    told = [(language, text, await hass.say(text, language)) for language, text, _ in _EVERYDAY]
    assert told == list(_EVERYDAY)
    for language, text in _OF_OTHERS:
        answer = await hass.say(text, language)
        assert not any(each in answer.casefold() for each in ("lader", "charger", "charging"))


@pytest.mark.e2e
@pytest.mark.timeout(400)
async def test_charger_is_spoken_to_in_two_languages_and_forgets_questions_in_a_restart(
    tmp_path: Path, socket_enabled: None
) -> None:
    async with House(tmp_path, free_port(), language="nb") as house:
        await house.set_up()
        for charger in CHARGERS:
            ready = is_state(house, await house.entity(charger, "1_status"), "ready")
            await house.hass.wait_for(ready, "the charger is ready")
        await _everyday(house.hass)
        await prove_voice(house, Facts())

        hass, charger = house.hass, CHARGERS[0]
        switch = await house.entity(charger, "1_charging")
        await house.simulator("/plug", charger=charger.charge_point_id)
        status = await house.entity(charger, "1_status")
        await hass.wait_for(is_state(house, status, "preparing"), "the car is plugged in")
        assert await hass.say("Start charging", "en") == f"Charging starts at {charger.name}."
        await hass.wait_for(is_state(house, switch, "on"), "the session starts")
        assert await hass.say("Stop charging", "en") == (
            f"Stop charging at {charger.name}? Say “yes, stop charging”, or “no, keep charging”."
        )

        assert hass.program
        await hass.program.stop()
        await hass.boot()
        await hass.wait_for(is_state(house, status, "charging"), "the session is there again", 90)
        assert (await hass.say("Yes", "en")).startswith("There is nothing to say yes or no to.")
        assert (await hass.state(switch) or {})["state"] == "on"

        assert (await hass.say("Stopp ladingen", "nb")).startswith("Skal jeg stoppe ladingen på")
        assert (await hass.say("Ja", "nb")).startswith(f"Ladingen stopper på {charger.name}.")
        await hass.wait_for(is_state(house, switch, "off"), "the session stops")
