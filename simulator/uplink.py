"""How a charger keeps its connection to the central system, and what it says unasked.

One connection at a time: dial, register with a BootNotification when the firmware has restarted,
tell the statuses, then deliver the outbox and send heartbeats until the connection goes, and dial
again after a growing pause.
"""

import asyncio
from base64 import b64encode
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
import logging
from typing import Any, ClassVar, Protocol, override

import aiohttp
from ocpp.exceptions import OCPPError, UnknownCallErrorCodeError, ValidationError
from ocpp.v16 import call

from .connector import ConnectorError
from .link import SUBPROTOCOL, ConnectionLostError, Link, NotConnectedError
from .outbox import Outgoing
from .requests import ACCEPTED, Conversation, Host
from .security import Security, Tls
from .telling import Telling

_LOGGER = logging.getLogger(__name__)
# The library logs every frame, which may hold an AuthorizationKey, as information.
_FRAME_LOGGER = logging.getLogger(f"{__name__}.frames")
_FRAME_LOGGER.setLevel(logging.WARNING)

REFUSED = (OCPPError, ValidationError, UnknownCallErrorCodeError, TimeoutError)
_DEFAULT_HEARTBEAT_S = 300
_CLOSE_TIMEOUT_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Nameplate:
    """What a BootNotification says of the charger."""

    vendor: str = "Simulator"
    model: str = "Virtual 22"
    serial_number: str = "SIM0001"
    firmware_version: str = "1.0.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """How long to wait before each new attempt to connect, in seconds."""

    first_s: float = 1.0
    factor: float = 2.0
    longest_s: float = 60.0

    def delay(self, attempt: int) -> float:
        """Return the wait after the given number of failed attempts, from 0."""
        return min(self.longest_s, self.first_s * self.factor ** min(attempt, 64))


@dataclass(frozen=True, slots=True)
class Frame:
    """A text that went over the socket."""

    sent: bool
    text: str


class Talk(Protocol):
    """The messages of one connection, in one version of OCPP."""

    async def start(self) -> None:
        """Answer what comes in until the connection goes."""
        ...

    async def request(self, payload: Any) -> Any:
        """Send a request and return the answer's payload (see ``Conversation.request``)."""
        ...


class Uplink(Telling):
    """The connection of one charger."""

    #: What a version of OCPP is called in a WebSocket's handshake, and its requests.
    subprotocol: ClassVar[str] = SUBPROTOCOL
    calls: ClassVar[Any] = call

    def __init__(
        self,
        url: str,
        identity: str,
        host: Host,
        *,
        password: bytes | None,
        nameplate: Nameplate,
        backoff: Backoff,
        response_timeout_s: float,
        boot_on_reconnect: bool,
        tls: Tls | None = None,
    ) -> None:
        """Connect ``host`` to ``{url}/{identity}``, once started."""
        self.security = Security(url, identity, tls)
        self.identity = identity
        self.password = password
        self.frames: deque[Frame] = deque(maxlen=1000)
        self.boot_status: str | None = None
        self.refusal: str | None = None
        self._host = host
        self._station = host.station
        self.nameplate = nameplate
        self._backoff = backoff
        self._response_timeout_s = response_timeout_s
        self._boot_on_reconnect = boot_on_reconnect
        self._session: aiohttp.ClientSession | None = None
        self._link: Link | None = None
        self._conversation: Talk | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._attempt = 0
        self._telling = False
        self._online = asyncio.Event()
        self._online.set()
        self._redial = asyncio.Event()
        self._news = asyncio.Event()
        self._accepted = asyncio.Event()

    @property
    @override
    def serial_number(self) -> str:
        return self.nameplate.serial_number

    @property
    def connected(self) -> bool:
        """Return whether the WebSocket is open."""
        return self._link is not None

    @property
    def registered(self) -> bool:
        """Return whether the central system accepted the charger and is told the news."""
        return self._telling

    def start(self) -> None:
        """Begin to connect."""
        self._session = aiohttp.ClientSession()
        self.spawn(self._keep_connected)

    async def stop(self) -> None:
        """End everything that was begun."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def spawn[*Arguments](
        self,
        work: Callable[[*Arguments], Coroutine[Any, Any, None]],
        *arguments: *Arguments,
    ) -> asyncio.Task[None]:
        """Run ``work`` beside everything else; a lost connection or a refusal just ends it."""

        async def guarded() -> None:
            try:
                await work(*arguments)
            except (*REFUSED, NotConnectedError, ConnectorError) as error:
                _LOGGER.info("%s: %s", self.identity, error)

        task = asyncio.get_running_loop().create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def spawn_job(self, job: Awaitable[None]) -> asyncio.Task[None]:
        """Run a job that was begun, as ``spawn`` does."""

        async def run() -> None:
            await job

        return self.spawn(run)

    @override
    def wake(self) -> None:
        """Look at the outbox; without a listener, forget what is only worth something now."""
        if not self.registered:
            self._station.outbox.forget_passing()
        self._news.set()

    @override
    async def call(self, payload: Any) -> Any:
        """Send a request and return the answer (see ``Conversation.request``)."""
        if self._conversation is None:
            raise NotConnectedError(f"{self.identity} is not connected")
        return await self._conversation.request(payload)

    async def send_raw(self, text: str) -> None:
        """Send any text at all. Raises ``NotConnectedError``."""
        if self._link is None:
            raise NotConnectedError(f"{self.identity} is not connected")
        await self._link.send(text)

    async def go_offline(self) -> None:
        """Cut the network and keep it cut."""
        self._online.clear()
        await self.drop()

    def go_online(self) -> None:
        """Give the network back and dial at once."""
        self._attempt = 0
        self._online.set()
        self._redial.set()

    async def drop(self) -> None:
        """Close the connection."""
        if self._link is not None:
            await self._link.close()

    async def reboot(self) -> None:
        """Forget the registration and dial anew."""
        self._accepted.clear()
        self.boot_status = None
        self._attempt = 0
        await self.drop()

    def use_firmware(self, version: str) -> None:
        """Say that the firmware is another one, from the next BootNotification on."""
        self.nameplate = replace(self.nameplate, firmware_version=version)

    async def _keep_connected(self) -> None:
        while True:
            await self._online.wait()
            self._redial.clear()
            try:
                await self._connect()
            except aiohttp.WSServerHandshakeError as error:
                self.refusal = f"{error.status} {error.message}"
                self.security.failed(self._station.configuration)
            except (aiohttp.ClientError, OSError) as error:
                self.refusal = str(error) or type(error).__name__
                self.security.failed(self._station.configuration)
            except Exception:
                # Whatever a central system sends, a charger dials again: this is the outermost
                # barrier of the connection.
                _LOGGER.exception("%s: the connection broke", self.identity)
            self._host.changed()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._backoff.delay(self._attempt)):
                    await self._redial.wait()
            self._attempt += 1

    async def _connect(self) -> None:
        assert self._session is not None
        headers = {}
        if self.password is not None and self.security.sends_password:
            pair = b64encode(self.identity.encode() + b":" + self.password).decode()
            headers["Authorization"] = f"Basic {pair}"
        ping_s = self._station.configuration.number("WebSocketPingInterval")
        async with self._session.ws_connect(
            self.security.url,
            ssl=self.security.context(),
            protocols=(self.subprotocol,),
            headers=headers,
            heartbeat=ping_s or None,
            timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_TIMEOUT_S),
        ) as socket:
            if not self._online.is_set():
                return
            if socket.protocol != self.subprotocol:
                self.refusal = f"the central system does not speak {self.subprotocol}"
                return
            self.refusal = None
            self.security.succeeded(self._station.configuration)
            await self._converse(Link(socket, self._note))

    def _note(self, sent: bool, text: str) -> None:
        self.frames.append(Frame(sent, text))
        self._host.noticed()

    def _talk(self, link: Link) -> Talk:
        talk: Talk = Conversation(self.identity, link, self._host, **self._settings)
        return talk

    @property
    def _settings(self) -> dict[str, Any]:
        return {"response_timeout": self._response_timeout_s, "logger": _FRAME_LOGGER}

    async def _converse(self, link: Link) -> None:
        conversation = self._talk(link)
        self._link, self._conversation = link, conversation
        self._host.noticed()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._receive(conversation))
                group.create_task(self._speak(group))
        except* ConnectionLostError:
            pass
        finally:
            self._link = self._conversation = None
            self._telling = False
            link.mark_lost()

    async def _receive(self, conversation: Talk) -> None:
        await conversation.start()

    async def _speak(self, group: asyncio.TaskGroup) -> None:
        if self._boot_on_reconnect:
            self._accepted.clear()
        while not self._accepted.is_set():
            wait_s = await self._boot()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._accepted.wait()
        self._attempt = 0
        self._station.outbox.forget_passing()
        self._station.report_all(self._host.now())
        self._telling = True
        self._host.changed()
        group.create_task(self._beat())
        while True:
            if (message := self._station.outbox.head()) is None:
                self._news.clear()
                await self._news.wait()
            else:
                await self._deliver(message)

    def _boot_notification(self) -> Any:
        plate = self.nameplate
        return call.BootNotification(
            charge_point_model=plate.model,
            charge_point_vendor=plate.vendor,
            charge_point_serial_number=plate.serial_number,
            firmware_version=plate.firmware_version,
        )

    @override
    async def _boot(self) -> float:
        """Send a BootNotification and return how long to wait before the next one (4.2)."""
        try:
            answer = await self.call(self._boot_notification())
        except REFUSED as error:
            _LOGGER.info("%s: BootNotification: %s", self.identity, error)
            return self._backoff.longest_s
        self.boot_status = answer.status
        if answer.status == ACCEPTED:
            if answer.interval > 0:
                self._station.configuration.put("HeartbeatInterval", str(answer.interval))
            self._accepted.set()
        self._host.changed()
        return float(answer.interval) if answer.interval > 0 else self._backoff.longest_s

    async def _beat(self) -> None:
        while True:
            interval = self._station.configuration.number("HeartbeatInterval")
            await asyncio.sleep(interval or _DEFAULT_HEARTBEAT_S)
            if interval:
                with suppress(*REFUSED):
                    await self.call(self.calls.Heartbeat())

    async def _deliver(self, message: Outgoing) -> None:
        outbox, configuration = self._station.outbox, self._station.configuration
        payload = outbox.payload(message, self._station.known_transactions())
        try:
            answer = await self.call(getattr(self.calls, message.action)(**payload))
        except TimeoutError:
            # Nothing says that the message was refused: it is for the next connection to deliver.
            _LOGGER.info("%s: no answer to %s", self.identity, message.action)
            if message.is_kept:
                await self.drop()
                return
        except REFUSED as error:
            message.attempts += 1
            _LOGGER.info("%s: %s: %s", self.identity, message.action, error)
            attempts = configuration.number("TransactionMessageAttempts")
            if message.is_kept and message.attempts < attempts:
                retry_s = configuration.number("TransactionMessageRetryInterval")
                await asyncio.sleep(retry_s * message.attempts)
                return
        else:
            self._answered(message, answer)
        outbox.remove(message)
        self._host.changed()

    def _answered(self, message: Outgoing, answer: Any) -> None:
        """Take what the central system answered to a message of the outbox."""
        if message.action == "StartTransaction" and message.transaction_key is not None:
            self._station.started(
                message.transaction_key,
                answer.transaction_id,
                answer.id_tag_info,
                self._host.now(),
            )
