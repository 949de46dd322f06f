"""OCPP-J's remote procedure calls over one WebSocket (OCPP-J 1.6, clause 4).

Both sides send CALLs, each one at a time. No frame that a charger sends raises out of ``feed``.
"""

import asyncio
from collections.abc import Awaitable, Callable
import contextlib
from dataclasses import dataclass
import json
import logging
from typing import Any
import uuid

from .errors import CallFailedError, CallTimeoutError, NotAcknowledgedError, NotConnectedError
from .redaction import loggable

_LOGGER = logging.getLogger(__name__)

CALL, CALL_RESULT, CALL_ERROR = 2, 3, 4
CALL_TIMEOUT = 30.0
#: Calls of a charger that wait for their turn; more than a well-behaved one ever has.
BACKLOG = 64
_MAX_MESSAGE_ID = 36
#: Seconds for which a request of ours waits for an answer of ours.
_LONGEST_ANSWER = 2.0
#: Unreadable frames of one connection that the log gets.
_UNREADABLE_LOGGED = 5

type JsonObject = dict[str, Any]


class RpcError(Exception):
    """An answer of type CALLERROR, with a code of OCPP-J 1.6, clause 4.2.3."""

    def __init__(self, code: str, description: str = "") -> None:
        """Keep code and description."""
        super().__init__(description)
        self.code = code
        self.description = description


@dataclass(frozen=True, slots=True)
class IncomingCall:
    """A request of the charger."""

    message_id: str
    action: str
    payload: JsonObject


class Rpc:
    """Sends our calls, answers the charger's, in order."""

    def __init__(
        self,
        name: str,
        send: Callable[[str], Awaitable[None]],
        answer: Callable[[str, JsonObject], Awaitable[JsonObject]],
        *,
        malformed: str = "FormationViolation",
        unreadable: str | None = None,
        takes_sends: bool = False,
    ) -> None:
        """Take the charger's name for the log, a sender of text, and who answers its calls.

        ``malformed`` and ``unreadable`` are the error codes for a CALL that is none, and for a
        frame without a readable message id; None: such a frame gets no answer. ``takes_sends``:
        there are messages that are not answered (OCPP-J 2.1).
        """
        self._name = name
        self._send_text = send
        self._answer = answer
        self._malformed = malformed
        self._unreadable_code = unreadable
        self._takes_sends = takes_sends
        self._turn = asyncio.Lock()
        self._waiting: tuple[str, asyncio.Future[JsonObject]] | None = None
        self._backlog: asyncio.Queue[IncomingCall] = asyncio.Queue(BACKLOG)
        self._answering: str | None = None
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed = False
        self._unreadable = 0

    async def feed(self, text: str) -> None:
        """Take one frame. Waits while the charger's backlog is full, so that it slows itself."""
        if _LOGGER.isEnabledFor(logging.DEBUG):
            _LOGGER.debug("%s: received %s", self._name, loggable(text))
        try:
            frame = json.loads(text)
        except ValueError, RecursionError:
            await self._drop(text)
            return
        match frame:
            case [2, str(message_id), str(action), dict(payload), *_] if (
                len(message_id) <= _MAX_MESSAGE_ID
            ):
                await self._backlog.put(IncomingCall(message_id, action, payload))
            case [2, str(message_id), *_]:
                await self._reply_error(
                    message_id[:_MAX_MESSAGE_ID], RpcError(self._malformed, "Malformed CALL")
                )
            case [3, str(message_id), dict(payload), *_]:
                self._resolve(message_id, payload)
            case [6, str(message_id), str(action), dict(payload), *_] if (
                len(message_id) <= _MAX_MESSAGE_ID and self._takes_sends
            ):
                # OCPP-J 2.1, SEND: it is said once and not answered.
                _LOGGER.debug("%s: left %s aside", self._name, loggable(action))
            case [4, str(message_id), code, *rest]:
                self._fail(message_id, str(code), *rest[:2])
            case _:
                await self._drop(text)

    async def serve(self) -> None:
        """Answer the charger's calls one after the other until cancelled."""
        while True:
            call = await self._backlog.get()
            self._answering = call.action
            self._idle.clear()
            try:
                await self._handle(call)
            finally:
                self._answering = None
                self._idle.set()

    async def answered(self, action: str) -> None:
        """Wait until the charger has its answer, if a request of this kind is being answered."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_ANSWER):
                while self._answering == action:
                    await self._idle.wait()

    async def call(
        self, action: str, payload: JsonObject, *, timeout: float = CALL_TIMEOUT
    ) -> JsonObject:
        """Send a request and return the response's payload.

        Raises NotConnectedError, CallTimeoutError or CallFailedError. A second caller waits for
        its turn: OCPP-J 1.6, clause 4.1.1 allows one request in flight.
        """
        async with self._turn:
            if self._closed:
                raise NotConnectedError(self._name)
            message_id = str(uuid.uuid4())
            future: asyncio.Future[JsonObject] = asyncio.get_running_loop().create_future()
            self._waiting = (message_id, future)
            try:
                async with asyncio.timeout(timeout):
                    await self._send(json.dumps([CALL, message_id, action, payload]))
                    return await future
            except TimeoutError as err:
                raise CallTimeoutError(action) from err
            finally:
                self._waiting = None

    def close(self) -> None:
        """Fail the request in flight and all later ones with NotConnectedError."""
        self._closed = True
        if self._waiting and not self._waiting[1].done():
            self._waiting[1].set_exception(NotConnectedError(self._name))

    async def _handle(self, call: IncomingCall) -> None:
        try:
            response = await self._answer(call.action, call.payload)
        except RpcError as err:
            await self._reply_error(call.message_id, err)
        except NotAcknowledgedError as err:
            await self._reply_error(call.message_id, RpcError("InternalError", str(err)))
        except Exception:
            # The outermost barrier: whatever a frame brings about, the charger gets an answer
            # and its connection goes on.
            _LOGGER.exception("%s: could not answer %s", self._name, loggable(call.action))
            await self._reply_error(call.message_id, RpcError("InternalError"))
        else:
            await self._send(json.dumps([CALL_RESULT, call.message_id, response]))

    async def _reply_error(self, message_id: str, err: RpcError) -> None:
        await self._send(json.dumps([CALL_ERROR, message_id, err.code, err.description, {}]))

    async def _send(self, text: str) -> None:
        if _LOGGER.isEnabledFor(logging.DEBUG):
            _LOGGER.debug("%s: sending %s", self._name, loggable(text))
        try:
            await self._send_text(text)
        except (ConnectionError, RuntimeError) as err:
            raise NotConnectedError(self._name) from err

    async def _drop(self, text: str) -> None:
        """Count a frame that makes no sense, and tell of the first ones only."""
        self._unreadable += 1
        if self._unreadable <= _UNREADABLE_LOGGED:
            _LOGGER.warning("%s: dropped an unreadable frame %s", self._name, loggable(text))
        # OCPP-J 1.6 has no answer to a frame without a readable message id; OCPP-J 2.0.1, clause
        # 4.2.3 has one, with the message id -1.
        if self._unreadable_code is not None:
            await self._reply_error("-1", RpcError(self._unreadable_code, "Unreadable frame"))

    def _pending(self, message_id: str) -> asyncio.Future[JsonObject] | None:
        if self._waiting and self._waiting[0] == message_id and not self._waiting[1].done():
            return self._waiting[1]
        _LOGGER.debug("%s: dropped an answer to nothing we asked", self._name)
        return None

    def _resolve(self, message_id: str, payload: JsonObject) -> None:
        if future := self._pending(message_id):
            future.set_result(payload)

    def _fail(self, message_id: str, code: str, description: Any = "", details: Any = None) -> None:
        if future := self._pending(message_id):
            future.set_exception(CallFailedError(code[:50], str(description)[:255], details))
