"""The main job: a real Home Assistant, broker, bridge, meter, chargers and browser."""

import os
from pathlib import Path

from playwright.async_api import expect
import pytest

from script.lib.demo.browser import logged_in
from script.lib.demo.check import prove
from script.lib.demo.facts import Facts
from script.lib.demo.house import House
from script.lib.demo.processes import ROOT, free_port
from script.lib.demo.things import CHARGERS, SITE_NAME

_IMAGE = ROOT / "docs" / "images" / "dashboard.png"


@pytest.mark.e2e
@pytest.mark.timeout(700)
async def test_a_session_is_seen_in_the_browser_and_survives_a_kill(
    tmp_path: Path, socket_enabled: None
) -> None:
    async with House(tmp_path, free_port()) as house:
        await house.set_up()
        await _see_in_browser(house, tmp_path)
        await prove(house, Facts())


async def _see_in_browser(house: House, tmp_path: Path) -> None:
    charger = CHARGERS[1]
    status = await house.entity(charger, "1_status")
    await house.simulator("/plug", charger=charger.charge_point_id)
    async with logged_in(house.hass.base) as page:
        await page.goto(f"{house.hass.base}/zmart-charge/home")
        for shown in (charger.name, SITE_NAME, "L1", "L2", "L3"):
            await expect(page.get_by_text(shown).first).to_be_visible(timeout=60_000)
        await expect(page.get_by_text("The charger is getting ready").first).to_be_visible()

        switch = await house.entity(charger, "1_charging")
        await house.hass.act("switch", "turn_on", entity_id=switch)
        await expect(page.get_by_text("Charging in progress").first).to_be_visible(timeout=60_000)
        line = await house.site_entity("current_l2")
        power = await house.entity(charger, "1_power")

        async def drawn() -> bool:
            values = [await house.hass.value(entity) or 0 for entity in (line, power)]
            return values[0] > 14 and values[1] > 3000

        await house.hass.wait_for(drawn, "the meter and the charger see the car")
        await expect(page.get_by_text("16.").first).to_be_visible()
        target = _IMAGE if os.environ.get("UPDATE_IMAGES") else tmp_path / "dashboard.png"
        await page.screenshot(path=target)
    await house.hass.act("switch", "turn_off", entity_id=switch)
    await house.simulator("/unplug", charger=charger.charge_point_id)

    async def quiet() -> bool:
        state = await house.hass.state(status)
        ampere = await house.hass.value(line)
        return state is not None and state["state"] == "ready" and ampere is not None and ampere < 5

    await house.hass.wait_for(quiet, "the charger is ready again and the meter sees it")
