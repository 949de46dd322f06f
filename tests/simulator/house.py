"""Simulated chargers of each version at the integration's central system, and a file server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from custom_components.zmartcharge.csms import CentralSystem, Registration, Station as Peer
from simulator import (
    Nameplate,
    SimulatedChargePoint,
    SimulatedChargePoint21,
    SimulatedChargePoint201,
    Station,
)
from tests.csms.conftest import RecordingHandler, TestDirectory

from .conftest import QUICK, Clock, prompt_evse

KINDS = {
    "1.6": SimulatedChargePoint,
    "2.0.1": SimulatedChargePoint201,
    "2.1": SimulatedChargePoint21,
}


@dataclass
class FileServer:
    """Serves files by name and keeps what is put; everything else is an error."""

    files: dict[str, bytes] = field(default_factory=dict)
    kept: dict[str, bytes] = field(default_factory=dict)
    status: int = 200
    asked: int = 0
    url: str = ""

    async def handle(self, request: web.Request) -> web.Response:
        self.asked += 1
        name = request.path.removeprefix("/")
        if self.status != 200:
            return web.Response(status=self.status)
        if request.method == "PUT":
            self.kept[name] = await request.read()
            return web.Response(status=201)
        found = self.files.get(name)
        return web.Response(status=404) if found is None else web.Response(body=found)


@asynccontextmanager
async def file_server() -> AsyncIterator[FileServer]:
    """Run a file server on a random port."""
    server = FileServer()
    app = web.Application()
    app.router.add_route("*", "/{name:.*}", server.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


@dataclass
class Home:
    """A charger, what the central system can ask of it, and what it heard."""

    charge_point: Any
    handler: RecordingHandler
    files: FileServer
    clock: Clock

    @property
    def peer(self) -> Peer:
        station: Peer = self.handler.station
        return station

    def heard(self, kind: str) -> list[str]:
        return [message.status.value for message in self.handler.all(kind)]

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not holds():
                await asyncio.sleep(0.002)


@asynccontextmanager
async def home(version: str, clock: Clock) -> AsyncIterator[Home]:
    """Run a charger of a version until it has told its state."""
    handler = RecordingHandler()
    directory = TestDirectory({"CP1": Registration(key_hash=None, handler=handler)})
    async with AsyncExitStack() as stack:
        files = await stack.enter_async_context(file_server())
        csms = CentralSystem(directory, clock)
        port = await csms.start("127.0.0.1", 0)
        stack.push_async_callback(csms.stop)
        charge_point = await stack.enter_async_context(
            KINDS[version](
                f"ws://127.0.0.1:{port}",
                "CP1",
                station=Station(prompt_evse()),
                nameplate=Nameplate(serial_number="SIM7"),
                backoff=QUICK,
                clock=clock,
                tick_s=None,
            )
        )
        found = Home(charge_point, handler, files, clock)
        await found.until(
            lambda: charge_point.registered and charge_point.station.outbox.head() is None
        )
        yield found
