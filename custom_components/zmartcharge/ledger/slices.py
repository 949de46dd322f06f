"""A session's energy by quarter-hour, in the database."""

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from ..units import WattHour
from .periods import spread
from .records import Slice
from .tables import slices


def add_energy(
    connection: Connection, session_id: str, wh: WattHour, since: datetime, until: datetime
) -> None:
    """Add energy that was delivered between two times."""
    for start, part in spread(wh, since, until):
        changed = connection.execute(
            update(slices)
            .where(slices.c.session_id == session_id, slices.c.start == start)
            .values(wh=slices.c.wh + part)
        )
        if not changed.rowcount:
            connection.execute(slices.insert().values(session_id=session_id, start=start, wh=part))


def remove_energy(connection: Connection, session_id: str, wh: WattHour) -> None:
    """Take the energy that was added last away."""
    newest = select(slices).where(slices.c.session_id == session_id).order_by(slices.c.start.desc())
    for row in connection.execute(newest).all():
        part = min(wh, row.wh)
        wh -= part
        where = (slices.c.session_id == session_id, slices.c.start == row.start)
        if part == row.wh:
            connection.execute(delete(slices).where(*where))
        else:
            connection.execute(update(slices).where(*where).values(wh=row.wh - part))
        if not wh:
            return


def of_session(connection: Connection, session_id: str) -> tuple[Slice, ...]:
    """Return a session's periods with energy, oldest first."""
    rows = connection.execute(
        select(slices).where(slices.c.session_id == session_id).order_by(slices.c.start)
    )
    return tuple(Slice(start=row.start, wh=row.wh) for row in rows)
