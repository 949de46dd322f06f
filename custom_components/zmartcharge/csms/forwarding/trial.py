"""Tries another central system before it is kept: the connection, and the charger's introduction."""

import asyncio
import contextlib

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from ..errors import CallFailedError, CsmsError
from ..rpc import JsonObject, Rpc, RpcError
from .client import connect
from .destination import Destination
from .errors import BootRefusedError, UnreachableError
from .link import Traveller
from .traffic import BOOT

#: Seconds in which a BootNotification is answered while somebody waits at a form.
_PATIENCE = 10.0


async def try_out(
    session: ClientSession, destination: Destination, version: str, traveller: Traveller | None
) -> None:
    """Connect as a charger, say what it is (``traveller``; None: not known), and hang up.

    Raises ForwardingError in less than a minute: BootRefusedError, with the status that was
    answered, where the charger is not accepted (OCPP 1.6, clause 4.2; 2.0.1, B02 and B03).
    """
    socket = await connect(session, destination, version)
    try:
        if traveller is not None:
            await _introduce(socket, traveller, destination.identity)
    finally:
        with contextlib.suppress(ConnectionError, RuntimeError):
            await socket.close()


async def _introduce(socket: ClientWebSocketResponse, traveller: Traveller, identity: str) -> None:
    rpc = Rpc(f"{identity} on trial", socket.send_str, _not_now)
    reading = asyncio.ensure_future(_read(socket, rpc))
    try:
        response = await rpc.call(BOOT, traveller.boot, timeout=_PATIENCE)
    except CallFailedError as err:
        raise BootRefusedError(err.code) from err
    except CsmsError as err:
        raise UnreachableError(str(err)) from err
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    status = str(response.get("status"))[:20]
    if status != "Accepted":
        raise BootRefusedError(status)


async def _read(socket: ClientWebSocketResponse, rpc: Rpc) -> None:
    while True:
        message = await socket.receive()
        if message.type is WSMsgType.TEXT:
            await rpc.feed(message.data)
        elif message.type is WSMsgType.PING:
            await socket.pong(message.data)
        elif message.type is not WSMsgType.PONG:
            rpc.close()
            return


async def _not_now(action: str, payload: JsonObject) -> JsonObject:
    raise RpcError("NotSupported", "not yet")
