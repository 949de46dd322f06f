"""One charger's WebSocket, from accepted to closed."""

import asyncio
from collections.abc import Callable
import contextlib
from datetime import datetime
import logging

from aiohttp import WSCloseCode, WSMsgType, web

from .adapter import StationAdapter
from .limits import Pace
from .resync import resynchronise
from .station import ChargePointHandler
from .v16 import Station16
from .v21 import Station21
from .v201 import ChargerMemory, Station201

_LOGGER = logging.getLogger(__name__)

#: Seconds. aiohttp's own heartbeat leaves a timer behind each closed connection.
PING_INTERVAL = 60.0
PONG_TIMEOUT = 30.0
FINISH_TIMEOUT = 5.0
#: The subprotocols that we speak (the IANA registry's names).
OCPP_16, OCPP_201, OCPP_21 = "ocpp1.6", "ocpp2.0.1", "ocpp2.1"
SUBPROTOCOLS = frozenset({OCPP_16, OCPP_201, OCPP_21})
_VERSIONS_2 = {OCPP_201: Station201, OCPP_21: Station21}


class Connection:
    """Feeds a charger's frames to its station and keeps order when it ends."""

    def __init__(
        self,
        charge_point_id: str,
        remote: str,
        socket: web.WebSocketResponse,
        handler: ChargePointHandler,
        clock: Callable[[], datetime],
        memory: ChargerMemory,
        pace: Pace,
    ) -> None:
        """Take an accepted WebSocket, what is remembered of the charger, and how fast it may talk."""
        self._id = charge_point_id
        self._socket = socket
        self._handler = handler
        self._pace = pace
        self._pong = asyncio.Event()
        self._ended = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._cleaning: asyncio.Future[None] | None = None
        # The seam for other versions: one adapter each, chosen by the socket's subprotocol. A charger
        # that offers none is taken to speak 1.6.
        self.station: StationAdapter
        send, close = socket.send_str, self.close
        if version := _VERSIONS_2.get(socket.ws_protocol or ""):
            self.station = version(charge_point_id, remote, send, close, handler, clock, memory)
        else:
            self.station = Station16(charge_point_id, remote, send, close, handler, clock)

    async def run(self) -> None:
        """Serve the charger until its connection ends."""
        station = self.station
        self._task = asyncio.ensure_future(self._read())
        serving = asyncio.ensure_future(station.serve())
        watching = asyncio.ensure_future(self._watch())
        resync = asyncio.ensure_future(resynchronise(self._id, station, self._handler))
        vital = (self._task, serving, watching)
        try:
            await self._handler.attached(station)
            # A failed send ends the serving before the reader notices: either one ends it all.
            await asyncio.wait(vital, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # Home Assistant's server cancels us when the peer vanishes: the end must come all the
            # same, or the charger would be shown as connected for ever.
            self._cleaning = asyncio.ensure_future(self._clean_up((*vital, resync)))
            await asyncio.shield(self._cleaning)

    async def _clean_up(self, tasks: tuple[asyncio.Future[None], ...]) -> None:
        self.station.hang_up()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.close()
        await self._handler.detached(self.station)
        self._ended.set()

    async def close(self, code: WSCloseCode = WSCloseCode.GOING_AWAY, message: bytes = b"") -> None:
        """Close the WebSocket; ``run`` ends by that."""
        with contextlib.suppress(ConnectionError, RuntimeError):
            await self._socket.close(code=code, message=message, drain=False)

    async def finish(self, message: bytes) -> None:
        """Close the WebSocket and wait until the handler has heard of it."""
        await self.close(message=message)
        await self._wait_for_end()

    async def abandon(self) -> None:
        """End a connection whose other side does not answer any more."""
        if self._task:
            self._task.cancel()
            await self._wait_for_end()

    async def _wait_for_end(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FINISH_TIMEOUT):
                await self._ended.wait()

    async def alive(self, timeout: float) -> bool:
        """Ping the charger and tell whether it answered within ``timeout`` seconds."""
        if self._socket.closed or self._ended.is_set():
            return False
        self._pong.clear()
        try:
            async with asyncio.timeout(timeout):
                await self._socket.ping()
                await self._pong.wait()
        except TimeoutError, ConnectionError, RuntimeError:
            return False
        return True

    async def _watch(self) -> None:
        """Return when the charger has fallen silent and does not answer a ping any more."""
        while True:
            before = self.station.last_message_at
            await asyncio.sleep(PING_INTERVAL)
            if self.station.last_message_at == before and not await self.alive(PONG_TIMEOUT):
                _LOGGER.info("%s does not answer any more", self._id)
                return

    async def _read(self) -> None:
        while True:
            message = await self._socket.receive()
            await self._pace.keep()
            match message.type:
                case WSMsgType.TEXT:
                    await self.station.feed(message.data)
                case WSMsgType.PING:
                    await self._socket.pong(message.data)
                case WSMsgType.PONG:
                    self._pong.set()
                case WSMsgType.BINARY:
                    _LOGGER.warning("%s sent a binary frame: closed", self._id)
                    await self.close(WSCloseCode.UNSUPPORTED_DATA, b"text frames only")
                    return
                case _:
                    return
