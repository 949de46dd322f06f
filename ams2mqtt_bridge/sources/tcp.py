"""A HAN port behind a TCP server."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import override

from ..config import TcpConfig
from .reconnecting import Backoff, ReconnectingSource

_CONNECT_TIMEOUT = 10.0


class TcpSource(ReconnectingSource):
    """Reads from host and port; never sends anything."""

    def __init__(self, config: TcpConfig, backoff: Backoff | None = None) -> None:
        super().__init__(config.idle_timeout, backoff)
        self._host = config.host
        self._port = config.port

    @property
    @override
    def description(self) -> str:
        return f"{self._host}:{self._port}"

    @asynccontextmanager
    @override
    async def _open(self) -> AsyncGenerator[asyncio.StreamReader]:
        try:
            async with asyncio.timeout(_CONNECT_TIMEOUT):
                reader, writer = await asyncio.open_connection(self._host, self._port)
        except TimeoutError as error:
            raise ConnectionError("it does not answer") from error
        try:
            yield reader
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
