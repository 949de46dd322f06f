"""A charger that keeps what was not acknowledged and tells it again: OCPP 1.6, clauses 3.7.1, 4.8."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import json
from random import Random
from typing import Any

from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, WSMsgType

#: What a car takes between two meter values, in Wh, and how far apart they are.
_MOST_WH = 900
_BETWEEN = timedelta(minutes=5)
_FIRST_WH = 1000


@dataclass(eq=False, slots=True)
class RealSession:
    """A session as it really was, with registers in Wh; None: not yet, or not acknowledged."""

    charger: str
    connector_id: int
    meter_start: int
    meter_stop: int | None = None
    transaction_id: int | None = None
    acknowledged_wh: int | None = None
    stop_acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class _Message:
    action: str
    payload: dict[str, Any]
    session: RealSession
    register: int


@dataclass(slots=True)
class _Connector:
    register: int = _FIRST_WH
    session: RealSession | None = None
    values_left: int = 0


@dataclass(eq=False)
class Charger:
    """A charger whose cars come and go; it tells one message after the other."""

    identity: str
    connectors: int
    random: Random
    #: Its own time (aware UTC), which goes on with each message.
    now: datetime
    sessions: list[RealSession] = field(default_factory=list)
    #: Answers to a repeated StartTransaction that were not what was answered before.
    other_answers: int = 0
    acknowledged: int = 0
    #: Does it begin new sessions?
    goes_on: bool = True

    def __post_init__(self) -> None:
        self._places = {number + 1: _Connector() for number in range(self.connectors)}
        self._outbox: deque[_Message] = deque()
        self._last: _Message | None = None
        self._count = 0

    @property
    def registers(self) -> dict[int, int]:
        """Return what each connector has delivered, in Wh."""
        return {number: each.register - _FIRST_WH for number, each in self._places.items()}

    async def run(self, session: ClientSession, url: str) -> None:
        """Tell everything until the connection ends, or all is told and no more is to come."""
        try:
            async with session.ws_connect(
                f"{url}/{self.identity}", protocols=("ocpp1.6",), max_msg_size=0
            ) as socket:
                if self._last:
                    # Some say their last message again after a reconnect.
                    await self._tell(socket, self._last)
                while self._next():
                    await self._tell(socket, self._outbox[0])
                    self._last = self._outbox.popleft()
        except ClientError, ConnectionError:
            return

    def _next(self) -> bool:
        """See to it that there is something to tell, if anything is to come."""
        if not self._outbox:
            busy = [number for number, each in self._places.items() if each.session]
            numbers = list(self._places) if self.goes_on else busy
            if numbers:
                self._happen(self.random.choice(numbers))
        return bool(self._outbox)

    def _happen(self, number: int) -> None:
        """Let the next thing happen at a connector."""
        here = self._places[number]
        self.now += _BETWEEN
        if here.session is None:
            here.session = RealSession(self.identity, number, here.register)
            here.values_left = self.random.randrange(4)
            self.sessions.append(here.session)
            self._put("StartTransaction", here, idTag="TAG", meterStart=here.register)
            return
        here.register += self.random.randrange(1, _MOST_WH)
        if here.values_left:
            here.values_left -= 1
            value = {"timestamp": self._time(), "sampledValue": [{"value": str(here.register)}]}
            self._put("MeterValues", here, meterValue=[value])
            return
        here.session.meter_stop = here.register
        self._put("StopTransaction", here, meterStop=here.register, reason="EVDisconnected")
        here.session = None

    def _put(self, action: str, here: _Connector, **payload: Any) -> None:
        assert here.session is not None
        if action != "StopTransaction":
            payload["connectorId"] = here.session.connector_id
        if action != "MeterValues":
            payload["timestamp"] = self._time()
        self._outbox.append(_Message(action, payload, here.session, here.register))

    def _time(self) -> str:
        return self.now.isoformat()

    async def _tell(self, socket: ClientWebSocketResponse, message: _Message) -> None:
        payload = dict(message.payload)
        if message.action != "StartTransaction":
            payload["transactionId"] = message.session.transaction_id
        self._count += 1
        await socket.send_str(json.dumps([2, str(self._count), message.action, payload]))
        while True:
            received = await socket.receive()
            if received.type is not WSMsgType.TEXT:
                raise ConnectionResetError
            frame = json.loads(received.data)
            if frame[0] == 2:
                await socket.send_str(json.dumps([4, frame[1], "NotSupported", "", {}]))
            elif frame[1] == str(self._count):
                break
        if frame[0] != 3:
            raise ValueError(f"{message.action}: {frame}")
        self._hear(message, frame[2])

    def _hear(self, message: _Message, answer: dict[str, Any]) -> None:
        self.acknowledged += 1
        session = message.session
        if message.action == "StartTransaction":
            number = answer["transactionId"]
            if session.transaction_id not in (None, number):
                self.other_answers += 1
            session.transaction_id = number
        session.acknowledged_wh = max(session.acknowledged_wh or 0, message.register)
        session.stop_acknowledged |= message.action == "StopTransaction"
