"""Statement 10: who says too much is read more slowly, loses nothing, and delays nobody else."""

import asyncio
from functools import partial
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from custom_components.zmartcharge import bookkeeping
from custom_components.zmartcharge.csms import limits, server
from custom_components.zmartcharge.csms.limits import Pace

from .test_statements import Books, iso
from .wire import Peer


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Keep time by hand: waiting makes it pass. Return what was waited, in seconds."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    loop = SimpleNamespace(time=lambda: sum(slept))
    clock = SimpleNamespace(sleep=sleep, get_running_loop=lambda: loop)
    monkeypatch.setattr(limits, "asyncio", clock)
    return slept


async def test_10_a_burst_is_read_at_once_and_the_rest_at_the_rate(slept: list[float]) -> None:
    pace = Pace(burst=3, rate=2)
    for _ in range(3):
        await pace.keep()
    assert slept == []
    for _ in range(4):
        await pace.keep()
    assert slept == [0.5] * 4


async def test_10_silence_earns_a_burst_and_no_more(slept: list[float]) -> None:
    pace = Pace(burst=3, rate=2)
    slept.append(100)
    for _ in range(5):
        await pace.keep()
    assert slept == [100, 0.5, 0.5]


async def test_10_a_charger_that_measures_each_second_never_waits(slept: list[float]) -> None:
    pace = Pace()
    for _ in range(3600):
        for _connector in range(8):
            await pace.keep()
        slept.append(1)
    assert slept == [1] * 3600


async def test_10_a_flood_of_transactions_is_kept_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is dropped, however fast it comes: each start has its record and its answer."""
    monkeypatch.setattr(server, "Pace", partial(Pace, 20, 400))
    books = Books(f"sqlite:///{tmp_path / 'ledger.db'}")
    monkeypatch.setattr(bookkeeping, "dt_util", SimpleNamespace(utcnow=lambda: books.now))
    async with books.open("CP1"):
        peer = Peer(books.csms, "CP1")
        began = asyncio.get_running_loop().time()
        for number in range(100):
            start = {"connectorId": 1, "idTag": "T", "meterStart": 0, "timestamp": iso(number)}
            peer.line.say(json.dumps([2, f"s{number}", "StartTransaction", start]))
        answers = [await peer.answer() for _ in range(100)]
        # 80 beyond the burst at 400 per second.
        assert asyncio.get_running_loop().time() - began > 0.15
        assert {frame[0] for frame in answers} == {3}
        ids = {frame[2]["transactionId"] for frame in answers}
        assert {session.transaction_id for session in await books.sessions()} == ids
        assert len(ids) == 100


async def test_10_connecting_again_is_no_new_burst(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Pace] = []

    def counted() -> Pace:
        made.append(Pace())
        return made[-1]

    monkeypatch.setattr(server, "Pace", counted)
    books = Books(f"sqlite:///{tmp_path / 'ledger.db'}")
    async with books.open("CP1", "CP2"):
        for _ in range(3):
            peer = Peer(books.csms, "CP1")
            assert (await peer.call("Heartbeat", {}))[0] == 3
            await peer.drop()
        assert len(made) == 1
        await Peer(books.csms, "CP2").call("Heartbeat", {})
        assert len(made) == 2
