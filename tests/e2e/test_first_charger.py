"""From nothing to the first charging, by nothing but what a new user clicks on."""

import asyncio
from pathlib import Path
import re

from playwright.async_api import Locator, Page, expect
import pytest

from script.lib.demo.browser import logged_in
from script.lib.demo.house import House
from script.lib.demo.processes import ROOT, free_port
from script.lib.demo.things import CHARGERS

_CHARGER = CHARGERS[0]
_SITE, _NAME = "Cabin", "Carport"


@pytest.mark.e2e
@pytest.mark.timeout(200)
async def test_first_charger_is_added_charges_is_stopped_and_is_in_the_history(
    tmp_path: Path, socket_enabled: None
) -> None:
    tools = await asyncio.create_subprocess_exec("script/frontend", "tools", cwd=ROOT)
    assert await tools.wait() == 0
    async with House(tmp_path, free_port(), "en") as house:
        await house.hass.boot()
        await house.hass.onboard("en")
        # The form offers all networks; the test keeps to this machine.
        await house.hass.flow("zmartcharge", {"host": "127.0.0.1", "port": house.csms_port})
        async with logged_in(house.hass.base) as page:
            page.set_default_timeout(30_000)
            await page.goto(f"{house.hass.base}/zmartcharge")
            await page.get_by_role("link", name="Add your first charger").click()
            await _adds_the_site(page)
            await _adds_the_charger(page)
            await page.get_by_role("link", name="ZmartCharge").click()
            panel = page.locator("zmartcharge-panel")
            await expect(panel.get_by_role("heading", name=_NAME)).to_be_visible()
            await _charges_and_stops(panel, house)
            await panel.get_by_role("link", name="History", exact=True).click()
            await expect(panel.locator("tbody tr")).to_contain_text(_NAME)
            await expect(panel.locator("tbody tr")).to_contain_text("No price is known")
            await _removes_both(panel)


def _field(page: Page, kind: str, label: str) -> Locator:
    return page.locator(f"ha-selector-{kind}").filter(has_text=label).locator("input").first


async def _choose(page: Page, label: str, option: str) -> None:
    await page.locator("ha-selector-select").filter(has_text=label).first.click()
    await page.locator("ha-dropdown-item").filter(has_text=option).first.click()


async def _submit(page: Page) -> None:
    await page.get_by_role("button", name="Submit").click()


async def _finish(page: Page) -> None:
    """Leave the last page of a flow, whichever it is."""
    last = page.locator("dialog-data-entry-flow").get_by_role(
        "button", name=re.compile("^(Finish|Skip and finish)")
    )
    await last.last.click()
    await expect(page.locator("dialog-data-entry-flow ha-dialog")).to_be_hidden()


async def _adds_the_site(page: Page) -> None:
    await page.get_by_role("button", name="Add site").click()
    await _field(page, "text", "Name of the site").fill(_SITE)
    await _field(page, "number", "Main fuse").fill("63")
    await _submit(page)
    await page.get_by_text("No meter").click()
    await page.get_by_text("Decide later").click()
    await _finish(page)


async def _adds_the_charger(page: Page) -> None:
    await page.get_by_role("button", name="Add charger").click()
    await _field(page, "text", "Name").fill(_NAME)
    await _field(page, "text", "Charge point id").fill(_CHARGER.charge_point_id)
    await _choose(page, "Site", _SITE)
    await _choose(page, "Who may charge", "Everyone")
    await _choose(page, "Key", "Use a key of my own")
    await _field(page, "text", "Your own key").fill(_CHARGER.key)
    await _submit(page)
    # Where to connect to, and its QR code; the charger has been dialling all the time.
    await expect(page.get_by_text("Connect the charger")).to_be_visible()
    await _submit(page)
    await _finish(page)


async def _charges_and_stops(panel: Locator, house: House) -> None:
    await house.simulator("/plug", charger=_CHARGER.charge_point_id)
    stop = panel.get_by_role("button", name="Stop the charger")
    await panel.get_by_role("button", name="Start the charger").click()
    await expect(stop).to_be_visible(timeout=30_000)
    await expect(panel.get_by_text("Charging in progress")).to_be_visible(timeout=60_000)
    await stop.click()
    await panel.get_by_role("dialog").get_by_role("button", name="Yes, stop").click()
    await expect(panel.get_by_text("Don't forget to unplug your cable!")).to_be_visible(
        timeout=60_000
    )


async def _removes_both(panel: Locator) -> None:
    await panel.get_by_role("link", name="Chargers", exact=True).click()
    await panel.get_by_text("Charger settings").click()
    await _remove(panel, "Remove the charger", _NAME)
    await expect(panel.get_by_text("There is no charger here yet")).to_be_visible()
    await panel.get_by_role("link", name="My sites", exact=True).click()
    await _remove(panel, "Delete the site", _SITE)
    await expect(panel.get_by_text("There is no site here yet")).to_be_visible()
    # What was charged is still there, by the name that the charger had.
    await panel.get_by_role("link", name="History", exact=True).click()
    await expect(panel.locator("tbody tr")).to_contain_text(_NAME)


async def _remove(panel: Locator, button: str, name: str) -> None:
    await panel.get_by_role("button", name=button).click()
    await panel.get_by_role("textbox", name="Type the name to confirm").fill(name)
    await panel.get_by_role("button", name="Remove for good").click()
