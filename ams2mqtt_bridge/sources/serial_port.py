"""A HAN port on a serial adapter."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import override

import serialx

from ..config import Parity, SerialConfig
from .reconnecting import Backoff, ReconnectingSource

_PARITY = {
    Parity.NONE: serialx.Parity.NONE,
    Parity.EVEN: serialx.Parity.EVEN,
    Parity.ODD: serialx.Parity.ODD,
}


class SerialSource(ReconnectingSource):
    """Reads from a serial port with 8 data bits and 1 stop bit.

    An adapter that is pulled out and put in again under the same name is found again.
    """

    def __init__(self, config: SerialConfig, backoff: Backoff | None = None) -> None:
        super().__init__(config.idle_timeout, backoff)
        self._config = config

    @property
    @override
    def description(self) -> str:
        config = self._config
        return f"{config.port} ({config.baudrate} baud, parity {config.parity})"

    @asynccontextmanager
    @override
    async def _open(self) -> AsyncGenerator[asyncio.StreamReader]:
        config = self._config
        try:
            reader, writer = await serialx.open_serial_connection(
                config.port, config.baudrate, _PARITY[config.parity]
            )
            try:
                yield reader
            finally:
                writer.close()
                await writer.transport.wait_closed()
        except (serialx.SerialException, ValueError) as error:
            raise OSError(str(error)) from error
