"""Step 4 to 5 of the schema: what is told to a second central system.

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
    UniqueConstraint,
)


def add_forwarding(connection: Connection) -> None:
    """Add the table of forwarded messages."""
    metadata = MetaData()
    Table(
        "forwarded_messages",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("charge_point_id", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("action", Text, nullable=False),
        Column("payload", Text, nullable=False),
        Column("transaction_id", Integer),
        Column("their_transaction_id", Integer),
        Column("droppable", Boolean, nullable=False),
        Column("queued_at", BigInteger, nullable=False),
        Column("done_at", BigInteger),
        UniqueConstraint("charge_point_id", "key", name="uq_forwarded_messages_key"),
        Index("ix_forwarded_messages_waiting", "charge_point_id", "done_at", "id"),
        Index(
            "ix_forwarded_messages_transaction",
            "charge_point_id",
            "transaction_id",
            "their_transaction_id",
        ),
    )
    metadata.create_all(connection, checkfirst=False)
