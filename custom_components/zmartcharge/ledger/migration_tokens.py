"""Step 2 to 3 of the schema: the register of tokens, and what chargers were told of them.

A released step is never changed, so it describes the tables as they were then.
"""

from sqlalchemy import BigInteger, Column, Connection, Integer, MetaData, Table, Text


def add_tokens(connection: Connection) -> None:
    """Add the tables of tokens and of local authorization lists."""
    metadata = MetaData()
    Table(
        "tokens",
        metadata,
        Column("uid", Text, primary_key=True),
        Column("id_tag", Text, nullable=False),
        Column("label", Text, nullable=False),
        Column("holder", Text, nullable=False),
        Column("group_id", Text),
        Column("type", Text, nullable=False),
        Column("status", Text, nullable=False),
        Column("valid_from", BigInteger),
        Column("valid_until", BigInteger),
        Column("charge_point_ids", Text),
        Column("note", Text, nullable=False),
        Column("created_at", BigInteger, nullable=False),
        Column("changed_at", BigInteger, nullable=False),
        Column("last_used_at", BigInteger),
        Column("last_used_charge_point_id", Text),
    )
    Table(
        "local_lists",
        metadata,
        Column("charge_point_id", Text, primary_key=True),
        Column("version", Integer, nullable=False),
        Column("sent_at", BigInteger, nullable=False),
    )
    Table(
        "local_list_entries",
        metadata,
        Column("charge_point_id", Text, primary_key=True),
        Column("uid", Text, primary_key=True),
        Column("id_tag", Text, nullable=False),
        Column("status", Text, nullable=False),
        Column("valid_until", BigInteger),
        Column("group_id", Text),
        Column("type", Text, nullable=False),
    )
    metadata.create_all(connection, checkfirst=False)
