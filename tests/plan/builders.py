"""Short ways to say what a plan is about."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from custom_components.zmartcharge.plan import (
    CarNeed,
    Headroom,
    HeadroomPeriod,
    HourAllowance,
    Plan,
    PricedPeriod,
)

NOW = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)


def at(hours: float) -> datetime:
    """Return a time by the hours after NOW."""
    return NOW + timedelta(hours=hours)


def periods(
    *prices: float, start: datetime = NOW, step: timedelta = HOUR, forecast: bool = False
) -> tuple[PricedPeriod, ...]:
    """Return one period after the other."""
    return tuple(
        PricedPeriod(start + i * step, start + (i + 1) * step, Decimal(str(price)), forecast)
        for i, price in enumerate(prices)
    )


def quarters(random: Random, count: int, start: datetime = NOW) -> tuple[PricedPeriod, ...]:
    """Return prices of quarters that wander as those of a market do."""
    level, found = 1.0, []
    for index in range(count):
        if index % 4 == 0:
            level = 0.85 * level + 0.15 + random.gauss(0, 0.12)
        found.append(round(level + random.gauss(0, 0.03), 4))
    return periods(*found, start=start, step=QUARTER)


def need(energy: int | None = 11_040, **changes: Any) -> CarNeed:
    """Return the need of a three-phase car of 16 A (11.04 kW); an hour's by default."""
    given: dict[str, Any] = {
        "car": "a",
        "watts_per_ampere": 690.0,
        "max_current": 16.0,
        "ready_by": at(14),
        "start_penalty": Decimal("0.05"),
    }
    return CarNeed(energy=energy, **(given | changes))


def headroom(*watts: float, **changes: Any) -> Headroom:
    """Return what the site spares in one hour after the other."""
    spared = tuple(HeadroomPeriod(at(i), at(i + 1), each) for i, each in enumerate(watts))
    return Headroom(periods=spared, **changes)


def hour_budget(*energies: int, **changes: Any) -> Headroom:
    """Return a budget for one hour after the other."""
    hours = tuple(HourAllowance(at(i), each) for i, each in enumerate(energies))
    return Headroom(hours=hours, **changes)


def hours_of(plan: Plan) -> list[tuple[float, float]]:
    """Return when a plan charges, in hours after NOW."""
    return [((run.start - NOW) / HOUR, (run.end - NOW) / HOUR) for run in plan.runs]


def taken(plans: Sequence[Plan], cars: Sequence[CarNeed], start: datetime, end: datetime) -> float:
    """Return what cars take between two times by the currents of their slots, in Wh."""
    total = 0.0
    for plan, car in zip(plans, cars, strict=True):
        for slot in plan.slots:
            common = min(end, slot.end) - max(start, slot.start)
            if common > timedelta():
                total += slot.current * car.watts_per_ampere * (common / HOUR)
    return total


def seeds(count: int) -> Iterator[Random]:
    """Yield generators, the same ones each time."""
    for seed in range(count):
        yield Random(seed)
