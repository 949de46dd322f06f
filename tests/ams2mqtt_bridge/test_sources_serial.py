"""The real path: serialx, a terminal of the kernel, and the settings that were made on it."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing
from dataclasses import dataclass
import errno
import fcntl
import grp
import os
from pathlib import Path
import termios
import tty

import pytest
import serialx

from ams2mqtt_bridge.config import Parity, SerialConfig
from ams2mqtt_bridge.pipeline import Pipeline
from ams2mqtt_bridge.sources import Backoff, SerialSource
from ams2mqtt_bridge.sources.port import explain, stable_name

from .helpers import octets

FRAME = octets("mit-aidon-IT-hdlc-amshan-no_list_2")
SPEEDS = {2400: termios.B2400, 9600: termios.B9600, 115200: termios.B115200}


@dataclass
class Adapter:
    """A port under a name that stays, which can be pulled out and put in again."""

    link: Path
    controller: int = -1
    port: int = -1

    def plug_in(self) -> None:
        self.controller, self.port = os.openpty()
        tty.setraw(self.port)
        self.link.unlink(missing_ok=True)
        self.link.symlink_to(os.ttyname(self.port))

    def pull_out(self) -> None:
        self.link.unlink()
        os.close(self.port)
        os.close(self.controller)
        self.controller = self.port = -1

    def speed(self) -> int:
        return int(termios.tcgetattr(self.port)[4])

    def send(self, data: bytes) -> None:
        os.write(self.controller, data)


@pytest.fixture
def adapter(tmp_path: Path) -> Generator[Adapter]:
    adapter = Adapter(tmp_path / "ttyUSB0")
    yield adapter
    for descriptor in (adapter.controller, adapter.port):
        if descriptor >= 0:
            os.close(descriptor)


def serial(
    port: Path, baudrate: int | None = 2400, parity: Parity | None = Parity.NONE
) -> SerialSource:
    config = SerialConfig(port=str(port), baudrate=baudrate, parity=parity, idle_timeout=20)
    return SerialSource(config, Pipeline, Backoff(first=0.01, cap=0.02))


async def until_logged(text: str, caplog: pytest.LogCaptureFixture, times: int = 1) -> None:
    async with asyncio.timeout(20):
        while caplog.text.count(text) < times:
            await asyncio.sleep(0.005)


async def complaint(source: SerialSource) -> str:
    """Return why a source gives nothing."""
    taking = asyncio.create_task(anext(source.chunks()))
    async with asyncio.timeout(20):
        while source.problem is None:
            await asyncio.sleep(0.005)
    taking.cancel()
    await asyncio.gather(taking, return_exceptions=True)
    return source.problem


async def test_a_port_is_read_and_found_again_after_it_was_pulled_out(
    adapter: Adapter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with asyncio.timeout(20), aclosing(serial(adapter.link).chunks()) as chunks:
        for times, text in enumerate((b"before", b"after", b"and again"), 1):
            adapter.plug_in()
            reading = asyncio.ensure_future(anext(chunks))
            await until_logged("Opened", caplog, times)
            adapter.send(text)
            assert await reading == text
            adapter.pull_out()
    assert f"No meter at {adapter.link} (2400 baud, no parity)" in caplog.text


async def meter_of(speed: int, adapter: Adapter) -> AsyncGenerator[None]:
    """Send a frame to those who listen at the right speed, and garbage to others."""
    while True:
        adapter.send(FRAME if adapter.speed() == SPEEDS[speed] else bytes([0x80, 0xF8] * 150))
        await asyncio.sleep(0.01)
        yield


@pytest.mark.parametrize("speed", [2400, 9600, 115200])
async def test_the_speed_is_found_on_a_real_port(
    speed: int, adapter: Adapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A terminal without a wire has no pauses to count, so the window decides.
    monkeypatch.setattr("ams2mqtt_bridge.sources.detection.WINDOW", 0.3)
    adapter.plug_in()
    source = serial(adapter.link, None, None)

    async def send() -> None:
        async for _ in meter_of(speed, adapter):
            pass

    sending = asyncio.create_task(send())
    async with asyncio.timeout(20), aclosing(source.chunks()) as chunks:
        found = await anext(chunks)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    assert f"(found: {speed} baud, " in source.description
    assert source.description.endswith("parity, Aidon)")
    assert FRAME in found


async def test_pulling_out_while_it_listens_is_no_end(
    adapter: Adapter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "ams2mqtt_bridge")
    adapter.plug_in()
    source = serial(adapter.link, None, None)
    async with asyncio.timeout(20), aclosing(source.chunks()) as chunks:
        reading = asyncio.ensure_future(anext(chunks))
        await until_logged("listening at", caplog)
        adapter.pull_out()
        await until_logged("no such device", caplog)
        adapter.plug_in()
        await until_logged("Opened", caplog, 2)
        adapter.send(FRAME)
        assert FRAME in await reading


async def test_an_adapter_that_is_not_there_is_waited_for_with_advice(tmp_path: Path) -> None:
    assert "no such device" in await complaint(serial(tmp_path / "none"))


async def test_a_file_is_no_serial_port(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    assert await complaint(serial(path))


async def test_a_port_that_is_in_use_says_by_whom(adapter: Adapter) -> None:
    adapter.plug_in()
    with adapter.link.open("rb", buffering=0) as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert await complaint(serial(adapter.link)) == (
            "another program uses it already; stop that first"
        )


async def test_trouble_of_the_driver_is_trouble_of_the_port(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def refuse(*_: object) -> None:
        raise serialx.SerialException("the driver is not amused")

    monkeypatch.setattr("serialx.open_serial_connection", refuse)
    assert await complaint(serial(tmp_path / "port")) == "the driver is not amused"


def test_the_name_that_stays_is_preferred(tmp_path: Path) -> None:
    device, by_id = tmp_path / "ttyUSB0", tmp_path / "by-id"
    device.touch()
    by_id.mkdir()
    assert stable_name(str(device), by_id) == str(device)
    (by_id / "usb-FTDI-if00").symlink_to(device)
    assert stable_name(str(device), by_id) == str(by_id / "usb-FTDI-if00")


def test_a_missing_port_names_those_that_are_there(tmp_path: Path) -> None:
    missing = FileNotFoundError(errno.ENOENT, "No such file or directory")
    assert explain(missing, "/dev/ttyUSB7", by_id=tmp_path / "none") == (
        "there is no such device; plug the adapter in"
    )
    (tmp_path / "usb-FTDI-if00").touch()
    assert f"plugged in: {tmp_path}/usb-FTDI-if00" in explain(missing, "x", by_id=tmp_path)


def test_no_permission_names_the_group_to_join(tmp_path: Path) -> None:
    path = tmp_path / "port"
    path.touch()
    group = grp.getgrgid(path.stat().st_gid).gr_name
    denied = PermissionError(errno.EACCES, "Permission denied")
    assert f"add the user to the group {group}" in explain(denied, str(path))
    assert "group dialout" in explain(denied, str(tmp_path / "gone"))


def test_the_program_that_has_the_port_is_named(tmp_path: Path) -> None:
    port, process = tmp_path / "port", tmp_path / "proc" / "4711"
    port.touch()
    (process / "fd").mkdir(parents=True)
    (process / "comm").write_text("ser2net\n")
    (process / "fd" / "5").symlink_to(port.resolve())
    busy = OSError(errno.EBUSY, "busy")
    text = explain(busy, str(port), processes=tmp_path / "proc")
    assert text == "ser2net (process 4711) uses it already; stop that first"
