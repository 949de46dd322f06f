import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
import os
from pathlib import Path
import tty

import pytest
import serialx

from ams2mqtt_bridge.config import FileConfig, FileFormat, Parity, SerialConfig, TcpConfig
from ams2mqtt_bridge.sources import (
    Backoff,
    RecordedSource,
    SerialSource,
    Source,
    TcpSource,
    create_source,
)

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


def recording(path: Path, **settings: object) -> RecordedSource:
    defaults = {"format": FileFormat.AUTO, "interval": 0.0, "repeat": False}
    return RecordedSource(FileConfig(path=path, **{**defaults, **settings}))  # type: ignore[arg-type]


async def pieces(source: Source) -> list[bytes]:
    return [piece async for piece in source.chunks()]


async def test_a_file_of_hex_lines_gives_a_piece_per_line_without_the_comments(
    tmp_path: Path,
) -> None:
    path = tmp_path / "frames.hex"
    path.write_text("# a comment\n7E A0 01 # its own\n\n7ea002\r\n")
    assert await pieces(recording(path)) == [b"\x7e\xa0\x01", b"\x7e\xa0\x02"]


async def test_a_line_that_is_not_hex_is_named_and_skipped(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "frames.hex"
    path.write_text("7e01\n7e0\n7e02\n")
    assert await pieces(recording(path)) == [b"\x7e\x01", b"\x7e\x02"]
    assert "frames.hex:2: skipped" in caplog.text


async def test_a_binary_file_gives_its_octets(tmp_path: Path) -> None:
    path = tmp_path / "frames.bin"
    content = bytes(range(256)) * 9
    path.write_bytes(content)
    assert await pieces(recording(path)) == [content[:1024], content[1024:2048], content[2048:]]


async def test_the_format_can_be_told(tmp_path: Path) -> None:
    path = tmp_path / "frames"
    path.write_bytes(b"7e01")
    assert await pieces(recording(path, format=FileFormat.BINARY)) == [b"7e01"]
    assert await pieces(recording(path, format=FileFormat.HEX)) == [b"\x7e\x01"]


async def test_an_empty_or_missing_file_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "frames"
    assert await pieces(recording(path)) == []
    assert "No such file" in caplog.text
    path.touch()
    assert await pieces(recording(path, repeat=True)) == []
    assert "holds no frames" in caplog.text


async def test_a_file_can_be_repeated(tmp_path: Path) -> None:
    path = tmp_path / "frames"
    path.write_text("01\n02\n")
    assert await take(recording(path, repeat=True, interval=0.001), 5) == b"\x01\x02\x01\x02\x01"


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


def serial(port: str) -> SerialSource:
    config = SerialConfig(port=port, baudrate=2400, parity=Parity.NONE, idle_timeout=20)
    return SerialSource(config, Backoff(first=0.01, cap=0.02))


async def test_serial_reads_a_port_and_finds_it_again_after_it_was_pulled_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    link = tmp_path / "ttyUSB0"
    async with asyncio.timeout(20), aclosing(serial(str(link)).chunks()) as chunks:
        for times, text in enumerate((b"before", b"after"), 1):
            controller, port = os.openpty()
            tty.setraw(port)
            link.unlink(missing_ok=True)
            link.symlink_to(os.ttyname(port))
            reading = asyncio.ensure_future(anext(chunks))
            while caplog.text.count("Opened") < times:
                await asyncio.sleep(0.005)
            os.write(controller, text)
            assert await reading == text
            os.close(port)
            os.close(controller)
    assert f"No meter at {link}" in caplog.text


async def test_serial_waits_for_an_adapter_that_is_not_there(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    taking = asyncio.create_task(take(serial(str(tmp_path / "none")), 1))
    async with asyncio.timeout(20):
        while "No such file" not in caplog.text:
            await asyncio.sleep(0.005)
    taking.cancel()
    await asyncio.gather(taking, return_exceptions=True)


async def test_serial_that_is_no_serial_port_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "file"
    path.touch()
    taking = asyncio.create_task(take(serial(str(path)), 1))
    async with asyncio.timeout(20):
        while "No meter" not in caplog.text:
            await asyncio.sleep(0.005)
    taking.cancel()
    await asyncio.gather(taking, return_exceptions=True)


async def test_serial_trouble_of_the_driver_is_trouble_of_the_port(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def refuse(*_: object) -> None:
        raise serialx.SerialException("the port is in use")

    monkeypatch.setattr("serialx.open_serial_connection", refuse)
    taking = asyncio.create_task(take(serial("/dev/ttyUSB0"), 1))
    async with asyncio.timeout(20):
        while "the port is in use" not in caplog.text:
            await asyncio.sleep(0.005)
    taking.cancel()
    await asyncio.gather(taking, return_exceptions=True)


def test_each_kind_of_configuration_has_its_source() -> None:
    tcp_config = TcpConfig(host="han.local", port=4001, idle_timeout=60)
    serial_config = SerialConfig(
        port="/dev/ttyUSB0", baudrate=2400, parity=Parity.EVEN, idle_timeout=60
    )
    file_config = FileConfig(path=RECORDING, format=FileFormat.AUTO, interval=0, repeat=False)
    assert create_source(tcp_config).description == "han.local:4001"
    assert create_source(serial_config).description == "/dev/ttyUSB0 (2400 baud, parity even)"
    assert create_source(file_config).description == str(RECORDING)
