"""The prices that held at a site, as operations within a database transaction.

A period that has begun keeps its price: whoever edits a fixed price or a contract changes what
comes, never what was. A period that is still to come takes the newest price. A preliminary price
gives way to a final one until its hour is over and energy was charged with it; from then on, as
everything else, only a recalculation changes it, which keeps what it replaces.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from .periods import HOUR, PERIOD, period_start
from .price_records import HeldPrice, SupersededPrice
from .slices import note_change
from .tables import corrections, prices, sessions, slices, superseded_prices

#: Why a preliminary price was superseded.
FINAL = "final"


def hold(connection: Connection, site_id: str, offered: Sequence[HeldPrice], at: datetime) -> bool:
    """Keep prices, each of its period's quarter-hours on its own; the last of one counts.

    Returns whether that may have changed what anything cost.
    """
    by_quarter = _by_quarter(offered)
    if not by_quarter:
        return False
    known = _known(connection, site_id, min(by_quarter), max(by_quarter) + PERIOD)
    fresh: dict[datetime, HeldPrice] = {}
    changed: list[datetime] = []
    for start, price in by_quarter.items():
        row = known.get(start)
        if row is None:
            fresh[start] = price
        elif _same(row, price):
            if row.preliminary and not price.preliminary:
                _replace(connection, site_id, start, price)
        elif start > at:
            _replace(connection, site_id, start, price)
            changed.append(start)
        elif _gives_way(connection, row, price, at):
            _supersede(connection, row, price, at, FINAL)
            changed.append(start)
    _insert(connection, site_id, fresh)
    note_changes(connection, site_id, (*fresh, *changed))
    return bool(fresh or changed)


def recalculate(
    connection: Connection,
    site_id: str,
    start: datetime,
    end: datetime,
    offered: Sequence[HeldPrice],
    reason: str,
    at: datetime,
) -> None:
    """Put prices in the place of those that held in the quarter-hours of [start, end)."""
    start = period_start(start)
    by_quarter = {
        quarter: price for quarter, price in _by_quarter(offered).items() if start <= quarter < end
    }
    known = _known(connection, site_id, start, end)
    fresh: dict[datetime, HeldPrice] = {}
    changed: list[datetime] = []
    for quarter, price in by_quarter.items():
        row = known.get(quarter)
        if row is None:
            fresh[quarter] = price
        elif not _same(row, price) or row.preliminary != price.preliminary:
            _supersede(connection, row, price, at, reason)
            changed.append(quarter)
    _insert(connection, site_id, fresh)
    note_changes(connection, site_id, (*fresh, *changed))


def held(
    connection: Connection, site_id: str, start: datetime, end: datetime
) -> tuple[HeldPrice, ...]:
    """Return the prices of the quarter-hours of [start, end) that have one, oldest first."""
    known = _known(connection, site_id, period_start(start), end)
    return tuple(_to_price(row) for row in known.values())


def superseded(
    connection: Connection, site_id: str, start: datetime, end: datetime
) -> tuple[SupersededPrice, ...]:
    """Return what held before in the quarter-hours of [start, end), oldest quarter first."""
    rows = connection.execute(
        select(superseded_prices)
        .where(
            superseded_prices.c.site_id == site_id,
            superseded_prices.c.start_at >= period_start(start),
            superseded_prices.c.start_at < end,
        )
        .order_by(superseded_prices.c.start_at, superseded_prices.c.id)
    )
    return tuple(
        SupersededPrice(price=_to_price(row), superseded_at=row.superseded_at, reason=row.reason)
        for row in rows
    )


def note_changes(connection: Connection, site_id: str, quarters: Iterable[datetime]) -> None:
    """Note the sessions whose cost other prices of these quarter-hours may change."""
    wanted = set(quarters)
    if not wanted:
        return
    first, last = min(wanted), max(wanted)
    rows = connection.execute(
        select(slices.c.session_id, slices.c.start)
        .join(sessions, sessions.c.id == slices.c.session_id)
        .where(sessions.c.site_id == site_id, slices.c.start.between(first, last))
    )
    since: dict[str, datetime] = {}
    for session_id, start in rows:
        if start in wanted:
            since[session_id] = min(start, since.get(session_id, start))
    # What a correction gave to a session without any energy lies in no slice.
    corrected = connection.execute(
        select(sessions.c.id).where(
            sessions.c.site_id == site_id,
            sessions.c.started_at < last + PERIOD,
            sessions.c.stopped_at >= first,
            sessions.c.id.in_(select(corrections.c.session_id)),
        )
    ).scalars()
    since |= dict.fromkeys(corrected, first)
    for session_id, start in since.items():
        note_change(connection, session_id, start)


def _by_quarter(offered: Sequence[HeldPrice]) -> dict[datetime, HeldPrice]:
    found = {start: price for price in offered for start in price.quarters()}
    return dict(sorted(found.items()))


def _known(
    connection: Connection, site_id: str, start: datetime, end: datetime
) -> dict[datetime, Row[Any]]:
    rows = connection.execute(
        select(prices)
        .where(prices.c.site_id == site_id, prices.c.start_at >= start, prices.c.start_at < end)
        .order_by(prices.c.start_at)
    )
    return {row.start_at: row for row in rows}


def _same(row: Row[Any], price: HeldPrice) -> bool:
    return bool(
        row.price == price.price
        and row.currency == price.currency
        and row.components == dict(price.components)
    )


def _gives_way(connection: Connection, row: Row[Any], price: HeldPrice, at: datetime) -> bool:
    """Tell whether the price of a period that has begun is still open to a final one."""
    if not row.preliminary or price.preliminary:
        return False
    hour_end = row.start_at.replace(minute=0) + HOUR
    if hour_end > at:
        return True
    used = (
        select(func.count())
        .select_from(slices.join(sessions, sessions.c.id == slices.c.session_id))
        .where(sessions.c.site_id == row.site_id, slices.c.start == row.start_at)
    )
    return not connection.execute(used).scalar_one()


def _values(price: HeldPrice) -> dict[str, Any]:
    return {
        "price": price.price,
        "currency": price.currency,
        "components": price.components,
        "preliminary": price.preliminary,
    }


def _insert(connection: Connection, site_id: str, fresh: Mapping[datetime, HeldPrice]) -> None:
    if fresh:
        rows = [
            {"site_id": site_id, "start_at": start, **_values(price)}
            for start, price in fresh.items()
        ]
        connection.execute(prices.insert(), rows)


def _replace(connection: Connection, site_id: str, start: datetime, price: HeldPrice) -> None:
    connection.execute(
        update(prices)
        .where(prices.c.site_id == site_id, prices.c.start_at == start)
        .values(_values(price))
    )


def _supersede(
    connection: Connection, row: Row[Any], price: HeldPrice, at: datetime, reason: str
) -> None:
    """Put a price in the place of one that held, and keep that one."""
    connection.execute(
        superseded_prices.insert().values(
            site_id=row.site_id,
            start_at=row.start_at,
            superseded_at=at,
            reason=reason,
            **_values(_to_price(row)),
        )
    )
    _replace(connection, row.site_id, row.start_at, price)


def _to_price(row: Row[Any]) -> HeldPrice:
    return HeldPrice(
        start=row.start_at,
        end=row.start_at + PERIOD,
        price=row.price,
        currency=row.currency,
        components=row.components,
        preliminary=row.preliminary,
    )
