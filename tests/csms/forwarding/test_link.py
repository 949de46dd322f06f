"""The connection to the other central system: up when it can be, and harmless when it cannot."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
import json
from typing import Any

from aiohttp import ClientSession, web
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.zmartcharge.csms.forwarding import (
    Destination,
    Link,
    Newest,
    Queued,
    Timing,
    Traveller,
)

from .central import PASSWORD, FakeCentral, running

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
BOOT_16 = {"chargePointVendor": "Zm", "chargePointModel": "One"}
BOOT_201 = {"reason": "PowerUp", "chargingStation": {"vendorName": "Zm", "model": "One"}}
QUICK = Timing(
    first_wait=0.01,
    longest_wait=0.02,
    steady=60,
    call=0.3,
    ping_every=5,
    pong_within=1,
    scale=0.001,
)
pytestmark = pytest.mark.usefixtures("socket_enabled")


@dataclass
class MemoryOutbox:
    """Keeps what waits in memory, as the ledger does on disk."""

    queue: list[Queued] = field(default_factory=list)
    finished: list[tuple[int, int | None]] = field(default_factory=list)
    count: int = 0
    numbers: dict[int, int] = field(default_factory=dict)

    def put(
        self, action: str, payload: dict[str, Any], ours: int | None = None, **more: Any
    ) -> None:
        self.count += 1
        self.queue.append(
            Queued(
                number=self.count,
                action=action,
                payload=payload,
                transaction_id=ours,
                queued_at=more.pop("queued_at", NOW),
                **more,
            )
        )

    def start(self, ours: int) -> None:
        self.put("StartTransaction", {"connectorId": 1, "n": ours}, ours)

    def values(self, ours: int, value: str = "1") -> None:
        payload = {"transactionId": ours, "value": value}
        self.put("MeterValues", payload, ours, droppable=True)

    def stop(self, ours: int) -> None:
        self.put("StopTransaction", {"transactionId": ours}, ours)

    async def waiting(self, limit: int) -> list[Queued]:
        return [
            Queued(
                **{name: getattr(each, name) for name in Queued.__slots__}
                | {"their_transaction_id": self.numbers.get(each.transaction_id or 0)}
            )
            for each in self.queue[:limit]
        ]

    async def done(self, number: int, their_transaction_id: int | None = None) -> None:
        (found,) = [each for each in self.queue if each.number == number]
        self.queue.remove(found)
        self.finished.append((number, their_transaction_id))
        if their_transaction_id is not None and found.transaction_id is not None:
            self.numbers[found.transaction_id] = their_transaction_id


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.002)


async def nothing(action: str, payload: dict[str, Any]) -> dict[str, Any]:
    return {}


@asynccontextmanager
async def linked(
    central: FakeCentral,
    outbox: MemoryOutbox,
    *,
    timing: Timing = QUICK,
    version: str = "1.6",
    **changes: Any,
) -> AsyncGenerator[Link]:
    fields = {"url": central.url, "identity": "CP-7", "password": PASSWORD, **changes}
    async with ClientSession() as session:
        link = Link(
            Destination(**fields), session, outbox, nothing, lambda: NOW, lambda: None, timing
        )
        link.introduce(Traveller(version=version, boot=BOOT_16 if version == "1.6" else BOOT_201))
        task = asyncio.ensure_future(link.run())
        try:
            yield link
            assert not task.done()
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.fixture
def outbox() -> MemoryOutbox:
    return MemoryOutbox()


@pytest.fixture
async def central() -> AsyncGenerator[FakeCentral]:
    async with running(FakeCentral()) as central:
        yield central


@pytest.mark.parametrize(("version", "boot"), [("1.6", BOOT_16), ("2.0.1", BOOT_201)])
async def test_the_charger_is_introduced_with_its_own_id_login_and_boot(
    central: FakeCentral, outbox: MemoryOutbox, version: str, boot: dict[str, Any]
) -> None:
    async with linked(central, outbox, version=version) as link:
        await until(lambda: link.connected)
        assert central.heard == [("BootNotification", boot)]
        assert central.paths == ["/ocpp/CP-7"]
        assert central.knows("CP-7")
        assert central.socket.ws_protocol == f"ocpp{version}"


async def test_without_a_password_no_login_is_sent(
    central: FakeCentral, outbox: MemoryOutbox
) -> None:
    async with linked(central, outbox, password=None) as link:
        await until(lambda: link.connected)
        assert central.logins == [None]


async def test_transaction_has_the_other_s_number(
    central: FakeCentral, outbox: MemoryOutbox
) -> None:
    outbox.start(7)
    outbox.values(7)
    outbox.stop(7)
    async with linked(central, outbox):
        await until(lambda: not outbox.queue)
    assert central.all("MeterValues")[0]["transactionId"] == 9001
    assert central.all("StopTransaction")[0]["transactionId"] == 9001
    assert [action for action, _ in central.heard] == [
        "BootNotification", "StartTransaction", "MeterValues", "StopTransaction",
    ]  # fmt: skip


async def test_only_the_newest_status_of_a_connector_is_told(
    central: FakeCentral, outbox: MemoryOutbox
) -> None:
    async with linked(central, outbox) as link:
        for state in ("Available", "Preparing", "Charging"):
            link.tell(Newest(action="StatusNotification", slot="1", payload={"status": state}))
        link.tell(Newest(action="StatusNotification", slot="2", payload={"status": "Faulted"}))
        await until(lambda: len(central.all("StatusNotification")) == 2)
        assert [each["status"] for each in central.all("StatusNotification")] == [
            "Charging",
            "Faulted",
        ]


async def test_heartbeats_follow_the_interval_that_the_other_asked_for(
    central: FakeCentral, outbox: MemoryOutbox
) -> None:
    async with linked(central, outbox):
        await until(lambda: len(central.all("Heartbeat")) >= 2)


@pytest.mark.parametrize(
    ("status", "key"),
    [(401, "login_refused"), (403, "login_refused"), (404, "unknown_charger"), (503, "unreachable"),
     (200, "not_ocpp")],
)  # fmt: skip
async def test_refusal_is_told_apart_and_tried_again(
    central: FakeCentral, outbox: MemoryOutbox, status: int, key: str
) -> None:
    central.status = status
    outbox.start(7)
    async with linked(central, outbox) as link:
        await until(lambda: len(central.paths) >= 2)
        assert link.problem is not None and link.problem.key == key
        assert PASSWORD not in repr(link.problem)
        central.status = None
        await until(lambda: link.connected and not outbox.queue)
        assert link.problem is None


async def test_no_common_subprotocol_is_no_connection(
    central: FakeCentral, outbox: MemoryOutbox
) -> None:
    central.protocols = ("ocpp9.9",)
    async with linked(central, outbox) as link:
        await until(lambda: link.problem is not None)
        assert link.problem is not None and link.problem.key == "not_ocpp"
        assert central.heard == []


@pytest.mark.parametrize("status", ["Rejected", "Pending", 5])
async def test_nothing_is_told_before_the_boot_is_accepted(
    central: FakeCentral, outbox: MemoryOutbox, status: Any
) -> None:
    outbox.start(7)
    central.answers["BootNotification"] = {"status": status, "interval": 0}
    async with linked(central, outbox) as link:
        await until(lambda: len(central.all("BootNotification")) >= 2)
        assert link.problem is not None and link.problem.key == "boot_refused"
        assert not link.connected and {action for action, _ in central.heard} == {
            "BootNotification"
        }
        del central.answers["BootNotification"]
        await until(lambda: not outbox.queue)


async def test_outage_delays_and_loses_nothing(outbox: MemoryOutbox) -> None:
    central = FakeCentral()
    async with running(central):
        pass  # so that it has a port
    outbox.start(7)
    async with linked(central, outbox) as link:
        await until(lambda: link.problem is not None)
        outbox.values(7, "1")
        outbox.stop(7)
        async with running(central):
            await until(lambda: not outbox.queue)
        await until(lambda: not link.connected)
        outbox.start(8)
        async with running(central):
            await until(lambda: not outbox.queue)
    assert [(n, t) for n, t in outbox.finished if t] == [(1, 9001), (4, 9002)]


async def test_death_in_the_middle_of_a_call_repeats_only_that_one(
    central: FakeCentral, outbox: MemoryOutbox
) -> None:
    for number in range(3):
        outbox.start(number)
    central.answers["StartTransaction"] = None
    async with linked(central, outbox):
        await until(lambda: central.all("StartTransaction"))
        await central.drop()
        del central.answers["StartTransaction"]
        await until(lambda: not outbox.queue)
    said = [each["n"] for each in central.all("StartTransaction")]
    assert said in ([0, 0, 1, 2], [0, 0, 0, 1, 2])


async def test_who_never_answers_gets_nothing_else_and_all_of_it_later(
    central: FakeCentral, outbox: MemoryOutbox
) -> None:
    outbox.start(7)
    outbox.stop(7)
    central.answers["StartTransaction"] = None
    async with linked(central, outbox) as link:
        await until(lambda: len(central.all("BootNotification")) >= 3)
        assert central.all("StopTransaction") == []
        del central.answers["StartTransaction"]
        await until(lambda: not outbox.queue)
        assert link.delivery.given_up == 0


async def test_values_that_are_refused_are_given_up_and_the_rest_goes_on(
    central: FakeCentral, outbox: MemoryOutbox
) -> None:
    outbox.start(7)
    outbox.values(7)
    outbox.stop(7)
    central.answers["MeterValues"] = "InternalError"
    async with linked(central, outbox) as link:
        await until(lambda: not outbox.queue)
        assert (len(central.all("MeterValues")), link.delivery.given_up) == (3, 1)
        assert len(central.all("StopTransaction")) == 1


async def test_stop_that_cannot_be_taken_at_present_is_said_until_it_is(
    central: FakeCentral, outbox: MemoryOutbox
) -> None:
    outbox.start(7)
    outbox.stop(7)
    central.answers["StopTransaction"] = "InternalError"
    async with linked(central, outbox) as link:
        await until(lambda: len(central.all("StopTransaction")) > 4)
        del central.answers["StopTransaction"]
        await until(lambda: not outbox.queue)
        assert link.delivery.given_up == 0


@pytest.mark.parametrize("number", [None, "x", True, 2**40, [], 1.5])
async def test_start_without_a_usable_number_is_said_again(
    central: FakeCentral, outbox: MemoryOutbox, number: Any
) -> None:
    outbox.start(7)
    outbox.stop(7)
    central.answers["StartTransaction"] = {"transactionId": number}
    async with linked(central, outbox):
        await until(lambda: len(central.all("StartTransaction")) >= 2)
        assert central.all("StopTransaction") == []
        del central.answers["StartTransaction"]
        await until(lambda: not outbox.queue)
    assert central.all("StopTransaction")[0]["transactionId"] == 9001


async def test_start_that_is_refused_for_good_takes_its_transaction_with_it(
    central: FakeCentral, outbox: MemoryOutbox
) -> None:
    outbox.start(7)
    outbox.values(7)
    outbox.stop(7)
    central.answers["StartTransaction"] = "FormationViolation"
    async with linked(central, outbox) as link:
        await until(lambda: not outbox.queue)
        assert link.delivery.given_up == 3
        assert not central.all("MeterValues") and not central.all("StopTransaction")


async def test_event_that_is_told_late_says_so(central: FakeCentral, outbox: MemoryOutbox) -> None:
    early = NOW.replace(hour=11)
    outbox.put("TransactionEvent", {"seqNo": 0, "timestamp": "x"}, queued_at=early)
    outbox.put("TransactionEvent", {"seqNo": 1})
    async with linked(central, outbox, version="2.0.1"):
        await until(lambda: not outbox.queue)
    first, second = central.all("TransactionEvent")
    assert first == {"seqNo": 0, "timestamp": "x", "offline": True}
    assert second == {"seqNo": 1}


async def test_charger_that_is_another_one_after_a_while_is_introduced_anew(
    central: FakeCentral, outbox: MemoryOutbox
) -> None:
    async with linked(central, outbox) as link:
        await until(lambda: link.connected)
        newer = {**BOOT_16, "firmwareVersion": "2"}
        link.introduce(Traveller(version="1.6", boot=newer))
        await until(lambda: central.all("BootNotification") == [BOOT_16, newer])
        await central.drop()
        await until(lambda: len(central.sockets) == 2 and link.connected)
        assert central.all("BootNotification") == [BOOT_16, newer, newer]
        link.introduce(Traveller(version="2.0.1", boot=BOOT_201))
        await until(lambda: len(central.sockets) == 3 and link.connected)
        assert central.socket.ws_protocol == "ocpp2.0.1"
        assert central.all("BootNotification")[3:] == [BOOT_201]


GARBAGE = ["", "{}", "[", "[2]", '[2,"a"]', "[3,1,2]", '[4,"a"]', "[" * 5000, '[3,"x",{}]',
           f'[2,"a","Reset",{{"n":{"9" * 6000}}}]', '[2,"b",["Reset"],{}]', "\x00", "null"]  # fmt: skip


async def test_garbage_does_not_end_the_telling(
    central: FakeCentral, outbox: MemoryOutbox, caplog: pytest.LogCaptureFixture
) -> None:
    async def rave(socket: web.WebSocketResponse) -> None:
        for text in GARBAGE:
            await socket.send_str(text)

    central.on_open = rave
    outbox.start(7)
    outbox.stop(7)
    async with linked(central, outbox):
        await until(lambda: not outbox.queue)
    assert PASSWORD not in caplog.text


async def test_huge_frame_ends_the_connection_and_not_the_telling(
    central: FakeCentral, outbox: MemoryOutbox
) -> None:
    async def shout(socket: web.WebSocketResponse) -> None:
        if len(central.sockets) == 1:
            await socket.send_str(" " * 200_000)

    central.on_open = shout
    outbox.start(7)
    async with linked(central, outbox):
        await until(lambda: not outbox.queue)


async def test_flood_is_read_slowly_and_the_loop_stays_free(
    central: FakeCentral, outbox: MemoryOutbox
) -> None:
    async def flood(socket: web.WebSocketResponse) -> None:
        frame = json.dumps([2, "f", "Reset", {"type": "Hard"}])
        with suppress(ConnectionError, RuntimeError):
            for _ in range(1000):
                await socket.send_str(frame)

    async with linked(central, outbox) as link:
        await until(lambda: link.connected)
        flooding = asyncio.ensure_future(flood(central.socket))
        loop = asyncio.get_running_loop()
        worst = 0.0
        for _ in range(100):
            before = loop.time()
            await asyncio.sleep(0.001)
            worst = max(worst, loop.time() - before)
        flooding.cancel()
        assert worst < 0.25
        assert "f" in central.results


async def test_reset_of_the_connection_between_two_messages_changes_nothing(
    central: FakeCentral, outbox: MemoryOutbox
) -> None:
    async with linked(central, outbox) as link:
        for number in range(4):
            await until(lambda: link.connected)
            outbox.start(number)
            link.wake()
            await until(lambda: not outbox.queue)
            await central.drop()
    assert [each["n"] for each in central.all("StartTransaction")] == [0, 1, 2, 3]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.sampled_from(["start", "values", "stop", "up", "drop", "restart", "silence"]),
        max_size=14,
    )
)
async def test_whatever_happens_each_acknowledged_message_is_told_once_and_in_order(
    steps: list[str],
) -> None:
    outbox, central, ours = MemoryOutbox(), FakeCentral(), 0
    async with running(central):
        pass
    said: list[str] = []
    for step in [*steps, "up"]:
        match step:
            case "start":
                ours += 1
                outbox.start(ours)
                said.append(f"StartTransaction {ours}")
            case "values" if ours:
                outbox.values(ours, str(len(said)))
                said.append("MeterValues")
            case "stop" if ours:
                outbox.stop(ours)
                said.append("StopTransaction")
            case "silence":
                central.answers["StartTransaction"] = None
                async with running(central), linked(central, outbox):
                    await until(lambda: central.all("BootNotification"))
                del central.answers["StartTransaction"]
            case "drop":
                async with running(central), linked(central, outbox):
                    await central.drop()
            case "up" | "restart":
                async with running(central), linked(central, outbox):
                    await until(lambda: not outbox.queue)
    numbers = [number for number, _ in outbox.finished]
    assert numbers == list(range(1, len(said) + 1))
    told = [
        action for action, _ in central.heard if action not in ("BootNotification", "Heartbeat")
    ]
    # Only what was not acknowledged may have been said again, at once.
    assert [a for i, a in enumerate(told) if i == 0 or a != told[i - 1]] == [
        a
        for i, a in enumerate(each.split()[0] for each in said)
        if i == 0 or a != said[i - 1].split()[0]
    ]
    for payload in central.all("StopTransaction") + central.all("MeterValues"):
        assert payload["transactionId"] > 9000
