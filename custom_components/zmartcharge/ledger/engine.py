"""Opens the database so that what is committed stays committed."""

from pathlib import Path
import sqlite3

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from .errors import LedgerCorruptError

#: How long to wait for another process that holds the database, in seconds.
_BUSY_TIMEOUT = "5"


def open_engine(address: str) -> Engine:
    """Return an engine for a database URL, which connects on its first use.

    Raises the errors of SQLAlchemy for a URL that it cannot use.
    """
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    return create_engine(url, pool_size=1, max_overflow=0, pool_pre_ping=True)


def _sqlite(url: URL) -> Engine:
    if "timeout" not in url.query:
        url = url.update_query_dict({"timeout": _BUSY_TIMEOUT})
    engine = create_engine(url, poolclass=StaticPool)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    assert isinstance(connection, sqlite3.Connection)
    try:
        _check(connection)
        _make_durable(connection)
    except sqlite3.Error, LedgerCorruptError:
        connection.close()
        raise


def _check(connection: sqlite3.Connection) -> None:
    """Raise LedgerCorruptError or sqlite3.DatabaseError for a damaged file, leaving it as it is."""
    # Closing a damaged file must not move the write-ahead log into it.
    connection.setconfig(sqlite3.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, True)
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise LedgerCorruptError(found)
    # SQLite takes a file of less than a page for an empty one, and would write over it.
    file = connection.execute("PRAGMA database_list").fetchone()[2]
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    if file and not pages and Path(file).stat().st_size:
        raise LedgerCorruptError("the file is cut off")
    connection.setconfig(sqlite3.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, False)


def _make_durable(connection: sqlite3.Connection) -> None:
    """Have every commit reach the disk: in WAL mode only ``synchronous=FULL`` syncs at each.

    See sqlite.org/pragma.html. The driver's own transaction control would break savepoints.
    """
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin(connection: Connection) -> None:
    # IMMEDIATE: a lock that cannot be had is known now, not in the middle of a transaction.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
