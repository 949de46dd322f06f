from datetime import UTC, datetime, timedelta
import json
import logging
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ams2mqtt_bridge.accounting import Bookkeeper
from ams2mqtt_bridge.config import AccountingConfig
from ams2mqtt_bridge.meter_list import Manufacturer, MeterList

START = datetime(2026, 11, 18, 10, tzinfo=UTC)
LIST = MeterList(manufacturer=Manufacturer.KAIFA, power_import=3600)
BEAT = timedelta(seconds=10)


def bookkeeper(path: Path | None) -> Bookkeeper:
    return Bookkeeper(AccountingConfig(time_zone=ZoneInfo("Europe/Oslo"), state_file=path))


async def run(path: Path | None, start: datetime, beats: int) -> int:
    keeper = bookkeeper(path)
    await keeper.start()
    energy = 0
    for beat in range(beats):
        realtime = keeper.add(LIST, start + beat * BEAT)
        assert realtime is not None
        energy = realtime.imported.month.energy
    await keeper.stop()
    return energy


async def test_the_accounts_go_on_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "accounts.json"
    assert await run(path, START, 7) == 60
    assert await run(path, START + 7 * BEAT, 6) == 120
    assert [found.name for found in tmp_path.iterdir()] == ["accounts.json"]


async def test_without_a_file_they_are_lost_and_that_is_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    assert await run(None, START, 7) == 60
    assert await run(None, START + 7 * BEAT, 7) == 60
    assert caplog.text.count("accounting.state_file") == 2


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b"[]", b'{"version":99}', b"[" * 100_000]
)
async def test_a_file_that_cannot_be_used_is_set_aside_and_never_destroyed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    path = tmp_path / "accounts.json"
    path.write_bytes(content)
    assert await run(path, START, 7) == 60
    assert (tmp_path / "accounts.json.unusable").read_bytes() == content
    assert "begin anew" in caplog.text
    assert json.loads(path.read_text())["version"] == 1


async def test_a_file_that_cannot_be_read_is_left_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "accounts.json"
    path.mkdir()
    assert await run(path, START, 7) == 60
    assert "cannot be read" in caplog.text
    assert path.is_dir()


async def test_a_folder_that_goes_away_is_told_once_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "gone" / "accounts.json"
    assert await run(path, START, 40) == 390
    assert caplog.text.count("cannot be saved") == 1


async def test_it_is_written_once_a_minute_at_the_end_of_an_hour_and_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes: list[str] = []
    monkeypatch.setattr(
        "ams2mqtt_bridge.accounting.bookkeeper._replace", lambda _path, text: writes.append(text)
    )
    keeper = bookkeeper(tmp_path / "accounts.json")
    await keeper.start()
    written = []
    for beat in range(14):
        keeper.add(LIST, START + timedelta(minutes=57, seconds=55) + beat * BEAT)
        if keeper._saving is not None:
            await keeper._saving
        written.append(len(writes))
    assert written == [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 4]
    await keeper.stop()
    assert len(writes) == 5


async def test_stopping_before_the_start_does_not_overwrite_the_file(tmp_path: Path) -> None:
    path = tmp_path / "accounts.json"
    await run(path, START, 7)
    before = path.read_bytes()
    await bookkeeper(path).stop()
    assert path.read_bytes() == before
