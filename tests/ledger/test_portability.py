"""Nothing in the ledger is SQLite's own: every statement is one of PostgreSQL too."""

from typing import Any

import pytest
from sqlalchemy import ClauseElement, Engine, event
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from custom_components.zmartcharge.ledger import (
    Correction,
    Ledger,
    QuarantineEntry,
    engine as engine_module,
)
from custom_components.zmartcharge.ledger.tables import metadata

from .builders import CHARGER, T0, a_sample, a_start, minutes, sampled, started, stopped
from .priced import SITE, a_price, charged, prices_from

POSTGRESQL = postgresql.dialect()


def test_every_table_can_be_made_in_postgresql() -> None:
    for table in metadata.sorted_tables:
        made = str(CreateTable(table).compile(dialect=POSTGRESQL))
        # 32-bit registers and microseconds do not fit PostgreSQL's INTEGER.
        for column in table.columns:
            if column.name.endswith(("_wh", "_at")):
                assert f"{column.name} BIGINT" in made
        for index in table.indexes:
            assert "INDEX ix_" in str(CreateIndex(index).compile(dialect=POSTGRESQL))


async def use_everything(ledger: Ledger) -> None:
    session = await started(ledger)
    await sampled(ledger, (5000, 20), (9456, 40))
    await ledger.record_meters([a_sample(9456, 41, signed="x")])
    await ledger.charging_ended(CHARGER, 1, minutes(41))
    await stopped(ledger, session, 9000, 50)
    await stopped(ledger, session, 9001, 50)
    await ledger.unplugged(CHARGER, 1, minutes(60))
    await started(ledger, a_start(20_000, 200))
    late = await started(ledger, a_start(10_000, 100))
    await stopped(ledger, late, 11_000, 150)
    await started(ledger, a_start(30_000, 300))
    for _ in range(201):
        entry = QuarantineEntry(
            charge_point_id=CHARGER, received_at=T0, action="", reason="", payload=""
        )
        await ledger.quarantine(entry)
    await ledger.quarantined(CHARGER)
    await ledger.sessions(charge_point_id=CHARGER, site_id="home", since=T0, until=T0)
    await ledger.open_sessions(CHARGER)
    await ledger.slices(session.id)
    await ledger.signed_values(session.id)
    await ledger.lifetime(CHARGER, 1)
    await ledger.unattributed(CHARGER)
    correction = Correction(session_id=session.id, corrected_at=T0, energy_wh=1, reason="")
    await ledger.correct(correction)
    await ledger.corrections(session.id)
    await use_prices(ledger, session.id)


async def use_prices(ledger: Ledger, session_id: str) -> None:
    later = minutes(900)
    other = await charged(ledger, [(600, 40_000), (660, 41_000)])
    for amount in ("1", "2"):
        await ledger.hold_prices(SITE, prices_from(T0, *[amount] * 10, *["1"] * 4), T0)
    preliminary = a_price("1", 840, preliminary=True)
    await ledger.hold_prices(SITE, [preliminary], later)
    await ledger.hold_prices(SITE, [a_price("2", 840)], later)
    await ledger.recalculate(SITE, T0, later, prices_from(T0, *["3"] * 14), "", later)
    await ledger.held_prices(SITE, T0, later)
    await ledger.superseded_prices(SITE, T0, later)
    for each in (session_id, other.id, (await started(ledger, a_start(50_000, 910))).id):
        await ledger.session_cost(each)
    await ledger.hourly(site_id=SITE, charge_point_id=CHARGER, connector_id=1, start=T0, end=later)
    await ledger.first_hour(site_id=SITE)
    await ledger.hours_counted(await ledger.changed_hours(), later)


async def test_every_statement_is_one_of_postgresql(ledger: Ledger) -> None:
    statements: list[ClauseElement] = []

    def keep(_connection: Any, statement: Any, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_execute", keep)
    try:
        await use_everything(ledger)
    finally:
        event.remove(Engine, "before_execute", keep)
    texts = {str(statement.compile(dialect=POSTGRESQL)) for statement in statements}
    assert len(texts) > 20
    assert not [text for text in texts if "PRAGMA" in text]


def test_postgresql_is_asked_whether_it_is_still_there(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}
    monkeypatch.setattr(engine_module, "create_engine", lambda url, **kw: asked.update(kw, url=url))
    engine_module.open_engine("postgresql+psycopg://user@host/name")
    assert asked["url"].host == "host"
    assert asked["pool_pre_ping"]
