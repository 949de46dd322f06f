"""A source that is opened again whenever it is lost."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
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


class ReconnectingSource(Source, ABC):
    """Reads a stream; opens it again, ever more slowly, when it ends, fails or falls silent.

    A silent stream is a lost one: a meter sends every ten seconds at least, and a TCP peer that lost
    its power says nothing.
    """

    def __init__(self, idle_timeout: float, backoff: Backoff | None = None) -> None:
        self._idle_timeout = idle_timeout
        self._backoff = Backoff() if backoff is None else backoff

    @abstractmethod
    def _open(self) -> AbstractAsyncContextManager[asyncio.StreamReader]:
        """Open the stream; raise ``OSError`` when that fails."""

    @override
    async def chunks(self) -> AsyncGenerator[bytes]:
        while True:
            try:
                async with self._open() as reader:
                    _LOGGER.info("Opened %s", self.description)
                    while chunk := await self._read(reader):
                        self._backoff.reset()
                        yield chunk
                problem = "it was closed at the other end"
            except TimeoutError:
                problem = f"nothing came for {self._idle_timeout:g} s"
            except OSError as error:
                problem = error.strerror or str(error) or type(error).__name__
            delay = self._backoff.wait()
            _LOGGER.warning(
                "No meter at %s: %s; next try in %g s", self.description, problem, delay
            )
            await asyncio.sleep(delay)

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        async with asyncio.timeout(self._idle_timeout):
            return await reader.read(_CHUNK)
