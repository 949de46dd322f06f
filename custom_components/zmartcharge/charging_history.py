"""What was charged in a day, a month or a year, and what it cost, by the hour, the day or the month."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Any

from .ledger import HourlyCost, Ledger
from .units import WattHour

_HOUR = timedelta(hours=1)
#: The ledger answers everybody else in between.
_AT_ONCE = timedelta(days=31)


class Span(StrEnum):
    """What is looked at."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What was charged from ``start`` until ``end`` (UTC); no cost where nothing has a price."""

    start: datetime
    end: datetime
    energy: WattHour = 0
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The bars of a span, whether or not anything was charged, and when charging first began.

    ``unpriced``: the energy that has no price, or one in another currency than ``currency``.
    """

    bars: tuple[Bar, ...]
    currency: str | None
    unpriced: WattHour
    first: datetime | None

    @property
    def energy(self) -> WattHour:
        """Return all that was charged, in Wh."""
        return sum(bar.energy for bar in self.bars)

    @property
    def cost(self) -> Decimal | None:
        """Return what it cost as far as that is known."""
        known = [bar.cost for bar in self.bars if bar.cost is not None]
        return sum(known, Decimal(0)) if known else None

    def to_dict(self) -> dict[str, Any]:
        """Return it for the card: times in ISO 8601, energies in Wh."""
        return {
            "bars": [
                {
                    "start": bar.start.isoformat(),
                    "end": bar.end.isoformat(),
                    "energy": bar.energy,
                    "cost": _number(bar.cost),
                }
                for bar in self.bars
            ],
            "energy": self.energy,
            "cost": _number(self.cost),
            "currency": self.currency,
            "unpriced": self.unpriced,
            "first": self.first and self.first.isoformat(),
        }


def edges(span: Span, day: date, zone: tzinfo) -> list[datetime]:
    """Return where the bars of the span around a local day begin, and where the last one ends (UTC).

    A day has an hour more or less when the clocks change.
    """
    match span:
        case Span.DAY:
            start, end = _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
            # Where midnight is not on the hour of UTC, which prices go by, an hour belongs to the
            # day in which it begins.
            start, end = _next_hour(start), _next_hour(end)
            return [start + number * _HOUR for number in range((end - start) // _HOUR + 1)]
        case Span.MONTH:
            first = day.replace(day=1)
            after = (first + timedelta(days=32)).replace(day=1)
            days = (after - first).days
            starts = [first + timedelta(days=number) for number in range(days + 1)]
        case Span.YEAR:
            starts = [day.replace(month=month, day=1) for month in range(1, 13)]
            starts.append(date(day.year + 1, 1, 1))
    return [_next_hour(_midnight(start, zone)) for start in starts]


async def history(
    ledger: Ledger, charge_point_id: str, connector_id: int, found_edges: list[datetime]
) -> History:
    """Return what a connector charged between edges, see ``edges``; raises LedgerError."""
    hours: list[HourlyCost] = []
    start, last = found_edges[0], found_edges[-1]
    first = await ledger.first_hour(charge_point_id=charge_point_id)
    while first is not None and start < last:
        end = min(start + _AT_ONCE, last)
        if end > first:
            hours += await ledger.hourly(
                charge_point_id=charge_point_id, connector_id=connector_id, start=start, end=end
            )
        start = end
    return _history(hours, found_edges, first)


def _history(
    hours: list[HourlyCost], found_edges: list[datetime], first: datetime | None
) -> History:
    currency = next((hour.currency for hour in reversed(hours) if hour.currency), None)
    unpriced: WattHour = 0
    energies: list[WattHour] = [0] * (len(found_edges) - 1)
    costs: list[Decimal | None] = [None] * len(energies)
    number = 0
    for hour in hours:
        while hour.start >= found_edges[number + 1]:
            number += 1
        energies[number] += hour.wh
        if hour.amount is not None and hour.currency == currency:
            costs[number] = (costs[number] or Decimal(0)) + hour.amount
            unpriced += hour.wh_without_price
        else:
            unpriced += hour.wh
    bars = tuple(
        Bar(start=found_edges[i], end=found_edges[i + 1], energy=energies[i], cost=costs[i])
        for i in range(len(energies))
    )
    return History(bars=bars, currency=currency, unpriced=unpriced, first=first)


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else round(float(amount), 2)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _next_hour(at: datetime) -> datetime:
    floor = at.replace(minute=0, second=0, microsecond=0)
    return floor if floor == at else floor + _HOUR
