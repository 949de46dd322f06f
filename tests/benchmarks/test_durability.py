"""The durability benchmark, small: nothing is lost, and what is lost would be seen."""

from collections import Counter
from datetime import UTC, datetime
import json
from pathlib import Path
from random import Random
import sqlite3
import sys

import pytest

from benchmarks import __main__ as command_line
from benchmarks.durability import Outcome, bench, goals_of, measure
from benchmarks.durability.boundaries import Boundary, Kill, Reaper, reader
from benchmarks.durability.charger import Charger, RealSession

KILLS = 20


@pytest.mark.timeout(200)
async def test_twenty_kills_lose_nothing_that_was_acknowledged(
    tmp_path: Path, socket_enabled: None
) -> None:
    outcome = await measure(tmp_path, KILLS, 9)
    assert [goal for goal in goals_of(outcome) if not goal.met] == []
    assert outcome.kills.total() == KILLS
    assert set(outcome.kills) == set(Boundary)
    assert outcome.sessions > KILLS / 4
    assert outcome.acknowledged > outcome.sessions


def test_process_ends_at_the_boundary_that_was_asked_for() -> None:
    ends: list[Boundary] = []
    reaper = Reaper(Kill(Boundary.AFTER_COMMIT, 2), lambda: ends.append(Boundary.AFTER_COMMIT))
    for boundary in (Boundary.BEFORE_WRITE, Boundary.AFTER_COMMIT, Boundary.BEFORE_WRITE):
        reaper.passes(boundary)
    assert ends == []
    reaper.passes(Boundary.AFTER_COMMIT)
    reaper.passes(Boundary.AFTER_COMMIT)
    assert ends == [Boundary.AFTER_COMMIT]


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Return what a killed process left behind: one session of 500 Wh."""
    path = tmp_path / "ledger.db"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE sessions"
            " (transaction_id, meter_start_wh, meter_stop_wh, last_register_wh)"
        )
        connection.execute("INSERT INTO sessions VALUES (7, 1000, NULL, 1500)")
    connection.close()
    return path


@pytest.mark.parametrize(
    ("transaction_id", "acknowledged", "lost", "missing"),
    [(7, 1500, 0, 0), (7, 1700, 200, 0), (8, 1500, 500, 1), (None, None, 0, 0)],
    ids=["all there", "later value lost", "session lost", "nothing acknowledged"],
)
def test_loss_is_seen(
    ledger: Path, transaction_id: int | None, acknowledged: int | None, lost: int, missing: int
) -> None:
    charger = Charger("CP1", 1, Random(1), datetime(2026, 1, 1, tzinfo=UTC))
    charger.sessions.append(
        RealSession("CP1", 1, 1000, transaction_id=transaction_id, acknowledged_wh=acknowledged)
    )
    outcome = Outcome()
    bench._look(ledger, [charger], outcome)
    assert (outcome.lost_wh, outcome.missing) == (lost, missing)


def test_looking_leaves_the_write_ahead_log_to_the_next_process(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    dead = reader(str(path))
    dead.execute("PRAGMA journal_mode=WAL")
    dead.execute("CREATE TABLE sessions (id)")
    dead.close()
    log = path.with_name("ledger.db-wal")
    left = log.read_bytes()
    with reader(str(path)) as looking:
        assert looking.execute("SELECT * FROM sessions").fetchall() == []
    looking.close()
    assert log.read_bytes() == left != b""


def test_command_prints_figures_and_goals(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def measured(_folder: Path, kills: int, _seed: int) -> Outcome:
        return Outcome(kills=Counter({Boundary.AFTER_COMMIT: kills}), duplicates=1)

    monkeypatch.setattr("benchmarks.durability.measure", measured)
    arguments = ["script/bench", "durability", "--kills", "3", "--json"]
    monkeypatch.setattr(sys, "argv", arguments)
    assert command_line.main() == 0
    told = json.loads(capsys.readouterr().out)
    unmet = [goal["name"] for goal in told["goals"] if not goal["met"]]
    assert unmet == ["records too many"]
    assert {"name": "kills after a commit", "value": 3, "unit": ""} in told["figures"]
