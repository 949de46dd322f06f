"""Proves that the home card shows a session and stops it, in a real browser."""

import json
from typing import Any

from playwright.async_api import Error, Locator, expect

from .browser import logged_in
from .facts import Facts
from .house import House
from .processes import ROOT, ProgramError
from .things import CHARGERS, SITE_NAME

_TEXTS = ROOT / "frontend" / "src" / "translations"
_LOCALES = {"en": "en-GB", "nb": "nb-NO", "sv": "sv-SE", "da": "da-DK"}
#: ms until the page has been loaded, and until the charger has done what was asked.
_LOADS_WITHIN, _STOPS_WITHIN = 60_000, 60_000


async def prove_in_browser(house: House, facts: Facts) -> None:
    """Open the address that is printed, see the session of the first charger, and stop it.

    Raises ProgramError when something is not there.
    """
    texts: dict[str, str] = json.loads((_TEXTS / f"{house.language}.json").read_text())
    try:
        async with logged_in(house.hass.base, _LOCALES[house.language]) as page:
            await page.goto(f"{house.hass.base}/zmart-charge/home")
            card = page.locator("zmartcharge-home-card")
            await _sees_the_session(card, texts)
            facts.proved("the home card shows in a browser that the car charges, and how much")
            await _stops(card, texts)
            facts.proved("its stop button asks first, then stops the session")
    except (Error, AssertionError) as err:
        raise ProgramError(f"in the browser: {err}") from err


async def _sees_the_session(card: Locator, texts: dict[str, Any]) -> None:
    heading = card.get_by_role("heading", name=CHARGERS[0].name)
    await expect(heading).to_be_visible(timeout=_LOADS_WITHIN)
    await expect(card.get_by_text(SITE_NAME)).to_be_visible()
    await expect(card.get_by_text(texts["session"])).to_be_visible()
    gauges = card.get_by_role("img", name=texts["house"])
    await expect(gauges).to_have_count(3, timeout=_LOADS_WITHIN)


async def _stops(card: Locator, texts: dict[str, Any]) -> None:
    await card.get_by_role("button", name=texts["stop"]).click()
    question = card.get_by_role("dialog", name=texts["stop_question"])
    await question.get_by_role("button", name=texts["stop_yes"]).click()
    await expect(card.get_by_text(texts["unplug"])).to_be_visible(timeout=_STOPS_WITHIN)
