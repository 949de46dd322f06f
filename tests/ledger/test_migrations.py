"""Old ledgers become new ones, step by step."""

from collections.abc import Generator

import pytest
from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, inspect, select, text

from custom_components.zmartcharge.ledger import LedgerNewerError
from custom_components.zmartcharge.ledger.engine import open_engine
from custom_components.zmartcharge.ledger.migrations import MIGRATIONS, migrate
from custom_components.zmartcharge.ledger.tables import metadata, schema_version


def schema(*columns: str) -> MetaData:
    """Return an artificial schema: a table of integers."""
    found = MetaData()
    schema_version.to_metadata(found)
    Table("things", found, *(Column(name, Integer) for name in columns))
    return found


def add_b(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE things ADD COLUMN b INTEGER"))
    connection.execute(text("UPDATE things SET b = a + 1"))


def add_c(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE things ADD COLUMN c INTEGER"))


def break_off(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE things ADD COLUMN d INTEGER"))
    connection.execute(text("UPDATE things SET a = 99"))
    raise RuntimeError("power cut")


@pytest.fixture
def engine(url: str) -> Generator[Engine]:
    engine = open_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def old(engine: Engine) -> Engine:
    """Return a database of version 1 with a row."""
    migrate(engine, (), schema("a"))
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO things (a) VALUES (1)"))
    return engine


def version(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(schema_version.c.version)).scalar_one()


def rows(engine: Engine) -> list[dict[str, int]]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(text("SELECT * FROM things")).mappings()]


def test_a_new_database_gets_the_present_schema_and_version(engine: Engine) -> None:
    migrate(engine)
    assert version(engine) == len(MIGRATIONS) + 1
    assert set(inspect(engine).get_table_names()) == set(metadata.tables)


def test_an_old_database_takes_every_step_once(old: Engine) -> None:
    for _ in range(2):
        migrate(old, (add_b, add_c), schema("a", "b", "c"))
        assert version(old) == 3
        assert rows(old) == [{"a": 1, "b": 2, "c": None}]


def test_a_database_in_between_takes_the_steps_that_are_left(old: Engine) -> None:
    migrate(old, (add_b,), schema("a", "b"))
    migrate(old, (add_b, add_c), schema("a", "b", "c"))
    assert version(old) == 3
    assert rows(old) == [{"a": 1, "b": 2, "c": None}]


def test_a_new_database_does_not_take_steps_that_its_schema_has(engine: Engine) -> None:
    migrate(engine, (add_b, break_off), schema("a", "b"))
    assert version(engine) == 3


def test_a_step_that_fails_leaves_the_version_before_it(old: Engine) -> None:
    with pytest.raises(RuntimeError, match="power cut"):
        migrate(old, (add_b, break_off), schema("a", "b", "d"))
    assert version(old) == 2
    assert rows(old) == [{"a": 1, "b": 2}]
    migrate(old, (add_b, add_c), schema("a", "b", "c"))
    assert rows(old) == [{"a": 1, "b": 2, "c": None}]


def test_a_newer_database_is_refused_and_left_alone(old: Engine) -> None:
    migrate(old, (add_b,), schema("a", "b"))
    with pytest.raises(LedgerNewerError, match="schema 2 is newer than 1"):
        migrate(old, (), schema("a"))
    assert version(old) == 2
