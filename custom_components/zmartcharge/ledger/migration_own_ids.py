"""Step 3 to 4 of the schema: what chargers call their transactions themselves (OCPP 2.0.1).

A released step is never changed, so it describes the tables as they were then.
"""

from sqlalchemy import Connection, text


def add_own_ids(connection: Connection) -> None:
    """Add the column and its index."""
    connection.execute(text("ALTER TABLE sessions ADD COLUMN own_id TEXT"))
    connection.execute(
        text("CREATE INDEX ix_sessions_own_id ON sessions (charge_point_id, own_id)")
    )
