"""MeterValues per second of the bare OCPP server, beside the plain ``ocpp`` library's.

Both servers run in this process on aiohttp, take the same frames from one client over a real socket,
and validate them: ours by its semantic checks, the library's by its JSON schemas.
"""

import asyncio
import json
import logging
import statistics
import time
from typing import Any, override

from aiohttp import ClientSession, web
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call_result
from ocpp.v16.enums import Action

from custom_components.zmartcharge.csms import (
    AuthorizationStatus,
    Boot,
    CentralSystem,
    ChargePointHandler,
    Doubt,
    FirmwareProgress,
    IdTagInfo,
    MeterValues,
    Registration,
    StartAnswer,
    StartTransaction,
    Station,
    StatusNotification,
    StopTransaction,
)

from ..report import Figure, Goal

_MESSAGES = 2000
#: One after the other: a charger that says more than a burst at once is read more slowly.
_CONNECTIONS = 4
_PHASES = ("L1", "L2", "L3")
_PAYLOAD = {
    "connectorId": 1,
    "transactionId": 7,
    "meterValue": [
        {
            "timestamp": "2026-11-21T12:00:00Z",
            "sampledValue": [
                {"value": "12345", "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
                {"value": "11040", "measurand": "Power.Active.Import", "unit": "W"},
                *(
                    {"value": "16.0", "measurand": "Current.Import", "phase": p, "unit": "A"}
                    for p in _PHASES
                ),
                *(
                    {"value": "230.1", "measurand": "Voltage", "phase": p, "unit": "V"}
                    for p in _PHASES
                ),
            ],
        }
    ],
}


class _Handler(ChargePointHandler):
    """Counts what it hears."""

    def __init__(self) -> None:
        self.heard = 0

    @override
    async def meter_values(self, values: MeterValues) -> None:
        self.heard += len(values.snapshots)

    @override
    async def authorize(self, id_tag: str) -> IdTagInfo:
        return IdTagInfo(status=AuthorizationStatus.ACCEPTED)

    @override
    async def start_transaction(self, start: StartTransaction) -> StartAnswer:
        return StartAnswer(transaction_id=7, status=AuthorizationStatus.ACCEPTED)

    @override
    async def stop_transaction(self, stop: StopTransaction) -> AuthorizationStatus:
        return AuthorizationStatus.ACCEPTED

    @override
    async def attached(self, station: Station) -> None: ...

    @override
    async def detached(self, station: Station) -> None: ...

    @override
    async def resumed(self) -> None: ...

    @override
    async def boot(self, boot: Boot) -> None: ...

    @override
    async def status(self, status: StatusNotification) -> None: ...

    @override
    async def firmware_progress(self, progress: FirmwareProgress) -> None: ...

    @override
    async def doubt(self, doubt: Doubt) -> None: ...


class _Directory:
    def __init__(self, registration: Registration) -> None:
        self._registration = registration

    def find(self, charge_point_id: str) -> Registration | None:
        return self._registration

    def unknown(self, charge_point_id: str, remote: str) -> None:
        raise LookupError(charge_point_id)

    refused = unknown


class _LibrarySocket:
    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket

    async def recv(self) -> str:
        return await self._socket.receive_str()

    async def send(self, text: str) -> None:
        await self._socket.send_str(text)


class _LibraryChargePoint(ChargePoint):  # type: ignore[misc]
    @on(Action.meter_values)  # type: ignore[untyped-decorator]
    async def on_meter_values(self, **_payload: Any) -> Any:
        return call_result.MeterValues()


async def _library_view(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(protocols=("ocpp1.6",))
    await socket.prepare(request)
    try:
        await _LibraryChargePoint("CP", _LibrarySocket(socket)).start()
    except TypeError:
        # receive_str raises it when the client has closed.
        return socket
    return socket


async def _latencies(url: str) -> list[float]:
    found = []
    async with ClientSession() as session:
        for number in range(_CONNECTIONS):
            found += await _one_charger(session, f"{url}/CP{number}", _MESSAGES // _CONNECTIONS)
    return found


async def _one_charger(session: ClientSession, url: str, messages: int) -> list[float]:
    found = []
    async with session.ws_connect(url, protocols=["ocpp1.6"]) as socket:
        for number in range(messages):
            frame = json.dumps([2, str(number), "MeterValues", _PAYLOAD])
            began = time.perf_counter()
            await socket.send_str(frame)
            answer = json.loads(await socket.receive_str())
            found.append(time.perf_counter() - began)
            if answer[0] != 3:
                raise ValueError(answer)
    return found


async def _measure_ours() -> list[float]:
    handler = _Handler()
    csms = CentralSystem(_Directory(Registration(key_hash=None, handler=handler)))
    port = await csms.start("127.0.0.1", 0)
    try:
        found = await _latencies(f"ws://127.0.0.1:{port}")
    finally:
        await csms.stop()
    if handler.heard != _MESSAGES:
        raise ValueError(f"{handler.heard} of {_MESSAGES} heard")
    return found


async def _measure_library() -> list[float]:
    app = web.Application()
    app.router.add_get("/{identity}", _library_view)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        return await _latencies(f"ws://127.0.0.1:{runner.addresses[0][1]}")
    finally:
        await runner.cleanup()


def measure() -> tuple[list[Figure], list[Goal]]:
    """Return what both servers do in a second."""
    logging.getLogger("ocpp").setLevel(logging.WARNING)
    figures, rates = [], {}
    for name, measured in (("ours", _measure_ours), ("ocpp library", _measure_library)):
        found = asyncio.run(measured())
        rates[name] = _MESSAGES / sum(found)
        cuts = statistics.quantiles(found, n=100)
        figures += [
            Figure(f"bare server, {name}: MeterValues with 8 samples", rates[name], "per second"),
            Figure(f"bare server, {name}: reply, median", cuts[49] * 1000, "ms"),
            Figure(f"bare server, {name}: reply, p99", cuts[98] * 1000, "ms"),
        ]
    times = rates["ours"] / rates["ocpp library"]
    return figures, [Goal("bare server, times the ocpp library's rate", times, 3)]
