import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
import itertools
import os
from pathlib import Path

import pytest

from ams2mqtt_bridge.config import FileConfig, FileFormat
from ams2mqtt_bridge.sources import RecordedSource, RecorderSource, Source

from .helpers import RECORDING

START = datetime(2026, 10, 25, 0, 59, 58, tzinfo=UTC)


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


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return how long a source waited, without waiting."""
    waited: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        waited.append(seconds)
        await sleep(0)

    monkeypatch.setattr("ams2mqtt_bridge.sources.recording.asyncio.sleep", note)
    return waited


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        (("0.0", "2.5", "12.25"), [2.5, 9.75]),
        (
            ("2026-11-21T12:00:00.5+00:00", "2026-11-21T12:00:03Z", "2026-11-21T13:00:04+01:00"),
            [2.5, 1.0],
        ),
        # The clock on the wall went from 02:59:59 back to 02:00:00.
        (
            ("2026-10-25T02:59:59+02:00", "2026-10-25T02:00:01+01:00", "2026-10-25T02:00:02+01:00"),
            [2.0, 1.0],
        ),
        (("2026-10-25T02:59:59", "2026-10-25T02:00:01", "2026-10-25T02:00:02"), [0.0, 1.0]),
        (("0.0", "86400.0", "86401.0"), [60.0, 1.0]),
    ],
    ids=["seconds", "ISO 8601", "clocks go back", "clocks without a zone", "a day of silence"],
)
async def test_the_original_timing_is_that_of_the_lines(
    stamps: tuple[str, ...], expected: list[float], tmp_path: Path, waits: list[float]
) -> None:
    path = tmp_path / "frames"
    path.write_text("".join(f"{stamp} 7e 0{number}\n" for number, stamp in enumerate(stamps)))
    assert await pieces(recording(path, interval=None)) == [b"\x7e\x00", b"\x7e\x01", b"\x7e\x02"]
    assert waits == [*map(pytest.approx, expected), 0.0]


async def test_a_recording_without_times_is_played_at_once_and_says_so(
    tmp_path: Path, waits: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "frames.bin"
    path.write_bytes(bytes(range(256)) * 8)
    assert len(await pieces(recording(path, interval=None))) == 2
    assert waits == [0.0, 0.0]
    assert "played as fast as possible" in caplog.text


async def test_a_repeated_recording_without_times_leaves_the_machine_a_pause(
    tmp_path: Path, waits: list[float]
) -> None:
    path = tmp_path / "frames"
    path.write_text("01\n02\n")
    assert await take(recording(path, interval=None, repeat=True), 5) == b"\x01\x02\x01\x02\x01"
    assert waits == [0.0, 1.0, 0.0, 1.0]


@pytest.mark.parametrize("stamp", ["2026-13-01T00:00:00Z", "2026-11-21Tlate", "1" * 400 + ".0"])
async def test_a_line_whose_time_is_none_is_skipped(
    stamp: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "frames"
    path.write_text(f"{stamp} 7e01\n7e02\n")
    assert await pieces(recording(path)) == [b"\x7e\x02"]
    assert "frames:1: skipped" in caplog.text


class Pieces(Source):
    description = "a port\nwith a strange name"
    problem = "a problem"

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = pieces

    async def chunks(self) -> AsyncGenerator[bytes]:
        for piece in self._pieces:
            yield piece


async def test_what_is_recorded_is_played_with_the_same_timing(
    tmp_path: Path, waits: list[float]
) -> None:
    path = tmp_path / "house.rec"
    clock = (START + count * timedelta(seconds=2.5) for count in itertools.count())
    recorder = RecorderSource(Pieces(b"\x7e\xa0", b"\x01"), path, lambda: next(clock))
    assert (recorder.description, recorder.problem) == ("a port\nwith a strange name", "a problem")
    assert await pieces(recorder) == [b"\x7e\xa0", b"\x01"]
    assert await pieces(recording(path, interval=None)) == [b"\x7e\xa0", b"\x01"]
    assert waits == [2.5, 0.0]
    text = path.read_text()
    assert text.startswith("# ")
    assert "meter's id" in text.splitlines()[0]
    assert "2026-10-25T00:59:58.000+00:00 7ea0" in text
    assert path.stat().st_mode & 0o077 == 0, "others must not read it"


async def test_a_second_recording_is_added_to_the_first(tmp_path: Path) -> None:
    path = tmp_path / "house.rec"
    for piece in (b"\x01", b"\x02"):
        await pieces(RecorderSource(Pieces(piece), path, lambda: START))
    assert await pieces(recording(path)) == [b"\x01", b"\x02"]


async def test_a_full_disk_ends_the_recording_and_not_the_readings(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    full = Path("/dev/full")
    if not os.access(full, os.W_OK):
        pytest.skip("there is no /dev/full")
    recorder = RecorderSource(Pieces(b"\x01", b"\x02", b"\x03"), full, lambda: START)
    assert await pieces(recorder) == [b"\x01", b"\x02", b"\x03"]
    assert "Recording to /dev/full ends: No space left on device" in caplog.text


async def test_the_example_recording_is_read() -> None:
    assert len(await pieces(recording(RECORDING))) == 4
