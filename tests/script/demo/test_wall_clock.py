"""A clock of one's own for the demo's programs."""

import asyncio
from datetime import UTC, datetime, timedelta
import json
import os
from pathlib import Path
import sys
from typing import Any

import pytest

from script.lib.demo.processes import ProgramError
from script.lib.demo.wall_clock import WallClock

EVENING = datetime(2030, 12, 9, 21, 46, 30, 500_000, tzinfo=UTC)

_TELL = """\
import datetime, json, sqlite3, sys, threading, time
for _ in sys.stdin:
    began = time.monotonic()
    threading.Lock().acquire() and threading.Event().wait(0.05)
    print(json.dumps({
        "datetime": datetime.datetime.now(datetime.UTC).timestamp(),
        "time": time.time(),
        "nanoseconds": time.time_ns() / 1e9,
        "sqlite": sqlite3.connect(":memory:").execute("select unixepoch('now')").fetchone()[0],
        "waited": time.monotonic() - began,
        "monotonic": began,
    }), flush=True)
"""


async def tell(program: asyncio.subprocess.Process) -> dict[str, Any]:
    """Have a program say what time it is."""
    assert program.stdin
    assert program.stdout
    program.stdin.write(b"\n")
    await program.stdin.drain()
    told: dict[str, Any] = json.loads(await program.stdout.readline())
    return told


def is_near(moment: float, expected: datetime) -> bool:
    """Tell whether a moment is this one, but for the time that asking takes."""
    return abs(moment - expected.timestamp()) < 5


async def test_program_goes_by_the_clock_and_follows_when_it_is_set(tmp_path: Path) -> None:
    clock = await WallClock.make(tmp_path)
    clock.set(EVENING)
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _TELL, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        env={**os.environ, **clock.environment},
    )  # fmt: skip
    first = await tell(program)
    clock.set(EVENING - timedelta(days=3000))
    second = await tell(program)
    assert program.stdin
    program.stdin.close()
    assert await program.wait() == 0

    for kind in ("datetime", "time", "nanoseconds", "sqlite"):
        assert is_near(first[kind], EVENING), kind
        assert is_near(second[kind], EVENING - timedelta(days=3000)), kind
    assert 0.04 < second["waited"] < 5
    assert 0 < second["monotonic"] - first["monotonic"] < 60


async def test_clock_shows_the_machines_time_until_it_is_set(tmp_path: Path) -> None:
    clock = WallClock(tmp_path)
    assert is_near(clock.now().timestamp(), datetime.now(UTC))
    clock.set(EVENING)
    assert is_near(clock.now().timestamp(), EVENING)


async def test_missing_compiler_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramError, match="C compiler"):
        await WallClock.make(tmp_path)


async def test_what_the_compiler_refuses_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler = tmp_path / "cc"
    compiler.write_text("#!/bin/sh\necho wall_clock.c:1: no such header >&2\nexit 1\n")
    compiler.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProgramError, match="no such header"):
        await WallClock.make(tmp_path)
