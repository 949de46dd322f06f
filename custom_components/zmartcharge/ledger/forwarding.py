"""Messages for a second central system, within a database transaction.

What was delivered is remembered for a while without its payload, so that a charger that says it
again does not have it told twice, and so that later messages of its transaction find its number.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, or_, select, update

from .forwarding_records import ForwardedMessage, WaitingMessage
from .tables import forwarded_messages as messages, sessions

#: Messages of one charger that wait at most, beside those that begin or end a transaction.
MAX_WAITING = 10_000
#: For how long a delivered message is known again: values, and what begins or ends a transaction.
_VALUES_KNOWN_FOR, _TRANSACTIONS_KNOWN_FOR = timedelta(days=1), timedelta(days=90)


def queue(connection: Connection, message: ForwardedMessage) -> bool:
    """Let a message wait; False: it is known, or its transaction was never told of.

    When too many wait, the oldest droppable ones are given up; what begins or ends a transaction
    never is.
    """
    if _known(connection, message) or _orphaned(connection, message):
        return False
    connection.execute(
        messages.insert().values(
            charge_point_id=message.charge_point_id,
            key=message.key,
            action=message.action,
            payload=message.payload,
            transaction_id=message.transaction_id,
            droppable=message.droppable,
            queued_at=message.queued_at,
        )
    )
    if message.droppable:
        _make_room(connection, message.charge_point_id)
    return True


def name_transaction(
    connection: Connection, charge_point_id: str, key: str, transaction_id: int
) -> None:
    """Note our number of the transaction that a message began, which only its answer tells."""
    connection.execute(
        update(messages)
        .where(messages.c.charge_point_id == charge_point_id, messages.c.key == key)
        .values(transaction_id=transaction_id)
    )


def waiting(connection: Connection, charge_point_id: str, limit: int) -> tuple[WaitingMessage, ...]:
    """Return the messages that wait, in the order in which the charger sent them."""
    begun = messages.alias()
    theirs = (
        select(func.max(begun.c.their_transaction_id))
        .where(
            begun.c.charge_point_id == messages.c.charge_point_id,
            begun.c.transaction_id == messages.c.transaction_id,
        )
        .scalar_subquery()
    )
    rows = connection.execute(
        select(messages, theirs.label("theirs"))
        .where(_waits(charge_point_id))
        .order_by(messages.c.id)
        .limit(limit)
    )
    return tuple(_to_waiting(row) for row in rows)


def count(connection: Connection, charge_point_id: str) -> int:
    """Return how many messages wait."""
    return connection.execute(
        select(func.count()).select_from(messages).where(_waits(charge_point_id))
    ).scalar_one()


def done(
    connection: Connection, number: int, at: datetime, their_transaction_id: int | None
) -> None:
    """Note that a message was delivered, or given up, and what the other calls its transaction."""
    connection.execute(
        update(messages)
        .where(messages.c.id == number)
        .values(done_at=at, payload="", their_transaction_id=their_transaction_id)
    )
    whose = select(messages.c.charge_point_id).where(messages.c.id == number).scalar_subquery()
    connection.execute(
        delete(messages).where(
            # What the index ix_forwarded_messages_waiting finds; the rest looks at few.
            messages.c.charge_point_id == whose,
            messages.c.done_at < at - _VALUES_KNOWN_FOR,
            or_(messages.c.droppable, messages.c.done_at < at - _TRANSACTIONS_KNOWN_FOR),
        )
    )


def our_transaction(
    connection: Connection, charge_point_id: str, their_transaction_id: int
) -> int | None:
    """Return our number of the newest transaction that the other calls so, None for none."""
    return connection.execute(
        select(messages.c.transaction_id)
        .where(
            messages.c.charge_point_id == charge_point_id,
            messages.c.their_transaction_id == their_transaction_id,
        )
        .order_by(messages.c.id.desc())
        .limit(1)
    ).scalar_one_or_none()


def forget(connection: Connection, charge_point_id: str) -> None:
    """Forget all messages of a charger, as when it is told to another system from now on."""
    connection.execute(delete(messages).where(messages.c.charge_point_id == charge_point_id))


def keep_only(connection: Connection, charge_point_ids: Collection[str]) -> None:
    """Forget the messages of all other chargers."""
    connection.execute(delete(messages).where(messages.c.charge_point_id.not_in(charge_point_ids)))


def take_up(connection: Connection, charge_point_id: str) -> None:
    """Find our numbers of transactions whose answer was on its way when everything stopped."""
    unnamed = connection.execute(
        select(messages.c.id, messages.c.payload).where(
            _waits(charge_point_id),
            messages.c.transaction_id.is_(None),
            messages.c.action == "StartTransaction",
        )
    ).all()
    for row in unnamed:
        number = connection.execute(
            select(func.max(sessions.c.transaction_id)).where(
                sessions.c.charge_point_id == charge_point_id, sessions.c.raw_start == row.payload
            )
        ).scalar_one()
        if number is not None:
            connection.execute(
                update(messages).where(messages.c.id == row.id).values(transaction_id=number)
            )


def _waits(charge_point_id: str) -> ColumnElement[bool]:
    return and_(messages.c.charge_point_id == charge_point_id, messages.c.done_at.is_(None))


def _known(connection: Connection, message: ForwardedMessage) -> bool:
    found = connection.execute(
        select(messages.c.id).where(
            messages.c.charge_point_id == message.charge_point_id, messages.c.key == message.key
        )
    )
    return found.first() is not None


def _orphaned(connection: Connection, message: ForwardedMessage) -> bool:
    """Tell whether a message belongs to a transaction that began before anybody was told."""
    if message.opens or message.transaction_id is None:
        return False
    found = connection.execute(
        select(messages.c.id).where(
            messages.c.charge_point_id == message.charge_point_id,
            messages.c.transaction_id == message.transaction_id,
        )
    )
    return found.first() is None


def _make_room(connection: Connection, charge_point_id: str) -> None:
    droppable = and_(_waits(charge_point_id), messages.c.droppable)
    number = connection.execute(
        select(func.count()).select_from(messages).where(droppable)
    ).scalar_one()
    if number > MAX_WAITING:
        oldest = (
            select(messages.c.id)
            .where(droppable)
            .order_by(messages.c.id)
            .limit(number - MAX_WAITING)
        )
        connection.execute(delete(messages).where(messages.c.id.in_(oldest.scalar_subquery())))


def _to_waiting(row: Row[tuple[object, ...]]) -> WaitingMessage:
    return WaitingMessage(
        number=row.id,
        message=ForwardedMessage(
            charge_point_id=row.charge_point_id,
            key=row.key,
            action=row.action,
            payload=row.payload,
            transaction_id=row.transaction_id,
            droppable=row.droppable,
            queued_at=row.queued_at,
        ),
        their_transaction_id=row.theirs,
    )
