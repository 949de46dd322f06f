"""What it costs to show that something changed, with one charger and with many."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from aiohttp import web

from script.lib.frontend_rules import BUILT

from .browser import chromium

COUNTS = (1, 60)
#: An address of the card's form, so that the page does not take itself for an old one.
_BUILD = "0" * 16
_BASE = f"/zmartcharge_card/{_BUILD}"
_HARNESS = (Path(__file__).parent / "harness.js").read_text()
_PAGE = (
    f'<!doctype html><html lang="en"><script type="module" src="{_BASE}/zmartcharge.js"></script>'
)
#: What is measured, and what the harness calls it.
KINDS = {
    "{count} card{s} on a page, one charger's power": ("cards", "connector"),
    "{count} card{s} on a page, the site's currents": ("cards", "site"),
    "panel's row{s} for {count}, one charger's power": ("panel", "connector"),
}


@dataclass(frozen=True, slots=True)
class Updates:
    """How long updates took, in ms: ``times`` until what is in sight was drawn.

    Of what all cards of a page show, besides: ``whole`` until those out of sight were drawn too,
    and ``waits``, how long the page did not answer at the longest until then.
    """

    times: tuple[float, ...]
    whole: tuple[float, ...] = ()
    waits: tuple[float, ...] = ()

    @property
    def median(self) -> float:
        """Return what half of them are below."""
        return median(self.times)

    @property
    def p95(self) -> float:
        """Return what 95 % of them are not above."""
        return p95(self.times)


def p95(times: Iterable[float]) -> float:
    """Return what 95 % of some times are not above."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]


async def updates(rounds: int) -> dict[str, Updates]:
    """Return the times of so many updates of each kind, by what was measured; raises ProgramError."""
    found = {}
    async with _served() as base, chromium() as browser:
        for name, (where, what) in KINDS.items():
            for count in COUNTS:
                page = await browser.new_page(viewport={"width": 1280, "height": 900})
                await page.goto(base)
                arguments: dict[str, Any] = {
                    "where": where, "what": what, "count": count, "rounds": rounds, "build": _BUILD,
                }  # fmt: skip
                took = await page.evaluate(_HARNESS, arguments)
                await page.close()
                told = name.format(count=count, s="" if count == 1 else "s")
                found[told] = Updates(
                    tuple(took["times"]), tuple(took["whole"]), tuple(took["longest"])
                )
    return found


@asynccontextmanager
async def _served() -> AsyncIterator[str]:
    async def index(_request: web.Request) -> web.Response:
        return web.Response(text=_PAGE, content_type="text/html")

    app = web.Application()
    app.router.add_get("/zmartcharge/chargers", index)
    app.router.add_static(_BASE, BUILT)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        yield f"http://127.0.0.1:{port}/zmartcharge/chargers"
    finally:
        await runner.cleanup()
