"""Statements that need the integration's bookkeeping and a ledger, for OCPP 1.6 and 2.0.1."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.durability.keeper import Keeper
from custom_components.zmartcharge import bookkeeping
from custom_components.zmartcharge.csms import CentralSystem
from custom_components.zmartcharge.ledger import Ledger, Session

from .wire import Peer, central_system

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
VERSIONS = ("1.6", "2.0.1")
CARD = {"idToken": "04A1B2C3", "type": "ISO14443"}


class Charger:
    """A charger that says the same in either version."""

    def __init__(self, csms: CentralSystem, identity: str, version: str) -> None:
        self.version = version
        self.peer = Peer(csms, identity, f"ocpp{version}")
        self._seq = 0

    async def start(self, register: Any = 1000, minute: float = 0, **changes: Any) -> Any:
        """Begin a session on the first connector; return what it is called from then on."""
        if self.version == "2.0.1":
            await self._event("Started", "T1", register, minute, idToken=CARD, **changes)
            return "T1"
        payload = {
            "connectorId": 1,
            "idTag": CARD["idToken"],
            "meterStart": register,
            "timestamp": iso(minute),
            **changes,
        }
        answer = await self.said("StartTransaction", payload)
        return answer["transactionId"]

    async def values(self, transaction: Any, register: Any, minute: float, **changes: Any) -> None:
        if self.version == "2.0.1":
            await self._event("Updated", transaction, register, minute, **changes)
            return
        payload = {
            "connectorId": 1,
            "transactionId": transaction,
            "meterValue": [sampled(str(register), minute)],
            **changes,
        }
        await self.said("MeterValues", payload)

    async def stop(self, transaction: Any, register: Any, minute: float, **changes: Any) -> None:
        if self.version == "2.0.1":
            await self._event("Ended", transaction, register, minute, **changes)
            return
        payload = {
            "transactionId": transaction,
            "meterStop": register,
            "timestamp": iso(minute),
            **changes,
        }
        await self.said("StopTransaction", payload)

    async def said(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Say something that is to be acknowledged, and return the answer."""
        frame = await self.peer.call(action, payload)
        assert frame[0] == 3, frame
        answer: dict[str, Any] = frame[2]
        return answer

    async def _event(
        self, kind: str, transaction: Any, register: Any, minute: float, **changes: Any
    ) -> None:
        payload = {
            "eventType": kind,
            "timestamp": iso(minute),
            "triggerReason": "Authorized" if kind == "Started" else "MeterValuePeriodic",
            "seqNo": self._seq,
            "transactionInfo": {"transactionId": transaction, "chargingState": "Charging"},
            "evse": {"id": 1, "connectorId": 1},
            "meterValue": [sampled(register, minute)],
            **changes,
        }
        self._seq += 1
        await self.said("TransactionEvent", payload)


def iso(minute: float) -> str:
    return (NOW + timedelta(minutes=minute)).isoformat()


def sampled(value: Any, minute: float) -> dict[str, Any]:
    return {"timestamp": iso(minute), "sampledValue": [{"value": value}]}


class Books:
    """A central system with a ledger, over restarts."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.now = NOW + timedelta(hours=6)
        self.ledger: Ledger
        self.csms: CentralSystem

    @asynccontextmanager
    async def open(self, *identities: str) -> AsyncIterator[None]:
        self.ledger = await Ledger.open(self.url)
        handlers = {identity: Keeper(self.ledger, identity) for identity in identities}
        async with central_system(handlers, lambda: self.now) as self.csms:
            yield
        await self.ledger.close()

    async def sessions(self, identity: str = "CP1") -> tuple[Session, ...]:
        return await self.ledger.sessions(charge_point_id=identity)

    async def reasons(self, identity: str = "CP1") -> str:
        """Return why messages are in quarantine."""
        return "; ".join(entry.reason for entry in await self.ledger.quarantined(identity))


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Books:
    books = Books(f"sqlite:///{tmp_path / 'ledger.db'}")
    monkeypatch.setattr(bookkeeping, "dt_util", SimpleNamespace(utcnow=lambda: books.now))
    return books


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    version: str = request.param
    return version


# 7: transactions belong to their charger ---------------------------------------------------------


async def test_07_a_charger_neither_ends_nor_feeds_another_chargers_session(
    books: Books, version: str
) -> None:
    """CVE-2026-28230, in SteVe: any charger could end any other's transaction."""
    async with books.open("CP1", "CP2"):
        mine = Charger(books.csms, "CP1", version)
        other = Charger(books.csms, "CP2", version)
        transaction = await mine.start(1000)
        await mine.values(transaction, 2000, 10)
        await other.values(transaction, 9000, 11)
        await other.stop(transaction, 9500, 12)
        (session,) = await books.sessions()
        assert session.stopped_at is None
        assert session.energy_wh == 1000
        assert await books.ledger.unattributed("CP1") == 0
        await mine.stop(transaction, 3000, 20)
        (session,) = await books.sessions()
        assert (session.energy_wh, session.meter_stop_wh) == (2000, 3000)


@pytest.mark.parametrize("transaction", [0, -1, 2**31 - 1, 2**40, "x", None, [], 1.5])
async def test_07_a_transaction_that_never_was_ends_nothing(books: Books, transaction: Any) -> None:
    async with books.open("CP1"):
        charger = Charger(books.csms, "CP1", "1.6")
        await charger.start(1000)
        await charger.stop(transaction, 2000, 10)
        (session,) = await books.sessions()
        assert session.stopped_at is None


# 13: what cannot be read -------------------------------------------------------------------------

_UNREADABLE = ["{", "7", "[]", "[2]", '[9,"1",{}]', "[" * 5000, '"' + "x" * 5000, '[2,7,"X",{}]']


@pytest.mark.parametrize("text", _UNREADABLE)
async def test_13_what_cannot_be_read_is_dropped_or_told_so_and_the_session_goes_on(
    books: Books, version: str, text: str
) -> None:
    """OCPP-J 1.6 has no answer to it; OCPP-J 2.0.1, clause 4.2.3 has one."""
    async with books.open("CP1"):
        charger = Charger(books.csms, "CP1", version)
        transaction = await charger.start(1000)
        charger.peer.line.say(text)
        if version == "2.0.1":
            assert (await charger.peer.answer())[:3] == [4, "-1", "RpcFrameworkError"]
        await charger.stop(transaction, 2000, 10)
        assert charger.peer.line.to_charger.empty()
        (session,) = await books.sessions()
        assert session.energy_wh == 1000


@pytest.mark.parametrize("rest", ['"Heartbeat"', '"Heartbeat",[]', "7,{}", "{},{}", ""])
async def test_13_a_call_that_is_none_is_told_so(books: Books, version: str, rest: str) -> None:
    async with books.open("CP1"):
        peer = Charger(books.csms, "CP1", version).peer
        peer.line.say(f'[2,"x",{rest}]'.replace(",]", "]"))
        code = "FormationViolation" if version == "1.6" else "RpcFrameworkError"
        assert (await peer.answer())[:3] == [4, "x", code]


# 14, 15: what cannot be true ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "register", ["NaN", "Infinity", "-Infinity", -5, 10**30, "1e400", "", "0x10", [], {}, True]
)
async def test_14_a_register_that_is_no_finite_number_in_range_is_not_counted(
    books: Books, version: str, register: Any
) -> None:
    async with books.open("CP1"):
        charger = Charger(books.csms, "CP1", version)
        transaction = await charger.start(1000)
        await charger.values(transaction, register, 10)
        await charger.values(transaction, 1500, 20)
        await charger.stop(transaction, 2000, 30)
        (session,) = await books.sessions()
        assert session.energy_wh == 1000
        assert "Register" in await books.reasons()


async def test_14_energy_that_no_charger_can_deliver_is_not_counted(
    books: Books, version: str
) -> None:
    """Of a charger of unknown power 500 kW and 10 kWh at once are believed; 200 kWh in a minute are not, until told twice."""
    async with books.open("CP1"):
        charger = Charger(books.csms, "CP1", version)
        transaction = await charger.start(1000)
        await charger.values(transaction, 2000, 10)
        await charger.values(transaction, 202_000, 11)
        await charger.values(transaction, 3000, 12)
        await charger.stop(transaction, 4000, 20)
        (session,) = await books.sessions()
        assert session.energy_wh == 3000
        assert await books.ledger.unattributed("CP1") == 0


@pytest.mark.parametrize(
    "timestamp", ["not a date", "1970-01-01T00:00:00Z", "2100-01-01T00:00:00Z", 5, None, ""]
)
async def test_14_a_time_outside_the_window_is_when_the_message_came(
    books: Books, version: str, timestamp: Any
) -> None:
    async with books.open("CP1"):
        charger = Charger(books.csms, "CP1", version)
        transaction = await charger.start(1000, timestamp=timestamp)
        await charger.stop(transaction, 2000, 10, timestamp=timestamp)
        (session,) = await books.sessions()
        assert session.energy_wh == 1000
        assert session.started_at == books.now
        assert session.stopped_at is not None
        assert session.stopped_at >= books.now


@pytest.mark.parametrize("connector", [-1, 65, 10**30, "x", None, True, [1]])
async def test_14_a_connector_that_cannot_be_is_no_other_one(
    books: Books, version: str, connector: Any
) -> None:
    async with books.open("CP1"):
        charger = Charger(books.csms, "CP1", version)
        transaction = await charger.start(1000)
        place = {"connectorId": connector} if version == "1.6" else {"evse": {"id": connector}}
        value = {"meterValue": [sampled("90000", 5)]}
        action, payload = (
            ("MeterValues", place | value)
            if version == "1.6"
            else ("MeterValues", {"evseId": connector} | value)
        )
        await charger.said(action, payload)
        await charger.stop(transaction, 2000, 10)
        (session,) = await books.sessions()
        assert (session.connector_id, session.energy_wh) == (1, 1000)


@pytest.mark.parametrize("register", ["NaN", -5, 10**30, None, [], "x"])
async def test_15_what_cannot_be_true_is_quarantined_and_answered_and_no_session_is_lost(
    books: Books, version: str, register: Any
) -> None:
    """A charger whose message is refused discards it, and the kWh are lost."""
    changes: dict[str, Any] = {}
    if version == "2.0.1":
        changes["reservationId"] = "x"
    async with books.open("CP1"):
        charger = Charger(books.csms, "CP1", version)
        transaction = await charger.start(register, **changes)
        await charger.values(transaction, 1000, 5)
        await charger.values(transaction, 1500, 10)
        await charger.stop(transaction, register, 20, **changes)
        (session,) = await books.sessions()
        assert session.stopped_at is not None
        assert session.energy_wh <= 1500
        if register is not None:
            assert await books.reasons() != ""


async def test_15_the_quarantine_of_a_charger_that_never_makes_sense_is_bounded(
    books: Books, version: str
) -> None:
    async with books.open("CP1"):
        charger = Charger(books.csms, "CP1", version)
        for _ in range(220):
            await charger.said("StatusNotification", {"status": "Dancing"})
        assert len(await books.ledger.quarantined("CP1")) == 200


# 16: the same start, the same answer -------------------------------------------------------------


async def test_16_the_same_start_gets_the_same_answer_over_restarts(
    books: Books, version: str
) -> None:
    called = []
    for _ in range(3):
        async with books.open("CP1"):
            charger = Charger(books.csms, "CP1", version)
            called += [await charger.start(1000), await charger.start(1000)]
            assert len(await books.sessions()) == 1
    assert len(set(called)) == 1


async def test_16_a_start_whose_answer_was_lost_is_one_session(books: Books, version: str) -> None:
    async with books.open("CP1"):
        first = Charger(books.csms, "CP1", version)
        told = await first.start(1000)
        await first.peer.drop()
        again = Charger(books.csms, "CP1", version)
        assert await again.start(1000) == told
        await again.stop(told, 2000, 10)
        (session,) = await books.sessions()
        assert session.energy_wh == 1000


async def test_16_starts_at_the_same_time_on_two_connectors_are_two_sessions(books: Books) -> None:
    async with books.open("CP1"):
        charger = Charger(books.csms, "CP1", "1.6")
        one, two = await charger.start(1000), await charger.start(1000, connectorId=2)
        assert one != two
        assert {session.connector_id for session in await books.sessions()} == {1, 2}
