"""What a connector's status tells about its session, as operations within a transaction."""

from datetime import datetime

from sqlalchemy import Connection, select

from .accounts import SessionRow, change
from .clock import EARLIEST
from .tables import sessions


def charging_ended(
    connection: Connection, charge_point_id: str, connector_id: int, at: datetime
) -> None:
    """Note when charging ended. It can pause and go on: the last end of an open session counts."""
    row = _latest(connection, charge_point_id, connector_id, at)
    if row is None:
        return
    moment = _within(row, at)
    known = row.charging_ended_at
    if known is None or (row.stopped_at is None and moment > known):
        change(connection, row, charging_ended_at=moment)


def unplugged(
    connection: Connection, charge_point_id: str, connector_id: int, at: datetime
) -> None:
    """Note when the cable was taken out. An open transaction stays open: its stop may be queued."""
    row = _latest(connection, charge_point_id, connector_id, at)
    if row is not None and row.ended_at is None:
        change(connection, row, ended_at=_within(row, at))


def _latest(
    connection: Connection, charge_point_id: str, connector_id: int, at: datetime
) -> SessionRow | None:
    """Return the connector's session that a status of a time speaks of."""
    statement = select(sessions).where(
        sessions.c.charge_point_id == charge_point_id, sessions.c.connector_id == connector_id
    )
    if at >= EARLIEST:
        statement = statement.where(sessions.c.started_at <= at)
    newest = sessions.c.started_at.desc(), sessions.c.received_at.desc()
    return connection.execute(statement.order_by(*newest).limit(1)).one_or_none()


def _within(row: SessionRow, at: datetime) -> datetime:
    """Return a time that a session can have; the last known one when the clock was never set."""
    times = (row.started_at, row.last_sample_at, row.stopped_at)
    return at if at >= EARLIEST else max(time for time in times if time is not None)
