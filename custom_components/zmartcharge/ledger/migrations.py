"""Brings a database to the present schema, one version after the other.

A new database gets the present tables at once. An old one goes through the list; every step and
its new version number are one transaction, so a step that fails leaves the version before it.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, Engine, MetaData, inspect, select, update

from .errors import LedgerNewerError
from .migration_forwarding import add_forwarding
from .migration_own_ids import add_own_ids
from .migration_phones import add_phones
from .migration_prices import add_prices
from .migration_tokens import add_tokens
from .tables import metadata as present, schema_version

type Migration = Callable[[Connection], None]

#: Step number n (from 0) takes version n + 1 to n + 2. Released steps are never changed.
MIGRATIONS: tuple[Migration, ...] = (
    add_prices,
    add_tokens,
    add_own_ids,
    add_forwarding,
    add_phones,
)


def migrate(
    engine: Engine,
    migrations: Sequence[Migration] = MIGRATIONS,
    metadata: MetaData = present,
) -> None:
    """Create or update the schema. Raises LedgerNewerError and the errors of SQLAlchemy."""
    newest = len(migrations) + 1
    with engine.begin() as connection:
        if not inspect(connection).has_table(schema_version.name):
            metadata.create_all(connection)
            connection.execute(schema_version.insert().values(version=newest))
            return
        version = connection.execute(select(schema_version.c.version)).scalar_one()
        if version > newest:
            raise LedgerNewerError(f"schema {version} is newer than {newest}")
        # Written even when unchanged: it shows now that the database takes writes.
        connection.execute(update(schema_version).values(version=version))
    for number, step in enumerate(migrations[version - 1 :], start=version + 1):
        with engine.begin() as connection:
            step(connection)
            connection.execute(update(schema_version).values(version=number))
