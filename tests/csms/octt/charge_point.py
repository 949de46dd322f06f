"""The charger's side of a case: says what the case has it say, answers what it is told to."""

import asyncio
from collections.abc import Mapping
import json
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType
from jsonschema import Draft4Validator

from ..test_every_message import schema

AT = "2026-11-21T11:59:00Z"
CARD, OTHER = "04A1B2C3", "04D4E5F6"
OK: dict[str, Any] = {"status": "Accepted"}


class ChargePoint:
    """A charger whose answers are laid out beforehand; what it hears must follow the schemas."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        #: What it answers, by action: the payload, an error's code, or a function of the request.
        self.answers: dict[str, Any] = {}
        #: What it was asked, in order.
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self._count = 0
        self._replies: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._news = asyncio.Event()
        self._reading = asyncio.ensure_future(self._read())

    async def stop(self) -> None:
        """Go."""
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        await self.socket.close()

    async def say(self, action: str, payload: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Send a request and return the response, which must follow the standard's schema."""
        self._count += 1
        message_id, request = f"c{self._count}", dict(payload or {})
        Draft4Validator(schema("1.6", action)).validate(request)
        reply = self._replies[message_id] = asyncio.get_running_loop().create_future()
        await self.socket.send_str(json.dumps([2, message_id, action, request]))
        async with asyncio.timeout(5):
            response = await reply
        Draft4Validator(schema("1.6", f"{action}Response")).validate(response)
        return response

    async def was_asked(self, action: str) -> dict[str, Any]:
        """Return the newest request of an action, once it comes."""
        async with asyncio.timeout(5):
            while not (found := [payload for name, payload in self.asked if name == action]):
                self._news.clear()
                await self._news.wait()
        return found[-1]

    async def _read(self) -> None:
        async for message in self.socket:
            if message.type is not WSMsgType.TEXT:
                continue
            frame = json.loads(message.data)
            match frame[0]:
                case 2:
                    await self._answer(*frame[1:])
                case 3:
                    self._replies.pop(frame[1]).set_result(frame[2])
                case _:
                    self._replies.pop(frame[1]).set_exception(AssertionError(str(frame)))

    async def _answer(self, message_id: str, action: str, payload: dict[str, Any]) -> None:
        Draft4Validator(schema("1.6", action)).validate(payload)
        self.asked.append((action, payload))
        answer: Any = self.answers.get(action, OK)
        if callable(answer):
            answer = answer(payload)
        # An error is its code.
        rest = (
            [4, message_id, answer, "", {}] if isinstance(answer, str) else [3, message_id, answer]
        )
        await self.socket.send_str(json.dumps(rest))
        self._news.set()

    # What every case does ---------------------------------------------------------------------

    async def boot(self) -> None:
        """Boot, and be accepted."""
        request = {"chargePointVendor": "Zm", "chargePointModel": "One"}
        assert (await self.say("BootNotification", request))["status"] == "Accepted"

    async def status(self, status: str, connector_id: int = 1, error: str = "NoError") -> None:
        """Tell a connector's status."""
        request = {"connectorId": connector_id, "errorCode": error, "status": status}
        assert await self.say("StatusNotification", request) == {}

    async def authorize(self, id_tag: str = CARD) -> str:
        """Ask about an idTag and return its status."""
        answer = await self.say("Authorize", {"idTag": id_tag})
        status: str = answer["idTagInfo"]["status"]
        return status

    async def start(
        self, id_tag: str = CARD, *, at: str = AT, connector_id: int = 1, **more: Any
    ) -> dict[str, Any]:
        """Begin a transaction and return the response."""
        request = {"connectorId": connector_id, "idTag": id_tag, "meterStart": 1000}
        return await self.say("StartTransaction", {**request, "timestamp": at, **more})

    async def stop_transaction(
        self, transaction_id: int, reason: str = "Local", **more: Any
    ) -> dict[str, Any]:
        """End a transaction and return the response."""
        request = {"transactionId": transaction_id, "meterStop": 5000, "timestamp": AT}
        return await self.say("StopTransaction", {**request, "reason": reason, **more})
