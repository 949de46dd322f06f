"""The home card on a real dashboard: it shows charging, stops it, and everybody can use it."""

import asyncio
import os
from pathlib import Path
import shutil
from typing import Any

from playwright.async_api import Locator, Page, expect
import pytest

from script.lib.demo.browser import logged_in
from script.lib.demo.house import House
from script.lib.demo.processes import ROOT, free_port
from script.lib.demo.things import CHARGERS, SITE_NAME

_AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
_IMAGES = ROOT / "docs" / "images"
_WIDTHS = (360, 768, 1280)
#: High enough that Home Assistant's own bar covers nothing of the card.
_HEIGHT = 2000
#: Those that the documentation shows.
_SHOWN = ("home-card-nb-light-1280.png", "home-card-nb-dark-360.png", "home-card-en-light-1280.png")
_THEMES = ("light", "dark")
_VIOLATIONS = """card => axe.run(card).then(({ violations }) =>
  violations.map(({ id, nodes }) => [id, nodes.map(({ failureSummary }) => failureSummary)]))"""


@pytest.mark.e2e
@pytest.mark.timeout(400)
async def test_home_card_shows_charging_stops_it_and_is_accessible(
    tmp_path: Path, socket_enabled: None
) -> None:
    tools = await asyncio.create_subprocess_exec("script/frontend", "tools", cwd=ROOT)
    assert await tools.wait() == 0
    charger, other = CHARGERS
    async with House(tmp_path, free_port(), "nb") as house:
        await house.set_up()
        await house.publish_prices()
        await house.add_price()
        for each in CHARGERS:
            await house.simulator("/plug", charger=each.charge_point_id)
        mode = await house.entity(charger, "1_charging_mode")
        await house.hass.act("select", "select_option", entity_id=mode, option="full_now")
        async with logged_in(house.hass.base, "nb-NO") as page:
            card = await _open(page, house)
            await _sees_charging(card, charger.name)
            await _is_accessible(page, card, tmp_path / "home-card-nb")
            await _chooses_smart_charging_and_back(card)
            await _sees_the_plan_of(card, other.name)
            await _stops_when_that_is_confirmed(house, card)
        await _add_dashboards(house)
        async with logged_in(house.hass.base, "en-GB") as page:
            await _is_in_every_kind_of_view(page, house)
            card = await _open(page, house)
            await expect(card.get_by_role("button", name="Start the charger")).to_be_visible()
            await card.get_by_role("button", name="Next charger").click()
            await expect(card.locator("p.plan")).to_be_visible()
            await _is_accessible(page, card, tmp_path / "home-card-en")
            for language in ("sv", "da"):
                await page.evaluate(
                    "language => localStorage.setItem('selectedLanguage', `\"${language}\"`)",
                    language,
                )
                card = await _open(page, house)
                await expect(card.get_by_role("slider").nth(1)).to_be_visible(timeout=60_000)
                await _is_accessible(page, card, tmp_path / f"home-card-{language}")
    if os.environ.get("UPDATE_IMAGES"):
        for name in _SHOWN:
            shutil.copy(tmp_path / name, _IMAGES)


async def _open(page: Page, house: House) -> Locator:
    await page.goto(f"{house.hass.base}/zmart-charge/home")
    card = page.locator("zmartcharge-home-card")
    await expect(card.get_by_role("heading", name=CHARGERS[0].name)).to_be_visible(timeout=60_000)
    return card


async def _add_dashboards(house: House) -> None:
    """Add a dashboard with other kinds of views, and one that makes itself."""
    cards = [{"type": "custom:zmartcharge-home-card"}]
    views = [{"path": kind, "type": kind, "cards": cards} for kind in ("masonry", "panel")]
    for name, config in (
        ("card-views", {"views": views}),
        ("card-sites", {"strategy": {"type": "custom:zmartcharge"}}),
    ):
        await house.hass.command(
            {
                "type": "lovelace/dashboards/create",
                "url_path": name,
                "title": name,
                "mode": "storage",
            }
        )
        await house.hass.command(
            {"type": "lovelace/config/save", "url_path": name, "config": config}
        )


async def _is_in_every_kind_of_view(page: Page, house: House) -> None:
    for path in ("card-views/masonry", "card-views/panel", "card-sites"):
        await page.goto(f"{house.hass.base}/{path}")
        heading = page.get_by_role("heading", name=CHARGERS[0].name)
        await expect(heading).to_be_visible(timeout=60_000)
    # A card for each charger of the site.
    await expect(page.locator("zmartcharge-home-card")).to_have_count(len(CHARGERS))
    await expect(page.get_by_role("heading", name=CHARGERS[1].name)).to_be_visible()


async def _sees_charging(card: Locator, name: str) -> None:
    await expect(card.get_by_text("Lading pågår")).to_be_visible(timeout=60_000)
    await expect(card.get_by_text(SITE_NAME)).to_be_visible()
    await expect(card.get_by_text("Denne ladingen")).to_be_visible()
    await expect(card.get_by_role("slider", name="Pris og plan")).to_be_visible()
    await expect(card.get_by_role("img", name="av 25 A: Resten av huset")).to_have_count(3)
    # The meter sees the car.
    await expect(card.get_by_role("img", name="Biler 1").first).to_be_visible(timeout=60_000)
    await expect(card.get_by_role("slider", name="Historikk")).to_be_visible(timeout=90_000)
    await expect(card.get_by_role("heading", name=name)).to_be_visible()


async def _is_accessible(page: Page, card: Locator, image: Path) -> None:
    await page.evaluate(_AXE.read_text())
    for theme in _THEMES:
        await page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        for width in _WIDTHS:
            await page.set_viewport_size({"width": width, "height": _HEIGHT})
            await card.scroll_into_view_if_needed()
            violations: list[Any] = await card.evaluate(_VIOLATIONS)
            assert violations == [], f"{image.name} {theme} {width}"
            box = await card.bounding_box()
            assert box and box["x"] >= 0 and box["x"] + box["width"] <= width
            await card.screenshot(path=image.with_name(f"{image.name}-{theme}-{width}.png"))
    await page.emulate_media(color_scheme="light")


async def _chooses_smart_charging_and_back(card: Locator) -> None:
    await card.get_by_role("button", name="Skru på smartlading").click()
    await expect(card.get_by_role("button", name="Skru av smartlading")).to_be_visible()
    await card.get_by_role("button", name="Skru av smartlading").click()
    await expect(card.get_by_role("button", name="Skru på smartlading")).to_be_visible()


async def _sees_the_plan_of(card: Locator, name: str) -> None:
    await card.get_by_role("button", name="Neste lader").click()
    await expect(card.get_by_role("heading", name=name)).to_be_visible()
    # Whatever the hour is, there is a sentence and a time to be ready by.
    await expect(card.locator("p.plan")).to_contain_text("erdig", timeout=60_000)
    await expect(card.locator("zmartcharge-prices .flag")).to_contain_text("Ferdig")
    slider = card.get_by_role("slider", name="Pris og plan")
    before = await slider.get_attribute("aria-valuetext")
    await slider.press("ArrowRight")
    assert await slider.get_attribute("aria-valuetext") != before
    await card.get_by_role("button", name="Forrige lader").click()


async def _stops_when_that_is_confirmed(house: House, card: Locator) -> None:
    stop = card.get_by_role("button", name="Stopp laderen")
    await stop.click()
    question = card.get_by_role("dialog", name="Stoppe ladingen?")
    await question.get_by_role("button", name="Avbryt").click()
    await expect(question).to_be_hidden()
    assert (await house.connector(CHARGERS[0]))["transaction"]
    await stop.click()
    await question.get_by_role("button", name="Ja, stopp").click()
    await expect(card.get_by_text("Ikke glem å ta ut kabelen!")).to_be_visible(timeout=30_000)
    await expect(card.get_by_role("button", name="Start Laderen")).to_be_visible()
    assert not (await house.connector(CHARGERS[0]))["transaction"]
    await house.simulator("/unplug", charger=CHARGERS[0].charge_point_id)
    await expect(card.get_by_text("Ikke glem å ta ut kabelen!")).to_be_hidden(timeout=30_000)
    await expect(card.get_by_text("Laderen er klar")).to_be_visible()
    await expect(card.get_by_text("Siste lading")).to_be_visible()
