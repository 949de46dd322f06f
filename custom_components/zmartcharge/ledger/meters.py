"""Meter samples, as operations within a database transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from ..units import WattHour
from .accounts import (
    TURN_FLAGS,
    Account,
    SessionRow,
    change,
    load,
    opened,
    save,
    session_track,
    shift,
    with_flags,
)
from .clock import believed, possible
from .records import MeterSample, SessionFlag, SignedValue
from .register import MAX_STEP, Belief, follow
from .slices import add_energy
from .tables import sessions, signed_values
from .transactions import by_transaction

#: Closing values come this long after StopTransaction at most.
_CLOSING = timedelta(minutes=5)


def record(connection: Connection, samples: Sequence[MeterSample]) -> None:
    """Take samples in the order of their times."""
    for sample in sorted(samples, key=lambda one: believed(one.sampled_at, one.received_at)):
        _record(connection, sample)


def signed_of(connection: Connection, session_id: str) -> tuple[SignedValue, ...]:
    """Return a session's signed values, oldest first."""
    rows = connection.execute(
        select(signed_values)
        .where(signed_values.c.session_id == session_id)
        .order_by(signed_values.c.sampled_at, signed_values.c.id)
    )
    return tuple(SignedValue(sampled_at=row.sampled_at, value=row.value) for row in rows)


def _record(connection: Connection, sample: MeterSample) -> None:
    at = believed(sample.sampled_at, sample.received_at)
    row = _session_of(connection, sample, at)
    if sample.register_wh is not None:
        connector_id = sample.connector_id if row is None else row.connector_id
        account = load(connection, sample.charge_point_id, connector_id)
        if account is None:
            account = opened(sample.register_wh, at)
        else:
            session = row if row is not None and row.stopped_at is None else None
            timed = possible(sample.sampled_at, sample.received_at)
            account = _advance(connection, account, session, sample, at, timed=timed)
        save(connection, sample.charge_point_id, connector_id, account)
    if sample.signed is not None and row is not None:
        _keep_signed(connection, row, at, sample.signed)


def _session_of(connection: Connection, sample: MeterSample, at: datetime) -> SessionRow | None:
    """Return the session that a sample belongs to.

    Chargers say -1 or 0 for a transaction whose id they have not got yet (or any more).
    Connector 0 without a transaction is the charger's main meter, which is no connector's.
    """
    if sample.transaction_id is not None and sample.transaction_id > 0:
        return by_transaction(connection, sample.charge_point_id, sample.transaction_id)
    newest = connection.execute(
        select(sessions)
        .where(
            sessions.c.charge_point_id == sample.charge_point_id,
            sessions.c.connector_id == sample.connector_id,
            sessions.c.started_at <= at,
        )
        .order_by(sessions.c.started_at.desc(), sessions.c.received_at.desc())
        .limit(1)
    ).one_or_none()
    # One that began before the newest may still await its late stop, but is over.
    over = newest is None or (newest.stopped_at is not None and newest.stopped_at < at - _CLOSING)
    return None if over else newest


def _advance(
    connection: Connection,
    account: Account,
    row: SessionRow | None,
    sample: MeterSample,
    at: datetime,
    *,
    timed: bool,
) -> Account:
    """Return a connector's account after a reading, which may be one of an open session too."""
    # The session may have begun long before the time that had to be taken for its start.
    believable = timed and (row is None or SessionFlag.CLOCK not in row.flags.split())
    register = sample.register_wh
    assert register is not None, "there is nothing else to advance by"
    belief = Belief(timed=believable, max_watt=sample.max_watt)
    step = follow(account.track, register, at, belief)
    account = account.advanced(step)
    if row is None:
        return account.shifted(step.added_wh)
    flags = () if timed else (SessionFlag.CLOCK,)
    belief = replace(belief, max_step=MAX_STEP)
    taken = _progress(connection, row, register, at, belief, flags)
    return shift(connection, row, account, step.added_wh - taken)


def _progress(
    connection: Connection,
    row: SessionRow,
    register: WattHour,
    at: datetime,
    belief: Belief,
    flags: tuple[SessionFlag, ...],
) -> WattHour:
    """Follow a session's register; return the energy added to the session."""
    track = session_track(row)
    step = follow(track, register, at, belief)
    if step.track == track:
        return 0
    if step.turn is not None and not step.doubtful:
        flags = (*flags, TURN_FLAGS[step.turn])
    reached = track.register_wh + row.register_offset_wh + step.added_wh
    believed_now = not step.doubtful
    change(
        connection,
        row,
        last_register_wh=step.track.register_wh if believed_now else row.last_register_wh,
        last_sample_at=step.track.at if believed_now else row.last_sample_at,
        register_offset_wh=reached - step.track.register_wh,
        epoch_at=step.track.epoch_at,
        pending_wh=step.track.pending_wh,
        pending_at=step.track.pending_at,
        flags=with_flags(row, *flags),
    )
    if step.added_wh:
        add_energy(connection, row.id, step.added_wh, step.since, step.track.at)
    return step.added_wh


def _keep_signed(connection: Connection, row: SessionRow, at: datetime, value: str) -> None:
    """Keep a signed value, once."""
    same = select(signed_values.c.id).where(
        signed_values.c.session_id == row.id,
        signed_values.c.sampled_at == at,
        signed_values.c.value == value,
    )
    if connection.execute(same).first() is None:
        connection.execute(
            signed_values.insert().values(session_id=row.id, sampled_at=at, value=value)
        )
