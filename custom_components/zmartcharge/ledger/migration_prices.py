"""Step 1 to 2 of the schema: the prices that held, and which hours are to be counted anew.

A released step is never changed, so it describes the tables as they were then.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    text,
)


def add_prices(connection: Connection) -> None:
    """Add the tables of prices, and what tells which sessions changed."""
    metadata = MetaData()
    Table(
        "prices",
        metadata,
        Column("site_id", Text, primary_key=True),
        Column("start_at", BigInteger, primary_key=True),
        Column("price", Text, nullable=False),
        Column("currency", Text, nullable=False),
        Column("components", Text, nullable=False),
        Column("preliminary", Boolean, nullable=False),
    )
    Table(
        "superseded_prices",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("site_id", Text, nullable=False),
        Column("start_at", BigInteger, nullable=False),
        Column("price", Text, nullable=False),
        Column("currency", Text, nullable=False),
        Column("components", Text, nullable=False),
        Column("preliminary", Boolean, nullable=False),
        Column("superseded_at", BigInteger, nullable=False),
        Column("reason", Text, nullable=False),
        Index("ix_superseded_prices_site", "site_id", "start_at"),
    )
    metadata.create_all(connection, checkfirst=False)
    connection.execute(text("ALTER TABLE sessions ADD COLUMN changed_from BIGINT"))
    connection.execute(text("ALTER TABLE sessions ADD COLUMN changes INTEGER DEFAULT '0' NOT NULL"))
    connection.execute(text("CREATE INDEX ix_sessions_changed ON sessions (changed_from)"))
    connection.execute(text("CREATE INDEX ix_slices_start ON slices (start)"))
