"""Kill -9 at the write boundaries of the ledger: what was acknowledged, and what of it was lost.

Chargers charge on real sockets while the central system and its ledger are killed, again and again,
before, within and after writes, commits and answers; then they say again what was not acknowledged.
"""

import asyncio
from pathlib import Path
import tempfile

from ..report import Figure, Goal, show
from .bench import Outcome, measure
from .boundaries import Boundary

KILLS = 1000


def run(*, as_json: bool, seed: int, kills: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="zmartcharge-durability-") as folder:
        outcome = asyncio.run(measure(Path(folder), kills, seed))
    title = f"Durability, {kills} kills of a central system with four connectors"
    show(title, figures_of(outcome), goals_of(outcome), as_json=as_json)


def figures_of(outcome: Outcome) -> list[Figure]:
    """Return what was done and how long it took."""
    return [
        *(Figure(f"kills {each}", outcome.kills[each], "") for each in Boundary),
        Figure("messages acknowledged", outcome.acknowledged, ""),
        Figure("sessions", outcome.sessions, ""),
        Figure("energy", outcome.energy_wh / 1000, "kWh"),
        Figure("duration", outcome.seconds, "s"),
    ]


def goals_of(outcome: Outcome) -> list[Goal]:
    """Return what must be nothing."""
    found = {
        "acknowledged energy lost, Wh": outcome.lost_wh,
        "sessions without a record": outcome.missing,
        "records too many": outcome.duplicates,
        "transaction ids reused": outcome.reused_ids,
        "other answers to the same StartTransaction": outcome.other_answers,
        "sessions and unattributed energy beside the registers, Wh": outcome.difference_wh,
    }
    return [Goal(name, value, 0, at_most=True) for name, value in found.items()]
