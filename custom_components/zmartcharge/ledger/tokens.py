"""The register of tokens, and what chargers were told of them, within a database transaction.

Sessions keep the text of their idTag: a token that is removed or changed later changes no session.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, or_, select, update

from .tables import local_list_entries, local_lists, tokens
from .token_records import LocalListEntry, RegisteredToken, SentLocalList, TokenRecord, uid_of


def all_tokens(connection: Connection) -> tuple[RegisteredToken, ...]:
    """Return the register, by idTag."""
    rows = connection.execute(select(tokens).order_by(tokens.c.uid))
    return tuple(_to_token(row) for row in rows)


def token(connection: Connection, id_tag: str) -> RegisteredToken | None:
    """Return what is registered under an idTag, however that is written."""
    row = _row(connection, uid_of(id_tag))
    return None if row is None else _to_token(row)


def put(connection: Connection, record: TokenRecord, at: datetime) -> RegisteredToken:
    """Register a token, or change the one that is registered under its idTag."""
    row = _row(connection, record.uid)
    values = _values(record)
    if row is None:
        connection.execute(
            tokens.insert().values(uid=record.uid, created_at=at, changed_at=at, **values)
        )
        return RegisteredToken(record=record, created_at=at, changed_at=at)
    before = _to_token(row)
    changed_at = before.changed_at if before.record == record else at
    connection.execute(
        update(tokens).where(tokens.c.uid == record.uid).values(changed_at=changed_at, **values)
    )
    return RegisteredToken(
        record=record,
        created_at=before.created_at,
        changed_at=changed_at,
        last_used_at=before.last_used_at,
        last_used_charge_point_id=before.last_used_charge_point_id,
    )


def remove(connection: Connection, id_tag: str) -> bool:
    """Take a token off the register; False when it was not there."""
    found = connection.execute(delete(tokens).where(tokens.c.uid == uid_of(id_tag)))
    return found.rowcount > 0


def used(connection: Connection, id_tag: str, at: datetime, charge_point_id: str) -> bool:
    """Note where a token was used; what was used before the last time changes nothing."""
    uid = uid_of(id_tag)
    connection.execute(
        update(tokens)
        .where(
            tokens.c.uid == uid, or_(tokens.c.last_used_at.is_(None), tokens.c.last_used_at < at)
        )
        .values(last_used_at=at, last_used_charge_point_id=charge_point_id)
    )
    return _row(connection, uid) is not None


def local_list(connection: Connection, charge_point_id: str) -> SentLocalList | None:
    """Return the list that a charger accepted last, None when that is not known."""
    sent = connection.execute(
        select(local_lists).where(local_lists.c.charge_point_id == charge_point_id)
    ).one_or_none()
    if sent is None:
        return None
    rows = connection.execute(
        select(local_list_entries).where(local_list_entries.c.charge_point_id == charge_point_id)
    )
    entries = tuple(
        LocalListEntry(
            id_tag=row.id_tag,
            status=row.status,
            valid_until=row.valid_until,
            group=row.group_id,
            type=row.type,
        )
        for row in rows
    )
    return SentLocalList(
        charge_point_id=charge_point_id, version=sent.version, entries=entries, sent_at=sent.sent_at
    )


def keep_local_list(connection: Connection, sent: SentLocalList) -> None:
    """Keep the list that a charger accepted, in the place of the one before."""
    forget_local_list(connection, sent.charge_point_id)
    connection.execute(
        local_lists.insert().values(
            charge_point_id=sent.charge_point_id, version=sent.version, sent_at=sent.sent_at
        )
    )
    if sent.entries:
        rows = [
            {
                "charge_point_id": sent.charge_point_id,
                "uid": uid_of(entry.id_tag),
                "id_tag": entry.id_tag,
                "status": entry.status,
                "valid_until": entry.valid_until,
                "group_id": entry.group,
                "type": entry.type,
            }
            for entry in sent.entries
        ]
        connection.execute(local_list_entries.insert(), rows)


def forget_local_list(connection: Connection, charge_point_id: str) -> None:
    """Forget what a charger's list holds, because that is not known any more."""
    for table in (local_list_entries, local_lists):
        connection.execute(delete(table).where(table.c.charge_point_id == charge_point_id))


def _row(connection: Connection, uid: str) -> Row[Any] | None:
    return connection.execute(select(tokens).where(tokens.c.uid == uid)).one_or_none()


def _values(record: TokenRecord) -> Mapping[str, Any]:
    return {
        "id_tag": record.id_tag,
        "label": record.label,
        "holder": record.holder,
        "group_id": record.group,
        "type": record.type,
        "status": record.status,
        "valid_from": record.valid_from,
        "valid_until": record.valid_until,
        "charge_point_ids": record.charge_point_ids,
        "note": record.note,
        "phone": record.phone,
        "language": record.language,
    }


def _to_token(row: Row[Any]) -> RegisteredToken:
    return RegisteredToken(
        record=TokenRecord(
            id_tag=row.id_tag,
            label=row.label,
            holder=row.holder,
            group=row.group_id,
            type=row.type,
            status=row.status,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            charge_point_ids=row.charge_point_ids,
            note=row.note,
            phone=row.phone,
            language=row.language,
        ),
        created_at=row.created_at,
        changed_at=row.changed_at,
        last_used_at=row.last_used_at,
        last_used_charge_point_id=row.last_used_charge_point_id,
    )
