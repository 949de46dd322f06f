"""What chargers call their transactions themselves."""

from dataclasses import replace
from pathlib import Path
import sqlite3

from custom_components.zmartcharge.ledger import Ledger
from custom_components.zmartcharge.ledger.engine import open_engine
from custom_components.zmartcharge.ledger.migrations import MIGRATIONS, migrate

from .builders import CHARGER, a_start
from .test_migration_prices import SCHEMA, shape


async def test_session_is_found_by_the_name_that_its_charger_gave(ledger: Ledger) -> None:
    started = await ledger.start_transaction(replace(a_start(), own_id="tx-1"))
    assert await ledger.session_by_own_id(CHARGER, "tx-1") == started.session
    assert started.session.own_id == "tx-1"


async def test_name_is_its_charger_s_own(ledger: Ledger) -> None:
    await ledger.start_transaction(replace(a_start(), own_id="tx-1"))
    assert await ledger.session_by_own_id("another", "tx-1") is None
    assert await ledger.session_by_own_id(CHARGER, "tx-2") is None


async def test_of_a_name_that_is_used_again_the_newest_counts(ledger: Ledger) -> None:
    await ledger.start_transaction(replace(a_start(), own_id="1"))
    later = await ledger.start_transaction(replace(a_start(minute=60), own_id="1"))
    assert await ledger.session_by_own_id(CHARGER, "1") == later.session


async def test_sessions_from_before_have_no_such_name(path: Path, url: str, tmp_path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA.read_text())
    connection.close()
    engine = open_engine(url)
    migrate(engine, MIGRATIONS[:2])
    engine.dispose()
    ledger = await Ledger.open(url)
    assert [session.own_id for session in await ledger.sessions()] == [None]
    await ledger.close()
    assert shape(url) == shape(f"sqlite:///{tmp_path / 'new.db'}")
