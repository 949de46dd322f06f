import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing

import pytest

from ams2mqtt_bridge.config import (
    FileConfig,
    FileFormat,
    Parity,
    SerialConfig,
    TcpConfig,
    TopicConfig,
)
from ams2mqtt_bridge.pipeline import Pipeline
from ams2mqtt_bridge.sources import Backoff, Source, TcpSource, create_source

from .helpers import RECORDING

type Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def take(source: Source, size: int) -> bytes:
    """Return the first octets of a source, and close it."""
    taken = b""
    async with asyncio.timeout(20), aclosing(source.chunks()) as chunks:
        async for chunk in chunks:
            taken += chunk
            if len(taken) >= size:
                break
    return taken


def test_waits_twice_as_long_after_each_failure_up_to_a_cap() -> None:
    backoff = Backoff(first=1, cap=5)
    assert [backoff.wait() for _ in range(5)] == [1, 2, 4, 5, 5]
    backoff.reset()
    assert backoff.wait() == 1


def tcp(port: int, idle_timeout: float = 20) -> TcpSource:
    config = TcpConfig(host="127.0.0.1", port=port, idle_timeout=idle_timeout)
    return TcpSource(config, Backoff(first=0.01, cap=0.02))


async def test_tcp_is_opened_again_when_the_other_end_closes(
    socket_enabled: None, caplog: pytest.LogCaptureFixture
) -> None:
    greetings = iter([b"one", b"two", b"three"])

    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(next(greetings))
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert await take(tcp(port), 11) == b"onetwothree"
    assert f"No meter at 127.0.0.1:{port}: it was closed at the other end" in caplog.text


async def test_tcp_waits_for_a_server_that_is_not_there_yet(
    free_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"here")
        writer.close()

    taking = asyncio.create_task(take(tcp(free_port), 4))
    async with asyncio.timeout(20):
        while "No meter" not in caplog.text:
            await asyncio.sleep(0.005)
    async with await asyncio.start_server(greet, "127.0.0.1", free_port):
        assert await taking == b"here"


async def test_tcp_gives_up_a_connection_that_has_fallen_silent(
    socket_enabled: None, caplog: pytest.LogCaptureFixture
) -> None:
    connections = 0

    async def fall_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        if connections == 2:
            writer.write(b"back")
        await reader.read()
        writer.close()

    async with await asyncio.start_server(fall_silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert await take(tcp(port, idle_timeout=0.05), 4) == b"back"
    assert "nothing came for 0.05 s" in caplog.text


async def test_tcp_that_does_not_answer_is_told_from_one_that_is_silent(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    attempts = 0

    async def never(*_: object) -> None:
        nonlocal attempts
        attempts += 1
        await asyncio.Event().wait()

    monkeypatch.setattr("ams2mqtt_bridge.sources.tcp._CONNECT_TIMEOUT", 0.01)
    monkeypatch.setattr("asyncio.open_connection", never)
    taking = asyncio.create_task(take(tcp(1), 1))
    async with asyncio.timeout(20):
        while attempts < 2:
            await asyncio.sleep(0.005)
    taking.cancel()
    await asyncio.gather(taking, return_exceptions=True)
    assert "it does not answer" in caplog.text


def test_each_kind_of_configuration_has_its_source() -> None:
    tcp_config = TcpConfig(host="han.local", port=4001, idle_timeout=60)
    serial_config = SerialConfig(
        port="/dev/ttyUSB0", baudrate=2400, parity=Parity.EVEN, idle_timeout=60
    )
    file_config = FileConfig(path=RECORDING, format=FileFormat.AUTO, interval=0, repeat=False)
    topic_config = TopicConfig(host="broker", port=1883, topic="ams/hex", idle_timeout=60)
    assert create_source(tcp_config, Pipeline).description == "han.local:4001"
    assert create_source(serial_config, Pipeline).description == "/dev/ttyUSB0 (not open)"
    assert create_source(topic_config, Pipeline).description == "ams/hex on the broker broker:1883"
    assert create_source(file_config, Pipeline).description == str(RECORDING)
