"""A year of charging sessions: generated, or read from a file.

The model: households of four kinds. A commuter plugs in on most working days around 16:30 and leaves
around 7; what the car needs is log-normal around the day's driving, with a long drive now and then. A
second kind plugs in only when the battery is low, a third each evening whatever it needs, a fourth
irregularly. About one session in ten is in the daytime. Chargers give 3.7, 7.4 or 11 kW.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log
from pathlib import Path
from random import Random

from .prices import DAYS, OSLO, QUARTER, Series, read_rows

_KINDS = {
    # chance per working day and per day off; median of kWh and its spread; chance of a long drive;
    # powers in W
    "commuter": (0.85, 0.45, 9.0, 0.40, 0.03, (3_680, 7_360, 11_040)),
    "rarely": (0.28, 0.30, 24.0, 0.35, 0.03, (7_360, 11_040)),
    "always": (0.97, 0.90, 6.5, 0.50, 0.02, (3_680, 7_360, 11_040)),
    "irregular": (0.45, 0.50, 12.0, 0.60, 0.04, (7_360, 11_040)),
}
_POWERS = (3_680, 7_360, 11_040)
#: Who needs more than this share of what the time suffices for has a faster charger.
_SUFFICES = 0.85
_BATTERY = 70_000
_LEAST = 500


@dataclass(frozen=True, slots=True)
class Visit:
    """A car at its charger, between quarters of a series: what it needs in Wh and takes in W."""

    driver: str
    begin: int
    end: int
    energy: int
    power: int


def generated(series: Series, seed: int) -> list[Visit]:
    """Return a year of the sessions of four households, in order of their time."""
    found = [
        visit
        for kind in _KINDS
        for visit in _of_household(kind, series, Random(f"{kind} {series.name} {seed}"))
    ]
    return sorted(found, key=lambda visit: (visit.begin, visit.driver))


def _of_household(kind: str, series: Series, random: Random) -> Iterator[Visit]:
    working, off, median, spread, long, powers = _KINDS[kind]
    power = random.choice(powers)
    free = 0
    midnight = series.start.astimezone(OSLO)
    for day in range(DAYS - 2):
        local = midnight + timedelta(days=day)
        if random.random() > (working if local.weekday() < 5 else off):
            continue
        if random.random() < 0.1:
            came, left = random.gauss(10.5, 1.5), random.gauss(15, 1)
        else:
            came, left = random.gauss(16.9, 1.8), 24 + random.gauss(7.2, 0.7)
            if local.weekday() in {4, 5}:
                left += abs(random.gauss(2.5, 1.5))
        energy = exp(random.gauss(log(median), spread)) * 1000
        if random.random() < long:
            energy += random.uniform(10_000, 35_000)
        # Local time is read as distance from midnight: on two days a year that is an hour off.
        begin = _quarter(series, local, came)
        end = _quarter(series, local, left)
        within = (end - begin) / 4 * power * _SUFFICES
        wanted = int(min(energy, _BATTERY, within))
        if begin < free or end - begin < 4 or wanted < _LEAST:
            continue
        free = end + 1
        yield Visit(f"{series.name} {kind}", begin, end, wanted, power)


def _quarter(series: Series, midnight: datetime, hours: float) -> int:
    return int((midnight + timedelta(hours=hours) - series.start) / QUARTER)


def read_sessions(path: Path, series: Series) -> list[Visit]:
    """Return the sessions of a file with the columns plug-in, plug-out (ISO 8601, aware) and kWh.

    A fourth column may give the power in kW, else it is the least of 3.7, 7.4 and 11 that suffices.
    Sessions outside the series, and those that cannot have taken what they say, are left out.
    Raises ``ValueError`` for what is not so.
    """
    found = []
    for row in read_rows(path, 3):
        begin = -((series.start - datetime.fromisoformat(row[0])) // QUARTER)
        end = (datetime.fromisoformat(row[1]) - series.start) // QUARTER
        energy = int(float(row[2]) * 1000)
        hours = (end - begin) / 4
        fits = [power for power in _POWERS if power * hours >= energy]
        power = int(float(row[3]) * 1000) if len(row) > 3 else next(iter(fits), 0)
        if 0 <= begin < end <= len(series.spot) and _LEAST <= energy <= power * hours:
            found.append(Visit(path.stem, begin, end, energy, power))
    return sorted(found, key=lambda visit: visit.begin)
