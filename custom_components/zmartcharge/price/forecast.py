"""An estimate of the prices that the market has not published yet."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from statistics import median

from .period import Period, Resolution
from .series import PriceSeries, SpotPrice

#: How far back prices tell something of tomorrow's.
LOOK_BACK = timedelta(weeks=4)
#: The latest level is that of the last day; the market moves from day to day.
_LATEST = timedelta(days=1)
#: Less than a day tells no shape.
_LEAST_KNOWN = timedelta(hours=20)
_KEPT = Decimal("0.00001")

type _Cell = tuple[int | None, int]
#: All times of all days: a source that has told less than a day lacks some times.
_ANY: _Cell = (None, -1)


@dataclass(frozen=True, slots=True)
class _Profile:
    """Median prices by weekday (0 to 6, or 7 and 8 for workdays and weekends) and slot of the day."""

    cells: Mapping[_Cell, Decimal]

    def at(self, local: datetime) -> Decimal | None:
        """Return the median of the finest cell that there is."""
        return next(
            (found for cell in _cells(local) if (found := self.cells.get(cell)) is not None), None
        )


def with_forecast(
    series: PriceSeries,
    now: datetime,
    until: datetime,
    time_zone: tzinfo,
    resolution: Resolution = Resolution.QUARTER,
) -> PriceSeries:
    """Return a series with its gaps from ``now`` to ``until`` filled by an estimate.

    The shape is the median of the last four weeks by weekday and time of day, where a weekday is not
    known that of workdays or weekends, else of all days, else of all times. It is moved up or down (not multiplied: prices
    may be negative) by as much as the last day was above or below its own shape. Every estimate is
    marked ``forecast``. With less than a day of history nothing is added.
    """
    published = series.without_forecast()
    if until <= now:
        return published
    known = published.between(now - LOOK_BACK, until).resampled(resolution)
    whole = [price for price in known if not price.forecast]
    if len(whole) * resolution.duration < _LEAST_KNOWN:
        return published
    profile = _profile(whole, time_zone)
    shift = _shift(whole, profile, time_zone)
    estimates = []
    for gap in published.gaps(Period(now, until)):
        for period in gap.split(resolution):
            usual = profile.at(period.start.astimezone(time_zone))
            if usual is not None:
                value = (usual + shift).quantize(_KEPT)
                estimates.append(SpotPrice(period, value, forecast=True))
    return published.merge(PriceSeries.of(series.currency, estimates))


def _profile(prices: list[SpotPrice], time_zone: tzinfo) -> _Profile:
    found: dict[_Cell, list[Decimal]] = defaultdict(list)
    for price in prices:
        for cell in _cells(price.period.start.astimezone(time_zone)):
            found[cell].append(price.value)
    return _Profile({cell: median(values) for cell, values in found.items()})


def _shift(prices: list[SpotPrice], profile: _Profile, time_zone: tzinfo) -> Decimal:
    since = prices[-1].period.end - _LATEST
    differences = [
        price.value - usual
        for price in prices
        if price.period.start >= since
        and (usual := profile.at(price.period.start.astimezone(time_zone))) is not None
    ]
    return sum(differences, Decimal()) / len(differences)


def _cells(local: datetime) -> tuple[_Cell, ...]:
    """Return the cells of a time, the finest first."""
    slot = local.hour * 60 + local.minute
    weekday = local.weekday()
    return ((weekday, slot), (7 if weekday < 5 else 8, slot), (None, slot), _ANY)
