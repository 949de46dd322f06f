"""A source that is opened again whenever it is lost."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
import logging
from typing import override

from .base import Source

_LOGGER = logging.getLogger(__name__)
_CHUNK = 4096


@dataclass(slots=True)
class Backoff:
    """How many seconds to wait before the next attempt: doubling from ``first`` to ``cap``."""

    first: float = 1.0
    cap: float = 60.0
    _next: float = field(init=False)

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin again, after a success."""
        self._next = self.first

    def wait(self) -> float:
        """Return the seconds to wait now."""
        delay = self._next
        self._next = min(self.cap, delay * 2)
        return delay


class LostError(ConnectionError):
    """What was opened is of no use any more; the text says why."""


class ReconnectingSource(Source, ABC):
    """Reads what can be lost, and opens it again, ever more slowly.

    The same trouble is told once, not at every attempt.
    """

    def __init__(self, backoff: Backoff | None = None) -> None:
        self._backoff = Backoff() if backoff is None else backoff
        self._problem: str | None = None

    @property
    @override
    def problem(self) -> str | None:
        return self._problem

    @abstractmethod
    def _session(self) -> AsyncGenerator[bytes]:
        """Open, and yield octets until it is lost; raise ``OSError`` when that is known to be why."""

    @override
    async def chunks(self) -> AsyncGenerator[bytes]:
        while True:
            problem = "it was closed at the other end"
            try:
                async with aclosing(self._session()) as session:
                    async for chunk in session:
                        self._backoff.reset()
                        self._problem = None
                        yield chunk
            except OSError as error:
                problem = error.strerror or str(error) or type(error).__name__
            delay = self._backoff.wait()
            level = logging.DEBUG if problem == self._problem else logging.WARNING
            _LOGGER.log(
                level, "No meter at %s: %s; next try in %g s", self.description, problem, delay
            )
            self._problem = problem
            await asyncio.sleep(delay)


async def read_stream(reader: asyncio.StreamReader, idle_timeout: float) -> AsyncGenerator[bytes]:
    """Yield what comes until the end; raise ``LostError`` when nothing does for so many seconds.

    A meter sends every ten seconds at least, and a peer that lost its power says nothing.
    """
    while True:
        try:
            async with asyncio.timeout(idle_timeout):
                chunk = await reader.read(_CHUNK)
        except TimeoutError as error:
            raise LostError(f"nothing came for {idle_timeout:g} s") from error
        if not chunk:
            return
        yield chunk
