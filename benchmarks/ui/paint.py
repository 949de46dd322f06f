"""When the card shows its charger on a real dashboard."""

from dataclasses import dataclass
from pathlib import Path
from statistics import median
import tempfile

from playwright.async_api import Page

from script.lib.demo.browser import logged_in
from script.lib.demo.house import House
from script.lib.demo.processes import free_port

#: Milliseconds that anything may take to be there.
_WITHIN = 60_000
#: Notes, in each frame, what is there for the first time; a frame later it is on the screen.
_WATCH = """
(() => {
  const seen = (window.zmartchargeSeen = {});
  const find = (root, name, depth = 0) => {
    if (depth > 40) return null;
    for (const element of root.querySelectorAll("*")) {
      if (element.localName === name) return element;
      const found = element.shadowRoot && find(element.shadowRoot, name, depth + 1);
      if (found) return found;
    }
    return null;
  };
  const look = () => {
    const tile = !seen.tile && find(document, "hui-tile-card");
    if (tile?.shadowRoot?.childElementCount) seen.tile = performance.now();
    const card = find(document, "zmartcharge-home-card-view");
    if (card?.shadowRoot?.querySelector(".message")) {
      requestAnimationFrame(() => (seen.card ??= performance.now()));
      if (seen.tile) return;
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""
_BOTH = "window.zmartchargeSeen?.card && window.zmartchargeSeen?.tile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paint:
    """In ms after the page was asked for.

    ``first`` is with nothing in the browser's cache but what logging in loaded, ``card`` and ``tile``
    are medians of later loads, ``after_tile`` that of the difference of each.
    """

    first: float
    card: float
    worst: float
    tile: float
    after_tile: float


async def first_paints(loads: int) -> Paint:
    """Load the demo's dashboard once and then so many times; raises ProgramError."""
    with tempfile.TemporaryDirectory(prefix="zmartcharge-bench-") as folder:
        async with House(Path(folder), free_port()) as house:
            await house.set_up()
            async with logged_in(house.hass.base) as page:
                await page.add_init_script(_WATCH)
                address = f"{house.hass.base}/zmart-charge/home"
                first, _ = await _load(page, address)
                later = [await _load(page, address) for _ in range(loads)]
    cards = [card for card, _ in later]
    return Paint(
        first=first,
        card=median(cards),
        worst=max(cards),
        tile=median(tile for _, tile in later),
        after_tile=median(card - tile for card, tile in later),
    )


async def _load(page: Page, address: str) -> tuple[float, float]:
    """Return when card and tile were there."""
    await page.goto(address)
    await page.wait_for_function(_BOTH, timeout=_WITHIN)
    seen: dict[str, float] = await page.evaluate("window.zmartchargeSeen")
    return seen["card"], seen["tile"]
