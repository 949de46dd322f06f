"""Dashboards that stay open while Home Assistant restarts, as those on walls do."""

from pathlib import Path

from playwright.async_api import expect
import pytest

from script.lib.demo.browser import logged_in
from script.lib.demo.conditions import is_state
from script.lib.demo.house import House
from script.lib.demo.processes import free_port
from script.lib.demo.things import CHARGERS


@pytest.mark.e2e
@pytest.mark.timeout(400)
async def test_open_dashboard_goes_on_after_a_restart(tmp_path: Path, socket_enabled: None) -> None:
    charger = CHARGERS[0]
    async with House(tmp_path, free_port()) as house:
        await house.set_up()
        hass = house.hass
        status = await house.entity(charger, "1_status")
        async with logged_in(hass.base) as page:
            await page.goto(f"{hass.base}/zmart-charge/home")
            card = page.locator("zmartcharge-home-card")
            message = card.locator("p.message")
            await expect(message).to_have_text("The charger is ready", timeout=60_000)
            assert hass.program
            await hass.program.stop()
            await hass.boot()
            await hass.wait_for(is_state(house, status, "ready"), "the charger is there again", 90)
            await house.simulator("/plug", charger=charger.charge_point_id)
            await hass.wait_for(is_state(house, status, "preparing"), "the car is plugged in")
            await expect(message).to_have_text("The charger is getting ready", timeout=30_000)
            await expect(card.get_by_role("link", name="Add new charger")).to_be_visible()
