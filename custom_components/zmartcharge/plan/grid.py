"""The time until a plan ends, cut where anything changes: prices, headroom, hours, and wishes.

Inside the room a time is a POSIX timestamp in whole s, a price a float per Wh, and energy integer Wh: so
what cars share adds up exactly. Money that is told is computed of the decimals (``money``).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from math import inf
from operator import sub

from ..units import Ampere, Watt, WattHour
from .inputs import CarNeed, Headroom, HeadroomPeriod, PricedPeriod

_HOUR = 3600.0

#: From when, whether it is a forecast, until when, and the price per kWh.
type _Price = tuple[float, bool, float, Decimal]


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
    priced = _priced(prices, start, end)
    limits = sorted(_limits(headroom.periods))
    hours = sorted((second(each.start), each.energy) for each in headroom.hours)
    edges = {start, end, *cuts}
    edges.update([each[0] for each in priced], [each[2] for each in priced])
    edges.update([each[0] for each in limits], [each[1] for each in limits])
    edges.update([begin for begin, _ in hours], [begin + _HOUR for begin, _ in hours])
    times = sorted([edge for edge in edges if start <= edge <= end])
    return _sweep(times, priced, limits, hours)


def _priced(prices: Iterable[PricedPeriod], start: float, end: float) -> list[_Price]:
    """Return when prices hold; where one follows another its time is computed once."""
    before, at = None, 0.0
    found = []
    for each in prices:
        begin = at if each.start == before else second(each.start)
        before = each.end
        # Not by a call: there are hundreds of them in each plan.
        at = before.timestamp()
        if before.microsecond:
            at = float(round(at))
        if at > start and begin < end:
            found.append((begin, each.forecast, at, each.price))
    found.sort()
    return found


def _limits(periods: Iterable[HeadroomPeriod]) -> Iterable[tuple[float, float, Watt]]:
    for each in periods:
        yield second(each.start), second(each.end), max(0.0, each.power)


def _sweep(
    times: Sequence[float],
    priced: Sequence[_Price],
    limits: Sequence[tuple[float, float, Watt]],
    hours: Sequence[tuple[float, WattHour]],
) -> Grid:
    begins = times[:-1]
    price = _held(begins, [(begin, end) for begin, _, end, _ in priced])
    money = [priced[each][3] if each >= 0 else None for each in price]
    spared = _held(begins, [(begin, end) for begin, end, _ in limits])
    within = _held(begins, [(begin, begin + _HOUR) for begin, _ in hours])
    return Grid(
        starts=begins,
        ends=times[1:],
        price=[None if each is None else float(each) / 1000 for each in money],
        money=money,
        forecast=[each >= 0 and priced[each][1] for each in price],
        power=[limits[each][2] if each >= 0 else inf for each in spared],
        hour=within,
        budgets=[max(0, energy) for _, energy in hours],
    )


def _held(times: Sequence[float], spans: Sequence[tuple[float, float]]) -> list[int]:
    """Return the index of the span, of those that ascend, that each time lies in; -1 for none."""
    if not spans:
        return [-1] * len(times)
    found, index, last = [], 0, len(spans)
    begin, end = spans[0]
    for at in times:
        while end <= at:
            index += 1
            begin, end = spans[index] if index < last else (inf, inf)
        found.append(index if begin <= at else -1)
    return found


def reach_of(need: CarNeed, grid: Grid) -> Reach:
    """Return what a car may take in each segment."""
    # Most segments are alike.
    known: dict[tuple[float, Watt], tuple[WattHour, WattHour, Ampere]] = {}
    found = []
    for key in zip(map(sub, grid.ends, grid.starts, strict=True), grid.power, strict=True):
        if (reached := known.get(key)) is None:
            reached = known[key] = _within(need, *key)
        found.append(reached)
    if not found:
        return Reach([], [], [])
    most, least, current = zip(*found, strict=True)
    return Reach(list(most), list(least), list(current))


def _within(need: CarNeed, time: float, power: Watt) -> tuple[WattHour, WattHour, Ampere]:
    """Return what a car may take in a time (s) under a limit: most, least, and its current."""
    watts, current = need.watts_per_ampere, need.max_current
    if power < current * watts:
        # A limit is told to a charger with one decimal (OCPP 1.6, clause 7.8).
        current = int(power / watts * 10 + 1e-6) / 10
    if current < need.min_current:
        return 0, 0, 0.0
    hours = time / _HOUR
    return (
        int(current * watts * hours + 1e-6),
        int(need.min_current * watts * hours + 1e-6),
        current,
    )


def second(at: datetime) -> float:
    """Return a time in the grid, which knows whole seconds."""
    return at.timestamp() if not at.microsecond else float(round(at.timestamp()))


def moment(at: float) -> datetime:
    """Return a time of the grid."""
    return datetime.fromtimestamp(round(at), UTC)
