"""What holds when Home Assistant is gone at the worst moment."""

from pathlib import Path
import time

import pytest

from script.lib.demo.house import House
from script.lib.demo.processes import free_port
from script.lib.demo.things import CHARGERS

_CHARGER = CHARGERS[0]
#: A limit holds for two minutes; the charger's pilot and the car follow.
_FALLS_WITHIN = 150.0


@pytest.mark.e2e
@pytest.mark.timeout(500)
async def test_charger_falls_to_its_safe_current_when_home_assistant_is_killed_in_an_overload(
    tmp_path: Path, socket_enabled: None
) -> None:
    async with House(tmp_path, free_port()) as house:
        await house.set_up()
        hass = house.hass

        async def draws() -> float:
            current: float = (await house.connector(_CHARGER))["current_a"]
            return current

        async def draws_much() -> bool:
            return await draws() > 12

        async def draws_little() -> bool:
            return await draws() < 6.5

        status = await house.entity(_CHARGER, "1_status")
        switch = await house.entity(_CHARGER, "1_charging")

        async def is_ready() -> bool:
            state = await hass.state(status)
            return state is not None and state["state"] == "ready"

        await hass.wait_for(is_ready, "the charger is ready")
        await house.simulator("/plug", charger=_CHARGER.charge_point_id)
        await hass.act("zmartcharge", "start_charging", entity_id=switch)
        await hass.wait_for(draws_much, "the car has the room", 120)

        # The meter tells of the overload every 10 s: Home Assistant is gone before that.
        await house.simulator("/appliance", name="sauna", on=True)
        await house.simulator("/appliance", name="water_heater", on=True)
        assert hass.program
        await hass.program.kill()
        hass.program = None
        began = time.monotonic()
        assert await draws_much()
        await hass.wait_for(draws_little, "the charger falls by itself", _FALLS_WITHIN)
        assert time.monotonic() - began > 30, "it was lowered, it did not fall by itself"
