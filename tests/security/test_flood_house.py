"""Statement 10 in a house: a charger that floods does not keep the fuse from being watched."""

import asyncio
import json
from typing import Any

import pytest
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from tests.balanced import Balanced
from tests.house import House, charger_subentry, metered_site, wait_until
from tests.raw import dial, iso, now


@pytest.fixture
async def home(house: House, mqtt_mock: MqttMockHAClient) -> Balanced:
    """Return a home behind 25 A with a charger of 16 A, and another one that will flood."""
    await house.set_up(
        metered_site(main_fuse=25),
        charger_subentry(circuit_fuse=16),
        charger_subentry("drive", "Drive", charge_point_id="CP2", circuit_fuse=10),
    )
    balanced = Balanced(house)
    await balanced.read()
    balanced.charge_points = (await house.connect(),)
    return balanced


async def test_10_a_flood_of_one_delays_no_limit_of_another_by_two_seconds(home: Balanced) -> None:
    house = home.house
    home.answer()
    (charge_point,) = home.charge_points
    await house.charge(charge_point)
    await home.live(90)
    assert home.drawn(charge_point)[0] > 8
    value = {"timestamp": iso(now()), "sampledValue": [{"value": "1000"}]}
    payload = {"connectorId": 1, "meterValue": [value]}
    frame = json.dumps([2, "1", "MeterValues", payload])
    loop = asyncio.get_running_loop()

    async def flood(charger: Any) -> None:
        while True:
            await charger.socket.send_str(frame)
            await asyncio.sleep(0)

    async with dial(house, "CP2") as charger:
        await charger.call("Heartbeat")
        flooding = asyncio.ensure_future(flood(charger))
        home.load = [5.0, 24.0, 5.0]
        before = house.connector.allocated
        began = loop.time()
        reading = asyncio.ensure_future(home.read())
        await wait_until(lambda: house.connector.allocated != before)
        await wait_until(home._told)
        assert loop.time() - began < 2
        assert not flooding.done()
        flooding.cancel()
        await reading
