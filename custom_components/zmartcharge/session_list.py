"""All sessions that somebody may see, page by page, and what they come to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from .ledger import Ledger, Session, SessionCost
from .units import WattHour

#: The ledger answers everybody else in between.
_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which sessions: those that began in [since, until) on some connectors, at some site.

    ``connectors`` are pairs of charge point id and connector id; None: all that ever were.
    """

    connectors: tuple[tuple[str, int], ...] | None = None
    site_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What people call the place of a session: the charger, its number if it has several, the site."""

    charger: str
    connector: int | None = None


@dataclass(slots=True, kw_only=True)
class Sum:
    """What sessions come to. ``unpriced``: the energy that is in no cost, in Wh."""

    count: int = 0
    energy: WattHour = 0
    costs: dict[str, Decimal] = field(default_factory=dict)
    unpriced: WattHour = 0

    def add(self, cost: SessionCost) -> None:
        """Add a session."""
        self.count += 1
        self.energy += energy_of(cost)
        self.unpriced += cost.energy_without_price
        if cost.amount is not None and cost.currency is not None:
            self.costs[cost.currency] = self.costs.get(cost.currency, Decimal(0)) + cost.amount

    def to_dict(self) -> dict[str, Any]:
        """Return it for the panel."""
        return {
            "count": self.count,
            "energy": self.energy,
            "costs": {currency: _money(cost) for currency, cost in sorted(self.costs.items())},
            "unpriced": self.unpriced,
        }


def energy_of(cost: SessionCost) -> WattHour:
    """Return a session's energy in Wh, as corrected."""
    return sum(line.wh for line in cost.lines)


def between(
    first: date | None, last: date | None, zone: tzinfo
) -> tuple[datetime | None, datetime | None]:
    """Return when local days begin and end (UTC), the last one included; None: no limit."""
    return (
        None if first is None else _midnight(first, zone),
        None if last is None else _midnight(last + timedelta(days=1), zone),
    )


async def page(
    ledger: Ledger,
    wanted: Wanted,
    places: Mapping[tuple[str, int], Place],
    sites: Mapping[str, str],
    former: Mapping[str, str],
    *,
    before: str | None,
    limit: int,
) -> dict[str, Any]:
    """Return sessions that began before another one, newest first; raises LedgerError.

    Whoever is in neither ``places`` nor ``sites`` is gone; a charger is then called what it was called
    (``former``, by its id), and by its id where nobody remembers.
    """
    found = await ledger.past.page(
        connectors=wanted.connectors,
        site_id=wanted.site_id,
        since=wanted.since,
        until=wanted.until,
        before=before,
        limit=limit + 1,
    )
    shown = found[:limit]
    costs = await ledger.past.costs([session.id for session in shown])
    return {
        "sessions": [_told(each, costs[each.id], places, sites, former) for each in shown],
        "more": len(found) > limit,
    }


async def summed(ledger: Ledger, wanted: Wanted) -> Sum:
    """Return what all of the sessions come to; raises LedgerError."""
    total, before = Sum(), None
    while True:
        found = await ledger.past.page(
            connectors=wanted.connectors,
            site_id=wanted.site_id,
            since=wanted.since,
            until=wanted.until,
            before=before,
            limit=_AT_ONCE,
        )
        for cost in (await ledger.past.costs([session.id for session in found])).values():
            total.add(cost)
        if len(found) < _AT_ONCE:
            return total
        before = found[-1].id


def _told(
    session: Session,
    cost: SessionCost,
    places: Mapping[tuple[str, int], Place],
    sites: Mapping[str, str],
    former: Mapping[str, str],
) -> dict[str, Any]:
    identity = session.charge_point_id
    gone = Place(charger=former.get(identity, identity))
    place = places.get((identity, session.connector_id), gone)
    ended = session.ended_at or session.stopped_at
    return {
        "id": session.id,
        "charger": place.charger,
        "label": identity,
        "connector": place.connector,
        "site": sites.get(session.site_id or ""),
        "started_at": session.started_at.isoformat(),
        "ended_at": ended and ended.isoformat(),
        "energy": energy_of(cost),
        "cost": None if cost.amount is None else _money(cost.amount),
        "currency": cost.currency,
        "unpriced": cost.energy_without_price,
    }


def _money(amount: Decimal) -> float:
    return round(float(amount), 2)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
