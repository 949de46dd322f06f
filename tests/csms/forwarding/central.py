"""Another central system on a real socket, which does what it is told to, well or badly."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
import json
from typing import Any

from aiohttp import WSMsgType, encode_basic_auth, web

NOW_TEXT = "2026-11-21T12:00:00Z"
PASSWORD = "their-password-1"

type Answer = Callable[[str, dict[str, Any]], dict[str, Any] | None]


@dataclass
class FakeCentral:
    """Keeps what it hears. ``answers`` None to an action: it never answers."""

    port: int = 0
    protocols: tuple[str, ...] = ("ocpp1.6", "ocpp2.0.1", "ocpp2.1")
    status: int | None = None
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    #: Actions that get another answer: a payload, an error code, or None for silence.
    answers: dict[str, Any] = field(default_factory=dict)
    logins: list[str | None] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    results: dict[str, list[Any]] = field(default_factory=dict)
    next_transaction: int = 9000
    interval: int = 300
    on_open: Callable[[web.WebSocketResponse], Awaitable[None]] | None = None

    def all(self, action: str) -> list[dict[str, Any]]:
        """Return what was said of one kind."""
        return [payload for heard, payload in self.heard if heard == action]

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ocpp"

    @property
    def socket(self) -> web.WebSocketResponse:
        return self.sockets[-1]

    async def ask(self, action: str, payload: dict[str, Any], number: str = "q") -> list[Any]:
        """Ask the charger something and return the frame that answers it.

        A new connection is asked again: an hour that passes at once may end the one before.
        """
        self.results.pop(number, None)
        asked: web.WebSocketResponse | None = None
        async with asyncio.timeout(10):
            while number not in self.results:
                if asked is not self.socket:
                    asked = self.socket
                    with suppress(ConnectionError):
                        await asked.send_str(json.dumps([2, number, action, payload]))
                await asyncio.sleep(0.002)
        return self.results[number]

    async def drop(self) -> None:
        """Cut every connection without a word."""
        for socket in self.sockets:
            if socket._req is not None and socket._req.transport is not None:
                socket._req.transport.abort()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.logins.append(request.headers.get("Authorization"))
        self.paths.append(request.path)
        if self.status is not None:
            return web.Response(status=self.status)
        socket = web.WebSocketResponse(protocols=self.protocols)
        await socket.prepare(request)
        self.sockets.append(socket)
        if self.on_open:
            await self.on_open(socket)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self._hear(socket, json.loads(message.data))
        return socket

    async def _hear(self, socket: web.WebSocketResponse, frame: list[Any]) -> None:
        match frame:
            case [2, number, action, payload]:
                self.heard.append((action, payload))
                await self._answer(socket, number, action)
            case [_, number, *_]:
                self.results[number] = frame

    async def _answer(self, socket: web.WebSocketResponse, number: str, action: str) -> None:
        answer = self.answers[action] if action in self.answers else self._usual(action)
        if answer is None:
            return
        if isinstance(answer, str):
            await socket.send_str(json.dumps([4, number, answer, "", {}]))
        else:
            await socket.send_str(json.dumps([3, number, answer]))

    def _usual(self, action: str) -> dict[str, Any]:
        match action:
            case "BootNotification":
                return {
                    "status": "Accepted",
                    "interval": self.interval,
                    "currentTime": NOW_TEXT,
                }
            case "StartTransaction":
                self.next_transaction += 1
                return {
                    "transactionId": self.next_transaction,
                    "idTagInfo": {"status": "Accepted"},
                }
            case "Heartbeat":
                return {"currentTime": NOW_TEXT}
            case "Authorize":
                accepted = {"status": "Accepted"}
                return {"idTagInfo": accepted, "idTokenInfo": accepted}
        return {}

    def knows(self, identity: str, password: str = PASSWORD) -> bool:
        """Tell whether the newest login was this one."""
        return self.logins[-1] == encode_basic_auth(identity, password)


@asynccontextmanager
async def running(central: FakeCentral) -> AsyncGenerator[FakeCentral]:
    """Let a central system listen; on the port that it had, when it is started again."""
    application = web.Application()
    application.router.add_get("/{path:.*}", central.serve)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", central.port)
    await site.start()
    assert runner.addresses
    central.port = runner.addresses[0][1]
    try:
        yield central
    finally:
        await central.drop()
        await runner.cleanup()
