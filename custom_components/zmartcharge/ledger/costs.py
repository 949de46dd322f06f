"""What energy cost, as operations within a database transaction.

A session's cost is the sum over its quarter-hours of energy times the price that held there at the
session's site. A corrected session counts with its corrected energy, which is shared among its
quarter-hours in proportion to what was measured in them, or, when nothing was, to time. So the
hours of a charger or a site always sum to its sessions.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)

from ..units import WattHour
from . import prices as held_prices
from .accounts import SessionRow
from .periods import PERIOD, period_start, spread
from .price_records import ChangedHours, CostLine, HeldPrice, HourlyCost, Recalculation, SessionCost
from .slices import of_session, share
from .tables import Moment, corrections, prices, sessions, slices

type _Lines = dict[str, list[CostLine]]
#: Amount, its currency, and the energy that is not in it.
type _Total = tuple[Decimal | None, str | None, WattHour]


def session_cost(connection: Connection, session_id: str) -> SessionCost | None:
    """Return what a session cost; None when there is no such session."""
    row = connection.execute(select(sessions).where(sessions.c.id == session_id)).one_or_none()
    if row is None:
        return None
    corrected = None if row.stopped_at is None else _corrected_energy(connection, session_id)
    if corrected is not None:
        lines = _corrected_lines(connection, row, corrected)
    else:
        found = connection.execute(_priced(slices.c.session_id == session_id))
        lines = [_to_line(line) for line in found]
    total = _total(lines)
    if not lines:
        total = _nothing(connection, row)
    return SessionCost(
        session_id=session_id,
        amount=total[0],
        currency=total[1],
        energy_without_price=total[2],
        lines=tuple(lines),
    )


def session_costs(connection: Connection, session_ids: Sequence[str]) -> dict[str, SessionCost]:
    """Return what sessions cost, by their ids; those that there are none of are left out."""
    wanted = tuple(session_ids)
    measured: _Lines = {}
    for row in connection.execute(_priced(slices.c.session_id.in_(wanted))):
        measured.setdefault(row.session_id, []).append(_to_line(row))
    corrected = set(
        connection.execute(
            select(corrections.c.session_id).where(corrections.c.session_id.in_(wanted))
        ).scalars()
    )
    found: dict[str, SessionCost] = {}
    for session_id in wanted:
        lines = measured.get(session_id)
        if lines is None or session_id in corrected:
            if (cost := session_cost(connection, session_id)) is not None:
                found[session_id] = cost
            continue
        total = _total(lines)
        found[session_id] = SessionCost(
            session_id=session_id,
            amount=total[0],
            currency=total[1],
            energy_without_price=total[2],
            lines=tuple(lines),
        )
    return found


def hourly(
    connection: Connection,
    *,
    site_id: str | None,
    charge_point_id: str | None,
    connector_id: int | None,
    start: datetime,
    end: datetime,
) -> tuple[HourlyCost, ...]:
    """Return the hours of [start, end) that have energy, oldest first."""
    by_hour: dict[datetime, list[CostLine]] = {}
    scope = _scope(site_id, charge_point_id, connector_id)
    for lines in _lines_between(connection, scope, start, end).values():
        for line in lines:
            by_hour.setdefault(line.start.replace(minute=0), []).append(line)
    return tuple(_hour(hour, lines) for hour, lines in sorted(by_hour.items()))


def first_hour(
    connection: Connection, site_id: str | None, charge_point_id: str | None
) -> datetime | None:
    """Return the hour (UTC) in which the first session began, None when there is none."""
    found = connection.execute(
        select(sessions.c.started_at)
        .where(_scope(site_id, charge_point_id, None))
        .order_by(sessions.c.started_at)
        .limit(1)
    ).scalar_one_or_none()
    return None if found is None else period_start(found).replace(minute=0)


def recalculate(
    connection: Connection,
    *,
    site_id: str,
    start: datetime,
    end: datetime,
    offered: Sequence[HeldPrice],
    reason: str,
    at: datetime,
) -> Recalculation:
    """Put prices in the place of those that held, and return what that changed."""
    scope = _scope(site_id, None, None)
    start = period_start(start)
    before = _lines_between(connection, scope, start, end)
    held_prices.recalculate(connection, site_id, start, end, offered, reason, at)
    after = _lines_between(connection, scope, start, end)
    changed = sorted(
        (each for each in before if _total(before[each]) != _total(after[each])),
        key=lambda each: before[each][0].start,
    )
    was = _total([line for session_id in changed for line in before[session_id]])
    now = _total([line for session_id in changed for line in after[session_id]])
    difference = None
    if now[0] is not None and was[1] in (None, now[1]):
        difference = now[0] - (was[0] or 0)
    return Recalculation(
        sessions=tuple(changed),
        difference=difference,
        currency=now[1] if difference is not None else None,
    )


def changed_hours(connection: Connection) -> tuple[ChangedHours, ...]:
    """Return the sessions whose hours changed since they were counted, oldest change first."""
    rows = connection.execute(
        select(sessions)
        .where(sessions.c.changed_from.is_not(None))
        .order_by(sessions.c.changed_from, sessions.c.id)
    )
    return tuple(
        ChangedHours(
            session_id=row.id,
            charge_point_id=row.charge_point_id,
            connector_id=row.connector_id,
            site_id=row.site_id,
            since=row.changed_from,
            changes=row.changes,
        )
        for row in rows
    )


def hours_counted(connection: Connection, counted: Sequence[ChangedHours], until: datetime) -> None:
    """Forget changes before a time, but not of sessions that changed again since."""
    for each in counted:
        last = select(func.max(slices.c.start)).where(slices.c.session_id == each.session_id)
        connection.execute(
            update(sessions)
            .where(sessions.c.id == each.session_id, sessions.c.changes == each.changes)
            .values(
                changed_from=case(
                    # A corrected session can have energy up to its end without any slice there.
                    (
                        or_(last.scalar_subquery() >= until, sessions.c.stopped_at >= until),
                        literal(until, Moment),
                    ),
                    else_=None,
                )
            )
        )


def _scope(
    site_id: str | None, charge_point_id: str | None, connector_id: int | None
) -> ColumnElement[bool]:
    wanted: list[ColumnElement[bool]] = []
    if site_id is not None:
        wanted.append(sessions.c.site_id == site_id)
    if charge_point_id is not None:
        wanted.append(sessions.c.charge_point_id == charge_point_id)
    if connector_id is not None:
        wanted.append(sessions.c.connector_id == connector_id)
    return and_(*wanted)


def _priced(where: ColumnElement[bool]) -> Select[Any]:
    """Return the statement of slices and their prices, oldest first."""
    price = and_(prices.c.site_id == sessions.c.site_id, prices.c.start_at == slices.c.start)
    return (
        select(
            slices.c.session_id,
            slices.c.start,
            slices.c.wh,
            prices.c.price,
            prices.c.currency,
            prices.c.preliminary,
        )
        .select_from(slices.join(sessions, sessions.c.id == slices.c.session_id))
        .outerjoin(prices, price)
        .where(where)
        .order_by(slices.c.start)
    )


def _to_line(row: Row[Any]) -> CostLine:
    return CostLine(
        start=row.start,
        wh=row.wh,
        price=row.price,
        currency=row.currency,
        preliminary=bool(row.preliminary),
    )


def _lines_between(
    connection: Connection, scope: ColumnElement[bool], start: datetime, end: datetime
) -> _Lines:
    """Return what sessions took in the quarter-hours of [start, end), by their ids."""
    within = and_(slices.c.start >= start, slices.c.start < end)
    corrected = select(corrections.c.session_id)
    found: _Lines = {}
    measured = and_(scope, within, slices.c.session_id.not_in(corrected))
    for row in connection.execute(_priced(measured)):
        found.setdefault(row.session_id, []).append(_to_line(row))
    overlapping = or_(
        exists().where(slices.c.session_id == sessions.c.id, within),
        and_(sessions.c.started_at < end, sessions.c.stopped_at >= start),
    )
    rows = connection.execute(
        select(sessions).where(scope, sessions.c.id.in_(corrected), overlapping)
    )
    for row in rows.all():
        energy = _corrected_energy(connection, row.id) or 0
        lines = _corrected_lines(connection, row, energy)
        if lines := [line for line in lines if start <= line.start < end]:
            found[row.id] = lines
    return found


def _corrected_energy(connection: Connection, session_id: str) -> WattHour | None:
    """Return what the last correction says, None without any."""
    return connection.execute(
        select(corrections.c.energy_wh)
        .where(corrections.c.session_id == session_id)
        .order_by(corrections.c.id.desc())
        .limit(1)
    ).scalar_one_or_none()


def _corrected_lines(connection: Connection, row: SessionRow, energy: WattHour) -> list[CostLine]:
    measured = {part.start: part.wh for part in of_session(connection, row.id)}
    parts = share(measured, energy) or dict(spread(energy, row.started_at, row.stopped_at))
    if not parts:
        return []
    found = connection.execute(
        select(prices).where(
            prices.c.site_id == row.site_id,
            prices.c.start_at.between(min(parts), max(parts)),
        )
    )
    known = {price.start_at: price for price in found}
    return [
        CostLine(start=start, wh=wh, price=None, currency=None)
        if (price := known.get(start)) is None
        else CostLine(
            start=start,
            wh=wh,
            price=price.price,
            currency=price.currency,
            preliminary=price.preliminary,
        )
        for start, wh in parts.items()
    ]


def _total(lines: Sequence[CostLine]) -> _Total:
    """Return amount and currency of what is priced in the latest currency, and the Wh that is not."""
    priced = [line for line in lines if line.currency is not None]
    if not priced:
        return None, None, sum(line.wh for line in lines)
    currency = max(priced, key=lambda line: line.start).currency
    amount, without = Decimal(0), 0
    for line in lines:
        cost = line.amount
        if cost is None or line.currency != currency:
            without += line.wh
        else:
            amount += cost
    return amount, currency, without


def _nothing(connection: Connection, row: SessionRow) -> _Total:
    """Return the cost of no energy: 0 in the currency of the price as the session began."""
    start = period_start(row.started_at)
    price = held_prices.held(connection, row.site_id, start, start + PERIOD)
    return (Decimal(0), price[0].currency, 0) if price else (None, None, 0)


def _hour(start: datetime, lines: Sequence[CostLine]) -> HourlyCost:
    amount, currency, without = _total(lines)
    return HourlyCost(
        start=start,
        wh=sum(line.wh for line in lines),
        amount=amount,
        currency=currency,
        wh_without_price=without,
    )
