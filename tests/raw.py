"""Chargers and peers that say, word for word, what real ones were seen to say."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
import json
import socket
import struct
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, encode_basic_auth
from homeassistant.util import dt as dt_util

from .house import KEY, House, wait_until

BOOT = {"chargePointVendor": "Vendor", "chargePointModel": "Model"}
_ACCEPTED = {"status": "Accepted"}

#: A payload, the code of a CALLERROR, or None for silence.
type Answer = dict[str, Any] | str | None
type Answers = dict[str, Answer | Callable[[dict[str, Any]], Answer]]


class ScriptedCharger:
    """A charger that answers calls from a table, accepts all others, and remembers them."""

    def __init__(self, socket: ClientWebSocketResponse, answers: Answers) -> None:
        """Take an open WebSocket."""
        self.socket = socket
        self.calls: list[str] = []
        self._answers: Answers = {"GetConfiguration": {"configurationKey": []}, **answers}
        self._waiting: dict[str, asyncio.Future[list[Any]]] = {}
        self._sent = 0

    async def listen(self) -> None:
        """Take frames until the connection ends."""
        async for message in self.socket:
            if message.type is not WSMsgType.TEXT:
                return
            frame = json.loads(message.data)
            if frame[0] == 2:
                await self._reply(*frame[1:])
            elif waiting := self._waiting.pop(frame[1], None):
                waiting.set_result(frame)

    async def send(self, action: str, **payload: Any) -> asyncio.Future[list[Any]]:
        """Send a CALL without waiting for the frame that answers it."""
        self._sent += 1
        message_id = str(self._sent)
        answer = asyncio.get_running_loop().create_future()
        self._waiting[message_id] = answer
        await self.socket.send_str(json.dumps([2, message_id, action, payload]))
        return answer

    async def call(self, action: str, **payload: Any) -> dict[str, Any]:
        """Send a CALL and return the answer's payload."""
        frame = await asyncio.wait_for(await self.send(action, **payload), 5)
        assert frame[0] == 3, frame
        answer: dict[str, Any] = frame[2]
        return answer

    async def boot(self) -> None:
        """Tell that the charger has started."""
        await self.call("BootNotification", **BOOT)

    async def status(self, state: str) -> None:
        """Tell the state of connector 1."""
        await self.call("StatusNotification", connectorId=1, status=state, errorCode="NoError")

    async def values(self, at: datetime, *sampled: dict[str, str], **more: Any) -> None:
        """Tell what connector 1 measured, by the charger's own clock."""
        value = {"timestamp": iso(at), "sampledValue": list(sampled)}
        await self.call("MeterValues", connectorId=1, meterValue=[value], **more)

    async def start(self, at: datetime, id_tag: str = "04A1B2C3") -> int:
        """Begin a transaction and return its id."""
        answer = await self.call("StartTransaction", **start(at, id_tag))
        transaction_id: int = answer["transactionId"]
        return transaction_id

    async def stop(self, transaction_id: int, at: datetime) -> None:
        """End a transaction."""
        stop = {"transactionId": transaction_id, "meterStop": 1000, "timestamp": iso(at)}
        await self.call("StopTransaction", **stop)

    async def _reply(self, message_id: str, action: str, payload: dict[str, Any]) -> None:
        self.calls.append(action)
        answer = self._answers.get(action, _ACCEPTED)
        match answer(payload) if callable(answer) else answer:
            case str(code):
                await self.socket.send_str(json.dumps([4, message_id, code, "", {}]))
            case dict(response):
                await self.socket.send_str(json.dumps([3, message_id, response]))


def iso(at: datetime) -> str:
    """Return a time as chargers write it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def power(watts: int) -> dict[str, str]:
    """Return a sampled value of the power."""
    return {"measurand": "Power.Active.Import", "unit": "W", "value": str(watts)}


def register(watt_hours: int, **more: str) -> dict[str, str]:
    """Return a sampled value of the register, the measurand that needs no name."""
    return {"value": str(watt_hours), **more}


def start(at: datetime, id_tag: str = "04A1B2C3") -> dict[str, Any]:
    """Return the payload of a StartTransaction of connector 1."""
    return {"connectorId": 1, "idTag": id_tag, "meterStart": 1000, "timestamp": iso(at)}


@asynccontextmanager
async def dial(
    house: House, identity: str = "CP1", *, url: str | None = None, **answers: Any
) -> AsyncIterator[ScriptedCharger]:
    """Open a charger's WebSocket, and close it in the end."""
    headers = {"Authorization": encode_basic_auth(identity, KEY)}
    url = url or f"ws://127.0.0.1:{house.hub.port}/{identity}"
    async with (
        ClientSession() as session,
        session.ws_connect(url, protocols=("ocpp1.6",), headers=headers) as socket,
    ):
        charger = ScriptedCharger(socket, answers)
        listening = asyncio.ensure_future(charger.listen())
        try:
            yield charger
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


@asynccontextmanager
async def scripted(
    house: House, identity: str = "CP1", **answers: Any
) -> AsyncIterator[ScriptedCharger]:
    """Connect a charger, and wait in the end until it is known to be gone."""
    async with dial(house, identity, **answers) as charger:
        known = house.hub.charger_by_id(identity)
        assert known is not None
        await wait_until(lambda: known.connected)
        yield charger
    await wait_until(lambda: not known.connected)


async def knock(port: int, path: str = "/CP9", **headers: str) -> int:
    """Ask over plain HTTP and return the status of the answer."""
    async with (
        ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}{path}", headers=headers) as answer,
    ):
        return answer.status


class BarePeer:
    """The bytes of a WebSocket without a WebSocket's manners: it answers no ping."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take an open connection."""
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connect(cls, port: int, path: str = "/CP1", identity: str = "CP1") -> BarePeer:
        """Open a WebSocket."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        lines = (
            f"GET {path} HTTP/1.1",
            "Host: house",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: YWFhYWFhYWFhYWFhYWFhYQ==",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Protocol: ocpp1.6",
            f"Authorization: {encode_basic_auth(identity, KEY)}",
        )
        writer.write("\r\n".join((*lines, "", "")).encode())
        assert b"101" in (await reader.readuntil(b"\r\n\r\n")).splitlines()[0]
        return cls(reader, writer)

    async def hears(self, opcode: bytes) -> None:
        """Wait for the first byte of a frame."""
        async with asyncio.timeout(10):
            while opcode not in await self._reader.read(1000):
                pass

    def vanish(self) -> None:
        """Reset the connection, as a charger does whose power is cut."""
        linger = struct.pack("ii", 1, 0)
        tcp = self._writer.get_extra_info("socket")
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._writer.transport.abort()


def now() -> datetime:
    """Return the house's time."""
    return dt_util.utcnow()
