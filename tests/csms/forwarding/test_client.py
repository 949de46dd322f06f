"""How a second central system is connected to."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import ClientSession, web
import pytest

from custom_components.zmartcharge.csms.forwarding import Destination, ForwardingError
from custom_components.zmartcharge.csms.forwarding.client import connect


@asynccontextmanager
async def _listening(
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> AsyncIterator[int]:
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


@pytest.mark.usefixtures("socket_enabled")
async def test_other_system_cannot_send_home_assistant_elsewhere() -> None:
    asked = []

    async def relay(request: web.Request) -> web.Response:
        asked.append(request.path_qs)
        return web.Response()

    async with _listening(relay) as inside:

        async def other(_request: web.Request) -> web.Response:
            raise web.HTTPFound(f"http://127.0.0.1:{inside}/relay/0?turn=off")

        async with _listening(other) as port, ClientSession() as session:
            destination = Destination(url=f"ws://127.0.0.1:{port}/x", identity="CP")
            with pytest.raises(ForwardingError):
                await connect(session, destination, "1.6")
    assert asked == []
