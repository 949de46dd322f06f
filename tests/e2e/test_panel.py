"""The panel in a real browser: every page in every language, theme and width; stopping; history."""

import asyncio
from collections.abc import Sequence
import json
import os
from pathlib import Path
import re
import shutil
from typing import Any

from playwright.async_api import FloatRect, Locator, Page, expect
import pytest

from script.lib.demo.browser import logged_in
from script.lib.demo.house import House
from script.lib.demo.processes import ROOT, free_port
from script.lib.demo.things import CHARGERS, MAIN_FUSE, SITE_NAME

_AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
_IMAGES = ROOT / "docs" / "images"
_WIDTHS = (360, 768, 1280)
_HEIGHT = 1200
_THEMES = ("light", "dark")
#: Seconds that the colours of a theme take at most.
_SETTLED_AFTER = 3.0
#: The languages, and what the page of chargers is called in each.
_LANGUAGES = {"nb": "Ladere", "en": "Chargers", "sv": "Laddare", "da": "Ladere"}
_PAGES = ("home", "history", "sites", "chargers", "find")
#: Those that the documentation shows.
_SHOWN = (
    "panel-history-nb-light-1280.png",
    "panel-chargers-en-light-1280.png",
    "panel-sites-nb-light-768.png",
    "panel-find-nb-dark-360.png",
    "small-cards-nb-light-1280.png",
)
_ADDRESS = "Storgata 1, Tønsberg"
_VIOLATIONS = """element => axe.run(element).then(({ violations }) =>
  violations.map(({ id, nodes }) => [id, nodes.map(({ failureSummary }) => failureSummary)]))"""
_SMALL = ("plan-card", "phases-card", "history-card", "mode-feature")
_MODE_TILE = "custom:zmartcharge-mode-feature"


@pytest.mark.e2e
@pytest.mark.timeout(400)
async def test_panel_shows_stops_and_tells_what_was_charged(
    tmp_path: Path, socket_enabled: None
) -> None:
    tools = await asyncio.create_subprocess_exec("script/frontend", "tools", cwd=ROOT)
    assert await tools.wait() == 0
    async with House(tmp_path, free_port(), "nb") as house:
        await house.set_up()
        await house.publish_prices()
        await house.add_price()
        await _say_where_the_site_is(house)
        await _add_small_cards(house)
        charger = CHARGERS[0]
        mode = await house.entity(charger, "1_charging_mode")
        await house.hass.act("select", "select_option", entity_id=mode, option="full_now")
        await house.simulator("/plug", charger=charger.charge_point_id)
        async with logged_in(house.hass.base, "nb-NO") as page:
            await _stops_on_the_first_page(page, house)
            await _tells_the_session(page, house)
            await _finds_and_marks(page, house)
            await _asks_before_it_removes(page, house)
            await _keeps_opening_hours(page, house)
            await _tells_how_far_the_car_comes(page, house)
            await _is_accessible(page, house, tmp_path)
            await _has_small_cards(page, house, tmp_path)
    if os.environ.get("UPDATE_IMAGES"):
        for name in _SHOWN:
            shutil.copy(tmp_path / name, _IMAGES)


async def _say_where_the_site_is(house: House) -> None:
    await house.hass.flow(
        [house.entry_id, "site"],
        {"next_step_id": "site"},
        {
            "name": SITE_NAME,
            "grid_type": "tn_400",
            "main_fuse": MAIN_FUSE,
            "address": _ADDRESS,
            "location": {"latitude": 59.267, "longitude": 10.408},
        },
        kind="/subentries",
        subentry_id=house.site_id,
    )


async def _add_small_cards(house: House) -> None:
    status = await house.entity(CHARGERS[0], "1_status")
    cards: list[dict[str, Any]] = [
        {"type": f"custom:zmartcharge-{kind}-card"} for kind in ("plan", "phases", "history")
    ]
    cards.append({"type": "tile", "entity": status, "features": [{"type": _MODE_TILE}]})
    views = [{"type": "sections", "max_columns": 2, "sections": [{"type": "grid", "cards": cards}]}]
    await house.hass.command(
        {
            "type": "lovelace/dashboards/create",
            "url_path": "small-cards",
            "title": "Small cards",
            "mode": "storage",
        }
    )
    await house.hass.command(
        {"type": "lovelace/config/save", "url_path": "small-cards", "config": {"views": views}}
    )


async def _open(page: Page, house: House, name: str) -> Locator:
    await page.goto(f"{house.hass.base}/zmartcharge/{name}")
    panel = page.locator("zmartcharge-panel")
    await expect(panel.locator("header")).to_be_visible(timeout=60_000)
    return panel


async def _stops_on_the_first_page(page: Page, house: House) -> None:
    panel = await _open(page, house, "")
    await expect(panel.get_by_role("heading", name=CHARGERS[0].name)).to_be_visible()
    await expect(panel.get_by_text("Lading pågår")).to_be_visible(timeout=60_000)
    charged = panel.get_by_text(re.compile(r"(?!0,00)\d+,\d\d kWh"))
    await expect(charged.first).to_be_visible(timeout=60_000)
    await panel.get_by_role("button", name="Stopp laderen").click()
    question = panel.get_by_role("dialog", name="Stoppe ladingen?")
    await question.get_by_role("button", name="Ja, stopp").click()
    await expect(panel.get_by_text("Ikke glem å ta ut kabelen!")).to_be_visible(timeout=30_000)
    assert not (await house.connector(CHARGERS[0]))["transaction"]


async def _tells_the_session(page: Page, house: House) -> None:
    panel = await _open(page, house, "history")
    row = panel.locator("tbody tr")
    await expect(row).to_have_count(1)
    await expect(row).to_contain_text(CHARGERS[0].name)
    await expect(row).to_contain_text("kWh")
    await expect(panel.get_by_text("Ladinger: 1")).to_be_visible()
    async with page.expect_download() as waited:
        await panel.get_by_role("button", name="Last ned som CSV").click()
    file = await (await waited.value).path()
    lines = file.read_text("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert CHARGERS[0].charge_point_id in lines[1]
    await panel.get_by_label("Periode").select_option("last_year")
    await expect(panel.get_by_text("Ingenting er ladet i denne perioden")).to_be_visible()


async def _finds_and_marks(page: Page, house: House) -> None:
    panel = await _open(page, house, "find")
    await expect(panel.locator("li h3")).to_have_count(len(CHARGERS))
    search = panel.get_by_role("searchbox")
    await search.fill("TONSBERG 871")
    await expect(panel.locator("li h3")).to_have_text([CHARGERS[1].name])
    await panel.get_by_role("button", name="Favoritt: ").click()
    await expect(panel.get_by_role("button", name="Favoritt: ", pressed=True)).to_be_visible()
    # Home Assistant keeps it.
    panel = await _open(page, house, "find")
    await expect(panel.locator("li h3").first).to_have_text(CHARGERS[1].name)
    await page.context.grant_permissions(["geolocation"])
    await page.context.set_geolocation({"latitude": 59.30, "longitude": 10.408})
    await panel.get_by_role("button", name="Nærmeste først").click()
    await expect(panel.get_by_text("3,7 km").first).to_be_visible()


async def _asks_before_it_removes(page: Page, house: House) -> None:
    panel = await _open(page, house, "sites")
    await panel.get_by_role("button", name="Slett stedet").click()
    await expect(panel.get_by_text("Fjern eller flytt disse først")).to_be_visible()
    await panel.get_by_role("button", name="Avbryt").click()
    subentry_id = house.subentries[CHARGERS[1].charge_point_id]
    panel = await _open(page, house, f"chargers?charger={subentry_id}")
    await panel.get_by_role("button", name="Fjern laderen").click()
    confirm = panel.get_by_role("button", name="Fjern for godt")
    await expect(confirm).to_be_disabled()
    name = panel.get_by_role("textbox", name="Skriv navnet for å bekrefte")
    await name.fill(CHARGERS[1].name)
    await expect(confirm).to_be_enabled()
    await panel.get_by_role("button", name="Avbryt").click()
    # What an administrator sets holds at once, and is shown wherever it is looked at.
    await panel.get_by_role("checkbox", name="I bruk").click()
    await expect(panel.get_by_text("Deaktivert: ingen kan lade")).to_be_visible(timeout=30_000)
    await panel.get_by_role("checkbox", name="I bruk").click()
    await expect(panel.get_by_text("Deaktivert: ingen kan lade")).to_be_hidden(timeout=30_000)


async def _keeps_opening_hours(page: Page, house: House) -> None:
    """Close the charger by a schedule that is never open, and open it again by *Always*."""
    await house.hass.command({"type": "schedule/create", "name": "Aldri"})
    subentry_id = house.subentries[CHARGERS[0].charge_point_id]
    panel = await _open(page, house, f"chargers?charger={subentry_id}")
    settings = panel.locator(f'[data-charger="{subentry_id}"]')
    hours = settings.get_by_role("combobox", name="Åpent")
    await expect(hours).to_have_value("")
    await hours.select_option("Aldri")
    await expect(settings.get_by_role("combobox", name="Den som lader")).to_be_visible()
    await expect(settings.get_by_text("Deaktivert: ingen kan lade")).to_be_visible(timeout=30_000)
    # Home Assistant keeps it.
    panel = await _open(page, house, f"chargers?charger={subentry_id}")
    settings = panel.locator(f'[data-charger="{subentry_id}"]')
    hours = settings.get_by_role("combobox", name="Åpent")
    await expect(hours).to_have_value("schedule.aldri")
    await hours.select_option("")
    await expect(settings.get_by_role("checkbox", name="I bruk")).to_be_checked(timeout=30_000)
    await expect(settings.get_by_role("combobox", name="Den som lader")).to_be_hidden()


async def _tells_how_far_the_car_comes(page: Page, house: House) -> None:
    car = await _car(page, house)
    await car.get_by_label("Rekkevidde").fill("5")
    await car.get_by_label("Batteri, kWh").fill("60")
    await car.get_by_role("button", name="Lagre").click()
    await expect(car.get_by_role("alert")).to_contain_text("fra 10 til 2000 km")
    await car.get_by_label("Rekkevidde").fill("2000")
    await car.get_by_label("Batteri, kWh").fill("1")
    await car.get_by_role("button", name="Lagre").click()
    await expect(car.get_by_role("alert")).to_be_hidden()
    panel = await _open(page, house, "home")
    await expect(panel.get_by_text("Ekstra rekkevidde")).to_be_visible(timeout=30_000)
    await expect(panel.get_by_text(re.compile(r"^\s*[1-9]\d* km\s*$"))).to_be_visible()
    car = await _car(page, house)
    await car.get_by_label("Rekkevidde").fill("420")
    await car.get_by_label("Batteri, kWh").fill("77")
    await car.get_by_role("button", name="Lagre").click()
    await expect(car.get_by_role("alert")).to_be_hidden()


async def _car(page: Page, house: House) -> Locator:
    subentry_id = house.subentries[CHARGERS[0].charge_point_id]
    panel = await _open(page, house, f"chargers?charger={subentry_id}")
    return panel.locator(f'[data-charger="{subentry_id}"]').get_by_role("group", name="Bil")


async def _is_accessible(page: Page, house: House, folder: Path) -> None:
    subentry_id = house.subentries[CHARGERS[0].charge_point_id]
    for language, chargers in _LANGUAGES.items():
        await _speak(page, language)
        # Loaded anew, because the language has changed.
        panel = await _open(page, house, f"chargers?charger={subentry_id}")
        await expect(panel.get_by_role("link", name=chargers, exact=True)).to_be_visible()
        await page.evaluate(_AXE.read_text())
        for name in reversed(_PAGES):
            await panel.locator(
                f'nav[aria-label="ZmartCharge"] a[href="/zmartcharge/{name}"]'
            ).click()
            await expect(panel.locator(f"main.{name} > *")).to_be_visible()
            if name == "chargers":
                await panel.locator("summary").first.click()
                await expect(panel.locator("fieldset").first).to_be_visible()
            # Nothing is under the pointer.
            await page.mouse.move(0, 0)
            await _has_no_violations(page, panel, folder / f"panel-{name}-{language}", _WIDTHS)
    await _speak(page, "nb")


async def _speak(page: Page, language: str) -> None:
    """Choose the language of the pages that are opened from now on."""
    await page.evaluate(
        "language => localStorage.setItem('selectedLanguage', language)", json.dumps(language)
    )


async def _has_no_violations(page: Page, what: Locator, image: Path, widths: Sequence[int]) -> None:
    for theme in _THEMES:
        await page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        for width in widths:
            await page.set_viewport_size({"width": width, "height": _HEIGHT})
            violations = await _settled_violations(what)
            assert violations == [], f"{image.name} {theme} {width}"
            wide = await page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{image.name} {theme} {width} is {wide} wide"
            name = f"{image.name}-{theme}-{width}.png"
            if name in _SHOWN:
                await page.screenshot(path=image.with_name(name), clip=await _used(what, width))
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size({"width": 1280, "height": _HEIGHT})


async def _used(what: Locator, width: int) -> FloatRect:
    """Return the part of the page that has something on it."""
    bottom: float = await what.evaluate(
        """element => {
          const main = element.querySelector("zmartcharge-panel-view")?.shadowRoot.querySelector("main");
          return main ? main.getBoundingClientRect().bottom : innerHeight;
        }"""
    )
    return {"x": 0, "y": 0, "width": width, "height": min(max(bottom, 480), _HEIGHT)}


async def _settled_violations(what: Locator) -> list[Any]:
    """Return what is wrong, also after a change of the theme is over, which takes a moment."""
    end = asyncio.get_running_loop().time() + _SETTLED_AFTER
    while True:
        violations: list[Any] = await what.evaluate(_VIOLATIONS)
        if not violations or asyncio.get_running_loop().time() > end:
            return violations


async def _has_small_cards(page: Page, house: House, folder: Path) -> None:
    await _show_small_cards(page, house)
    mode = page.get_by_role("radio", name="Smartlading")
    await mode.click()
    await expect(mode).to_be_checked()
    for language in _LANGUAGES:
        await _speak(page, language)
        await _show_small_cards(page, house)
        await page.evaluate(_AXE.read_text())
        ours = ", ".join(f"zmartcharge-{kind}" for kind in _SMALL)
        for card in await page.locator(ours).all():
            await _has_no_violations(page, card, folder / f"small-cards-{language}", _WIDTHS)


async def _show_small_cards(page: Page, house: House) -> None:
    await page.goto(f"{house.hass.base}/small-cards")
    for kind in ("plan", "phases", "history"):
        card = page.locator(f"zmartcharge-{kind}-card")
        await expect(card.locator("section")).to_be_visible(timeout=60_000)
    await expect(page.get_by_role("radio").first).to_be_visible(timeout=60_000)
