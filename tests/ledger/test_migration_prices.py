"""A ledger from before there were prices."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
import sqlite3

import pytest
from sqlalchemy import inspect

from custom_components.zmartcharge.ledger import Ledger
from custom_components.zmartcharge.ledger.engine import open_engine
from custom_components.zmartcharge.ledger.migrations import migrate

from .builders import a_sample, a_start, a_stop
from .priced import SITE, prices_from

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
SCHEMA = Path(__file__).parent / "schema_1.sql"


@pytest.fixture
def old(path: Path) -> Path:
    """Return a ledger of version 1 with a session."""
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA.read_text())
    connection.close()
    return path


def shape(url: str) -> dict[str, object]:
    """Return what a database is made of."""
    engine = open_engine(url)
    migrate(engine)
    found = inspect(engine)
    tables = {
        table: (
            {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in found.get_columns(table)
            },
            found.get_pk_constraint(table)["constrained_columns"],
            sorted(
                (str(index["name"]), *index["column_names"]) for index in found.get_indexes(table)
            ),
        )
        for table in found.get_table_names()
    }
    engine.dispose()
    return dict(tables)


@pytest.mark.usefixtures("old")
def test_an_old_ledger_gets_the_shape_of_a_new_one(url: str, tmp_path: Path) -> None:
    assert shape(url) == shape(f"sqlite:///{tmp_path / 'new.db'}")


@pytest.mark.usefixtures("old")
async def test_an_old_ledgers_sessions_get_costs(url: str) -> None:
    ledger = await Ledger.open(url)
    (session,) = await ledger.sessions()
    assert (session.id, session.energy_wh) == ("old", 1500)
    await ledger.hold_prices(SITE, prices_from(NOON, "2"), NOON)
    cost = await ledger.session_cost("old")
    assert cost is not None
    assert cost.amount == Decimal(3)
    begun = await ledger.start_transaction(a_start(2500, at=NOON.replace(hour=13), site=SITE))
    await ledger.record_meters([a_sample(3000, 0, at=NOON.replace(hour=14))])
    await ledger.stop_transaction(a_stop(begun.session, 3500, at=NOON.replace(hour=15)))
    assert [
        hour.wh for hour in await ledger.hourly(site_id=SITE, start=NOON, end=NOON.replace(hour=23))
    ] == [1500, 500, 500]
    await ledger.close()
