"""Messages that could not be believed, kept for a look at them. Bounded."""

from sqlalchemy import Connection, delete, select

from .records import QuarantineEntry
from .tables import quarantine

#: Entries kept per charger, the newest.
MAX_ENTRIES = 200
MAX_PAYLOAD = 4096


def put(connection: Connection, entry: QuarantineEntry) -> None:
    """Keep an entry, and the newest ones of its charger."""
    connection.execute(
        quarantine.insert().values(
            charge_point_id=entry.charge_point_id,
            received_at=entry.received_at,
            action=entry.action[:MAX_PAYLOAD],
            reason=entry.reason[:MAX_PAYLOAD],
            payload=entry.payload[:MAX_PAYLOAD],
        )
    )
    oldest_kept = connection.execute(
        select(quarantine.c.id)
        .where(quarantine.c.charge_point_id == entry.charge_point_id)
        .order_by(quarantine.c.id.desc())
        .offset(MAX_ENTRIES - 1)
        .limit(1)
    ).scalar_one_or_none()
    if oldest_kept is not None:
        connection.execute(
            delete(quarantine).where(
                quarantine.c.charge_point_id == entry.charge_point_id,
                quarantine.c.id < oldest_kept,
            )
        )


def of_charger(connection: Connection, charge_point_id: str) -> tuple[QuarantineEntry, ...]:
    """Return a charger's entries, oldest first."""
    rows = connection.execute(
        select(quarantine)
        .where(quarantine.c.charge_point_id == charge_point_id)
        .order_by(quarantine.c.id)
    )
    return tuple(
        QuarantineEntry(
            charge_point_id=row.charge_point_id,
            received_at=row.received_at,
            action=row.action,
            reason=row.reason,
            payload=row.payload,
        )
        for row in rows
    )
