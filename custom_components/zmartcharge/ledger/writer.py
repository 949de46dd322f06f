"""The one thread that works on the database, and commits what waits as one group.

A commit costs a sync of the disk, so operations that wait together share one. Nobody is answered
before the commit. When the group cannot be committed, each operation is tried alone, so that one
which cannot be done does not fail the others.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
import queue
import threading
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from .engine import open_engine
from .errors import LedgerClosedError, LedgerUnavailableError, ledger_error
from .migrations import migrate

#: Operations in one transaction, so that the first does not wait for long.
MAX_GROUP = 256

type Work[T] = Callable[[Connection], T]


@dataclass(frozen=True, slots=True)
class _Operation:
    work: Work[Any]
    answer: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _Outcome:
    operation: _Operation
    result: Any = None
    error: Exception | None = None

    def deliver(self) -> None:
        answer = self.operation.answer
        if answer.done():  # nobody waits any more
            return
        if self.error is not None:
            answer.set_exception(self.error)
        else:
            answer.set_result(self.result)


class Writer:
    """Runs operations in its own thread, for the event loop that made it."""

    def __init__(self, url: str) -> None:
        """Make a writer that has not begun."""
        self._url = url
        self._loop = asyncio.get_running_loop()
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._queue: queue.SimpleQueue[_Operation | None] = queue.SimpleQueue()
        self._closing = False
        # A daemon: nothing that was acknowledged is lost if nobody closes the ledger.
        self._thread = threading.Thread(target=self._run, name="zmartcharge ledger", daemon=True)

    async def open(self) -> None:
        """Open the database; raises LedgerError."""
        self._thread.start()
        try:
            await asyncio.shield(self._opened)
        except BaseException:
            await self.close()
            raise

    async def run[T](self, work: Work[T]) -> T:
        """Run work and return its result once it is committed; raises LedgerError."""
        if self._closing:
            raise LedgerClosedError("the ledger is closed")
        answer: asyncio.Future[T] = self._loop.create_future()
        self._queue.put(_Operation(work, answer))
        return await answer

    async def close(self) -> None:
        """Finish what waits and end the thread."""
        if not self._closing:
            self._closing = True
            self._queue.put(None)
        await asyncio.shield(self._ended)
        self._thread.join()

    def _run(self) -> None:
        try:
            engine = _open(self._url)
        except Exception as err:  # noqa: BLE001  the barrier: whoever opens must be answered
            self._tell(self._opened.set_exception, ledger_error(err))
        else:
            self._tell(self._opened.set_result, None)
            while self._work_off(engine):
                pass
            engine.dispose()
        finally:
            self._tell(self._ended.set_result, None)

    def _work_off(self, engine: Engine) -> bool:
        """Run the operations that wait as a group; False once the writer is to end."""
        group: list[_Operation] = []
        item = self._queue.get()
        while item is not None:
            group.append(item)
            if len(group) == MAX_GROUP or self._queue.empty():
                break
            item = self._queue.get()
        if group:
            self._tell(_deliver, _commit(engine, group))
        return item is not None

    def _tell[*Ts](self, callback: Callable[[*Ts], object], *args: *Ts) -> None:
        try:
            self._loop.call_soon_threadsafe(callback, *args)
        except RuntimeError:
            # The loop is gone, and with it everybody who waited.
            return


def _open(url: str) -> Engine:
    engine = open_engine(url)
    try:
        migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _deliver(outcomes: list[_Outcome]) -> None:
    for outcome in outcomes:
        outcome.deliver()


def _commit(engine: Engine, group: list[_Operation]) -> list[_Outcome]:
    if len(group) == 1:
        return [_alone(engine, group[0])]
    try:
        with engine.begin() as connection:
            return [_attempt(connection, operation) for operation in group]
    except Exception as err:  # noqa: BLE001  the barrier: whoever waits must be answered
        error = ledger_error(err)
        # A database that cannot be reached would keep each of them waiting for its time-out.
        unreachable = isinstance(err, OperationalError) and isinstance(
            error, LedgerUnavailableError
        )
        if not unreachable:
            return [outcome for operation in group for outcome in _commit(engine, [operation])]
        return [_Outcome(operation, error=error) for operation in group]


def _alone(engine: Engine, operation: _Operation) -> _Outcome:
    """Run an operation in a transaction of its own: what fails takes nobody with it."""
    fault: Exception | None = None
    try:
        with engine.begin() as connection:
            try:
                return _Outcome(operation, result=operation.work(connection))
            except SQLAlchemyError:
                raise
            except Exception as err:
                fault = err
                raise
    except Exception as err:  # noqa: BLE001  the barrier: whoever waits must be answered
        return _Outcome(operation, error=err if err is fault else ledger_error(err))


def _attempt(connection: Connection, operation: _Operation) -> _Outcome:
    savepoint = connection.begin_nested()
    try:
        result = operation.work(connection)
    except SQLAlchemyError:
        # The database's own trouble may have ended the whole transaction, and the savepoint.
        raise
    except Exception as err:  # noqa: BLE001  the barrier: a fault must not end the thread
        savepoint.rollback()
        return _Outcome(operation, error=err)
    savepoint.commit()
    return _Outcome(operation, result=result)
