"""One WebSocket connection to a central system, in the shape that the ``ocpp`` library wants."""

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp

SUBPROTOCOL = "ocpp1.6"


class NotConnectedError(ConnectionError):
    """There is no connection to the central system."""


class ConnectionLostError(NotConnectedError):
    """The connection went away."""


#: Of the event loop, until an answer has come to whoever asked.
_TURNS_OF_AN_ANSWER = 10


class Link:
    """An open WebSocket whose every text goes past ``on_frame(sent, text)``."""

    def __init__(
        self, socket: aiohttp.ClientWebSocketResponse, on_frame: Callable[[bool, str], None]
    ) -> None:
        """Wrap an open socket."""
        self._socket = socket
        self._on_frame = on_frame
        self._answered = False
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def recv(self) -> str:
        """Return the next text. Raises ``ConnectionLostError`` when there will be none."""
        message = await self._socket.receive()
        if message.type is not aiohttp.WSMsgType.TEXT:
            self.mark_lost()
            raise ConnectionLostError(f"the connection ended with {message.type.name}")
        if self._answered:
            # A firmware acts on an answer before it reads on: who waits for it comes first.
            for _ in range(_TURNS_OF_AN_ANSWER):
                await asyncio.sleep(0)
        text = str(message.data)
        self._on_frame(False, text)
        self._answered = text.lstrip().startswith(("[3", "[4"))
        return text

    async def send(self, text: str) -> None:
        """Send a text. Raises ``ConnectionLostError``."""
        try:
            await self._socket.send_str(text)
        except (ConnectionError, aiohttp.ClientError) as error:
            self.mark_lost()
            raise ConnectionLostError(str(error)) from error
        self._on_frame(True, text)

    async def close(self) -> None:
        """Close the socket."""
        await self._socket.close()

    def mark_lost(self) -> None:
        """Let everything that waits for an answer know that none will come."""
        if not self.lost.done():
            self.lost.set_result(None)

    async def first_of[T](self, answer: asyncio.Future[T]) -> T:
        """Return the answer, or raise ``ConnectionLostError`` if the connection goes first."""
        waiting: set[asyncio.Future[Any]] = {answer, self.lost}
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                return answer.result()
            raise ConnectionLostError("the connection went while waiting for an answer")
        finally:
            answer.cancel()
