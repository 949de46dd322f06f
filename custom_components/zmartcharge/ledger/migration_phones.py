"""Step 5 to 6 of the schema: the phones of people who start by SMS, and the language they read.

A released step is never changed, so it describes the tables as they were then.
"""

from sqlalchemy import Connection, text


def add_phones(connection: Connection) -> None:
    """Add the columns and the index that keeps a phone from being two people's."""
    connection.execute(text("ALTER TABLE tokens ADD COLUMN phone TEXT"))
    connection.execute(text("ALTER TABLE tokens ADD COLUMN language TEXT"))
    connection.execute(text("CREATE UNIQUE INDEX ix_tokens_phone ON tokens (phone)"))
