"""The card and the panel: what is loaded, when it is painted on a real dashboard, what an update costs.

Sizes are those of the committed bundle. The dashboard is Home Assistant's own in Chromium, with the
demo's house; updates are measured in Chromium with the same bundle and chargers that are made up.
"""

import asyncio
import sys

from script.lib.demo.processes import ProgramError

from ..report import Figure, Goal, show
from .paint import Paint, first_paints
from .peers import peer_sizes
from .sizes import bundle_sizes
from .updates import Updates, p95, updates

#: In bytes as they are sent (gzip).
_ENTRY, _WHOLE = 15_000, 80_000
#: In ms.
_UPDATE = 50.0
LOADS, UPDATES = 10, 50


def run(*, as_json: bool, loads: int = LOADS, rounds: int = UPDATES) -> None:
    """Measure all and print: ``loads`` of the dashboard, ``rounds`` of updates of each kind."""
    figures, goals = _sizes()
    figures += peer_sizes()
    try:
        painted = asyncio.run(first_paints(loads))
        updated = asyncio.run(updates(rounds))
    except ProgramError as err:
        sys.exit(f"failed: {err}")
    figures += _paints(painted)
    more, further = _updates(updated)
    show("The card and the panel", figures + more, goals + further, as_json=as_json)


def _sizes() -> tuple[list[Figure], list[Goal]]:
    found = bundle_sizes()
    figures = []
    for name, size in found.files.items():
        figures += [
            Figure(f"{name}, raw", size.raw / 1000, "kB"),
            Figure(f"{name}, gzip", size.gzip / 1000, "kB"),
        ]
    figures += [
        Figure("all files, raw", found.whole.raw / 1000, "kB"),
        Figure("all files, gzip", found.whole.gzip / 1000, "kB"),
        Figure("home card in English, with the entry, gzip", found.home.gzip / 1000, "kB"),
    ]
    goals = [
        Goal("entry, kB gzip", found.entry.gzip / 1000, _ENTRY / 1000, at_most=True),
        Goal("all files, kB gzip", found.whole.gzip / 1000, _WHOLE / 1000, at_most=True),
    ]
    return figures, goals


def _paints(found: Paint) -> list[Figure]:
    return [
        Figure("first load after logging in: card shows its charger after", found.first, "ms"),
        Figure("later loads, card shows its charger after, median", found.card, "ms"),
        Figure("later loads, card shows its charger after, worst", found.worst, "ms"),
        Figure("later loads, Home Assistant's own first tile after, median", found.tile, "ms"),
        Figure("later loads, card after the first tile, median", found.after_tile, "ms"),
    ]


def _updates(found: dict[str, Updates]) -> tuple[list[Figure], list[Goal]]:
    figures, goals = [], []
    for name, times in found.items():
        figures += [
            Figure(f"{name}, one update, median", times.median, "ms"),
            Figure(f"{name}, one update, p95", times.p95, "ms"),
        ]
        goals.append(Goal(f"{name}, one update, p95, ms", times.p95, _UPDATE, at_most=True))
        if times.whole:
            wait = p95(times.waits)
            figures += [
                Figure(f"{name}, drawn out of sight too, p95", p95(times.whole), "ms"),
                Figure(f"{name}, page does not answer for, p95", wait, "ms"),
            ]
            goals.append(
                Goal(f"{name}, page does not answer, p95, ms", wait, _UPDATE, at_most=True)
            )
    return figures, goals


__all__ = ["LOADS", "UPDATES", "run"]
