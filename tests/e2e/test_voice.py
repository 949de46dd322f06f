"""Charging by voice: a real Home Assistant, over its WebSocket API, and simulated chargers."""

from pathlib import Path

import pytest

from script.lib.demo.check_voice import prove_voice
from script.lib.demo.conditions import is_state
from script.lib.demo.facts import Facts
from script.lib.demo.house import House
from script.lib.demo.processes import free_port
from script.lib.demo.things import CHARGERS


@pytest.mark.e2e
@pytest.mark.timeout(400)
async def test_charger_is_spoken_to_in_two_languages_and_forgets_questions_in_a_restart(
    tmp_path: Path, socket_enabled: None
) -> None:
    async with House(tmp_path, free_port(), language="nb") as house:
        await house.set_up()
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
