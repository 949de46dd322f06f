"""A database that cannot be used: a typed error, and nothing overwritten."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
import os
from pathlib import Path
import shutil
import sqlite3
import subprocess

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError, NoSuchModuleError

from custom_components.zmartcharge.ledger import (
    Ledger,
    LedgerCorruptError,
    LedgerError,
    LedgerFullError,
    LedgerNewerError,
    LedgerUnavailableError,
    QuarantineEntry,
)
from custom_components.zmartcharge.ledger.engine import open_engine
from custom_components.zmartcharge.ledger.errors import ledger_error

from .builders import T0, a_sample, a_start, sampled, started


async def filled(url: str) -> None:
    """Make a ledger of some pages."""
    ledger = await Ledger.open(url)
    for number in range(40):
        await started(ledger, a_start(minute=number, connector=number))
    await ledger.record_meters([a_sample(1000 + step, step) for step in range(40)])
    await ledger.close()


def truncated(content: bytes) -> bytes:
    return content[: len(content) // 2 + 100]


def scribbled(content: bytes) -> bytes:
    return content[:8192] + b"scribble" * 1024 + content[16384:]


def zeroed(content: bytes) -> bytes:
    return content[:8192] + bytes(4096) + content[12288:]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda _: b"this is no database" * 100, id="another file"),
        pytest.param(lambda _: b"x", id="one byte"),
        pytest.param(truncated, id="truncated"),
        pytest.param(scribbled, id="overwritten in the middle"),
        pytest.param(zeroed, id="a page of zeros"),
        pytest.param(lambda content: content[:4096], id="first page only"),
        pytest.param(lambda content: content[:1000], id="less than a page"),
    ],
)
async def test_a_damaged_file_is_left_as_it_is(
    url: str, path: Path, damage: Callable[[bytes], bytes]
) -> None:
    await filled(url)
    damaged = damage(path.read_bytes())
    path.write_bytes(damaged)
    for _ in range(2):
        with pytest.raises(LedgerCorruptError) as caught:
            await Ledger.open(url)
        assert caught.value.key == "corrupt"
        assert path.read_bytes() == damaged


async def test_a_damaged_file_does_not_take_its_write_ahead_log(url: str, path: Path) -> None:
    """As after a crash: what is only in the log must stay there for a rescue."""
    log = path.with_name(f"{path.name}-wal")
    await filled(url)
    ledger = await Ledger.open(url)
    await sampled(ledger, (2000, 50))
    copies = [(path, path.read_bytes()), (log, log.read_bytes())]
    await ledger.close()
    copies[0] = path, scribbled(copies[0][1])
    for file, content in copies:
        file.write_bytes(content)
    with pytest.raises(LedgerCorruptError):
        await Ledger.open(url)
    assert [(file, file.read_bytes()) for file, _ in copies] == copies


async def test_an_empty_file_becomes_a_ledger(url: str, path: Path) -> None:
    path.touch()
    await filled(url)
    assert path.stat().st_size > 0


async def test_a_ledger_of_a_newer_version_is_left_as_it_is(url: str, path: Path) -> None:
    await filled(url)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(LedgerNewerError, match="99") as caught:
        await Ledger.open(url)
    assert caught.value.key == "newer"
    assert path.read_bytes() == before


async def test_a_file_that_cannot_be_written_is_said_to_be_at_once(url: str, path: Path) -> None:
    await filled(url)
    before = path.read_bytes()
    with pytest.raises(LedgerUnavailableError, match="readonly") as caught:
        await Ledger.open(f"sqlite:///file:{path}?mode=ro&uri=true")
    assert caught.value.key == "unavailable"
    assert path.read_bytes() == before


async def test_a_database_that_another_process_holds_is_unavailable(path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(LedgerUnavailableError, match="locked"):
        await Ledger.open(f"sqlite:///{path}?timeout=0.05")
    other.close()
    await (await Ledger.open(f"sqlite:///{path}")).close()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "sqlite:////proc/no/such/folder/ledger.db",
        "sqlite:////tmp",
        "sqlite:///x.db?timeout=soon",
        "nosuchdatabase://host/name",
        "postgresql+nosuchdriver://host/name",
    ],
)
async def test_an_address_that_leads_nowhere_is_unavailable(url: str) -> None:
    with pytest.raises(LedgerUnavailableError) as caught:
        await Ledger.open(url)
    assert str(caught.value)


async def fill_up(ledger: Ledger) -> int:
    """Write until there is no room; return how many entries were acknowledged."""
    for number in range(2000):
        entry = QuarantineEntry(
            charge_point_id=f"CP{number}",
            received_at=T0,
            action="filler",
            reason="",
            payload="x" * 4096,
        )
        try:
            await ledger.quarantine(entry)
        except LedgerFullError:
            return number
    raise AssertionError("the disk was never full")


async def start_many(ledger: Ledger) -> None:
    for number in range(100):
        await started(ledger, a_start(connector=10 + number))


async def keeps_what_it_acknowledged(ledger: Ledger) -> int:
    """Fill the disk of a ledger, which then refuses and still answers."""
    session = await started(ledger)
    entries = await fill_up(ledger)
    assert entries > 0
    with pytest.raises(LedgerFullError) as caught:
        await start_many(ledger)
    assert caught.value.key == "full"
    assert await ledger.session(session.id) == session
    assert len(await ledger.quarantined(f"CP{entries - 1}")) == 1
    assert await ledger.quarantined(f"CP{entries}") == ()
    return entries


async def test_a_full_database_refuses_and_keeps(url: str) -> None:
    def limit(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA max_page_count=80")

    event.listen(Engine, "connect", limit)
    try:
        ledger = await Ledger.open(url)
        entries = await keeps_what_it_acknowledged(ledger)
        await ledger.close()
    finally:
        event.remove(Engine, "connect", limit)
    ledger = await Ledger.open(url)
    assert len(await ledger.quarantined(f"CP{entries - 1}")) == 1
    await started(ledger, a_start(connector=500))
    await ledger.close()


@contextmanager
def small_disk(folder: Path) -> Generator[Path]:
    folder.mkdir()
    options = "size=512k"
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    command = [mount, "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


async def test_a_full_disk_refuses_and_keeps(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        url = f"sqlite:///{disk / 'ledger.db'}"
        ballast = disk / "ballast"
        ballast.write_bytes(b"x" * 100_000)
        ledger = await Ledger.open(url)
        entries = await keeps_what_it_acknowledged(ledger)
        ballast.unlink()
        # As soon as there is room, the same ledger goes on.
        await started(ledger, a_start(connector=500))
        await ledger.close()
        ledger = await Ledger.open(url)
        assert len(await ledger.quarantined(f"CP{entries - 1}")) == 1
        await ledger.close()


async def test_a_new_ledger_on_a_full_disk_is_said_to_be_full(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        with (disk / "ballast").open("wb") as ballast:
            os.posix_fallocate(ballast.fileno(), 0, shutil.disk_usage(disk).free)
        with pytest.raises(LedgerFullError):
            await Ledger.open(f"sqlite:///{disk / 'ledger.db'}")


async def test_damage_that_shows_later_is_corruption_too(url: str, path: Path) -> None:
    ledger = await Ledger.open(url)
    await started(ledger)
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other.close()
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    with pytest.raises(LedgerError) as caught:
        await start_many(ledger)
    assert caught.value.key == "corrupt"
    await ledger.close()


class PostgresError(Exception):
    """As psycopg's errors."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("text")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (DBAPIError("", {}, PostgresError("53100")), LedgerFullError),
        (DBAPIError("", {}, PostgresError("XX001")), LedgerCorruptError),
        (DBAPIError("", {}, PostgresError("XX002")), LedgerCorruptError),
        (DBAPIError("", {}, PostgresError("57P01")), LedgerUnavailableError),
        (DBAPIError("", {}, PostgresError(None)), LedgerUnavailableError),
        (NoSuchModuleError("no driver"), LedgerUnavailableError),
    ],
)
def test_errors_of_other_databases_are_told_apart(
    error: Exception, kind: type[LedgerError]
) -> None:
    assert type(ledger_error(error)) is kind


def test_a_damaged_file_is_not_kept_open(path: Path) -> None:
    path.write_bytes(b"this is no database" * 100)
    engine = open_engine(f"sqlite:///{path}")
    with pytest.raises((DBAPIError, LedgerCorruptError)), engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    engine.dispose()
    files = Path("/proc/self/fd")
    assert not files.exists() or str(path) not in {os.path.realpath(fd) for fd in files.iterdir()}
