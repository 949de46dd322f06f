"""A central system without a network: its WebSockets are queues in this process."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
import json
from typing import Any

from aiohttp import WSMessage, WSMsgType, web
import pytest

from custom_components.zmartcharge.csms import (
    CentralSystem,
    ChargePointHandler,
    Registration,
    server,
)

_CLOSED = WSMessage(WSMsgType.CLOSED, None, None)


class Directory:
    """Knows chargers that need no key."""

    def __init__(self, handlers: Mapping[str, ChargePointHandler]) -> None:
        self._registrations = {
            identity: Registration(key_hash=None, handler=handler)
            for identity, handler in handlers.items()
        }

    def find(self, charge_point_id: str) -> Registration | None:
        return self._registrations.get(charge_point_id)

    def unknown(self, charge_point_id: str, remote: str) -> None:
        raise AssertionError(charge_point_id)

    def refused(self, charge_point_id: str, remote: str) -> None:
        raise AssertionError(charge_point_id)


class Request:
    """What the central system looks at in a request to upgrade."""

    secure = False
    transport = None

    def __init__(self, line: Line, protocol: str) -> None:
        self.line = line
        self.remote = "192.0.2.1"
        self.headers = {"Upgrade": "websocket", "Sec-WebSocket-Protocol": protocol}


class Line:
    """What goes to and fro between a charger and the central system, until it is cut."""

    def __init__(self) -> None:
        self.to_central: asyncio.Queue[WSMessage] = asyncio.Queue()
        self.to_charger: asyncio.Queue[str | None] = asyncio.Queue()
        #: A charger that is there answers pings; one whose line is dead does not.
        self.alive = True
        self.cut = False

    def say(self, text: str) -> None:
        self.to_central.put_nowait(WSMessage(WSMsgType.TEXT, text, None))

    def end(self) -> None:
        """End the connection, as either side does."""
        if not self.cut:
            self.cut = True
            self.to_central.put_nowait(_CLOSED)
            self.to_charger.put_nowait(None)


class Socket:
    """The central system's end of a line, in the place of aiohttp's WebSocketResponse."""

    def __init__(self, *, protocols: list[str], **_settings: Any) -> None:
        self.ws_protocol = protocols[0] if protocols else None
        self._line: Line

    @property
    def closed(self) -> bool:
        return self._line.cut

    async def prepare(self, request: Any) -> None:
        self._line = request.line

    async def receive(self) -> WSMessage:
        return await self._line.to_central.get()

    async def send_str(self, text: str) -> None:
        if self._line.cut:
            raise ConnectionResetError
        self._line.to_charger.put_nowait(text)

    async def ping(self) -> None:
        if self._line.alive:
            self._line.to_central.put_nowait(WSMessage(WSMsgType.PONG, b"", None))

    async def pong(self, _message: bytes) -> None:
        return None

    async def close(self, **_reason: Any) -> None:
        self._line.end()


class Peer:
    """A charger at its end of a line. It answers what it is asked with NotSupported."""

    def __init__(self, csms: CentralSystem, identity: str, protocol: str = "ocpp1.6") -> None:
        self.line = Line()
        request: Any = Request(self.line, protocol)
        self.serving = asyncio.ensure_future(csms.handle(request, identity))
        self._count = 0

    async def call(self, action: str, payload: Any) -> list[Any]:
        """Send a CALL and return the frame that answers it."""
        self._count += 1
        message_id = f"m{self._count}"
        self.line.say(json.dumps([2, message_id, action, payload]))
        return await self.answer(message_id)

    async def answer(self, message_id: str | None = None) -> list[Any]:
        """Return the frame that answers a CALL of ours; raises ConnectionError without one."""
        while (text := await asyncio.wait_for(self.line.to_charger.get(), 10)) is not None:
            frame: list[Any] = json.loads(text)
            if frame[0] == 2:
                self.line.say(json.dumps([4, frame[1], "NotSupported", "", {}]))
            elif message_id in (None, frame[1]):
                return frame
        raise ConnectionError("the line was cut")

    async def drop(self) -> None:
        """Cut the line and wait until the central system has noticed."""
        self.line.end()
        await self.serving


@asynccontextmanager
async def central_system(
    handlers: Mapping[str, ChargePointHandler], clock: Callable[[], datetime]
) -> AsyncIterator[CentralSystem]:
    """Run a central system whose WebSockets are lines in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(web, "WebSocketResponse", Socket)
        patch.setattr(server, "PROBE_TIMEOUT", 0.01)
        csms = CentralSystem(Directory(handlers), clock)
        yield csms
        await csms.stop()
