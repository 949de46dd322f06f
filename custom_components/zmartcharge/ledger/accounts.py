"""The two accounts of energy: what sessions took, and what no session accounts for.

Each connector's register is followed on its own, and so is each session's. What the connector's
register rose by and no session took is unattributed: it is ``gap_wh`` of the session that began
after it, or ``idle_wh`` of the connector while no session did yet. When a session of the past is
told late, its energy moves out of there. So the sessions and the unattributed energy always sum to
what the register rose by.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, or_, select, update

from ..units import WattHour
from .records import Session, SessionFlag
from .register import JITTER, Belief, Step, Track, Turn, begin, follow
from .tables import connectors, sessions

type SessionRow = Row[Any]

# Made once: to put a statement together takes longer than the database takes to run it.
_CONNECTOR = (
    connectors.c.charge_point_id == bindparam("of_charger"),
    connectors.c.connector_id == bindparam("of_connector"),
)
_LOAD = select(connectors).where(*_CONNECTOR)
_SAVE = update(connectors).where(*_CONNECTOR)
_CHANGE = update(sessions).where(sessions.c.id == bindparam("of_session"))

#: Whole kWh in one message and Wh in another differ by up to this.
ROUNDING: WattHour = 1000
TURN_FLAGS = {
    Turn.RESET: SessionFlag.REGISTER_RESET,
    Turn.ROLLOVER: SessionFlag.REGISTER_ROLLOVER,
    Turn.JUMP: SessionFlag.REGISTER_JUMP,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A connector's register, its gated lifetime energy and its unattributed energy, in Wh."""

    track: Track
    lifetime_wh: WattHour | None
    idle_wh: WattHour = 0

    def advanced(self, step: Step) -> Account:
        """Return the account after a step of its register; the lifetime energy never falls.

        The first register above 0 is taken as it is: 0 is also what a charger says that has no
        register, and a lifetime that rises from there would count as delivered at once.
        """
        lifetime = self.lifetime_wh
        if lifetime is not None:
            lifetime += step.added_wh
        elif step.track.register_wh > 0:
            lifetime = step.track.register_wh
        return replace(self, track=step.track, lifetime_wh=lifetime)

    def shifted(self, wh: int) -> Account:
        """Return the account with more, or less, unattributed energy; never less than none."""
        return replace(self, idle_wh=max(0, self.idle_wh + wh))


def opened(register: WattHour, at: datetime) -> Account:
    """Return the account of a connector whose register is read for the first time."""
    return Account(track=begin(register, at), lifetime_wh=register or None)


def load(connection: Connection, charge_point_id: str, connector_id: int) -> Account | None:
    """Return a connector's account, None when its register was never read."""
    row = connection.execute(
        _LOAD, {"of_charger": charge_point_id, "of_connector": connector_id}
    ).one_or_none()
    if row is None:
        return None
    track = Track(
        register_wh=row.register_wh,
        at=row.register_at,
        epoch_at=row.epoch_at,
        pending_wh=row.pending_wh,
        pending_at=row.pending_at,
    )
    return Account(track=track, lifetime_wh=row.lifetime_wh, idle_wh=row.idle_wh)


def save(connection: Connection, charge_point_id: str, connector_id: int, account: Account) -> None:
    """Keep a connector's account."""
    values = {
        "register_wh": account.track.register_wh,
        "register_at": account.track.at,
        "epoch_at": account.track.epoch_at,
        "pending_wh": account.track.pending_wh,
        "pending_at": account.track.pending_at,
        "lifetime_wh": account.lifetime_wh,
        "idle_wh": account.idle_wh,
    }
    where = {"of_charger": charge_point_id, "of_connector": connector_id}
    changed = connection.execute(_SAVE, where | values)
    if not changed.rowcount:
        key = {"charge_point_id": charge_point_id, "connector_id": connector_id}
        connection.execute(connectors.insert().values(key | values))


def to_session(row: SessionRow) -> Session:
    """Return the session of a row of the table."""
    return Session(
        id=row.id,
        transaction_id=row.transaction_id,
        charge_point_id=row.charge_point_id,
        connector_id=row.connector_id,
        site_id=row.site_id,
        id_tag=row.id_tag,
        reservation_id=row.reservation_id,
        started_at=row.started_at,
        charging_ended_at=row.charging_ended_at,
        stopped_at=row.stopped_at,
        ended_at=row.ended_at,
        meter_start_wh=row.meter_start_wh,
        meter_stop_wh=row.meter_stop_wh,
        last_register_wh=row.last_register_wh,
        last_sample_at=row.last_sample_at,
        stop_reason=row.stop_reason,
        stop_id_tag=row.stop_id_tag,
        flags=tuple(row.flags.split()),
        register_offset_wh=row.register_offset_wh,
        own_id=row.own_id,
    )


def session_track(row: SessionRow) -> Track:
    """Return how the register of a session is followed."""
    return Track(
        register_wh=row.meter_start_wh if row.last_register_wh is None else row.last_register_wh,
        at=row.last_sample_at or row.started_at,
        epoch_at=row.epoch_at,
        pending_wh=row.pending_wh,
        pending_at=row.pending_at,
    )


def find(connection: Connection, session_id: str) -> SessionRow:
    """Return the row of a session that is known to be there."""
    return connection.execute(select(sessions).where(sessions.c.id == session_id)).one()


def change(connection: Connection, row: SessionRow, **values: Any) -> None:
    """Change columns of a session."""
    connection.execute(_CHANGE, {"of_session": row.id} | values)


def with_flags(row: SessionRow, *flags: SessionFlag) -> str:
    """Return a session's flags with more of them, for its column."""
    return " ".join(dict.fromkeys((*row.flags.split(), *flags)))


def successor(
    connection: Connection,
    charge_point_id: str,
    connector_id: int,
    started_at: datetime,
    received_at: datetime,
) -> SessionRow | None:
    """Return the session that began next on a connector after one that began at a time."""
    return connection.execute(
        select(sessions)
        .where(
            sessions.c.charge_point_id == charge_point_id,
            sessions.c.connector_id == connector_id,
            or_(
                sessions.c.started_at > started_at,
                and_(sessions.c.started_at == started_at, sessions.c.received_at > received_at),
            ),
        )
        .order_by(sessions.c.started_at, sessions.c.received_at)
        .limit(1)
    ).one_or_none()


def shift(connection: Connection, row: SessionRow, account: Account, wh: int) -> Account:
    """Move energy from a session to what is unattributed after it, or back (negative)."""
    if not wh:
        return account
    later = successor(
        connection, row.charge_point_id, row.connector_id, row.started_at, row.received_at
    )
    if later is None:
        return account.shifted(wh)
    change(connection, later, gap_wh=max(0, later.gap_wh + wh))
    return account


def gap_before(
    connection: Connection,
    account: Account,
    later: SessionRow | None,
    meter_start: WattHour,
    at: datetime,
    *,
    timed: bool,
) -> tuple[Account, WattHour, Turn | None]:
    """Return the connector's account as a session begins, and the gap that precedes it.

    ``later`` is the session that began next, when this one is told late.
    """
    if later is not None:
        reached = later.meter_start_wh - later.gap_wh
        gap = min(later.gap_wh, max(0, meter_start - reached))
        change(connection, later, gap_wh=later.gap_wh - gap)
        return account, gap, None
    known = account.track.register_wh
    if at < account.track.at and meter_start <= known:
        # Told late too, but only readings without a session came in between.
        gap = min(account.idle_wh, max(0, meter_start - (known - account.idle_wh)))
        return account.shifted(-gap), gap, None
    tolerance = max(JITTER, min(account.idle_wh, ROUNDING))
    step = follow(account.track, meter_start, at, Belief(timed=timed, tolerance=tolerance))
    fall = max(0, known - meter_start) if step.turn is None else 0
    gap = max(0, account.idle_wh + step.added_wh - fall)
    return replace(account.advanced(step), idle_wh=0), gap, step.turn


def unattributed(connection: Connection, charge_point_id: str) -> WattHour:
    """Return the energy of a charger that no session accounts for. Connector 0 is a sum of them."""
    gaps = select(func.coalesce(func.sum(sessions.c.gap_wh), 0)).where(
        sessions.c.charge_point_id == charge_point_id
    )
    idle = select(func.coalesce(func.sum(connectors.c.idle_wh), 0)).where(
        connectors.c.charge_point_id == charge_point_id, connectors.c.connector_id > 0
    )
    return int(connection.execute(gaps).scalar_one()) + int(connection.execute(idle).scalar_one())
