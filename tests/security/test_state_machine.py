"""Chargers, a central system and a ledger live through anything: energy stays what it was.

Statements 7 and 16 and those on data integrity, with real frames over lines in this process.
"""

import asyncio
from collections import deque
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
import pytest

from benchmarks.durability.keeper import Keeper
from custom_components.zmartcharge import bookkeeping
from custom_components.zmartcharge.csms import CentralSystem
from custom_components.zmartcharge.ledger import Ledger

from .wire import Peer, central_system

pytestmark = pytest.mark.timeout(200)

T0 = datetime(2026, 10, 24, 20, 0, tzinfo=UTC)
FIRST_WH = 5000
LOST_CLOCK = datetime(1970, 1, 1, tzinfo=UTC) - T0
CONNECTORS = {"CP1": (1, 2), "CP2": (1,)}
ROGUE = "CP3"
#: A message gets its transaction's id when it is sent: it is known by then.
TRANSACTION = object()

_chargers = st.sampled_from(sorted(CONNECTORS))
_places = st.sampled_from([(name, number) for name, all_ in CONNECTORS.items() for number in all_])


@dataclass(eq=False)
class RealSession:
    """A session as it really was."""

    charger: str
    meter_start: int
    transaction_id: int | None = None
    meter_stop: int | None = None
    stop_acknowledged: bool = False
    attempted: bool = False
    #: The charger's clock was wrong in it, so that its energy need not be the whole.
    doubtful: bool = False


@dataclass(eq=False)
class Message:
    """What a charger has to tell, and how it was answered."""

    action: str
    payload: dict[str, Any]
    session: RealSession | None


@dataclass
class Place:
    """A connector and its meter."""

    register: int = FIRST_WH
    session: RealSession | None = None


@dataclass
class Charger:
    """A charger that keeps what was not acknowledged and tells it in order."""

    name: str
    places: dict[int, Place]
    outbox: deque[Message] = field(default_factory=deque)
    acknowledged: list[Message] = field(default_factory=list)
    offset: timedelta = timedelta(0)
    peer: Peer | None = None


class Life(RuleBasedStateMachine):
    """What can happen to two chargers, one of them with two connectors, and to us."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.runner = asyncio.Runner()
        self.patch = pytest.MonkeyPatch()
        self.now = T0
        self.patch.setattr(bookkeeping, "dt_util", SimpleNamespace(utcnow=lambda: self.now))
        self.chargers = {
            name: Charger(name, {number: Place() for number in numbers})
            for name, numbers in CONNECTORS.items()
        }
        self.sessions: list[RealSession] = []
        self.jumps = 0
        self.stack = AsyncExitStack()
        self.ledger: Ledger
        self.csms: CentralSystem

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    # The central system ---------------------------------------------------------------------

    async def open(self) -> None:
        url = f"sqlite:///{Path(self.folder.name) / 'ledger.db'}"
        self.ledger = await Ledger.open(url)
        self.stack.push_async_callback(self.ledger.close)
        names = (*CONNECTORS, ROGUE)
        handlers = {name: Keeper(self.ledger, name) for name in names}
        system = central_system(handlers, lambda: self.now)
        self.csms = await self.stack.enter_async_context(system)

    async def close(self) -> None:
        await self.stack.aclose()
        peers = [charger.peer for charger in self.chargers.values() if charger.peer]
        await asyncio.gather(*(peer.serving for peer in peers))
        for charger in self.chargers.values():
            charger.peer = None

    @initialize()
    def begin(self) -> None:
        self.run(self.open())
        for charger in self.chargers.values():
            self.run(self.connected(charger))
            for number in charger.places:
                self.measure(charger, number)
            self.run(self.tell(charger))

    @rule()
    def restart(self) -> None:
        self.run(self.close())
        self.run(self.open())

    # The connection -------------------------------------------------------------------------

    async def connected(self, charger: Charger) -> Peer:
        if charger.peer is None:
            charger.peer = Peer(self.csms, charger.name)
        return charger.peer

    @rule(name=_chargers)
    def boot(self, name: str) -> None:
        """Connect, and take the time from the answer to BootNotification."""
        charger = self.chargers[name]

        async def exchange() -> None:
            peer = await self.connected(charger)
            boot = {"chargePointVendor": "V", "chargePointModel": "M"}
            frame = await peer.call("BootNotification", boot)
            assert frame[2]["status"] == "Accepted"

        self.run(exchange())
        charger.offset = timedelta(0)

    @rule(name=_chargers)
    def drop(self, name: str) -> None:
        charger = self.chargers[name]
        if charger.peer:
            self.run(charger.peer.drop())
            charger.peer = None

    @rule(name=_chargers, answers=st.booleans())
    def connect_again(self, name: str, answers: bool) -> None:
        """Connect while there is a connection: one that answers stays, a dead one makes room."""
        charger = self.chargers[name]

        async def exchange() -> None:
            old = await self.connected(charger)
            await old.call("Heartbeat", {})
            old.line.alive = answers
            new = Peer(self.csms, name)
            if answers:
                await new.serving
                assert new.line.cut and not old.line.cut
            else:
                assert (await new.call("Heartbeat", {}))[0] == 3
                await old.serving
                charger.peer = new

        self.run(exchange())

    # What is told ---------------------------------------------------------------------------

    def put(self, charger: Charger, action: str, session: RealSession | None, **more: Any) -> None:
        charger.outbox.append(Message(action, more, session))

    def timestamp(self, charger: Charger) -> str:
        return (self.now + charger.offset).isoformat()

    def measure(self, charger: Charger, number: int) -> None:
        place = charger.places[number]
        at = self.timestamp(charger)
        value = {"timestamp": at, "sampledValue": [{"value": str(place.register)}]}
        known = {} if place.session is None else {"transactionId": TRANSACTION}
        self.put(
            charger, "MeterValues", place.session, connectorId=number, meterValue=[value], **known
        )

    def frame(self, message: Message) -> dict[str, Any]:
        """Return a message's payload as it is said now."""
        session = message.session
        if message.action == "StartTransaction":
            assert session is not None
            session.attempted = True
        return {
            key: session.transaction_id if value is TRANSACTION and session else value
            for key, value in message.payload.items()
        }

    def heard(self, message: Message, frame: list[Any]) -> None:
        """Take the answer to a message."""
        assert frame[0] == 3, frame
        session = message.session
        if message.action == "StartTransaction" and session:
            number = frame[2]["transactionId"]
            assert session.transaction_id in (None, number), "the same start, another answer"
            session.transaction_id = number
        if message.action == "StopTransaction" and session:
            session.stop_acknowledged = True

    async def tell(self, charger: Charger, count: int | None = None) -> None:
        while charger.outbox and count != 0:
            message = charger.outbox[0]
            peer = await self.connected(charger)
            self.heard(message, await peer.call(message.action, self.frame(message)))
            charger.acknowledged.append(charger.outbox.popleft())
            count = None if count is None else count - 1

    @rule(name=_chargers, count=st.integers(1, 6))
    def tell_some(self, name: str, count: int) -> None:
        self.run(self.tell(self.chargers[name], count))

    @rule(name=_chargers, kept=st.booleans())
    def lose_the_answer(self, name: str, kept: bool) -> None:
        """Cut the line after a message was kept and answered, or while that is under way."""
        charger = self.chargers[name]
        if not charger.outbox:
            return
        message = charger.outbox[0]

        async def exchange() -> None:
            peer = await self.connected(charger)
            payload = self.frame(message)
            if kept:
                await peer.call(message.action, payload)
            else:
                asking = asyncio.ensure_future(peer.call(message.action, payload))
                await asyncio.sleep(0)
                asking.cancel()
            await peer.drop()
            charger.peer = None

        self.run(exchange())

    @rule(name=_chargers, which=st.integers(0, 1000), times=st.integers(1, 3))
    def repeat(self, name: str, which: int, times: int) -> None:
        """Say again what was acknowledged long ago."""
        charger = self.chargers[name]
        if not charger.acknowledged:
            return
        message = charger.acknowledged[which % len(charger.acknowledged)]

        async def exchange() -> None:
            peer = await self.connected(charger)
            for _ in range(times):
                self.heard(message, await peer.call(message.action, self.frame(message)))

        self.run(exchange())

    # What happens at the charger ------------------------------------------------------------

    @rule(place=_places)
    def start(self, place: tuple[str, int]) -> None:
        charger, number = self.chargers[place[0]], place[1]
        if charger.places[number].session:
            return
        self.now += timedelta(minutes=1)
        register = charger.places[number].register
        session = RealSession(charger.name, register, doubtful=bool(charger.offset))
        self.sessions.append(session)
        charger.places[number].session = session
        self.put(
            charger,
            "StartTransaction",
            session,
            connectorId=number,
            idTag="TAG",
            meterStart=register,
            timestamp=self.timestamp(charger),
        )

    @rule(place=_places, minutes=st.integers(1, 24), kilowatts=st.integers(0, 22))
    def deliver(self, place: tuple[str, int], minutes: int, kilowatts: int) -> None:
        charger, number = self.chargers[place[0]], place[1]
        self.now += timedelta(minutes=minutes)
        charger.places[number].register += minutes * kilowatts * 1000 // 60
        self.measure(charger, number)

    @rule(place=_places)
    def stop(self, place: tuple[str, int]) -> None:
        charger, number = self.chargers[place[0]], place[1]
        here = charger.places[number]
        if not (session := here.session):
            return
        self.now += timedelta(minutes=1)
        session.meter_stop, here.session = here.register, None
        self.put(
            charger,
            "StopTransaction",
            session,
            transactionId=TRANSACTION,
            meterStop=here.register,
            timestamp=self.timestamp(charger),
            reason="EVDisconnected",
        )

    @rule(place=_places)
    def lose_power(self, place: tuple[str, int]) -> None:
        """End a session of which the charger never tells the end."""
        self.chargers[place[0]].places[place[1]].session = None

    @rule(name=_chargers, way=st.sampled_from(["ahead", "back", "lost", "right"]))
    def jump(self, name: str, way: str) -> None:
        """Set a charger's clock; never to the same second twice."""
        charger = self.chargers[name]
        self.jumps += 1
        hour = timedelta(seconds=3600 + 7 * self.jumps)
        charger.offset = {
            "ahead": hour,
            "back": -hour,
            "lost": LOST_CLOCK + timedelta(seconds=self.jumps),
            "right": timedelta(0),
        }[way]
        for place in charger.places.values():
            if place.session:
                place.session.doubtful = True

    @precondition(lambda self: any(session.transaction_id for session in self.sessions))
    @rule(which=st.integers(0, 1000))
    def another_charger_uses_a_transaction_id(self, which: int) -> None:
        told = [session for session in self.sessions if session.transaction_id]
        session = told[which % len(told)]
        number = session.transaction_id
        places = self.chargers[session.charger].places.values()
        register = max(place.register for place in places) + 500

        async def exchange() -> None:
            rogue = Peer(self.csms, ROGUE)
            at = self.now.isoformat()
            value = {"timestamp": at, "sampledValue": [{"value": str(register)}]}
            for action, payload in (
                ("MeterValues", {"connectorId": 1, "meterValue": [value]}),
                ("StopTransaction", {"meterStop": register, "timestamp": at, "reason": "Local"}),
            ):
                frame = await rogue.call(action, {"transactionId": number, **payload})
                assert frame[0] == 3
            await rogue.drop()

        self.run(exchange())

    # What must hold -------------------------------------------------------------------------

    @invariant()
    def books_are_right(self) -> None:
        if hasattr(self, "ledger"):
            self.run(self.check())

    async def check(self) -> None:
        ids: list[int] = []
        for charger in self.chargers.values():
            mine = [session for session in self.sessions if session.charger == charger.name]
            kept = await self.ledger.sessions(charge_point_id=charger.name)
            ids += [session.transaction_id for session in kept]
            by_id = {session.transaction_id: session for session in kept}
            answered = [session for session in mine if session.transaction_id]
            assert len(answered) <= len(kept) <= sum(session.attempted for session in mine)
            assert len({session.transaction_id for session in answered}) == len(answered)
            registers = [
                await self.ledger.last_register(charger.name, number) for number in charger.places
            ]
            delivered = sum(register[0] - FIRST_WH for register in registers if register)
            unattributed = await self.ledger.unattributed(charger.name)
            assert unattributed >= 0
            energy = sum(session.energy_wh for session in kept)
            assert abs(energy + unattributed - delivered) <= 1, (energy, unattributed, delivered)
            for session in answered:
                record = by_id[session.transaction_id or 0]
                assert record.meter_start_wh == session.meter_start
                if any(place.session is session for place in charger.places.values()):
                    assert record.stopped_at is None
                if session.stop_acknowledged and not session.doubtful:
                    assert session.meter_stop is not None
                    assert record.energy_wh == session.meter_stop - session.meter_start
        assert len(set(ids)) == len(ids)

    async def finish(self) -> None:
        """Let every charger tell everything; once its clock is right, each Wh is known."""
        self.now += timedelta(hours=4)
        for charger in self.chargers.values():
            charger.offset = timedelta(0)
            for number in charger.places:
                self.measure(charger, number)
            await self.tell(charger)
            for number, place in charger.places.items():
                last = await self.ledger.last_register(charger.name, number)
                assert last is not None
                assert last[0] == place.register
        await self.check()

    def teardown(self) -> None:
        try:
            if hasattr(self, "ledger"):
                self.run(self.finish())
                self.run(self.close())
        finally:
            self.patch.undo()
            self.runner.close()
            self.folder.cleanup()


Life.TestCase.settings = settings(
    max_examples=15,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow],
)
TestLife = Life.TestCase
