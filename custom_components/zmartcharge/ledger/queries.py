"""What the ledger is asked, as operations within a database transaction."""

from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, or_, select, tuple_

from ..units import WattHour
from .accounts import load, to_session
from .periods import period_start
from .records import Correction, Session
from .slices import note_change
from .tables import corrections, sessions
from .transactions import by_transaction

# Made once: to put a statement together takes longer than the database takes to run it.
_BY_ID = select(sessions).where(sessions.c.id == bindparam("session"))


def open_sessions(connection: Connection, charge_point_id: str) -> tuple[Session, ...]:
    """Return a charger's sessions that are not stopped, oldest first."""
    rows = connection.execute(
        select(sessions)
        .where(sessions.c.charge_point_id == charge_point_id, sessions.c.stopped_at.is_(None))
        .order_by(sessions.c.started_at, sessions.c.received_at)
    )
    return tuple(to_session(row) for row in rows)


def session(connection: Connection, session_id: str) -> Session | None:
    """Return a session by its id."""
    row = connection.execute(_BY_ID, {"session": session_id}).one_or_none()
    return None if row is None else to_session(row)


def session_by_transaction(
    connection: Connection, charge_point_id: str, transaction_id: int
) -> Session | None:
    """Return a session by its charger and its transaction's id."""
    row = by_transaction(connection, charge_point_id, transaction_id)
    return None if row is None else to_session(row)


def session_by_own_id(connection: Connection, charge_point_id: str, own_id: str) -> Session | None:
    """Return the newest session that a charger calls so."""
    row = connection.execute(
        select(sessions)
        .where(sessions.c.charge_point_id == charge_point_id, sessions.c.own_id == own_id)
        .order_by(sessions.c.started_at.desc(), sessions.c.transaction_id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else to_session(row)


def list_sessions(
    connection: Connection,
    *,
    charge_point_id: str | None,
    site_id: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
) -> tuple[Session, ...]:
    """Return sessions that began in [since, until), newest first."""
    statement = select(sessions)
    if charge_point_id is not None:
        statement = statement.where(sessions.c.charge_point_id == charge_point_id)
    if site_id is not None:
        statement = statement.where(sessions.c.site_id == site_id)
    if since is not None:
        statement = statement.where(sessions.c.started_at >= since)
    if until is not None:
        statement = statement.where(sessions.c.started_at < until)
    newest = sessions.c.started_at.desc(), sessions.c.received_at.desc()
    rows = connection.execute(statement.order_by(*newest).limit(limit))
    return tuple(to_session(row) for row in rows)


def page(
    connection: Connection,
    *,
    connectors: tuple[tuple[str, int], ...] | None,
    site_id: str | None,
    since: datetime | None,
    until: datetime | None,
    before: str | None,
    limit: int,
) -> tuple[Session, ...]:
    """Return sessions of some connectors, or of all, newest first, that come after ``before``."""
    order = (sessions.c.started_at, sessions.c.received_at, sessions.c.id)
    statement = select(sessions)
    if connectors is not None:
        own = tuple_(sessions.c.charge_point_id, sessions.c.connector_id)
        statement = statement.where(own.in_(connectors))
    if site_id is not None:
        statement = statement.where(sessions.c.site_id == site_id)
    if since is not None:
        statement = statement.where(sessions.c.started_at >= since)
    if until is not None:
        statement = statement.where(sessions.c.started_at < until)
    if before is not None:
        last = connection.execute(_BY_ID, {"session": before}).one_or_none()
        if last is None:
            return ()
        began, received = last.started_at, last.received_at
        statement = statement.where(
            or_(
                order[0] < began,
                and_(order[0] == began, order[1] < received),
                and_(order[0] == began, order[1] == received, order[2] < last.id),
            )
        )
    rows = connection.execute(statement.order_by(*(each.desc() for each in order)).limit(limit))
    return tuple(to_session(row) for row in rows)


def last_register(
    connection: Connection, charge_point_id: str, connector_id: int
) -> tuple[WattHour, datetime] | None:
    """Return the register that was last believed, in Wh, and when it was read."""
    account = load(connection, charge_point_id, connector_id)
    return None if account is None else (account.track.register_wh, account.track.at)


def lifetime(connection: Connection, charge_point_id: str, connector_id: int) -> WattHour | None:
    """Return the gated lifetime energy of a connector, in Wh; None while it is unknown."""
    account = load(connection, charge_point_id, connector_id)
    return None if account is None else account.lifetime_wh


def correct(connection: Connection, correction: Correction) -> bool:
    """Append a correction; False when there is no such session or it is not stopped."""
    found = session(connection, correction.session_id)
    if found is None or found.stopped_at is None:
        return False
    connection.execute(
        corrections.insert().values(
            session_id=correction.session_id,
            corrected_at=correction.corrected_at,
            energy_wh=correction.energy_wh,
            reason=correction.reason,
        )
    )
    note_change(connection, found.id, period_start(found.started_at))
    return True


def corrections_of(connection: Connection, session_id: str) -> tuple[Correction, ...]:
    """Return a session's corrections, oldest first: the last one counts."""
    rows = connection.execute(
        select(corrections).where(corrections.c.session_id == session_id).order_by(corrections.c.id)
    )
    return tuple(
        Correction(
            session_id=row.session_id,
            corrected_at=row.corrected_at,
            energy_wh=row.energy_wh,
            reason=row.reason,
        )
        for row in rows
    )
