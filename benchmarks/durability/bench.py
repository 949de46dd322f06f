"""Lets chargers charge while their central system is killed again and again, and does the sums."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
import contextlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import json
import os
from pathlib import Path
from random import Random
import signal
import sys
import time
from typing import Any, Self

from aiohttp import ClientSession

from custom_components.zmartcharge.ledger import Ledger, Session
from script.lib.demo.processes import free_port

from .boundaries import WITHIN, Boundary, reader
from .charger import Charger, RealSession

_ROOT = Path(__file__).parents[2]
#: Chargers and their connectors: together, so that commits have more than one message.
_CHARGERS = {"CP1": 1, "CP2": 2, "CP3": 1}
#: At most so many of its kind are passed before the kill.
_MOST = {
    Boundary.BEFORE_WRITE: 40,
    Boundary.BEFORE_COMMIT: 10,
    Boundary.WITHIN_COMMIT: 10,
    Boundary.AFTER_COMMIT: 10,
    Boundary.BEFORE_ANSWER: 15,
    Boundary.AFTER_ANSWER: 15,
}
#: How far back the chargers' own time begins: the ledger believes no time that is to come.
_PAST = timedelta(days=1500)
#: Seconds in which a life must have ended.
_PATIENCE = 60.0


@dataclass(slots=True)
class Outcome:
    """What came of it; energy in Wh."""

    kills: Counter[Boundary] = field(default_factory=Counter)
    seconds: float = 0.0
    acknowledged: int = 0
    sessions: int = 0
    energy_wh: int = 0
    lost_wh: int = 0
    missing: int = 0
    duplicates: int = 0
    reused_ids: int = 0
    other_answers: int = 0
    #: What sessions and unattributed energy differ by from what the registers rose by.
    difference_wh: int = 0


class _Victim:
    """The process that forks central systems to be killed."""

    def __init__(self, process: asyncio.subprocess.Process, path: Path, port: int) -> None:
        self._process = process
        self._order = {"path": str(path), "port": port, "chargers": list(_CHARGERS)}

    @classmethod
    async def start(cls, path: Path, port: int) -> Self:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "benchmarks.durability.victim",
            cwd=_ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        return cls(process, path, port)

    async def live(self, **kill: Any) -> int | None:
        """Begin a life; return its process id once chargers can come, None when it ended before."""
        assert self._process.stdin
        self._process.stdin.write(f"{json.dumps(self._order | kill)}\n".encode())
        process: int | None = (await self._hear()).get("ready")
        return process

    async def ended(self) -> int:
        """Return the signal that ended the life."""
        return int((await self._hear())["ended"])

    async def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        await self._process.wait()

    async def _hear(self) -> dict[str, Any]:
        assert self._process.stdout
        async with asyncio.timeout(_PATIENCE):
            line = await self._process.stdout.readline()
        fact: dict[str, Any] = json.loads(line)
        if fact.get("ended", signal.SIGKILL) not in {0, signal.SIGKILL}:
            raise RuntimeError(f"the central system ended by itself: {fact}")
        return fact


async def measure(folder: Path, kills: int, seed: int) -> Outcome:
    """Kill so often, each time in another place, and return what was lost by it."""
    random, outcome, began = Random(seed), Outcome(), time.monotonic()
    path, port = folder / "ledger.db", free_port()
    url = f"ws://127.0.0.1:{port}"
    chargers = [
        Charger(identity, connectors, Random(random.random()), datetime.now(UTC) - _PAST)
        for identity, connectors in _CHARGERS.items()
    ]
    victim = await _Victim.start(path, port)
    try:
        async with ClientSession() as session:
            for number in range(kills):
                boundary = list(Boundary)[number % len(Boundary)]
                outcome.kills[boundary] += 1
                count, delay = random.randint(1, _MOST[boundary]), random.uniform(0, WITHIN)
                if await victim.live(boundary=boundary, count=count, delay=delay) is None:
                    continue  # as it opened the ledger
                await _charge(session, url, chargers)
                await victim.ended()
                _look(path, chargers, outcome)
            for charger in chargers:
                charger.goes_on = False
            process = await victim.live()
            assert process is not None
            await _charge(session, url, chargers)
            os.kill(process, signal.SIGTERM)
            await victim.ended()
    finally:
        await victim.close()
    await _add_up(path, chargers, outcome)
    outcome.seconds = time.monotonic() - began
    return outcome


async def _charge(session: ClientSession, url: str, chargers: Sequence[Charger]) -> None:
    async with asyncio.timeout(_PATIENCE):
        await asyncio.gather(*(charger.run(session, url) for charger in chargers))


def _look(path: Path, chargers: Iterable[Charger], outcome: Outcome) -> None:
    """Look for what was acknowledged in what a killed process left behind."""
    told = {
        session.transaction_id: session
        for charger in chargers
        for session in charger.sessions[-2 * charger.connectors :]
        if session.transaction_id is not None
    }
    with contextlib.closing(reader(str(path))) as ledger:
        marks = ",".join("?" * len(told))
        rows = ledger.execute(
            "SELECT transaction_id, meter_start_wh, meter_stop_wh, last_register_wh"
            f" FROM sessions WHERE transaction_id IN ({marks})",
            list(told),
        ).fetchall()
    kept = {
        row["transaction_id"]: max(
            row["meter_start_wh"], row["last_register_wh"] or 0, row["meter_stop_wh"] or 0
        )
        for row in rows
    }
    for transaction_id, session in told.items():
        _count_loss(session, kept.get(transaction_id), outcome)


def _count_loss(session: RealSession, kept: int | None, outcome: Outcome) -> None:
    acknowledged = session.acknowledged_wh or session.meter_start
    if kept is None:
        outcome.missing += 1
        kept = session.meter_start
    outcome.lost_wh += max(0, acknowledged - kept)


async def _add_up(path: Path, chargers: Sequence[Charger], outcome: Outcome) -> None:
    """Compare every session as it was with every session in the ledger."""
    ledger = await Ledger.open(f"sqlite:///{path}")
    told: Counter[int | None] = Counter()
    for charger in chargers:
        kept = await ledger.sessions(charge_point_id=charger.identity, limit=10**9)
        unattributed = await ledger.unattributed(charger.identity)
        _compare(charger, kept, outcome)
        delivered = sum(charger.registers.values())
        known = sum(session.energy_wh for session in kept) + unattributed
        outcome.difference_wh += abs(known - delivered)
        outcome.energy_wh += delivered
        outcome.acknowledged += charger.acknowledged
        outcome.other_answers += charger.other_answers
        told.update(session.transaction_id for session in charger.sessions)
    outcome.reused_ids = sum(count - 1 for count in told.values())
    await ledger.close()


def _compare(charger: Charger, kept: Sequence[Session], outcome: Outcome) -> None:
    by_id = {session.transaction_id: session for session in kept}
    for session in charger.sessions:
        assert session.transaction_id is not None  # all was told
        assert session.meter_stop is not None
        record = by_id.get(session.transaction_id)
        energy = session.meter_stop - session.meter_start
        outcome.missing += record is None
        outcome.lost_wh += abs(energy - (record.energy_wh if record else 0))
    outcome.sessions += len(charger.sessions)
    outcome.duplicates += max(0, len(kept) - len(charger.sessions))
