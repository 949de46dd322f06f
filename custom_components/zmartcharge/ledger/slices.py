"""A session's energy by quarter-hour, in the database."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, delete, or_, select, update

from ..units import WattHour
from .periods import spread
from .records import Slice
from .tables import Moment, sessions, slices

# Made once: to put a statement together takes longer than the database takes to run it.
_ADD = (
    update(slices)
    .where(slices.c.session_id == bindparam("of_session"), slices.c.start == bindparam("of_period"))
    .values(wh=slices.c.wh + bindparam("more"))
)
_NOTE = (
    update(sessions)
    .where(sessions.c.id == bindparam("of_session"))
    .values(
        changed_from=case(
            (
                or_(
                    sessions.c.changed_from.is_(None),
                    sessions.c.changed_from > bindparam("since", type_=Moment),
                ),
                bindparam("since", type_=Moment),
            ),
            else_=sessions.c.changed_from,
        ),
        changes=sessions.c.changes + 1,
    )
)


def add_energy(
    connection: Connection, session_id: str, wh: WattHour, since: datetime, until: datetime
) -> None:
    """Add energy that was delivered between two times."""
    parts = tuple(spread(wh, since, until))
    for start, part in parts:
        changed = connection.execute(
            _ADD, {"of_session": session_id, "of_period": start, "more": part}
        )
        if not changed.rowcount:
            connection.execute(slices.insert().values(session_id=session_id, start=start, wh=part))
    if parts:
        note_change(connection, session_id, parts[0][0])


def remove_energy(connection: Connection, session_id: str, wh: WattHour) -> None:
    """Take the energy that was added last away."""
    newest = select(slices).where(slices.c.session_id == session_id).order_by(slices.c.start.desc())
    first = None
    for row in connection.execute(newest).all():
        if not wh:
            break
        part = min(wh, row.wh)
        wh -= part
        first = row.start
        where = (slices.c.session_id == session_id, slices.c.start == row.start)
        if part == row.wh:
            connection.execute(delete(slices).where(*where))
        else:
            connection.execute(update(slices).where(*where).values(wh=row.wh - part))
    if first is not None:
        note_change(connection, session_id, first)


def of_session(connection: Connection, session_id: str) -> tuple[Slice, ...]:
    """Return a session's periods with energy, oldest first."""
    rows = connection.execute(
        select(slices).where(slices.c.session_id == session_id).order_by(slices.c.start)
    )
    return tuple(Slice(start=row.start, wh=row.wh) for row in rows)


def note_change(connection: Connection, session_id: str, start: datetime) -> None:
    """Note that a session's hours are to be counted anew from a quarter-hour on."""
    connection.execute(_NOTE, {"of_session": session_id, "since": start})


def share(parts: Mapping[datetime, WattHour], wh: WattHour) -> dict[datetime, WattHour]:
    """Return the parts of another energy in proportion to those of one; they sum to ``wh``.

    Parts of nothing are left out; no energy cannot be shared and gives no parts.
    """
    whole = sum(parts.values())
    shared: dict[datetime, WattHour] = {}
    passed = given = 0
    for start, part in parts.items():
        passed += part
        # Whole parts of a running total: rounding never adds up.
        due = wh * passed // whole
        if due > given:
            shared[start] = due - given
        given = due
    return shared
