"""Ends this process by SIGKILL at a boundary between two steps of keeping something."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
import os
import signal
import sqlite3
import threading
import time
from typing import Any

from aiohttp import web
from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.engine.interfaces import DBAPIConnection

#: The longest that a kill within a commit waits after it began, in seconds: a sync of the disk.
WITHIN = 0.004


class Boundary(StrEnum):
    """Where a process can end, in the order in which a message meets them."""

    BEFORE_WRITE = "before a write"
    BEFORE_COMMIT = "before a commit"
    WITHIN_COMMIT = "within a commit"
    AFTER_COMMIT = "after a commit"
    BEFORE_ANSWER = "before an answer"
    AFTER_ANSWER = "after an answer"


@dataclass(frozen=True, slots=True)
class Kill:
    """At which of the boundaries of one kind the process ends; ``delay`` is for those within one."""

    boundary: Boundary
    count: int
    delay: float = 0.0


class Reaper:
    """Counts the boundaries that are passed, and ends the process at the one that was asked for."""

    def __init__(self, kill: Kill, end: Callable[[], None] | None = None) -> None:
        self._kill = kill
        self._passed: Counter[Boundary] = Counter()
        self._end = end or _end

    def passes(self, boundary: Boundary) -> None:
        """Pass a boundary, or end there."""
        self._passed[boundary] += 1
        if boundary is not self._kill.boundary or self._passed[boundary] != self._kill.count:
            return
        if boundary is not Boundary.WITHIN_COMMIT:
            self._end()
            return
        # SQLite lets other threads run while it writes and syncs.
        threading.Thread(target=self._end_soon, daemon=True).start()

    def _end_soon(self) -> None:
        time.sleep(self._kill.delay)
        self._end()


def _end() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def watch(reaper: Reaper) -> None:
    """Let every write, commit and answer of this process pass the reaper, for good."""
    _watch_answers(reaper)
    commit: Callable[[DefaultDialect, DBAPIConnection], None] = DefaultDialect.do_commit
    wrote = False

    def before_cursor_execute(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        nonlocal wrote
        if statement.lstrip()[:6].upper() in {"INSERT", "UPDATE", "DELETE"}:
            reaper.passes(Boundary.BEFORE_WRITE)
            wrote = True

    def do_commit(dialect: DefaultDialect, connection: DBAPIConnection) -> None:
        nonlocal wrote
        if not wrote:
            commit(dialect, connection)
            return
        wrote = False
        reaper.passes(Boundary.BEFORE_COMMIT)
        reaper.passes(Boundary.WITHIN_COMMIT)
        commit(dialect, connection)
        reaper.passes(Boundary.AFTER_COMMIT)

    event.listen(Engine, "before_cursor_execute", before_cursor_execute)
    DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]


def _watch_answers(reaper: Reaper) -> None:
    # Its class is generic in how it decodes, which is no concern of what is sent.
    response: Any = web.WebSocketResponse
    send = response.send_str

    async def send_str(socket: Any, data: str, compress: int | None = None) -> None:
        is_answer = data.startswith("[3")
        if is_answer:
            reaper.passes(Boundary.BEFORE_ANSWER)
        await send(socket, data, compress)
        if is_answer:
            reaper.passes(Boundary.AFTER_ANSWER)

    response.send_str = send_str


def reader(path: str) -> sqlite3.Connection:
    """Open a ledger to look into, so that what a killed process left behind stays as it is."""
    connection = sqlite3.connect(path, isolation_level=None)
    # Whoever closes a database last would tidy up for the process that comes next.
    connection.setconfig(sqlite3.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, True)
    connection.row_factory = sqlite3.Row
    return connection
