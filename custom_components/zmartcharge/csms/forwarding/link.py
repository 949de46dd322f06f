"""The connection of one charger to the other central system, kept up for as long as it is wanted."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
import contextlib
from dataclasses import dataclass
from datetime import datetime
import logging
import random

from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, WSMsgType

from ..errors import CallFailedError, CsmsError, NotConnectedError
from ..fields import to_number
from ..limits import Pace
from ..rpc import JsonObject, Rpc
from .client import connect
from .delivery import Delivery
from .destination import Destination
from .errors import BootRefusedError, ForwardingError, OutboxError, UnreachableError
from .outbox import Outbox
from .traffic import BOOT, Newest

_LOGGER = logging.getLogger(__name__)

#: Frames of the other that are read at once, and per second after that: a central system that asks
#: for more is read more slowly.
_BURST, _RATE = 50, 10.0
#: Slots of messages of which the newest counts; more has no charger.
_MAX_SLOTS = 100
_LEAST_INTERVAL, _LONGEST_INTERVAL, _USUAL_INTERVAL = 10.0, 86_400.0, 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long things take, in seconds; the wait before the next try doubles up to the longest."""

    first_wait: float = 5.0
    longest_wait: float = 600.0
    #: A connection that lasted so long was a good one.
    steady: float = 60.0
    call: float = 30.0
    ping_every: float = 60.0
    pong_within: float = 30.0
    #: Shortens what the other asks for and what a refusal costs, for tests.
    scale: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Traveller:
    """What the other takes us for: the charger's version of OCPP and its BootNotification."""

    version: str
    boot: JsonObject


class Link:
    """Tells the other system of one charger, and hears it."""

    def __init__(
        self,
        destination: Destination,
        session: ClientSession,
        outbox: Outbox,
        answer: Callable[[str, JsonObject], Awaitable[JsonObject]],
        clock: Callable[[], datetime],
        changed: Callable[[], None],
        timing: Timing | None = None,
    ) -> None:
        """Take where to connect, what waits, who answers the other, and who hears of changes."""
        self.destination = destination
        self._session = session
        self._answer = answer
        self._clock = clock
        self._changed = changed
        self._timing = timing or Timing()
        self._seconds = asyncio.get_running_loop().time
        self._traveller: Traveller | None = None
        self._ready = asyncio.Event()
        self._wake = asyncio.Event()
        self._pong = asyncio.Event()
        self._hung_up = asyncio.Event()
        self._newest: dict[str, Newest] = {}
        self._untold: dict[str, Newest] = {}
        #: What is told once, by action.
        self._parts: deque[tuple[str, JsonObject]] = deque()
        self._rpc: Rpc | None = None
        self._socket: ClientWebSocketResponse | None = None
        self._interval = _USUAL_INTERVAL
        self.delivery = Delivery(
            destination.identity, outbox, clock, self._seconds, self._progress, self._timing.scale
        )
        #: The other has accepted the charger, and there is a connection.
        self.connected = False
        #: Why there was none when that was last tried.
        self.problem: ForwardingError | None = None
        #: When the other was last there, or first looked for.
        self.seen_at = clock()

    def introduce(self, traveller: Traveller) -> None:
        """Take what the charger is; another one is introduced anew."""
        before, self._traveller = self._traveller, traveller
        self._ready.set()
        if before is not None and before != traveller and self._socket is not None:
            if before.version != traveller.version:
                self.hang_up()
            else:
                self.again(BOOT)

    def tell(self, newest: Newest) -> None:
        """Tell something of which only the newest counts, now or when there is a connection."""
        if newest.slot not in self._newest and len(self._newest) >= _MAX_SLOTS:
            return
        self._newest[newest.slot] = self._untold[newest.slot] = newest
        self._wake.set()

    def again(self, action: str) -> bool:
        """Tell the newest messages of a kind again, as the other asks; False: there is none."""
        found = {slot: each for slot, each in self._newest.items() if each.action == action}
        if action == BOOT and self._traveller is not None:
            found = {BOOT: Newest(action=BOOT, slot=BOOT, payload=self._traveller.boot)}
        self._untold |= found
        self._wake.set()
        return bool(found)

    def report(self, action: str, parts: Sequence[JsonObject]) -> bool:
        """Tell once, in this connection, what was asked for; False: an earlier report still waits."""
        if self._parts:
            return False
        self._parts.extend((action, part) for part in parts)
        self._wake.set()
        return True

    def wake(self) -> None:
        """Look at what waits."""
        self._wake.set()

    async def ask(self, action: str, payload: JsonObject, timeout: float) -> JsonObject:
        """Ask the other something now. Raises CsmsError or TimeoutError within the time (s)."""
        if self._rpc is None or not self.connected:
            raise NotConnectedError(self.destination.identity)
        async with asyncio.timeout(timeout):
            return await self._rpc.call(action, payload, timeout=timeout)

    async def run(self) -> None:
        """Keep the connection up until cancelled."""
        failures = 0
        while True:
            await self._ready.wait()
            began = self._seconds()
            try:
                await self._once()
            except ForwardingError as err:
                self.problem = err
            except (CsmsError, OutboxError, ClientError, ConnectionError, RuntimeError) as err:
                self.problem = UnreachableError(str(err))
            finally:
                self._gone()
            if self._seconds() - began >= self._timing.steady:
                failures = 0
            _LOGGER.debug(
                "%s: no second central system: %r", self.destination.identity, self.problem
            )
            await asyncio.sleep(self._wait(failures))
            failures += 1

    def hang_up(self) -> None:
        """End the connection; another one is made soon."""
        self._hung_up.set()

    def _wait(self, failures: int) -> float:
        """Return how long to wait, at random so that many do not come back at the same moment."""
        wait = self._timing.first_wait * 2.0 ** min(failures, 12)
        return min(self._timing.longest_wait, wait) * random.uniform(0.5, 1.0)

    async def _once(self) -> None:
        """Connect, and serve the connection until it ends."""
        assert self._traveller is not None
        socket = await connect(self._session, self.destination, self._traveller.version)
        rpc = Rpc(f"{self.destination.identity} beside us", socket.send_str, self._answer)
        self._socket, self._rpc = socket, rpc
        self._hung_up.clear()
        jobs = [
            asyncio.ensure_future(job)
            for job in (
                self._read(socket, rpc),
                rpc.serve(),
                self._watch(socket),
                self._talk(rpc),
                self._until_hung_up(),
            )
        ]
        try:
            ended, _ = await asyncio.wait(jobs, return_when=asyncio.FIRST_COMPLETED)
            for job in ended:
                job.result()
        finally:
            rpc.close()
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)
            with contextlib.suppress(ConnectionError, RuntimeError):
                await socket.close()
        raise UnreachableError("the connection was closed")

    def _gone(self) -> None:
        self._socket = self._rpc = None
        self._parts.clear()
        if self.connected:
            self.connected = False
            self.seen_at = self._clock()
        self._changed()

    def _progress(self) -> None:
        self._changed()

    async def _talk(self, rpc: Rpc) -> None:
        """Introduce the charger, then tell what there is to tell for as long as there is a connection."""
        await self._boot(rpc)
        self.connected, self.problem = True, None
        self._untold = dict(self._newest)
        self._changed()
        while True:
            self._wake.clear()
            await self._tell_newest(rpc)
            while self._parts:
                await self._say(rpc, *self._parts[0])
                self._parts.popleft()
            await self.delivery.run(rpc, self._timing.call)
            pause = self.delivery.pause()
            patience = self._interval if pause is None else min(pause, self._interval)
            try:
                async with asyncio.timeout(patience):
                    await self._wake.wait()
            except TimeoutError:
                await self._say(rpc, "Heartbeat", {})

    async def _boot(self, rpc: Rpc) -> None:
        assert self._traveller is not None
        response = await self._say(rpc, BOOT, self._traveller.boot)
        status = str(response.get("status"))[:20]
        asked = to_number(response.get("interval"))
        interval = min(_LONGEST_INTERVAL, max(_LEAST_INTERVAL, asked or _USUAL_INTERVAL))
        self._interval = interval * self._timing.scale
        if status != "Accepted":
            # The other says when it wants to be asked again (OCPP 1.6, clause 4.2).
            self.problem = BootRefusedError(status)
            self._changed()
            await asyncio.sleep(self._interval)
            raise BootRefusedError(status)

    async def _tell_newest(self, rpc: Rpc) -> None:
        while self._untold:
            slot = next(iter(self._untold))
            newest = self._untold.pop(slot)
            await self._say(rpc, newest.action, newest.payload)

    async def _say(self, rpc: Rpc, action: str, payload: JsonObject) -> JsonObject:
        """Say what need not be said again; an answer that is an error comes to an empty one."""
        try:
            return await rpc.call(action, payload, timeout=self._timing.call)
        except CallFailedError as err:
            _LOGGER.debug("%s: %s was refused: %s", self.destination.identity, action, err.code)
            return {}

    async def _read(self, socket: ClientWebSocketResponse, rpc: Rpc) -> None:
        pace = Pace(_BURST, _RATE)
        while True:
            message = await socket.receive()
            await pace.keep()
            match message.type:
                case WSMsgType.TEXT:
                    await rpc.feed(message.data)
                case WSMsgType.PING:
                    await socket.pong(message.data)
                case WSMsgType.PONG:
                    self._pong.set()
                case _:
                    # Closed, too long a frame, or one that is not text.
                    return

    async def _until_hung_up(self) -> None:
        await self._hung_up.wait()

    async def _watch(self, socket: ClientWebSocketResponse) -> None:
        """Return when the other does not answer a ping any more."""
        while True:
            await asyncio.sleep(self._timing.ping_every)
            self._pong.clear()
            try:
                async with asyncio.timeout(self._timing.pong_within):
                    await socket.ping()
                    await self._pong.wait()
            except TimeoutError, ConnectionError, RuntimeError:
                return
