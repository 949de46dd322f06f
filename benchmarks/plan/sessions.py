"""A year of charging sessions, generated.

The model: four households whose cars take what was driven since they were full, as cars do. A day's
driving is log-normal, with a long drive now and then. A commuter and a car that is always plugged in
charge most evenings; the two others do so irregularly or when the battery is low (households plug in
two or three times a week, less with large batteries: Gonzalez Venegas, Petit and Perez, "Plug-in
behavior of electric vehicles users"). On some days the car is also plugged in for an hour or some before
it leaves again: of 120 private sessions of five days of November 2019 in Sørensen et al. (2021),
"Residential electric vehicle charging datasets from apartment buildings", some 30 % are shorter than
five hours, and by their mean power most of these ended before the car was full. Chargers give 3.7, 7.4
or 11 kW.

How much a day's driving varies is set by what a plain 80 % quantile of earlier sessions misses: on some
6,000 real Norwegian sessions that is 1.5 to 2 % of the energy. Here it is still three times as much, so
needs are harder to foresee here than they were there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log
from random import Random

from .prices import DAYS, OSLO, QUARTER, Series


@dataclass(frozen=True, slots=True)
class _Kind:
    """A household's habits.

    The chances that the car is driven on a working day and on a day off; the median of what a day
    takes in kWh, its spread (of the logarithm), and the chance of a long drive; the chance to be
    plugged in in the evening, and from which need (kWh) on that is certain; powers in W.
    """

    working: float
    off: float
    median: float
    spread: float
    long: float
    plugs: float
    low: float
    powers: tuple[int, ...]


_KINDS = {
    "commuter": _Kind(0.95, 0.75, 8.0, 0.18, 0.005, 0.85, 25.0, (3_680, 7_360, 11_040)),
    "rarely": _Kind(0.90, 0.75, 9.0, 0.22, 0.005, 0.05, 20.0, (7_360, 11_040)),
    "always": _Kind(0.95, 0.80, 6.0, 0.22, 0.005, 0.97, 20.0, (3_680, 7_360, 11_040)),
    "irregular": _Kind(0.85, 0.80, 7.0, 0.30, 0.0075, 0.35, 30.0, (7_360, 11_040)),
}
#: How often the car is also plugged in for a short while before the evening, and how long in hours.
_STOPS, _STOP_HOURS = 0.35, (0.5, 4.5)
_BATTERY = 70_000
#: Less is not counted as a session, in Wh.
LEAST = 500


@dataclass(frozen=True, slots=True)
class Visit:
    """A car at its charger, between quarters of a series: what it takes in Wh, and at which W.

    ``full``: it needs no more than that.
    """

    driver: str
    begin: int
    end: int
    energy: int
    power: int
    full: bool = True


def generated(series: Series, seed: int) -> list[Visit]:
    """Return a year of the sessions of four households, in order of their time."""
    found = [
        visit
        for name, kind in _KINDS.items()
        for visit in _of_household(name, kind, series, Random(f"{name} {series.name} {seed}"))
    ]
    return sorted(found, key=lambda visit: (visit.begin, visit.driver))


def _of_household(name: str, kind: _Kind, series: Series, random: Random) -> Iterator[Visit]:
    power = random.choice(kind.powers)
    free, lacks = 0, 0.0
    midnight = series.start.astimezone(OSLO)
    for day in range(DAYS - 2):
        local = midnight + timedelta(days=day)
        lacks = min(_BATTERY, lacks + _driven(kind, random, off=local.weekday() >= 5))
        for came, left in _at_home(kind, random, local, lacks):
            # Local time is read as distance from midnight: on two days a year that is an hour off.
            begin = _quarter(series, local, came)
            end = _quarter(series, local, left)
            energy = int(min(lacks, (end - begin) * power // 4))
            if begin < free or energy < LEAST:
                continue
            free = end + 1
            yield Visit(
                f"{series.name} {name}", begin, end, energy, power, full=energy >= int(lacks)
            )
            lacks -= energy
            if left < 24:
                lacks += exp(random.gauss(log(2.0), 0.6)) * 1000


def _driven(kind: _Kind, random: Random, *, off: bool) -> float:
    """Return what a day's driving takes in Wh."""
    if random.random() > (kind.off if off else kind.working):
        return 0.0
    energy = exp(random.gauss(log(kind.median), kind.spread)) * 1000
    return energy + (random.uniform(10_000, 35_000) if random.random() < kind.long else 0.0)


def _at_home(
    kind: _Kind, random: Random, local: datetime, lacks: float
) -> Iterator[tuple[float, float]]:
    """Yield when a car is plugged in and out, in hours after midnight: for a while, for the night."""
    came = random.gauss(16.9, 1.8)
    plugs = lacks >= 1000 * kind.low or random.random() < kind.plugs
    if plugs and random.random() < _STOPS:
        stays = random.uniform(*_STOP_HOURS)
        away = random.uniform(1, 3)
        yield came - 1.5, came - 1.5 + stays
        came += stays + away - 1.5
    if not plugs:
        return
    left = 24 + random.gauss(7.2, 0.7)
    if local.weekday() in {4, 5}:
        left += abs(random.gauss(2.5, 1.5))
    yield came, left


def _quarter(series: Series, midnight: datetime, hours: float) -> int:
    return int((midnight + timedelta(hours=hours) - series.start) / QUARTER)
