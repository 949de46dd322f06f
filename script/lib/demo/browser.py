"""A real Chromium on a real Home Assistant."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import shutil

from playwright.async_api import Page, async_playwright

from .home_assistant import PASSWORD, USERNAME
from .processes import ProgramError

_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@asynccontextmanager
async def logged_in(base: str, locale: str = "en-GB") -> AsyncIterator[Page]:
    """Open Home Assistant through its login page. Raises ProgramError where there is no browser."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise ProgramError("there is no Chromium; script/setup says how to install it")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=list(_ARGUMENTS), handle_sigint=False
        )
        page = await browser.new_page(viewport={"width": 1280, "height": 900}, locale=locale)
        await page.goto(base)
        await page.locator('input[name="username"]').fill(USERNAME)
        await page.locator('input[name="password"]').fill(PASSWORD)
        await page.keyboard.press("Enter")
        await page.locator("home-assistant-main").wait_for(state="attached", timeout=60_000)
        yield page
        await browser.close()
