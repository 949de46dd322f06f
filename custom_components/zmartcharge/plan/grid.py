"""The time until a plan ends, cut where anything changes: prices, headroom, hours, and wishes.

Inside the room a time is a POSIX timestamp in whole s, a price a float per Wh, and energy integer Wh: so
what cars share adds up exactly. Money that is told is computed of the decimals (``money``).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from math import inf

from ..units import Ampere, Watt, WattHour
from .inputs import CarNeed, Headroom, HeadroomPeriod, PricedPeriod

_HOUR = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Segments of time, ascending, none overlapping.

    ``price`` per Wh, and ``money`` per kWh; ``None`` where none is known. ``power``: what all cars
    may take, in W. ``hour``: the index into ``budgets`` (Wh) of the hour that a segment lies in, or
    -1.
    """

    starts: Sequence[float]
    ends: Sequence[float]
    price: Sequence[float | None]
    money: Sequence[Decimal | None]
    forecast: Sequence[bool]
    power: Sequence[Watt]
    hour: Sequence[int]
    budgets: Sequence[WattHour]

    def __len__(self) -> int:
        """Return the number of segments."""
        return len(self.starts)

    def room(self) -> list[WattHour | None]:
        """Return what all cars together may take in each segment, in Wh; ``None`` without limit."""
        return [
            None if power == inf else int(power * (end - start) / _HOUR + 1e-6)
            for start, end, power in zip(self.starts, self.ends, self.power, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Reach:
    """What one car may take in each segment when nobody else charges.

    ``most`` and ``least`` in Wh at the highest current that there is and at the lowest that a car can
    charge with, for the whole segment; 0 where there is too little for that. ``current``: the highest
    in A.
    """

    most: list[WattHour]
    least: list[WattHour]
    current: list[Ampere]


def build_grid(
    prices: Iterable[PricedPeriod],
    headroom: Headroom,
    start: float,
    end: float,
    cuts: Iterable[float] = (),
) -> Grid:
    """Return the segments from ``start`` until ``end``; none when that is not later.

    Of prices that overlap the one counts that began first, and of two that begin together the one
    that is no forecast.
    """
    priced = sorted(span for span in _spans(prices) if span[2] > start and span[0] < end)
    limits = sorted(_limits(headroom.periods))
    hours = sorted((second(each.start), each.energy) for each in headroom.hours)
    edges = {start, end, *cuts}
    for begin, _, finish, _ in priced:
        edges.update((begin, finish))
    for begin, finish, _ in limits:
        edges.update((begin, finish))
    for begin, _ in hours:
        edges.update((begin, begin + _HOUR))
    times = sorted(edge for edge in edges if start <= edge <= end)
    return _sweep(times, priced, limits, hours)


def _spans(prices: Iterable[PricedPeriod]) -> Iterator[tuple[float, bool, float, Decimal]]:
    """Yield when prices hold; where one follows another its time is computed once."""
    before, at = None, 0.0
    for each in prices:
        begin = at if each.start == before else second(each.start)
        before, at = each.end, second(each.end)
        yield begin, each.forecast, at, each.price


def _limits(periods: Iterable[HeadroomPeriod]) -> Iterable[tuple[float, float, Watt]]:
    for each in periods:
        yield second(each.start), second(each.end), max(0.0, each.power)


def _sweep(
    times: Sequence[float],
    priced: Sequence[tuple[float, bool, float, Decimal]],
    limits: Sequence[tuple[float, float, Watt]],
    hours: Sequence[tuple[float, WattHour]],
) -> Grid:
    begins = times[:-1]
    money: list[Decimal | None] = []
    forecast: list[bool] = []
    p, count = 0, len(priced)
    for at in begins:
        while p < count and priced[p][2] <= at:
            p += 1
        known = p < count and priced[p][0] <= at
        money.append(priced[p][3] if known else None)
        forecast.append(known and priced[p][1])
    spared = _held(begins, [(begin, end) for begin, end, _ in limits])
    within = _held(begins, [(begin, begin + _HOUR) for begin, _ in hours])
    return Grid(
        starts=begins,
        ends=times[1:],
        price=[None if each is None else float(each) / 1000 for each in money],
        money=money,
        forecast=forecast,
        power=[limits[each][2] if each >= 0 else inf for each in spared],
        hour=within,
        budgets=[max(0, energy) for _, energy in hours],
    )


def _held(times: Sequence[float], spans: Sequence[tuple[float, float]]) -> list[int]:
    """Return the index of the span, of those that ascend, that each time lies in; -1 for none."""
    if not spans:
        return [-1] * len(times)
    found, index = [], 0
    for at in times:
        while index < len(spans) and spans[index][1] <= at:
            index += 1
        found.append(index if index < len(spans) and spans[index][0] <= at else -1)
    return found


def reach_of(need: CarNeed, grid: Grid) -> Reach:
    """Return what a car may take in each segment."""
    most, least, currents = [], [], []
    watts, highest, lowest = need.watts_per_ampere, need.max_current, need.min_current
    for start, end, power in zip(grid.starts, grid.ends, grid.power, strict=True):
        current = highest
        if power < highest * watts:
            # A limit is told to a charger with one decimal (OCPP 1.6, clause 7.8).
            current = int(power / watts * 10 + 1e-6) / 10
        if current < lowest:
            most.append(0)
            least.append(0)
            currents.append(0.0)
            continue
        hours = (end - start) / _HOUR
        most.append(int(current * watts * hours + 1e-6))
        least.append(int(lowest * watts * hours + 1e-6))
        currents.append(current)
    return Reach(most, least, currents)


def second(at: datetime) -> float:
    """Return a time in the grid, which knows whole seconds."""
    return float(round(at.timestamp()))


def moment(at: float) -> datetime:
    """Return a time of the grid."""
    return datetime.fromtimestamp(round(at), UTC)
