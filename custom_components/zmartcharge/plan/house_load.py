"""What the house without its cars is expected to take, by hour, and what it leaves for cars.

The same hour of the same kind of day tells most, recent ones more than old ones; the last day tells
whether it is colder or warmer than those; and within the hour the meter tells.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from math import exp

from ..units import Watt, WattHour
from .inputs import HOUR, Headroom, HeadroomPeriod, HourAllowance
from .quantiles import weighted_quantile

#: How quickly the past is forgotten, and how much another weekday of the same kind tells.
_MEMORY = timedelta(days=28)
_SAME_KIND, _OTHER_KIND = 0.4, 0.04
_SATURDAY = 5
#: The last day against what was expected of it: how far that is believed.
_RECENT = timedelta(hours=24)
_LEVELS = (0.5, 2.0)
#: Of hours' budgets, how often the house may take more than is expected.
QUANTILE = 0.7


@dataclass(frozen=True, slots=True)
class LoadSample:
    """What the house without cars took in the hour that begins at ``start``, in Wh."""

    start: datetime
    energy: WattHour


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseLoad:
    """What the house without cars is expected to take.

    ``hours``: weighted samples in Wh by local weekday (Monday is 0) and hour. ``level``: how the
    last day was beside those. ``zone``: whose weekdays and hours these are.
    """

    zone: tzinfo
    hours: Mapping[tuple[int, int], tuple[tuple[float, float], ...]] = field(default_factory=dict)
    level: float = 1.0

    @property
    def known(self) -> bool:
        """Return whether anything was learned."""
        return bool(self.hours)

    def expected(self, start: datetime, quantile: float = QUANTILE) -> WattHour | None:
        """Return what the house takes at most, with this probability, in the hour of a time, in Wh.

        ``None`` when nothing is known of such an hour.
        """
        local = start.astimezone(self.zone)
        samples = self.hours.get((local.weekday(), local.hour))
        if not samples:
            return None
        return round(self.level * weighted_quantile(samples, quantile))

    def rest_of_hour(self, now: datetime, power: Watt | None = None) -> WattHour | None:
        """Return what the house takes from ``now`` until the hour is over, in Wh.

        ``power``: what it takes now, which tells more the less of the hour is left.
        """
        begun = now.replace(minute=0, second=0, microsecond=0)
        left = 1 - (now - begun) / HOUR
        learned = self.expected(now)
        if learned is None or power is None:
            rate = learned if power is None else power
            return None if rate is None else round(max(0.0, rate) * left)
        weight = 1 - left / 2
        return round(left * (weight * max(0.0, power) + (1 - weight) * learned))


def learn_load(samples: Iterable[LoadSample], now: datetime, zone: tzinfo) -> HouseLoad:
    """Return what to expect of the house, of the hours that are over; robust to none."""
    past = sorted(
        (each for each in samples if each.start + HOUR <= now and each.energy >= 0),
        key=lambda each: each.start,
    )
    local = [(each, each.start.astimezone(zone)) for each in past]
    hours: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for each, when in local:
        fresh = exp((each.start - now) / _MEMORY)
        for weekday in range(7):
            alike = _alike(when.weekday(), weekday)
            hours.setdefault((weekday, when.hour), []).append((each.energy, fresh * alike))
    learned = HouseLoad(zone=zone, hours={key: tuple(found) for key, found in hours.items()})
    recent = [each for each in past if each.start >= now - _RECENT]
    return HouseLoad(zone=zone, hours=learned.hours, level=_level(learned, recent))


def _alike(one: int, other: int) -> float:
    if one == other:
        return 1.0
    return _SAME_KIND if (one >= _SATURDAY) == (other >= _SATURDAY) else _OTHER_KIND


def _level(learned: HouseLoad, recent: list[LoadSample]) -> float:
    """Return by what factor the last day differed, drawn to 1 as far as it is not whole."""
    expected = sum(learned.expected(each.start, 0.5) or 0 for each in recent)
    if not expected:
        return 1.0
    factor = sum(each.energy for each in recent) / expected
    whole = len(recent) * HOUR / _RECENT
    low, high = _LEVELS
    return min(high, max(low, 1 + (factor - 1) * 0.5 * min(1.0, whole)))


def expected_headroom(
    load: HouseLoad,
    start: datetime,
    end: datetime,
    *,
    fuse_power: Watt | None = None,
    hour_budget: WattHour | None = None,
    used: WattHour = 0,
    power: Watt | None = None,
    budget_yields: bool = True,
) -> Headroom:
    """Return what the house is expected to leave for cars, from ``start`` (now) until ``end``.

    ``fuse_power``: what the main fuse carries, in W. ``hour_budget``: what the site may take in a
    clock hour, in Wh. ``used``: what of this hour's is already taken, cars included, and ``power``
    what the house takes now. Of an hour of which nothing is known the house is expected to take
    ``power``, or nothing.
    """
    periods, hours = [], []
    hour = start.replace(minute=0, second=0, microsecond=0)
    while hour < end:
        learned = load.expected(hour)
        expected = learned if learned is not None else max(0.0, power or 0.0)
        if fuse_power is not None:
            span = max(start, hour), min(end, hour + HOUR)
            periods.append(HeadroomPeriod(*span, max(0.0, fuse_power - expected)))
        if hour_budget is not None:
            left = hour_budget - round(expected)
            if hour <= start:
                left = hour_budget - used - (load.rest_of_hour(start, power) or 0)
            hours.append(HourAllowance(hour, max(0, left)))
        hour += HOUR
    return Headroom(periods=tuple(periods), hours=tuple(hours), budget_yields=budget_yields)
