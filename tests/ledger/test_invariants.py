"""Whatever a charger says, in whatever order: energy is neither lost nor counted twice."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule
import pytest

from custom_components.zmartcharge.ledger import Ledger, Session

from .builders import CHARGER, T0, a_sample, a_start, a_stop

pytestmark = pytest.mark.timeout(200)

type Told = Callable[[], Any]


@dataclass
class RealSession:
    """A session as it really was, and what of it the ledger has not been told yet."""

    started_at: datetime
    meter_start: int
    held: bool
    meter_stop: int | None = None
    known: Session | None = None
    stop_told: bool = False
    queue: list[Told] = field(default_factory=list)
    sent: list[Told] = field(default_factory=list)


class Charger(RuleBasedStateMachine):
    """A charger with one connector, whose register only ever rises."""

    real = Bundle("real")

    def __init__(self) -> None:
        super().__init__()
        self.cleanup = ExitStack()
        self.runner = self.cleanup.enter_context(asyncio.Runner())
        folder = Path(self.cleanup.enter_context(TemporaryDirectory()))
        self.url = f"sqlite:///{folder / 'ledger.db'}"
        self.ledger = self.runner.run(Ledger.open(self.url))
        self.now, self.register = T0, 5000
        self.sessions: list[RealSession] = []
        self.active: RealSession | None = None
        self.transaction_ids: dict[datetime, int] = {}
        self.tell(self.ledger.record_meters([a_sample(self.register, 0)]))

    def tell(self, message: Any) -> Any:
        return self.runner.run(message)

    def send(self, session: RealSession, message: Told) -> None:
        if session.held:
            session.queue.append(message)
        else:
            message()
            session.sent.append(message)

    @rule(wh=st.integers(0, 9000), minutes=st.integers(1, 200))
    def deliver(self, wh: int, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.register += wh

    @rule(target=real, held=st.booleans(), minutes=st.integers(1, 5))
    def start(self, held: bool, minutes: int) -> RealSession:
        """Begin a session; one that is active never tells its stop then."""
        self.now += timedelta(minutes=minutes)
        session = RealSession(self.now, self.register, held)
        message = a_start(self.register, at=self.now)

        def tell() -> None:
            answer = self.tell(self.ledger.start_transaction(message))
            session.known = answer.session
            known = self.transaction_ids.setdefault(
                session.started_at, answer.session.transaction_id
            )
            assert known == answer.session.transaction_id

        self.sessions.append(session)
        self.active = session
        self.send(session, tell)
        return session

    @precondition(lambda self: self.active is not None)
    @rule()
    def sample(self) -> None:
        session, register, now = self.active, self.register, self.now
        assert session is not None

        def tell() -> None:
            assert session.known is not None
            transaction = session.known.transaction_id
            reading = a_sample(register, 0, transaction=transaction, at=now)
            self.tell(self.ledger.record_meters([reading]))

        self.send(session, tell)

    @rule()
    def sample_without_transaction(self) -> None:
        self.tell(self.ledger.record_meters([a_sample(self.register, 0, at=self.now)]))

    @precondition(lambda self: self.active is not None)
    @rule()
    def stop(self) -> None:
        session, register, now = self.active, self.register, self.now
        assert session is not None
        session.meter_stop = register
        self.active = None

        def tell() -> None:
            assert session.known is not None
            stop = a_stop(session.known, register, at=now)
            assert self.tell(self.ledger.stop_transaction(stop)) is not None
            session.stop_told = True

        self.send(session, tell)

    @rule(session=real)
    def tell_what_was_held(self, session: RealSession) -> None:
        if session.queue:
            message = session.queue.pop(0)
            message()
            session.sent.append(message)

    @rule(session=real, which=st.integers(0))
    def repeat(self, session: RealSession, which: int) -> None:
        if session.sent:
            session.sent[which % len(session.sent)]()

    @rule()
    def unplug(self) -> None:
        self.tell(self.ledger.unplugged(CHARGER, 1, self.now))

    @rule()
    def restart(self) -> None:
        self.tell(self.ledger.close())
        self.ledger = self.tell(Ledger.open(self.url))

    @invariant()
    def energy_adds_up(self) -> None:
        self.tell(self.check())

    async def check(self) -> None:
        kept, last, unattributed, lifetime = await asyncio.gather(
            self.ledger.sessions(charge_point_id=CHARGER),
            self.ledger.last_register(CHARGER, 1),
            self.ledger.unattributed(CHARGER),
            self.ledger.lifetime(CHARGER, 1),
        )
        assert len(kept) == sum(session.known is not None for session in self.sessions)
        assert len({session.transaction_id for session in kept}) == len(kept)
        assert last is not None
        assert unattributed >= 0
        energy = {session.id: session.energy_wh for session in kept}
        assert abs(sum(energy.values()) + unattributed - (last[0] - 5000)) <= 1
        assert lifetime == last[0]
        slices = await asyncio.gather(*(self.ledger.slices(session_id) for session_id in energy))
        assert all(part.wh > 0 for parts in slices for part in parts)
        assert [sum(part.wh for part in parts) for parts in slices] == list(energy.values())
        for session in self.sessions:
            if session.stop_told:
                assert session.known is not None and session.meter_stop is not None
                assert energy[session.known.id] == session.meter_stop - session.meter_start

    def teardown(self) -> None:
        self.tell(self.ledger.close())
        self.cleanup.close()


Charger.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
TestCharger = Charger.TestCase
