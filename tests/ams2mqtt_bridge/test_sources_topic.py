import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
import shutil
import subprocess
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
import pytest

from ams2mqtt_bridge.config import TopicConfig
from ams2mqtt_bridge.pipeline import Pipeline
from ams2mqtt_bridge.sources import Backoff, TopicSource
from ams2mqtt_bridge.sources.topic import Dumps

from .conftest import TIMEOUT, Broker
from .helpers import octets
from .tls import create_certificates

LIST_1 = octets("mit-aidon-hdlc-amshan-no_list_1")
LIST_2 = octets("mit-aidon-IT-hdlc-amshan-no_list_2")


def topic(port: int, **settings: Any) -> TopicSource:
    defaults = {"host": "127.0.0.1", "topic": "ams/+/hex", "idle_timeout": TIMEOUT}
    config = TopicConfig(port=port, **{**defaults, **settings})
    return TopicSource(config, Backoff(first=0.05, cap=0.1))


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        (LIST_1.hex().encode(), LIST_1),
        (LIST_1.hex(" ").upper().encode() + b"\r\n", LIST_1),
        (LIST_1.hex().encode() + b"\n" + LIST_2.hex().encode(), LIST_1 + LIST_2),
        (LIST_1, LIST_1),
        (LIST_1 + LIST_2, LIST_1 + LIST_2),
        (b"", b""),
        (b"\n \n", b""),
    ],
    ids=["digits", "with spaces", "two dumps", "octets", "two frames", "nothing", "blank"],
)
def test_every_way_to_dump_a_frame_is_read(payload: bytes, found: bytes) -> None:
    assert Dumps().octets(payload) == found


def test_a_dump_with_half_an_octet_is_counted_and_spoils_no_other() -> None:
    dumps = Dumps()
    payload = LIST_2.hex()[:-5].encode() + b"\n" + LIST_1.hex().encode()
    assert dumps.octets(payload) == LIST_2[:-3] + LIST_1
    assert dumps.odd == 1
    assert [found.number for found in Pipeline().feed(dumps.octets(payload))] == [1]


@asynccontextmanager
async def reading(source: TopicSource) -> AsyncGenerator[AsyncGenerator[bytes]]:
    async with asyncio.timeout(TIMEOUT), aclosing(source.chunks()) as chunks:
        yield chunks


class Sender:
    def __init__(self, broker: Broker, **login: str) -> None:
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        if login:
            self._client.username_pw_set(**login)
        self._port = broker.port

    async def until_read(self, source_task: asyncio.Future[bytes], payload: bytes) -> bytes:
        """Send the same again and again until the source has subscribed and read it."""
        self._client.connect_async("127.0.0.1", self._port)
        self._client.loop_start()
        try:
            while not source_task.done():
                self._client.publish("ams/house/hex", payload)
                await asyncio.sleep(0.02)
        finally:
            self._client.disconnect()
            await asyncio.to_thread(self._client.loop_stop)
        return await source_task


async def test_dumps_are_read_also_after_the_broker_was_away(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    broker.start()
    source = topic(broker.port)
    async with reading(source) as chunks:
        for _ in range(2):
            task = asyncio.ensure_future(anext(chunks))
            found = await Sender(broker).until_read(task, LIST_2.hex().encode())
            assert found == LIST_2
            broker.stop()
            broker.start()
    assert f"ams/+/hex on the broker 127.0.0.1:{broker.port}" in source.description


async def test_a_retained_dump_is_old_and_not_read(broker: Broker) -> None:
    broker.start()
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    client.publish("ams/house/hex", LIST_1.hex(), 1, retain=True).wait_for_publish(TIMEOUT)
    async with reading(topic(broker.port)) as chunks:
        task = asyncio.ensure_future(anext(chunks))
        assert await Sender(broker).until_read(task, LIST_2.hex().encode()) == LIST_2
    client.disconnect()
    client.loop_stop()


async def problem_of(source: TopicSource, broker: Broker, payload: bytes = b"") -> str:
    async with reading(source) as chunks:
        task = asyncio.ensure_future(anext(chunks))
        sending = asyncio.ensure_future(Sender(broker).until_read(task, payload))
        while source.problem is None:
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, sending, return_exceptions=True)
    return source.problem


async def test_readings_instead_of_frames_are_told_with_what_to_do(broker: Broker) -> None:
    broker.start()
    problem = await problem_of(topic(broker.port), broker, b'{"id":"AA","data":{"P":280}}')
    assert "carries readings (JSON), not frames" in problem


async def test_silence_points_at_the_topic(broker: Broker) -> None:
    broker.start()
    source = topic(broker.port, idle_timeout=0.05)
    async with reading(source) as chunks:
        task = asyncio.ensure_future(anext(chunks))
        while source.problem is None:
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert "check the topic and that it carries HEX dumps" in source.problem


async def test_a_broker_that_is_not_there_is_waited_for(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    source = topic(broker.port)
    async with reading(source) as chunks:
        task = asyncio.ensure_future(anext(chunks))
        while source.problem is None:
            await asyncio.sleep(0.01)
        assert source.problem == "Connection refused"
        broker.start()
        assert await Sender(broker).until_read(task, LIST_1) == LIST_1
    assert source.problem is None


async def test_login_and_tls(broker: Broker, tmp_path: Path) -> None:
    passwords = broker.folder / "passwords"
    passwd = shutil.which("mosquitto_passwd")
    if passwd is None:
        pytest.skip("mosquitto_passwd is missing")
    subprocess.run([passwd, "-b", "-c", str(passwords), "ams", "right"], check=True)
    certificates = create_certificates(tmp_path)
    broker.settings = (
        f"allow_anonymous false\npassword_file {passwords}\n"
        f"cafile {certificates.authority}\ncertfile {certificates.certificate}\n"
        f"keyfile {certificates.key}"
    )
    broker.start()
    secure = {"tls": True, "tls_ca_file": certificates.authority, "username": "ams"}
    wrong = topic(broker.port, **secure, password="wrong")
    async with reading(wrong) as chunks:
        task = asyncio.ensure_future(anext(chunks))
        while wrong.problem is None:
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert "check source.username and source.password" in wrong.problem
    assert "wrong" not in wrong.problem

    right = topic(broker.port, **secure, password="right")
    sender = Sender(broker, username="ams", password="right")
    sender._client.tls_set(str(certificates.authority))
    async with reading(right) as chunks:
        task = asyncio.ensure_future(anext(chunks))
        assert await sender.until_read(task, LIST_1) == LIST_1


def test_a_tls_file_that_is_none_is_refused_at_once(tmp_path: Path) -> None:
    junk = tmp_path / "ca.pem"
    junk.write_text("junk")
    with pytest.raises(OSError):
        topic(8883, tls=True, tls_ca_file=junk)
