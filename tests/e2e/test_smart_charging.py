"""Smart charging: a real Home Assistant, broker, meter and charger, and a clock that can be set."""

from pathlib import Path
import time

import pytest

from script.lib.demo.check_smart_charging import prove_smart_charging
from script.lib.demo.facts import Facts
from script.lib.demo.house import House
from script.lib.demo.processes import free_port
from script.lib.demo.things import EVENING


@pytest.mark.e2e
@pytest.mark.timeout(500)
async def test_car_waits_for_its_price_and_is_ready_in_time(
    tmp_path: Path, socket_enabled: None
) -> None:
    async with House(tmp_path, free_port(), begins_at=EVENING) as house:
        began = time.monotonic()
        await house.set_up()
        assert house.hass.program
        await house.hass.program.stop()
        await prove_smart_charging(house, Facts(), (time.monotonic() - began) / 2)
