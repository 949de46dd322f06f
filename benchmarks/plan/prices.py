"""A year of quarter prices, generated with the shape of NO1 to NO5.

The model of the spot price, in NOK per kWh without VAT: a level by area and season; a daily shape with
peaks at 8 and 18 that is flat in the north; cheaper weekends; a level that wanders by the hour
(autoregressive, 0.95) and by the day; quarters that lie on a saw-tooth around their hour, as the
market's do; rare peaks; and, in NO3 and NO4, hours at or below nothing when it is wet.

What a household pays: spot and mark-up with 25 % VAT, an energy fee by day and night, taxes, less the
support of 90 % above 77 øre (rates of 2026).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import cos, exp, pi, sin
from random import Random
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")
QUARTER = timedelta(minutes=15)
BEGIN = datetime(2025, 12, 31, 23, tzinfo=UTC)
DAYS = 364
AREAS = ("NO1", "NO2", "NO3", "NO4", "NO5")
#: Level, its swing over the year, how marked the day is, how much it wanders.
_SHAPES = {
    "NO1": (0.62, 0.30, 1.0, 0.10),
    "NO2": (0.72, 0.22, 1.2, 0.12),
    "NO3": (0.33, 0.25, 0.7, 0.12),
    "NO4": (0.16, 0.12, 0.3, 0.06),
    "NO5": (0.60, 0.28, 0.9, 0.10),
}
_MARK_UP, _VAT = 0.03, 1.25
_TAXES = (0.0713 + 0.0100) * _VAT
_DAY_FEE, _NIGHT_FEE = 0.32, 0.20
_SUPPORTED_ABOVE, _SUPPORT = 0.77, 0.9


@dataclass(frozen=True, slots=True)
class Series:
    """Quarters from ``start`` on: the spot price, and what a household pays, in NOK per kWh."""

    name: str
    start: datetime
    spot: list[float]
    paid: list[float]

    def time(self, index: int) -> datetime:
        """Return when a quarter begins."""
        return self.start + index * QUARTER


def generated(area: str, seed: int) -> Series:
    """Return a year of an area's prices."""
    random = Random(f"{area} {seed}")
    level, swing, marked, wander = _SHAPES[area]
    drift = hourly = peak = 0.0
    spot = []
    for hour in range(24 * DAYS):
        local = (BEGIN + timedelta(hours=hour)).astimezone(OSLO)
        if local.hour == 0:
            drift = 0.8 * drift + random.gauss(0, wander)
            peak = random.uniform(0.5, 2.5) if random.random() < 0.02 else 0.0
        hourly = 0.95 * hourly + random.gauss(0, wander / 4)
        season = level + swing * cos(2 * pi * (local.timetuple().tm_yday - 20) / 365)
        weekend = 0.8 if local.weekday() >= 5 else 1.0
        for quarter in range(4):
            shaped = marked * season * 0.45 * weekend * _shape(local.hour + quarter / 4)
            top = peak * exp(-((local.hour - 17.5) ** 2) / 3)
            spot.append(season + shaped + drift + hourly + top + random.gauss(0, 0.012 * marked))
    floor = -0.05 if area in {"NO3", "NO4"} else 0.01
    spot = [max(floor, each) for each in spot]
    return Series(area, BEGIN, spot, paid(BEGIN, spot))


def _shape(hour: float) -> float:
    morning = 0.6 * exp(-((hour - 8) ** 2) / 5)
    evening = 0.8 * exp(-((hour - 18) ** 2) / 6)
    return morning + evening - 0.5 * exp(-((hour - 3) ** 2) / 10) - 0.15 * sin(pi * hour / 12) ** 2


def paid(start: datetime, spot: list[float]) -> list[float]:
    """Return what a household pays in each quarter; the support counts by the hour."""
    found = []
    for index, each in enumerate(spot):
        local = (start + index * QUARTER).astimezone(OSLO)
        hour = spot[index - index % 4 : index - index % 4 + 4]
        support = _SUPPORT * max(0.0, sum(hour) / len(hour) - _SUPPORTED_ABOVE) * _VAT
        night = local.hour < 6 or local.hour >= 22 or local.weekday() >= 5
        fee = _NIGHT_FEE if night else _DAY_FEE
        found.append((each + _MARK_UP) * _VAT + fee + _TAXES - support)
    return found
