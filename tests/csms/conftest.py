"""A central system on a random port, a recording handler, and chargers that speak raw frames."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, datetime
import json
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType
import pytest

from custom_components.zmartcharge.csms import (
    AuthorizationStatus,
    CentralSystem,
    IdTagInfo,
    KnownTransaction,
    NotAcknowledgedError,
    Registration,
    StartAnswer,
    VendorAnswer,
    VendorStatus,
    hash_key,
)

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KEY = "abcdefghij0123456789"


@dataclass
class RecordingHandler:
    """Keeps what it hears."""

    heard: list[tuple[str, Any]] = field(default_factory=list)
    station: Any = None
    detached_stations: int = 0
    resumptions: int = 0
    keeps: bool = True
    next_transaction: int = 4711
    info: IdTagInfo = field(default_factory=lambda: IdTagInfo(status=AuthorizationStatus.ACCEPTED))
    signs: bool = False
    cost: float | None = None
    vendor_answer: VendorAnswer = field(
        default_factory=lambda: VendorAnswer(status=VendorStatus.UNKNOWN_VENDOR)
    )

    def all(self, kind: str) -> list[Any]:
        return [message for heard, message in self.heard if heard == kind]

    async def attached(self, station: Any) -> None:
        self.station = station

    async def detached(self, station: Any) -> None:
        self.detached_stations += 1
        if self.station is station:
            self.station = None

    def overhear(self, action: str, payload: Any) -> None: ...

    def overhear_answer(self, action: str, payload: Any, response: Any) -> None: ...

    async def resumed(self) -> None:
        self.resumptions += 1

    async def boot(self, boot: Any) -> None:
        self.heard.append(("boot", boot))

    async def status(self, status: Any) -> None:
        self.heard.append(("status", status))

    async def authorize(self, id_tag: str) -> IdTagInfo:
        self.heard.append(("authorize", id_tag))
        return self.info

    async def start_transaction(self, start: Any) -> StartAnswer:
        if not self.keeps:
            raise NotAcknowledgedError("full")
        self.heard.append(("start", start))
        return StartAnswer(
            transaction_id=self.next_transaction,
            status=self.info.status,
            group=self.info.group,
            valid_until=self.info.valid_until,
        )

    async def stop_transaction(self, stop: Any) -> AuthorizationStatus:
        self.heard.append(("stop", stop))
        return AuthorizationStatus.ACCEPTED

    async def find_transaction(
        self, *, own_id: str | None = None, transaction_id: int | None = None
    ) -> KnownTransaction | None:
        return None

    async def transaction_cost(self, transaction_id: int, *, ended: bool) -> float | None:
        self.heard.append(("cost", (transaction_id, ended)))
        return self.cost

    async def firmware_progress(self, progress: Any) -> None:
        self.heard.append(("firmware", progress))

    async def log_progress(self, progress: Any) -> None:
        self.heard.append(("log", progress))

    async def reservation_ended(self, update: Any) -> None:
        self.heard.append(("reservation", update))

    async def sign_certificate(self, request: Any) -> bool:
        self.heard.append(("csr", request))
        return self.signs

    async def data_transfer(self, message: Any) -> VendorAnswer:
        self.heard.append(("vendor", message))
        return self.vendor_answer

    async def meter_values(self, values: Any) -> None:
        self.heard.append(("meter", values))

    async def notice(self, notice: Any) -> None:
        self.heard.append(("notice", notice))

    async def doubt(self, doubt: Any) -> None:
        self.heard.append(("doubt", doubt))


@dataclass
class TestDirectory:
    """Knows CP1 (with a key) and OPEN (without)."""

    __test__ = False
    registrations: dict[str, Registration]
    unknown_ids: list[str] = field(default_factory=list)
    refused_ids: list[str] = field(default_factory=list)

    def find(self, charge_point_id: str) -> Registration | None:
        return self.registrations.get(charge_point_id)

    def unknown(self, charge_point_id: str, remote: str) -> None:
        self.unknown_ids.append(charge_point_id)

    def refused(self, charge_point_id: str, remote: str) -> None:
        self.refused_ids.append(charge_point_id)


class RawCharger:
    """A charger that says exactly what it is told to."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self._count = 0

    async def say(self, text: str) -> None:
        await self.socket.send_str(text)

    async def call(self, action: str, payload: Any) -> list[Any]:
        """Send a CALL and return the frame that answers it."""
        self._count += 1
        await self.say(json.dumps([2, f"m{self._count}", action, payload]))
        return await self.hear()

    async def hear(self) -> list[Any]:
        message = await self.socket.receive(timeout=5)
        assert message.type is WSMsgType.TEXT, message
        frame: list[Any] = json.loads(message.data)
        return frame

    async def answer(self, payload: Any) -> list[Any]:
        """Wait for a CALL, answer it, return it."""
        frame = await self.hear()
        await self.say(json.dumps([3, frame[1], payload]))
        return frame


@pytest.fixture
def handler() -> RecordingHandler:
    return RecordingHandler()


@pytest.fixture
def directory(handler: RecordingHandler) -> TestDirectory:
    return TestDirectory(
        {
            "CP1": Registration(key_hash=hash_key(KEY), handler=handler),
            "OPEN": Registration(key_hash=None, handler=handler),
        }
    )


@dataclass
class Server:
    """A running central system and a way to reach it."""

    csms: CentralSystem
    port: int
    session: ClientSession
    sockets: list[ClientWebSocketResponse] = field(default_factory=list)

    async def connect(
        self,
        identity: str = "OPEN",
        *,
        key: str | None = None,
        username: str | None = None,
        protocols: tuple[str, ...] = ("ocpp1.6",),
        **kwargs: Any,
    ) -> RawCharger:
        headers = {}
        if key is not None:
            login = b64encode(f"{username or identity}:{key}".encode("latin-1")).decode()
            headers["Authorization"] = f"Basic {login}"
        socket = await self.session.ws_connect(
            f"ws://127.0.0.1:{self.port}/{identity}",
            headers=headers,
            protocols=protocols,
            **kwargs,
        )
        self.sockets.append(socket)
        return RawCharger(socket)


@pytest.fixture
async def server(directory: TestDirectory, socket_enabled: None) -> AsyncGenerator[Server]:
    csms = CentralSystem(directory, lambda: NOW)
    port = await csms.start("127.0.0.1", 0)
    async with ClientSession() as session:
        server = Server(csms, port, session)
        yield server
        await asyncio.gather(csms.stop(), *(socket.close() for socket in server.sockets))
