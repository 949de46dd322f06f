"""How long plans take."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from random import Random
from statistics import median
import time
from unittest.mock import patch

from custom_components.zmartcharge.plan import (
    CarNeed,
    Headroom,
    HeadroomPeriod,
    HourAllowance,
    PricedPeriod,
    breathing,
    plan_joint,
    plan_one,
)

from .prices import BEGIN, QUARTER, Series, generated

_COUNT = 192
_HOUR = timedelta(hours=1)
#: How often each plan is made.
_ROUNDS = 5
#: How often the event loop looks whether it is late, in s, and for how long while nothing is planned.
_TICK, _IDLE = 0.001, 1.0


@dataclass(frozen=True, slots=True)
class Times:
    """How long calls took, in ms."""

    median: float
    p99: float

    @classmethod
    def of(cls, spent: Iterable[float]) -> Times:
        """Sum up single times."""
        found = sorted(spent)
        return cls(median(found), found[min(len(found) - 1, int(0.99 * len(found)))])


def plan_times(cars: int, rounds: int, seed: int, *, limited: bool, learned: bool = False) -> Times:
    """Return the processor time of planning for cars over 192 quarters, under limits or without.

    ``learned``: of needs only likely values are known.
    """
    calls = (
        _instance(cars, number, seed, limited=limited, learned=learned) for number in range(rounds)
    )
    return Times.of(_spent(call) for call in calls)


def longest_holds(cars: int, rounds: int, seed: int) -> Times:
    """Return for how long making plans keeps other threads from running, in ms of processor time.

    One value for each plan: the longest time without a turn for others.
    """
    longest = []
    holds: list[float] = []
    with patch.object(breathing, "sleep", lambda _: holds.append(time.thread_time())):
        for number in range(rounds):
            call = _instance(cars, number, seed, limited=True)
            holds[:] = [time.thread_time()]
            call()
            holds.append(time.thread_time())
            longest.append(1000 * max(end - begin for begin, end in pairwise(holds)))
    return Times.of(longest)


def _instance(
    cars: int, number: int, seed: int, *, limited: bool, learned: bool = False
) -> Callable[[], object]:
    """Return what plans for cars that are taken at random, on two days of the year."""
    series = _prices(seed)
    random = Random(f"{cars} {number} {seed}")
    first = random.randrange(len(series.paid) - _COUNT)
    periods = [
        PricedPeriod(
            BEGIN + i * QUARTER,
            BEGIN + (i + 1) * QUARTER,
            Decimal(str(round(series.paid[first + i], 5))),
        )
        for i in range(_COUNT)
    ]
    needs = [_need(random, car) for car in range(cars)]
    if learned:
        needs = [_uncertain(random, need) for need in needs]
    return _call(needs, periods, _headroom(random, needs) if limited else Headroom())


@cache
def _prices(seed: int) -> Series:
    return generated("NO1", seed)


def _spent(call: Callable[[], object]) -> float:
    """Return the processor time of a call in ms; the least, as what others do only adds to it."""
    spent = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        call()
        spent.append(1000 * (time.process_time() - began))
    return min(spent)


async def loop_waits(cars: int, rounds: int, seed: int) -> tuple[Times, Times]:
    """Return by how much an event loop is late in ms: while plans are made in a thread, and idle."""
    loop, late = asyncio.get_running_loop(), list[float]()
    for number in range(rounds):
        planning = loop.run_in_executor(None, _instance(cars, number, seed, limited=True))
        while not planning.done():
            late.append(await _lateness(loop))
        await planning
    idle, until = list[float](), loop.time() + _IDLE
    while loop.time() < until:
        idle.append(await _lateness(loop))
    return Times.of(late), Times.of(idle)


async def _lateness(loop: asyncio.AbstractEventLoop) -> float:
    wanted = loop.time() + _TICK
    await asyncio.sleep(_TICK)
    return 1000 * (loop.time() - wanted)


def _call(
    needs: list[CarNeed], periods: list[PricedPeriod], room: Headroom
) -> Callable[[], object]:
    if len(needs) == 1:
        return lambda: plan_one(needs[0], periods, BEGIN, room)
    return lambda: plan_joint(needs, periods, BEGIN, room)


def _need(random: Random, car: int) -> CarNeed:
    return CarNeed(
        car=str(car),
        energy=random.randrange(3_000, 40_000),
        watts_per_ampere=random.choice([230.0, 690.0]),
        max_current=random.choice([16.0, 32.0]),
        ready_by=BEGIN + QUARTER * random.randrange(_COUNT // 4, _COUNT + 1),
    )


def _uncertain(random: Random, need: CarNeed) -> CarNeed:
    """Return a need of which eight earlier ones are known; the third largest is to be met."""
    usual = need.energy or 0
    likely = sorted(int(usual * random.uniform(0.4, 1.3)) for _ in range(8))
    return replace(need, energy=likely[-3], likely=tuple(likely))


def _headroom(random: Random, needs: list[CarNeed]) -> Headroom:
    """Return what suffices for all cars, but not for all in the cheapest hours."""
    mean = sum(need.energy or 0 for need in needs) / (_COUNT / 4)
    hours = [BEGIN + i * _HOUR for i in range(_COUNT // 4)]
    return Headroom(
        periods=tuple(
            HeadroomPeriod(at, at + _HOUR, 8_000 + mean * random.uniform(1.5, 3)) for at in hours
        ),
        hours=tuple(HourAllowance(at, int(4_000 + mean * random.uniform(1.5, 3))) for at in hours),
    )
