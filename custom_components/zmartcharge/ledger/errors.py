"""What can go wrong with the ledger, told apart by what a person can do about it."""

import sqlite3
from typing import ClassVar

from sqlalchemy.exc import DBAPIError


class LedgerError(Exception):
    """The ledger could not do what it was asked to; nothing was acknowledged.

    ``key`` names the kind of trouble for translations.
    """

    key: ClassVar[str] = "unavailable"


class LedgerCorruptError(LedgerError):
    """The database is damaged. The file is left as it is, for a rescue or a backup."""

    key = "corrupt"


class LedgerFullError(LedgerError):
    """There is no room left on the disk."""

    key = "full"


class LedgerNewerError(LedgerError):
    """A newer version of the integration wrote the database."""

    key = "newer"


class LedgerUnavailableError(LedgerError):
    """The database cannot be opened or written: missing, read-only, locked or disconnected."""

    key = "unavailable"


class LedgerClosedError(LedgerError):
    """The ledger has been closed."""

    key = "closed"


#: SQLite's primary result codes (sqlite.org/rescode.html).
_SQLITE = {
    sqlite3.SQLITE_CORRUPT: LedgerCorruptError,
    sqlite3.SQLITE_NOTADB: LedgerCorruptError,
    sqlite3.SQLITE_FULL: LedgerFullError,
}
#: SQLite's write-ahead index could not grow, which happens on a full disk only.
_SQLITE_EXTENDED = {sqlite3.SQLITE_IOERR_SHMSIZE: LedgerFullError}
#: SQLSTATE codes (PostgreSQL documentation, appendix A).
_SQLSTATE = {
    "53100": LedgerFullError,
    "XX001": LedgerCorruptError,
    "XX002": LedgerCorruptError,
}


def ledger_error(error: Exception) -> LedgerError:
    """Return the ledger's own error for one of SQLAlchemy or of a database driver."""
    if isinstance(error, LedgerError):
        return error
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    code: int | None = getattr(cause, "sqlite_errorcode", None)
    state: str | None = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    kind: type[LedgerError] | None = None
    if code is not None:
        kind = _SQLITE_EXTENDED.get(code) or _SQLITE.get(code & 0xFF)
    elif state is not None:
        kind = _SQLSTATE.get(state)
    return (kind or LedgerUnavailableError)(str(cause))
