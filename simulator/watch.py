"""Waiting for something to become true, without polling."""

import asyncio
from collections.abc import Callable


class Watch[T]:
    """Lets tasks wait until a predicate on ``subject`` holds."""

    def __init__(self, subject: T) -> None:
        """Watch ``subject``, whose owner calls ``notify`` after each change."""
        self._subject = subject
        self._waiting: list[tuple[Callable[[T], object], asyncio.Future[None]]] = []

    def notify(self) -> None:
        """Wake the tasks whose predicate holds now; an error in one goes to its own task."""
        still: list[tuple[Callable[[T], object], asyncio.Future[None]]] = []
        for predicate, future in self._waiting:
            if future.done():
                continue
            try:
                holds = bool(predicate(self._subject))
            except Exception as error:  # noqa: BLE001 - belongs to the task that asked
                future.set_exception(error)
                continue
            if holds:
                future.set_result(None)
            else:
                still.append((predicate, future))
        self._waiting = still

    async def wait_for(self, predicate: Callable[[T], object], timeout: float) -> None:
        """Return when ``predicate`` holds. Raises ``TimeoutError`` after ``timeout`` seconds."""
        if predicate(self._subject):
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((predicate, future))
        async with asyncio.timeout(timeout):
            await future
