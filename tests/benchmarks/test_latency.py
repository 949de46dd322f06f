"""What the latency benchmark measures with: its chargers, its meters, and how it counts."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
import json
import sys
import time
from typing import Any

from aiohttp import ClientSession, WSMsgType, web
from aiohttp.test_utils import TestServer
import pytest

from benchmarks import __main__ as command_line, latency
from benchmarks.latency import Outcome, Scenario, figures_of, goals_of
from benchmarks.latency.charger import Charger, Told
from benchmarks.latency.events import Answers
from benchmarks.latency.home import Size
from benchmarks.latency.load import Load
from benchmarks.latency.meter import Publisher, Site
from custom_components.zmartcharge.units import Phase, Wiring
from script.lib.demo.processes import ProgramError

FUSE = 25


class Broker(Publisher):
    """Keeps what is published."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []

    def publish(self, topic: str, body: dict[str, Any]) -> float:
        self.bodies.append(body)
        return time.perf_counter()


class CentralSystem:
    """Answers what a charger calls, and calls it."""

    def __init__(self) -> None:
        self.called: list[str] = []
        self.answers: asyncio.Queue[Any] = asyncio.Queue()
        self._connected = asyncio.Event()
        self._socket: web.WebSocketResponse | None = None

    async def view(self, request: web.Request) -> web.WebSocketResponse:
        self._socket = web.WebSocketResponse(protocols=("ocpp1.6",))
        await self._socket.prepare(request)
        async for message in self._socket:
            if message.type is not WSMsgType.TEXT:
                break
            frame = json.loads(message.data)
            if frame[0] == 2:
                self.called.append(frame[2])
                await self._socket.send_str(json.dumps([3, frame[1], {"transactionId": 7}]))
                if frame[2] == "StatusNotification":
                    self._connected.set()
            else:
                self.answers.put_nowait(frame[2])
        return self._socket

    async def call(self, action: str, **payload: Any) -> Any:
        await self._connected.wait()
        assert self._socket
        await self._socket.send_str(json.dumps([2, "1", action, payload]))
        return await self.answers.get()

    async def limit(
        self, amperes: float, *, purpose: str = "TxProfile", stack_level: int = 1
    ) -> None:
        profile = {
            "chargingProfilePurpose": purpose,
            "stackLevel": stack_level,
            "chargingSchedule": {"chargingSchedulePeriod": [{"startPeriod": 0, "limit": amperes}]},
        }
        await self.call("SetChargingProfile", csChargingProfiles=profile)

    async def hang_up(self) -> None:
        await self._connected.wait()
        assert self._socket
        await self._socket.close()


def charger(wiring: Wiring = Wiring.L1_L2_L3) -> Charger:
    return Charger("CP1", "a-key-of-a-charger", wiring, 16)


@asynccontextmanager
async def connected(it: Charger) -> AsyncIterator[CentralSystem]:
    central = CentralSystem()
    app = web.Application()
    app.router.add_get("/{identity}", central.view)
    async with TestServer(app) as server, ClientSession() as session:
        running = asyncio.ensure_future(it.run(session, f"ws://127.0.0.1:{server.port}"))
        try:
            yield central
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


async def test_a_charger_tells_when_it_may_take_less(socket_enabled: None) -> None:
    it = charger()
    told: list[Told] = []
    it.on_told = told.append
    async with connected(it) as central:
        await central.limit(6.0, purpose="TxDefaultProfile", stack_level=0)
        await it.begin()
        await central.limit(16.0)
        began = time.perf_counter()
        await central.limit(10.0)
    assert [(each.before, each.limit, each.lower) for each in told] == [
        (6.0, 16.0, False),
        (16.0, 10.0, True),
    ]
    assert began < told[1].at < time.perf_counter()


async def test_a_chargers_maximum_and_fail_safe_are_no_answers(socket_enabled: None) -> None:
    it = charger()
    told: list[Told] = []
    it.on_told = told.append
    async with connected(it) as central:
        await it_begins(it, central)
        await central.limit(6.0, purpose="TxDefaultProfile", stack_level=0)
        await central.limit(16.0, purpose="ChargePointMaxProfile", stack_level=0)
    assert told == []


async def test_a_charger_falls_back_in_its_schedule_as_in_life(socket_enabled: None) -> None:
    it = charger()
    async with connected(it) as central:
        await it_begins(it, central)
        await central.limit(16.0)
        answer = await central.call("GetCompositeSchedule", connectorId=1, duration=150)
    assert answer["chargingSchedule"]["chargingSchedulePeriod"] == [
        {"startPeriod": 0, "limit": 16.0},
        {"startPeriod": 120, "limit": 6.0},
    ]


async def test_a_car_follows_a_higher_limit_soon_and_a_lower_one_late(
    socket_enabled: None,
) -> None:
    it = charger()
    it.lag = 10.0
    async with connected(it) as central:
        assert it.drawn(time.time()) == 0
        await it_begins(it, central)
        await central.limit(16.0)
        now = time.time()
        assert [it.drawn(now + after) for after in (0, 2, 4)] == [6, 6, 16]
        await central.limit(10.0)
        now = time.time()
        assert [it.drawn(now + after) for after in (4, 9, 11)] == [16, 16, 10]


async def test_a_lost_connection_ends_the_measurement(socket_enabled: None) -> None:
    central = CentralSystem()
    app = web.Application()
    app.router.add_get("/{identity}", central.view)
    async with TestServer(app) as server, ClientSession() as session:
        running = asyncio.ensure_future(charger().run(session, f"ws://127.0.0.1:{server.port}"))
        await central.hang_up()
        with pytest.RaisesGroup(pytest.RaisesExc(Exception, match="CP1 lost its connection")):
            await running


async def test_an_overload_brings_its_line_above_the_fuse_and_no_other(
    socket_enabled: None,
) -> None:
    it, broker = charger(Wiring.L2), Broker()
    site = Site("Site", "meter", FUSE, [it], broker)
    async with connected(it) as central:
        await it_begins(it, central)
        await central.limit(16.0)
        it.lag = 0.0
        site.house[Phase.L2] = 9.0
        site.overload(Phase.L2)
    data = broker.bodies[-1]["data"]
    # The car takes 6 A yet: with what it may take, 16 A, the line is half an ampere above 25 A.
    assert (data["I1"], data["I2"], data["I3"]) == (1.0, FUSE - 16 + 0.5 + 6, 1.0)
    assert data["P"] == round(230 * (data["I1"] + data["I2"] + data["I3"]))


async def test_a_line_is_overloaded_only_while_chargers_can_be_lowered(
    socket_enabled: None,
) -> None:
    it = charger(Wiring.L2)
    site = Site("Site", "meter", FUSE, [it], Broker())
    async with connected(it) as central:
        await it_begins(it, central)
        assert site.lowerable == []
        assert not site.raised
        await central.limit(16.0)
        assert site.lowerable == [Phase.L2]
        assert site.raised
        await central.limit(6.0)
        assert site.lowerable == []


def test_list_1_carries_power_alone() -> None:
    broker = Broker()
    Site("Site", "meter", FUSE, [], broker).publish(currents=False)
    assert set(broker.bodies[-1]["data"]) == {"lv", "meterId", "P"}


async def it_begins(it: Charger, central: CentralSystem) -> None:
    await central.limit(6.0, purpose="TxDefaultProfile", stack_level=0)
    await it.begin()


@pytest.mark.parametrize(
    ("seconds", "share", "expected"),
    [
        ([0.01], 0.5, 0.01),
        ([0.01], 0.99, 0.01),
        ([0.02, 0.01], 0.5, 0.01),
        ([n / 1000 for n in range(1, 101)], 0.99, 0.099),
        ([n / 1000 for n in range(1, 101)], 1.0, 0.1),
    ],
)
def test_percentiles_are_values_that_were_measured(
    seconds: Iterable[float], share: float, expected: float
) -> None:
    assert Answers(seconds=tuple(seconds)).percentile(share) == expected


def test_what_was_not_answered_is_shown_and_misses_the_goals() -> None:
    outcome = Outcome(
        chargers=10,
        answers=Answers(seconds=(0.01, 1.5, 5.0)),
        load=Load(
            rows={"states": 50, "state_attributes": 20, "events": 20, "event_data": 10},
            processor=3.0,
            seconds=60.0,
        ),
    )
    figures = {
        figure.name.removeprefix("10 chargers: "): figure.value for figure in figures_of([outcome])
    }
    assert figures["overloads"] == 3
    assert figures["answered after more than 1 s"] == 1
    assert figures["not answered within 5 s"] == 1
    assert figures["message to SetChargingProfile, max"] == 5000
    assert figures["recorder rows"] == 6000
    assert figures["of these states"] == 3000
    assert figures["Home Assistant"] == 5.0
    assert [goal.met for goal in goals_of([outcome])] == [False, False]


def test_the_goal_is_for_ten_chargers() -> None:
    quick, slow = Answers(seconds=(0.02,)), Answers(seconds=(0.2,))
    outcomes = [
        Outcome(chargers=10, answers=quick, load=None),
        Outcome(chargers=100, answers=slow, load=None),
    ]
    assert [(goal.value, goal.met) for goal in goals_of(outcomes)] == [(20.0, True), (0, True)]


def test_scenarios_have_1_10_and_100_chargers() -> None:
    assert [scenario.chargers for scenario in latency.SCENARIOS] == [1, 10, 100]
    assert [each.chargers for each in latency.SCENARIOS if each.measures_load] == [10]


def test_many_chargers_are_spread_over_the_lines() -> None:
    wirings = Size(sites=1, chargers=10).wirings
    assert [next(wirings) for _ in range(4)] == [Wiring.L1, Wiring.L2, Wiring.L3, Wiring.L1]
    assert next(Size(sites=1, chargers=1).wirings) is Wiring.L1_L2_L3


def test_no_events_are_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["script/bench", "latency", "--events", "0"])
    with pytest.raises(SystemExit):
        command_line.main()
    assert "--events is at least 1" in capsys.readouterr().err


def test_the_command_shows_figures_and_goals_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def measure(scenario: Scenario, events: int, load_seconds: float) -> Outcome:
        answers = Answers(seconds=(0.012,) * events)
        return Outcome(chargers=scenario.chargers, answers=answers, load=None)

    monkeypatch.setattr(latency, "measure", measure)
    monkeypatch.setattr(sys, "argv", ["script/bench", "latency", "--events", "3", "--json"])
    assert command_line.main() == 0
    shown = json.loads(capsys.readouterr().out)
    assert {"name": "1 charger: overloads", "value": 3, "unit": "events"} in shown["figures"]
    assert all(goal["met"] for goal in shown["goals"])


def test_what_failed_beside_others_is_told_in_its_own_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def measure(scenario: Scenario, events: int, load_seconds: float) -> Outcome:
        inner = ExceptionGroup("chargers", [ProgramError("CP0101 lost its connection")])
        raise ExceptionGroup("home", [inner])

    monkeypatch.setattr(latency, "measure", measure)
    with pytest.raises(SystemExit, match="failed: CP0101 lost its connection"):
        latency.run(as_json=True)
