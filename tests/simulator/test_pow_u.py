"""The simulated Pow-U, against a load balancer that notes what it hears."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
import json
from typing import Any

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
import pytest

from custom_components.zmartcharge.meter import load_balancer_answer, parse_load_balancer
from custom_components.zmartcharge.units import Phase
from simulator.aidon import MeterReading
from simulator.grid import GridType
from simulator.pow_u import PowUSettings, SimulatedPowU

from .conftest import START

TOKEN = "abcdefghij0123456789"
READING = MeterReading(
    time=START, grid=GridType.TN_400, import_w=1520.4, currents=(6.54, 40.0, 3.1)
)
HTTPS = "https://home.example.org/api/zc"


@dataclass
class LoadBalancer:
    """Answers what it is told to."""

    url: str = ""
    answer: Any = field(default_factory=load_balancer_answer)
    status: int = 200
    heard: list[tuple[bytes, str | None]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        self.heard.append((await request.read(), request.headers.get("Content-Type")))
        return web.Response(status=self.status, text=self.answer_text)

    @property
    def answer_text(self) -> str:
        return self.answer if isinstance(self.answer, str) else json.dumps(self.answer)


@pytest.fixture
async def balancer(socket_enabled: None) -> AsyncIterator[LoadBalancer]:
    balancer = LoadBalancer()
    app = web.Application()
    app.router.add_post("/api/zc/loadbalancer", balancer.handle)
    async with TestServer(app, host="127.0.0.1") as server:
        balancer.url = str(server.make_url("/api/zc"))
        yield balancer


def unit(url: str = HTTPS, reading: MeterReading = READING, **more: Any) -> SimulatedPowU:
    return SimulatedPowU(url, TOKEN, lambda: reading, **more)


async def post(pow_u: SimulatedPowU) -> None:
    async with ClientSession() as session:
        await pow_u.post(session)


def test_values_are_text_with_one_decimal() -> None:
    assert json.loads(unit().body()) == {
        "LBToken": TOKEN,
        "L1A": "6.5",
        "L2A": "40.0",
        "L3A": "3.1",
        "HighConsumption": "0",
        "CurrentPower": "1520",
    }


def test_what_it_posts_is_understood() -> None:
    message = parse_load_balancer(unit().body().encode(), received=START)
    assert message.token == TOKEN
    assert message.reading.currents == {Phase.L1: 6.5, Phase.L2: 40.0, Phase.L3: 3.1}


@pytest.mark.parametrize(
    ("currents", "high"),
    [((33.0, 0.0, 0.0), "1"), ((0.0, 0.0, 33.0), "1"), ((0.0, 99.0, 0.0), "0"), ((32.0,), "0")],
)
def test_its_own_judgement_forgets_l2(currents: tuple[float, ...], high: str) -> None:
    pow_u = unit(reading=replace(READING, currents=currents))
    assert json.loads(pow_u.body())["HighConsumption"] == high
    assert pow_u.interval == (11 if high == "1" else 31)


async def test_it_posts_without_a_content_type_and_obeys_the_answer(
    balancer: LoadBalancer,
) -> None:
    pow_u = unit(balancer.url)
    assert pow_u.interval == 31
    body = pow_u.body().encode()
    await post(pow_u)
    assert (pow_u.status, pow_u.posts) == (200, 1)
    assert balancer.heard == [(body, None)]
    assert pow_u.settings == PowUSettings(
        url=balancer.url, heartbeat=10, heartbeat_fast=5, threshold=1
    )
    assert pow_u.interval == 5


@pytest.mark.parametrize(
    ("answer", "changes"),
    [
        ({"Settings": {"HeartBeatTime": 20}}, {"heartbeat": 20}),
        ({"Settings": {"HearBeatTimeFast": 2}}, {"heartbeat_fast": 2}),
        # Spelt rightly it means nothing to the unit.
        ({"Settings": {"HeartBeatTimeFast": 2}}, {}),
        ({"Settings": {"HeartBeatTime": 0, "HearBeatTimeFast": "5"}}, {}),
        ({"Settings": {"HeartBeatTimeFastThreshold": True}}, {}),
        ({"Settings": {"ZmartChargeUrl": f"{HTTPS}/other"}}, {"url": f"{HTTPS}/other"}),
        ({"Settings": {"ZmartChargeUrl": "http://home.example.org"}}, {}),
        ({"Settings": {"ZmartChargeUrl": f"https://{'x' * 60}.no"}}, {}),
        ({"Settings": None}, {}),
        ({}, {}),
        ([], {}),
    ],
)
def test_it_takes_what_it_can(answer: Any, changes: dict[str, Any]) -> None:
    settings = PowUSettings(url=HTTPS)
    assert settings.obey(answer) == replace(settings, **changes)


@pytest.mark.parametrize(("status", "answer"), [(200, "no JSON"), (401, "{}"), (503, "")])
async def test_answers_that_say_nothing_change_nothing(
    balancer: LoadBalancer, status: int, answer: str
) -> None:
    balancer.status, balancer.answer = status, answer
    pow_u = unit(balancer.url)
    await post(pow_u)
    assert (pow_u.status, pow_u.interval) == (status, 31)


async def test_nobody_there_is_no_end(socket_enabled: None, unused_tcp_port: int) -> None:
    pow_u = unit(f"http://127.0.0.1:{unused_tcp_port}")
    await post(pow_u)
    assert (pow_u.status, pow_u.interval) == (None, 31)


async def test_it_goes_on_at_the_pace_that_was_set(balancer: LoadBalancer) -> None:
    pow_u = unit(balancer.url, speed=1000)
    running = asyncio.create_task(pow_u.run())
    async with asyncio.timeout(5):
        while len(balancer.heard) < 5:
            await asyncio.sleep(0.002)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


@pytest.mark.parametrize("token", ["", TOKEN[:-1], TOKEN + "0"])
def test_a_token_has_twenty_characters(token: str) -> None:
    with pytest.raises(ValueError, match="20"):
        SimulatedPowU(HTTPS, token, lambda: READING)


def test_time_goes_forward() -> None:
    with pytest.raises(ValueError, match="speed"):
        unit(speed=0)
