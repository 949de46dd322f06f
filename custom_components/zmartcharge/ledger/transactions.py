"""StartTransaction and StopTransaction, as operations within a database transaction."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
import secrets
import uuid

from sqlalchemy import Connection, bindparam, select

from ..units import WattHour
from .accounts import (
    ROUNDING,
    TURN_FLAGS,
    Account,
    SessionRow,
    change,
    find,
    gap_before,
    load,
    opened,
    save,
    session_track,
    shift,
    successor,
    to_session,
    with_flags,
)
from .clock import believed, possible, utc
from .quarantine import put
from .records import (
    LOST_STOP,
    SUPERSEDED,
    QuarantineEntry,
    Session,
    SessionFlag,
    StartedTransaction,
    TransactionStart,
    TransactionStop,
)
from .register import MAX_STEP, Belief, follow
from .slices import add_energy, remove_energy
from .tables import sessions

_INT32 = 2**31 - 1
_REFUSED = SessionFlag.REFUSED.value
#: Stands for "no usable meterStart" in the key that tells repeated messages.
_NOT_TOLD = -1
# Made once: to put a statement together takes longer than the database takes to run it.
_BY_TRANSACTION = select(sessions).where(
    sessions.c.transaction_id == bindparam("transaction"),
    sessions.c.charge_point_id == bindparam("charger"),
)


def start(connection: Connection, message: TransactionStart) -> StartedTransaction:
    """Begin a session, or return the one that the same message began before."""
    known = _answered(connection, message)
    if known is not None:
        return StartedTransaction(session=to_session(known), duplicate=True)
    at = believed(message.started_at, message.received_at)
    timed = possible(message.started_at, message.received_at)
    account = load(connection, message.charge_point_id, message.connector_id)
    meter_start = message.meter_start_wh
    if meter_start is None:
        meter_start = account.track.register_wh if account else 0
    gap, turn = 0, None
    if account is None:
        account = opened(meter_start, at)
    else:
        account = _supersede(connection, message, account, meter_start, at)
        later = successor(
            connection, message.charge_point_id, message.connector_id, at, message.received_at
        )
        account, gap, turn = gap_before(connection, account, later, meter_start, at, timed=timed)
    save(connection, message.charge_point_id, message.connector_id, account)
    flags = [] if timed else [SessionFlag.CLOCK]
    if turn is not None:
        flags.append(TURN_FLAGS[turn])
    session_id = str(uuid.uuid4())
    connection.execute(
        sessions.insert().values(
            id=session_id,
            transaction_id=_new_transaction_id(connection),
            charge_point_id=message.charge_point_id,
            connector_id=message.connector_id,
            site_id=message.site_id,
            id_tag=message.id_tag,
            reservation_id=message.reservation_id,
            started_at=at,
            meter_start_wh=meter_start,
            flags=" ".join(flags),
            register_offset_wh=0,
            claimed_meter_start_wh=_claimed(message.meter_start_wh),
            claimed_started_at=message.started_at,
            received_at=message.received_at,
            epoch_at=at,
            gap_wh=gap,
            own_id=message.own_id,
            raw_start=message.raw,
        )
    )
    return StartedTransaction(session=to_session(find(connection, session_id)), duplicate=False)


def stop(connection: Connection, message: TransactionStop) -> Session | None:
    """End a session; None when the charger has no such transaction. The first stop counts."""
    row = by_transaction(connection, message.charge_point_id, message.transaction_id)
    if row is None:
        _distrust(connection, message, "unknown transaction")
        return None
    if row.claimed_stopped_at is not None:
        if not _repeated(row, message):
            _distrust(connection, message, "transaction is stopped already")
        return to_session(row)
    _finish(connection, row, message)
    return to_session(find(connection, row.id))


def interrupt(connection: Connection, session_id: str) -> Session:
    """Close an open session whose stop was lost; should that come all the same, it counts."""
    row = find(connection, session_id)
    if row.stopped_at is None:
        change(
            connection,
            row,
            stopped_at=_last_known(row),
            meter_stop_wh=session_track(row).register_wh,
            stop_reason=LOST_STOP,
            flags=with_flags(row, SessionFlag.INTERRUPTED),
        )
    return to_session(find(connection, session_id))


def interrupt_others(
    connection: Connection, charge_point_ids: Collection[str]
) -> tuple[Session, ...]:
    """Close the open sessions of all chargers but these; stops that come all the same count."""
    rows = connection.execute(
        select(sessions.c.id)
        .where(sessions.c.stopped_at.is_(None), sessions.c.charge_point_id.not_in(charge_point_ids))
        .order_by(sessions.c.started_at, sessions.c.received_at)
    ).all()
    return tuple(interrupt(connection, row.id) for row in rows)


def refuse(connection: Connection, session_id: str, *, refused: bool) -> None:
    """Note of a session that nobody may have it, or that somebody may."""
    row = find(connection, session_id)
    flags = [each for each in row.flags.split() if each != _REFUSED]
    change(connection, row, flags=" ".join([*flags, _REFUSED] if refused else flags))


def by_transaction(
    connection: Connection, charge_point_id: str, transaction_id: int
) -> SessionRow | None:
    """Return the row of a charger's transaction."""
    if not 0 < transaction_id <= _INT32:
        return None
    return connection.execute(
        _BY_TRANSACTION, {"transaction": transaction_id, "charger": charge_point_id}
    ).one_or_none()


def _claimed(meter_start: WattHour | None) -> int:
    return _NOT_TOLD if meter_start is None else meter_start


def _answered(connection: Connection, message: TransactionStart) -> SessionRow | None:
    return connection.execute(
        select(sessions).where(
            sessions.c.charge_point_id == message.charge_point_id,
            sessions.c.connector_id == message.connector_id,
            sessions.c.id_tag == message.id_tag,
            sessions.c.claimed_meter_start_wh == _claimed(message.meter_start_wh),
            sessions.c.claimed_started_at == message.started_at,
        )
    ).one_or_none()


def _new_transaction_id(connection: Connection) -> int:
    """Return an id that no charger can guess and no transaction had (CVE-2026-28230)."""
    while True:
        number = 1 + secrets.randbelow(_INT32)
        taken = select(sessions.c.id).where(sessions.c.transaction_id == number)
        if connection.execute(taken).one_or_none() is None:
            return number


def _supersede(
    connection: Connection,
    message: TransactionStart,
    account: Account,
    meter_start: WattHour,
    at: datetime,
) -> Account:
    """Close what is still open on a connector as another session begins there.

    Not what began later: the new session is then one of the past, told late.
    """
    rows = connection.execute(
        select(sessions).where(
            sessions.c.charge_point_id == message.charge_point_id,
            sessions.c.connector_id == message.connector_id,
            sessions.c.stopped_at.is_(None),
            sessions.c.started_at <= at,
        )
    ).all()
    for row in rows:
        register = session_track(row).register_wh
        excess = 0
        if row.last_sample_at is not None and row.last_sample_at > at:
            # Samples without a transaction were taken for this session's, but were the new one's.
            excess = min(max(0, register - meter_start), to_session(row).energy_wh)
            remove_energy(connection, row.id, excess)
            account = shift(connection, row, account, excess)
        change(
            connection,
            row,
            stopped_at=at if excess else _last_known(row),
            meter_stop_wh=register - excess,
            last_register_wh=register - excess if excess else row.last_register_wh,
            last_sample_at=at if excess else row.last_sample_at,
            stop_reason=SUPERSEDED,
            flags=with_flags(row, SessionFlag.INTERRUPTED),
        )
    return account


def _last_known(row: SessionRow) -> datetime:
    """Return until when a session is known to have gone on."""
    times: tuple[datetime | None, ...]
    times = (row.started_at, row.last_sample_at, row.charging_ended_at)
    return max(time for time in times if time is not None)


def _repeated(row: SessionRow, message: TransactionStop) -> bool:
    return bool(
        message.meter_stop_wh in (None, row.meter_stop_wh)
        and utc(message.stopped_at) == row.claimed_stopped_at
        and message.reason == row.stop_reason
    )


def _distrust(connection: Connection, message: TransactionStop, reason: str) -> None:
    entry = QuarantineEntry(
        charge_point_id=message.charge_point_id,
        received_at=message.received_at,
        action="StopTransaction",
        reason=reason,
        payload=message.raw or repr(message),
    )
    put(connection, entry)


def _finish(connection: Connection, row: SessionRow, message: TransactionStop) -> None:
    at = believed(message.stopped_at, message.received_at)
    flags = []
    if not possible(message.stopped_at, message.received_at) or at < row.started_at:
        flags.append(SessionFlag.CLOCK)
        at = max(at, row.started_at)
    timed = SessionFlag.CLOCK not in (*row.flags.split(), *flags)
    track = session_track(row)
    meter_stop = track.register_wh if message.meter_stop_wh is None else message.meter_stop_wh
    belief = Belief(timed=timed, max_step=MAX_STEP, max_watt=message.max_watt)
    final = _final(row, meter_stop, at, belief)
    if final.added_wh:
        add_energy(connection, row.id, final.added_wh, final.since, max(at, track.at))
    if final.trimmed_wh:
        remove_energy(connection, row.id, final.trimmed_wh)
    energy = final.added_wh - final.trimmed_wh
    change(
        connection,
        row,
        stopped_at=at,
        claimed_stopped_at=message.stopped_at,
        meter_stop_wh=meter_stop,
        register_offset_wh=track.register_wh + row.register_offset_wh + energy - meter_stop,
        stop_reason=message.reason,
        stop_id_tag=message.id_tag,
        flags=with_flags(row, *flags, *final.flags),
        raw_stop=message.raw,
    )
    account = load(connection, row.charge_point_id, row.connector_id)
    assert account is not None  # made as the session began
    belief = Belief(timed=timed, max_watt=message.max_watt)
    step = follow(account.track, meter_stop, at, belief)
    account = shift(connection, row, account.advanced(step), step.added_wh - energy)
    save(connection, row.charge_point_id, row.connector_id, account)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Final:
    """What meterStop adds to a session's energy since a time, or takes away from it, in Wh."""

    since: datetime
    added_wh: WattHour = 0
    trimmed_wh: WattHour = 0
    flags: tuple[SessionFlag, ...] = ()


def _final(row: SessionRow, meter_stop: WattHour, at: datetime, belief: Belief) -> _Final:
    """Judge a session's last reading.

    No second reading will come, so a turn that needs one adds nothing: what samples proved stays.
    """
    track = session_track(row)
    moment = max(at, track.at, track.pending_at or at)
    if at < track.at:
        # Nobody knows how long it was.
        belief = replace(belief, max_watt=None)
    step = follow(track, meter_stop, moment, belief)
    if step.track.register_wh == meter_stop:
        turned = () if step.turn is None else (TURN_FLAGS[step.turn],)
        return _Final(since=step.since, added_wh=step.added_wh, flags=turned)
    flags = [SessionFlag.STOP_BELOW_START] if meter_stop < row.meter_start_wh else []
    fall = track.register_wh - meter_stop
    energy = track.register_wh + row.register_offset_wh - row.meter_start_wh
    # Samples from after the stop are not this session's, whatever they were taken for.
    passed = at < track.at and fall <= energy
    if fall > 0 and (fall <= ROUNDING or passed):
        if energy:
            flags.append(SessionFlag.STOP_BELOW_SAMPLE)
        return _Final(since=track.at, trimmed_wh=min(fall, energy), flags=tuple(flags))
    flags.append(SessionFlag.REGISTER_RESET if fall > 0 else SessionFlag.REGISTER_JUMP)
    return _Final(since=track.at, flags=tuple(flags))
