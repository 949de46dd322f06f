"""A small central system, made of the ocpp library on an aiohttp server."""

import asyncio
from base64 import b64decode
from collections import deque
from collections.abc import Callable
from typing import Any

import aiohttp
from aiohttp import WSMsgType, web
from ocpp.exceptions import InternalError
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call_result
from ocpp.v16.enums import Action

from simulator.watch import Watch

BOOT_TIME = "2026-01-15T12:00:00Z"


class _Socket:
    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket

    async def recv(self) -> str:
        message = await self._socket.receive()
        if message.type is not WSMsgType.TEXT:
            raise ConnectionError(message.type.name)
        return str(message.data)

    async def send(self, text: str) -> None:
        await self._socket.send_str(text)


class Peer(ChargePoint):  # type: ignore[misc]
    """The central system's side of one connection."""

    central: CentralSystem

    def _note(self, action: str, request: dict[str, Any]) -> None:
        self.central.requests.append((action, request))
        self.central.watch.notify()

    @on(Action.boot_notification)
    def on_boot_notification(self, **request: Any) -> Any:
        self._note("BootNotification", request)
        status, interval = (
            self.central.boot_answers.popleft() if self.central.boot_answers else ("Accepted", 300)
        )
        return call_result.BootNotification(
            current_time=BOOT_TIME, interval=interval, status=status
        )

    @on(Action.heartbeat)
    def on_heartbeat(self) -> Any:
        self._note("Heartbeat", {})
        return call_result.Heartbeat(current_time=BOOT_TIME)

    @on(Action.authorize)
    def on_authorize(self, **request: Any) -> Any:
        self._note("Authorize", request)
        return call_result.Authorize(id_tag_info=self.central.id_tag_info(request["id_tag"]))

    @on(Action.status_notification)
    def on_status_notification(self, **request: Any) -> Any:
        self._note("StatusNotification", request)
        return call_result.StatusNotification()

    @on(Action.start_transaction)
    async def on_start_transaction(self, **request: Any) -> Any:
        self._note("StartTransaction", request)
        if self.central.stalled_starts:
            self.central.stalled_starts -= 1
            await self.central.released.wait()
        if self.central.failing_starts:
            self.central.failing_starts -= 1
            raise InternalError
        self.central.last_id += 1
        return call_result.StartTransaction(
            transaction_id=self.central.last_id,
            id_tag_info=self.central.id_tag_info(request["id_tag"]),
        )

    @on(Action.stop_transaction)
    def on_stop_transaction(self, **request: Any) -> Any:
        self._note("StopTransaction", request)
        return call_result.StopTransaction()

    @on(Action.meter_values)
    def on_meter_values(self, **request: Any) -> Any:
        self._note("MeterValues", request)
        return call_result.MeterValues()

    @on(Action.data_transfer)
    def on_data_transfer(self, **request: Any) -> Any:
        self._note("DataTransfer", request)
        return call_result.DataTransfer(status="Accepted")


class CentralSystem:
    """Listens on 127.0.0.1, keeps every request, answers as it is told to."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.boot_answers: deque[tuple[str, int]] = deque()
        self.id_tags: dict[str, dict[str, Any]] = {}
        self.failing_starts = 0
        self.stalled_starts = 0
        self.released = asyncio.Event()
        self.last_id = 1000
        self.status_code: int | None = None
        self.subprotocols: tuple[str, ...] = ("ocpp1.6",)
        self.credentials: list[tuple[str, bytes] | None] = []
        self.peer: Peer | None = None
        self.connections = 0
        self.watch = Watch(self)
        self._sockets: set[web.WebSocketResponse] = set()
        self._runner: web.AppRunner | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ocpp"

    def id_tag_info(self, id_tag: str) -> dict[str, Any]:
        return self.id_tags.get(id_tag, {"status": "Accepted"})

    def of(self, action: str) -> list[dict[str, Any]]:
        return [request for name, request in self.requests if name == action]

    def statuses(self, connector_id: int = 1) -> list[str]:
        return [
            request["status"]
            for request in self.of("StatusNotification")
            if request["connector_id"] == connector_id
        ]

    async def wait_for(
        self, predicate: Callable[[CentralSystem], object], timeout: float = 10.0
    ) -> None:
        await self.watch.wait_for(predicate, timeout)

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/ocpp/{id}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        for socket in tuple(self._sockets):
            await socket.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.credentials.append(credentials_of(request.headers.get("Authorization")))
        if self.status_code is not None:
            self.watch.notify()
            return web.Response(status=self.status_code)
        socket = web.WebSocketResponse(protocols=self.subprotocols, timeout=1.0)
        await socket.prepare(request)
        self._sockets.add(socket)
        self.connections += 1
        peer = Peer(request.match_info["id"], _Socket(socket), response_timeout=5)
        peer.central = self
        self.peer = peer
        self.watch.notify()
        try:
            await peer.start()
        except ConnectionError, aiohttp.ClientError:
            pass
        finally:
            self._sockets.discard(socket)
            if self.peer is peer:
                self.peer = None
            self.watch.notify()
        return socket

    async def call(self, payload: Any) -> Any:
        assert self.peer is not None
        return await asyncio.wait_for(self.peer.call(payload, suppress=False), 5)


def credentials_of(header: str | None) -> tuple[str, bytes] | None:
    """Return the user and password of an Authorization header."""
    if header is None:
        return None
    user, _, password = b64decode(header.removeprefix("Basic ")).partition(b":")
    return user.decode(), password
