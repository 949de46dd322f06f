import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
import itertools
import os
from pathlib import Path
import signal
import sys
from typing import Any

import pytest

from ams2mqtt_bridge.app import run_bridge
from ams2mqtt_bridge.framers import FrameCounts, StreamFramer
from ams2mqtt_bridge.meter_list import Manufacturer, MeterList
from ams2mqtt_bridge.pipeline import Counts, Pipeline
from ams2mqtt_bridge.reporting import Reporter, describe, summarize

from .conftest import TIMEOUT, Broker, Listener
from .encoders import ciphered
from .helpers import RECORDING, hdlc, octets

REPOSITORY = Path(__file__).parent.parent.parent
EXAMPLE = REPOSITORY / "docs" / "examples" / "file.yaml"
NOW = datetime(2026, 11, 21, tzinfo=UTC)

type Listen = Callable[..., Any]


class FakeSource:
    description = "a fake"

    def __init__(self, *chunks: bytes) -> None:
        self._chunks = chunks

    async def chunks(self) -> AsyncGenerator[bytes]:
        for chunk in self._chunks:
            yield chunk


class FakePublisher:
    def __init__(self) -> None:
        self.lists: list[tuple[MeterList, datetime]] = []
        self.events: list[str] = []

    async def start(self) -> None:
        self.events.append("start")

    def publish(self, meter_list: MeterList, received: datetime) -> None:
        self.lists.append((meter_list, received))

    async def stop(self) -> None:
        self.events.append("stop")


async def test_lists_get_the_time_at_which_they_came_and_the_publisher_a_goodbye() -> None:
    publisher = FakePublisher()
    frame = octets("mit-aidon-hdlc-amshan-no_list_1")
    await run_bridge(FakeSource(frame[:9], frame[9:]), publisher, 60, Pipeline(), clock=lambda: NOW)
    assert publisher.lists == [(MeterList(manufacturer=Manufacturer.AIDON, power_import=280), NOW)]
    assert publisher.events == ["start", "stop"]


async def test_trouble_on_the_line_is_told_once_per_interval(
    caplog: pytest.LogCaptureFixture,
) -> None:
    noise = [bytes(64)] * 100
    seconds = itertools.count()
    await run_bridge(
        FakeSource(*noise), FakePublisher(), 40, Pipeline(), monotonic=lambda: float(next(seconds))
    )
    assert len(caplog.records) == 2
    assert "a fake: 2560 octets arrive, and all of them are the same" in caplog.text


def test_counts_what_is_damaged_and_what_is_not_understood() -> None:
    pipeline = Pipeline(StreamFramer())
    damaged = bytearray(octets("mit-aidon-IT-hdlc-amshan-no_list_2"))
    damaged[100] ^= 1
    good = octets("mit-aidon-IT-hdlc-amshan-no_list_3")
    lists = pipeline.feed(bytes(damaged) + good + hdlc(b"nonsense"))
    assert [found.number for found in lists] == [3]
    counts = pipeline.counts
    assert (counts.lists, counts.undecodable) == (1, 1)
    assert (counts.frames.good, counts.frames.bad) == (2, 1)
    assert summarize(counts).endswith(
        "2 good frames, 1 damaged, 1 not understood (not a data-notification but 0x6e)"
    )


def test_reports_only_what_is_new_and_nothing_when_all_is_well() -> None:
    reporter = Reporter(60, now=0)
    bad = Counts(octets=100, frames=FrameCounts(good=9, bad=1), undecodable=2, reason="why")
    assert reporter.check(bad, now=59) is None
    assert reporter.check(bad, now=60) == (
        "Of 10: 1 frames were damaged, 2 frames were not understood (why)"
    )
    assert reporter.check(bad, now=120) is None


def test_a_description_of_a_list_shows_what_is_unknown() -> None:
    found = MeterList(
        manufacturer=Manufacturer.AIDON, current_l1=1.3, voltage_l2=230.1, energy_export=0
    )
    assert describe(found) == "list 3  Aidon  L1 1.3 A  L2 unknown 230.1 V  exported 0 Wh"


async def start_process(broker: Broker, *, interval: str = "0.01") -> asyncio.subprocess.Process:
    environment = {
        **os.environ,
        "AMS2MQTT_MQTT_PORT": str(broker.port),
        "AMS2MQTT_SOURCE_INTERVAL": interval,
    }
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "ams2mqtt_bridge", "--config", str(EXAMPLE)),
        env=environment,
        cwd=REPOSITORY,
        stderr=asyncio.subprocess.PIPE,
    )


async def finish(process: asyncio.subprocess.Process) -> str:
    async with asyncio.timeout(TIMEOUT):
        _, errors = await process.communicate()
    return errors.decode()


async def test_the_process_publishes_a_recording_and_leaves_politely(
    broker: Broker, listen: Listen
) -> None:
    broker.start()
    listener: Listener = await listen()
    process = await start_process(broker)
    bodies = await listener.readings(5)
    process.send_signal(signal.SIGTERM)
    errors = await finish(process)
    await listener.status("offline")

    assert process.returncode == 0
    assert "Traceback" not in errors
    assert {message.topic for message in listener.messages} == {"ams/demo", "ams/demo/status"}
    assert bodies[1]["data"]["I1"] == 1.3
    assert "I2" not in bodies[1]["data"]
    assert bodies[3]["data"]["tPI"] == 22721.38
    assert [body["seq"] for body in bodies[:5]] == [1, 2, 3, 4, 5]


async def test_the_last_will_tells_of_a_process_that_was_killed(
    broker: Broker, listen: Listen
) -> None:
    broker.start()
    listener: Listener = await listen()
    process = await start_process(broker)
    await listener.status("online")
    process.kill()
    await finish(process)
    await listener.status("offline")


def test_the_recording_is_what_its_licence_notice_says() -> None:
    notice = (RECORDING.parent / "LICENSE.md").read_text()
    assert "toreamun/amshan" in notice
    assert "MIT License" in notice


async def test_an_encrypted_meter_is_published_when_its_key_is_given() -> None:
    key = bytes.fromhex("00112233445566778899aabbccddeeff")
    plain = octets("mit-aidon-IT-hdlc-amshan-no_list_2")
    apdu = plain[plain.index(b"\x0f") : -3]
    frame = hdlc(b"\xe6\xe7\x00" + ciphered(apdu, key))
    publisher = FakePublisher()
    pipeline = Pipeline(encryption_key=key)
    await run_bridge(FakeSource(frame), publisher, 60, pipeline, clock=lambda: NOW)
    assert [meter_list.current_l1 for meter_list, _ in publisher.lists] == [1.3]
