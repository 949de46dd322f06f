"""A HAN port behind a TCP server."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import override

from ..config import TcpConfig
from .reconnecting import Backoff, LostError, ReconnectingSource, read_stream

_CONNECT_TIMEOUT = 10.0


class TcpSource(ReconnectingSource):
    """Reads from host and port; never sends anything."""

    def __init__(self, config: TcpConfig, backoff: Backoff | None = None) -> None:
        super().__init__(backoff)
        self._config = config

    @property
    @override
    def description(self) -> str:
        return f"{self._config.host}:{self._config.port}"

    @override
    async def _session(self) -> AsyncGenerator[bytes]:
        try:
            async with asyncio.timeout(_CONNECT_TIMEOUT):
                reader, writer = await asyncio.open_connection(self._config.host, self._config.port)
        except TimeoutError as error:
            raise LostError(
                "it does not answer; check the address and that it is switched on"
            ) from error
        try:
            async for chunk in read_stream(reader, self._config.idle_timeout):
                yield chunk
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
