"""A ledger from before there was a register of tokens."""

from pathlib import Path
import sqlite3

import pytest
from sqlalchemy import inspect

from custom_components.zmartcharge.ledger import Ledger, TokenRecord
from custom_components.zmartcharge.ledger.engine import open_engine
from custom_components.zmartcharge.ledger.migrations import MIGRATIONS, migrate

from .builders import T0
from .priced import SITE, prices_from
from .test_migration_prices import SCHEMA, shape

TABLES = {"tokens", "local_lists", "local_list_entries"}


@pytest.fixture
def old(path: Path, url: str) -> Path:
    """Return a ledger of version 2 with a session, as an upgrade from version 1 left it."""
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA.read_text())
    connection.close()
    engine = open_engine(url)
    migrate(engine, MIGRATIONS[:1])
    assert not TABLES & set(inspect(engine).get_table_names())
    engine.dispose()
    return path


@pytest.mark.usefixtures("old")
def test_a_ledger_without_tokens_gets_the_shape_of_a_new_one(url: str, tmp_path: Path) -> None:
    upgraded = shape(url)
    assert set(upgraded) >= TABLES
    assert upgraded == shape(f"sqlite:///{tmp_path / 'new.db'}")


async def test_an_old_ledger_keeps_what_it_has_and_takes_tokens(old: Path, url: str) -> None:
    ledger = await Ledger.open(url)
    assert [session.id for session in await ledger.sessions()] == ["old"]
    await ledger.hold_prices(SITE, prices_from(T0, "2"), T0)
    await ledger.put_token(TokenRecord(id_tag="CARD"), T0)
    await ledger.close()
    again = await Ledger.open(url)
    assert [each.record.id_tag for each in await again.tokens()] == ["CARD"]
    assert len(await again.held_prices(SITE, T0, T0.replace(hour=13))) == 4
    await again.close()
    with sqlite3.connect(old) as connection:
        assert connection.execute("SELECT version FROM schema_version").fetchone() == (
            len(MIGRATIONS) + 1,
        )
    connection.close()
