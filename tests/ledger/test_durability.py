"""Done means durable: what was acknowledged is there, whatever happens to the process."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
import json
import os
from pathlib import Path
from random import Random
import signal
import sqlite3
import subprocess
import sys
import threading
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from custom_components.zmartcharge.ledger import Ledger, LedgerClosedError, LedgerUnavailableError
from custom_components.zmartcharge.ledger.engine import open_engine

from .builders import CHARGER, a_sample, a_start, started, told

KILLS = 12


@contextmanager
def held(path: Path) -> Generator[None]:
    """Hold the database, so that the ledger has to wait."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


async def queued(ledger: Ledger, path: Path, *work: Any) -> list[Any]:
    """Let operations wait for the database together; return their results or errors."""
    waits = threading.Event()

    def begin(_connection: Connection) -> None:
        waits.set()

    event.listen(Engine, "begin", begin)
    try:
        with held(path):
            first = asyncio.create_task(ledger.open_sessions("nobody"))
            while not waits.is_set():
                await asyncio.sleep(0)
            rest = [asyncio.create_task(one) for one in work]
            await asyncio.sleep(0)
    finally:
        event.remove(Engine, "begin", begin)
    await first
    return await asyncio.gather(*rest, return_exceptions=True)


def test_the_database_is_opened_so_that_commits_last(url: str) -> None:
    engine = open_engine(url)
    with engine.connect() as connection:
        values = {
            pragma: connection.execute(text(f"PRAGMA {pragma}")).scalar_one()
            for pragma in ("synchronous", "journal_mode", "foreign_keys", "busy_timeout")
        }
    engine.dispose()
    full = 2
    assert values == {
        "synchronous": full,
        "journal_mode": "wal",
        "foreign_keys": 1,
        "busy_timeout": 5000,
    }


class Worker:
    """A process that fills ledgers until it is killed."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("victim.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def acknowledged(self, url: str, turn: int, facts: int) -> list[dict[str, Any]]:
        """Kill a worker after so many facts; return all that it managed to say."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{url} {turn}\n")
        worker: int | None = None
        said: list[dict[str, Any]] = []
        killed = False
        for line in self.process.stdout:
            fact = json.loads(line)
            if "ended" in fact:
                return said
            if "worker" in fact:
                worker = fact["worker"]
            else:
                said.append(fact)
            if worker is not None and len(said) >= facts and not killed:
                os.kill(worker, signal.SIGKILL)
                killed = True
        raise AssertionError("the worker's parent ended")

    def close(self) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        assert self.process.wait(10) == 0
        self.process.stdout.close()


async def still_there(url: str, said: list[dict[str, Any]]) -> None:
    ledger = await Ledger.open(url)
    sessions = await asyncio.gather(*(ledger.session(fact["session"]) for fact in said))
    await ledger.close()
    for fact, session in zip(said, sessions, strict=True):
        assert session is not None, fact
        assert fact.get("transaction", session.transaction_id) == session.transaction_id
        assert (session.last_register_wh or 0) >= fact.get("register", 0)
        if "stop" in fact:
            assert session.meter_stop_wh == fact["stop"]
            assert session.stopped_at is not None


async def test_nothing_that_was_acknowledged_is_lost_by_kill_9(url: str) -> None:
    random, worker = Random(9), Worker()
    said: list[dict[str, Any]] = []
    for turn in range(KILLS):
        new = worker.acknowledged(url, turn, random.randrange(1, 40))
        await still_there(url, new)
        said += new
    worker.close()
    await still_there(url, said)
    transactions = [fact["transaction"] for fact in said if "transaction" in fact]
    assert len(set(transactions)) == len(transactions) > KILLS


async def test_what_waits_together_is_committed_together(ledger: Ledger, path: Path) -> None:
    commits: list[object] = []

    def commit(connection: object) -> None:
        commits.append(connection)

    event.listen(Engine, "commit", commit)
    try:
        starts = [ledger.start_transaction(a_start(connector=number)) for number in range(1, 51)]
        results = await queued(ledger, path, *starts)
    finally:
        event.remove(Engine, "commit", commit)
    assert len({result.session.transaction_id for result in results}) == 50
    assert len(commits) <= 3


class Unstorable:
    """No database has a type for this."""


@pytest.mark.parametrize(
    ("connector", "error"),
    [
        pytest.param(2**70, OverflowError, id="refused by the driver"),
        pytest.param(Unstorable(), LedgerUnavailableError, id="refused by the database"),
    ],
)
async def test_an_operation_that_fails_does_not_fail_its_neighbours(
    ledger: Ledger, path: Path, connector: Any, error: type[Exception]
) -> None:
    first, failed, last = await queued(
        ledger,
        path,
        ledger.start_transaction(a_start(connector=1)),
        ledger.start_transaction(a_start(connector=connector)),
        ledger.start_transaction(a_start(connector=2)),
    )
    assert isinstance(failed, error)
    assert set(await ledger.sessions()) == {first.session, last.session}


async def test_a_database_that_stays_locked_fails_all_that_wait_at_once(path: Path) -> None:
    ledger = await Ledger.open(f"sqlite:///{path}?timeout=0.2")
    with held(path):
        work = [ledger.start_transaction(a_start(connector=number)) for number in range(1, 31)]
        async with asyncio.timeout(3):
            results = await asyncio.gather(*work, return_exceptions=True)
    assert all(isinstance(result, LedgerUnavailableError) for result in results)
    session = await started(ledger)
    assert await ledger.sessions() == (session,)
    await ledger.close()


async def test_the_event_loop_goes_on_while_the_database_is_busy(
    ledger: Ledger, path: Path
) -> None:
    turns = 0
    with held(path):
        task = asyncio.create_task(started(ledger))
        while turns < 1000:
            await asyncio.sleep(0)
            turns += 1
        assert not task.done()
    await task


async def test_what_was_asked_before_closing_is_done(url: str, path: Path) -> None:
    ledger = await Ledger.open(url)
    with held(path):
        tasks = [
            asyncio.create_task(started(ledger, a_start(connector=number)))
            for number in range(1, 51)
        ]
        await asyncio.sleep(0)
        closing = [asyncio.create_task(ledger.close()) for _ in range(2)]
        await asyncio.sleep(0)
    await asyncio.gather(*closing)
    sessions = await asyncio.gather(*tasks)
    with pytest.raises(LedgerClosedError) as refused:
        await started(ledger)
    assert refused.value.key == "closed"
    await ledger.close()
    assert not [one for one in threading.enumerate() if one.name == "zmartcharge ledger"]
    assert not path.with_name(f"{path.name}-wal").exists()

    ledger = await Ledger.open(url)
    assert set(await ledger.open_sessions(CHARGER)) == set(sessions)
    await ledger.close()


async def test_who_no_longer_waits_does_not_undo_what_was_asked(ledger: Ledger, path: Path) -> None:
    with held(path):
        task = asyncio.create_task(started(ledger))
        other = asyncio.create_task(started(ledger, a_start(connector=2)))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
        assert task.cancelled()
    session = await other
    assert {one.connector_id for one in await ledger.open_sessions(CHARGER)} == {1, 2}
    assert await told(ledger, session) == session


async def test_opening_can_be_cancelled(url: str, path: Path) -> None:
    await (await Ledger.open(url)).close()
    with held(path):
        task = asyncio.create_task(Ledger.open(url))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not [one for one in threading.enumerate() if one.name == "zmartcharge ledger"]


def test_an_event_loop_that_is_gone_does_not_stop_the_work(url: str, path: Path) -> None:
    async def ask() -> Ledger:
        ledger = await Ledger.open(url)
        held_database.__enter__()
        task = asyncio.create_task(ledger.record_meters([a_sample(700, 0)]))
        await asyncio.sleep(0)
        assert not task.done()
        return ledger

    async def look() -> object:
        ledger = await Ledger.open(url)
        found = await ledger.last_register(CHARGER, 1)
        await ledger.close()
        return found

    held_database = held(path)
    ledger = asyncio.run(ask())
    held_database.__exit__(None, None, None)
    ledger._writer._queue.put(None)
    ledger._writer._thread.join(10)
    assert not ledger._writer._thread.is_alive()
    assert asyncio.run(look())
