import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import fcntl
import io
import os
from pathlib import Path
import re
import signal
import struct
import subprocess
import sys
import termios
import time

import pytest

from ams2mqtt_bridge.config import Grid
from ams2mqtt_bridge.framers import FrameCounts
from ams2mqtt_bridge.meter_list import Manufacturer, MeterList
from ams2mqtt_bridge.pipeline import Counts, Pipeline
from ams2mqtt_bridge.probe import PlainLines, ProbeState, choose_screen, probe, read_once, render

from .helpers import RECORDING, octets

REPOSITORY = Path(__file__).parent.parent.parent
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TIMEOUT = 30.0

LIST_1 = MeterList(manufacturer=Manufacturer.AIDON, power_import=300)
LIST_2 = MeterList(
    manufacturer=Manufacturer.AIDON,
    meter_id="7359992892587665",
    meter_type="6525",
    power_import=280,
    power_export=0,
    current_l1=1.3,
    current_l3=0.9,
    voltage_l1=227.4,
    voltage_l2=230.1,
    voltage_l3=230.8,
)
LIST_3 = MeterList(
    manufacturer=Manufacturer.AIDON,
    meter_id="7359992892587665",
    meter_type="6525",
    power_import=280,
    power_export=0,
    current_l1=1.3,
    voltage_l1=227.4,
    energy_import=22721380,
    energy_export=0,
)


def test_the_table_shows_what_has_been_read() -> None:
    state = ProbeState("/dev/serial/by-id/usb-FTDI-if00-port0 (found: 2400 baud, no parity, Aidon)")
    state.take(LIST_3, NOW - timedelta(seconds=64))
    state.take(LIST_2, NOW - timedelta(seconds=4))
    state.take(LIST_1, NOW - timedelta(seconds=1.6))
    state.counts = Counts(
        octets=900, frames=FrameCounts(good=12, hdlc=12, bad=1, noise=7), lists=12
    )
    assert "\n".join(render(state, NOW)) == (
        """\
Source    /dev/serial/by-id/usb-FTDI-if00-port0 (found: 2400 baud, no parity,
          Aidon)
Meter     Aidon 6525, id 7359992892587665
Power     import 300 W, export 0 W

Phase       Current     Voltage
L1           1.30 A     227.4 V
L2          unknown     230.1 V
L3           0.90 A     230.8 V

Energy    import 22721.380 kWh, export 0.000 kWh
Lists     1 2 s ago, 2 4 s ago, 3 64 s ago
Frames    12 good (HDLC), 1 damaged, 0 not understood, 7 octets of noise
Problem   none

Ctrl-C ends."""
    )


def test_the_table_says_what_is_missing_and_what_to_do() -> None:
    state = ProbeState("han.local:4001", problem="it does not answer; check the address")
    state.messages = ["the first warning"]
    assert "\n".join(render(state, NOW)) == (
        """\
Source    han.local:4001
Meter     not heard yet
Power     not heard yet

Phase       Current     Voltage
L1          unknown     unknown
L2          unknown     unknown
L3          unknown     unknown

Energy    not heard yet; it comes within a minute of each full hour
Lists     1 never, 2 never, 3 never
Frames    0 good, 0 damaged, 0 not understood, 0 octets of noise
Problem   it does not answer; check the address
Message   the first warning

Ctrl-C ends."""
    )


def test_the_table_names_overdue_lists_and_frames_that_were_not_understood() -> None:
    state = ProbeState("a file")
    state.take(LIST_2, NOW - timedelta(seconds=31))
    state.counts = Counts(
        frames=FrameCounts(good=2, hdlc=2), undecodable=2, reason="a key is needed"
    )
    text = "\n".join(render(state, NOW))
    assert "2 31 s ago (overdue)" in text
    assert "Problem   2 frames were not understood: a key is needed" in text
    state.counts = Counts(octets=100)
    assert "octets arrive but no whole frame" in "\n".join(render(state, NOW))


def test_a_current_that_is_not_measured_is_estimated_beside_unknown() -> None:
    (measured,) = Pipeline().feed(octets("mit-aidon-IT-hdlc-amshan-no_list_2"))
    state = ProbeState("a file")
    state.take(measured, NOW)
    (line,) = (line for line in render(state, NOW) if line.startswith("L2"))
    assert re.fullmatch(r"L2 +unknown +230\.1 V   about 0\.\d A, at most 2\.2 A", line), line
    in_tn = ProbeState("a file", Grid.TN)
    in_tn.take(measured, NOW)
    assert not any("about" in line for line in render(in_tn, NOW))


@pytest.mark.parametrize("width", [40, 80, 100])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    state = ProbeState("/dev/serial/by-id/" + "x" * 120, problem="word " * 60)
    state.messages = ["y" * 300] * 3
    assert max(map(len, render(state, NOW, width))) <= width


@dataclass
class Chunks:
    """A source of these chunks, which goes on for ever when it is told to."""

    pieces: tuple[bytes, ...]
    endless: bool = False
    description: str = "a meter"
    problem: str | None = None

    async def chunks(self) -> AsyncGenerator[bytes]:
        for piece in self.pieces:
            yield piece
        if self.endless:
            await asyncio.Event().wait()


async def test_without_a_terminal_each_list_is_a_line(tmp_path: Path) -> None:
    stream = io.StringIO()
    source = Chunks((octets("mit-aidon-IT-hdlc-amshan-no_list_2"),), problem="a loose wire")
    state = ProbeState(source.description)
    await probe(source, Pipeline(), PlainLines(stream), state, clock=lambda: NOW)
    lines = stream.getvalue().splitlines()
    assert [line for line in lines if line.startswith("list 2  Aidon")]
    assert lines.count("a meter: a loose wire") == 1
    assert "\x1b" not in stream.getvalue()
    assert state.counts.lists == 1


@pytest.mark.parametrize("environment", [{}, {"TERM": "dumb"}, {"TERM": "xterm"}])
def test_no_control_sequences_go_into_a_file_or_a_dumb_terminal(
    environment: dict[str, str],
) -> None:
    assert isinstance(choose_screen(io.StringIO(), environment), PlainLines)


async def test_once_ends_with_the_first_complete_list_of_a_live_source(
    capsys: pytest.CaptureFixture[str],
) -> None:
    names = ("no_list_2", "no_list_3")
    frames = [octets("mit-aidon-hdlc-amshan-no_list_1")]
    frames += [octets(f"mit-aidon-IT-hdlc-amshan-{name}") for name in names]
    await read_once(Chunks(tuple(frames), endless=True), Pipeline(), TIMEOUT)
    printed = capsys.readouterr().out.splitlines()
    assert [line[:6] for line in printed] == ["list 1", "list 2"]


async def test_once_gives_up_a_live_source_that_says_nothing() -> None:
    pipeline = Pipeline()
    async with asyncio.timeout(TIMEOUT):
        await read_once(Chunks((), endless=True), pipeline, 0.01)
    assert pipeline.counts.lists == 0


class Terminal:
    """A terminal of 80 columns and what is on it, for the few sequences that the probe uses."""

    def __init__(self) -> None:
        self.controller, self.port = os.openpty()
        fcntl.ioctl(self.port, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 80, 0, 0))
        os.set_blocking(self.controller, False)
        self.output = ""

    def read(self) -> None:
        with suppress(BlockingIOError, OSError):
            self.output += os.read(self.controller, 65536).decode()

    def screen(self) -> list[str]:
        """Return the lines that a person sees now."""
        lines: list[str] = [""]
        row = 0
        for part in re.split(r"(\x1b\[\??\d*[A-Za-z]|\r\n)", self.output):
            if part == "\r\n":
                row += 1
                lines += [""] * (row + 1 - len(lines))
            elif (up := re.fullmatch(r"\x1b\[(\d+)F", part)) is not None:
                row -= int(up[1])
            elif part == "\x1b[J":
                del lines[row:]
                lines.append("")
            elif part and not part.startswith("\x1b"):
                lines[row] = part
        return lines

    def close(self) -> None:
        os.close(self.port)
        os.close(self.controller)


def wait_until(terminal: Terminal, text: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not any(text in line for line in terminal.screen()):
        assert time.monotonic() < deadline and process.poll() is None, terminal.output
        time.sleep(0.01)
        terminal.read()


def test_a_person_at_a_terminal_sees_one_table_and_leaves_it_with_ctrl_c(tmp_path: Path) -> None:
    terminal = Terminal()
    process = subprocess.Popen(
        [sys.executable, "-m", "ams2mqtt_bridge", "--probe"],
        cwd=REPOSITORY,
        stdout=terminal.port,
        stderr=subprocess.PIPE,
        env={
            **os.environ,
            "TERM": "xterm",
            "AMS2MQTT_SOURCE_TYPE": "file",
            "AMS2MQTT_SOURCE_PATH": str(RECORDING),
            "AMS2MQTT_SOURCE_INTERVAL": "0.05",
            "AMS2MQTT_SOURCE_REPEAT": "true",
        },
    )
    try:
        wait_until(terminal, "22721.380 kWh", process)
        process.send_signal(signal.SIGINT)
        assert process.wait(TIMEOUT) == 0
        terminal.read()
        screen = terminal.screen()
    finally:
        process.kill()
        assert process.stderr is not None
        errors = process.stderr.read()
        process.stderr.close()
        terminal.close()
    assert errors == b""
    assert sum(line.startswith("Meter") for line in screen) == 1, "it was drawn in place"
    assert "Meter     Aidon 6525, id 7359992892587665" in screen
    assert any(line.startswith("L2          unknown     230.") for line in screen)
    assert re.search(r"\d+ lists in \d+ octets: \d+ good frames, 0 damaged", screen[-2])
    assert terminal.output.index("\x1b[?25l") < terminal.output.rindex("\x1b[?25h")


def test_a_probe_that_read_nothing_fails_and_says_why(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "ams2mqtt_bridge", "--probe"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
        env={
            **os.environ,
            "AMS2MQTT_SOURCE_TYPE": "file",
            "AMS2MQTT_SOURCE_PATH": str(REPOSITORY / "LICENSE"),
            "AMS2MQTT_SOURCE_FORMAT": "binary",
        },
    )
    assert result.returncode == 1
    assert "0 lists in" in result.stdout
