"""Random problems of one car and of several, for which HiGHS knows the optimum."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sin
from random import Random

from custom_components.zmartcharge.plan.filling import fill
from custom_components.zmartcharge.plan.track import Track

_QUARTER = 900.0
#: Of equal prices the earlier one.
_TIE = 1e-13


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """Cars that share segments; in Wh, ``wanted`` by car. See ``Flow``."""

    worth: list[float]
    most: list[list[int]]
    wanted: list[int]
    room: list[int | None]
    hour: list[int]
    budgets: list[int]


def random_worth(random: Random, count: int) -> list[float]:
    """Return prices per Wh of quarters: a day's shape, a night tariff, and noise."""
    first, noise = random.randrange(96), random.choice([0.005, 0.02, 0.05])
    day = [
        0.5 + 0.25 * sin((h - 9) / 1.9) + 0.3 * exp(-((h - 8) ** 2) / 4) + random.gauss(0, 0.05)
        for h in range(25)
    ]
    found = []
    for index in range(count):
        time = (index + first) / 4 % 24
        spot = day[int(time)] + (time % 1) * (day[int(time) + 1] - day[int(time)])
        fee = 0.35 if 6 <= time < 22 else 0.2
        found.append((1.25 * (spot + random.gauss(0, noise)) + fee) / 1000 + _TIE * index)
    return found


def random_track(random: Random, count: int, *, budgets: bool, uneven: bool) -> Track:
    """Return a car's quarters, with a budget for each hour, and with uneven headroom."""
    worth = random_worth(random, count)
    watts, current = random.choice([230, 690]), random.choice([10, 16, 32])
    highest, least = watts * current // 4, watts * 6 // 4
    most = [highest] * count
    if uneven:
        for hour in range(0, count, 4):
            each = int(highest * random.choice([1, 1, 0.8, 0.5, 0.3]))
            most[hour : hour + 4] = [each if each >= least else 0] * 4
    limits = [int(random.uniform(0.6, 4) * highest) for _ in range(count // 4)]
    return Track(
        starts=[_QUARTER * index for index in range(count)],
        ends=[_QUARTER * (index + 1) for index in range(count)],
        highest=most,
        most=most,
        least=[least if each else 0 for each in most],
        worth=worth,
        order=sorted((i for i in range(count) if most[i]), key=worth.__getitem__),
        hour=[index // 4 for index in range(count)] if budgets else [-1] * count,
        budgets=limits if budgets else [],
        penalty=random.choice([0.02, 0.05, 0.1]),
        charging=random.random() < 0.2,
    )


def filled(track: Track, energy: int) -> list[int]:
    """Return the cheapest placement without regard to starts."""
    return fill(track.order, track.most, track.hour, track.budgets, energy)


def random_sharing(random: Random) -> Sharing:
    """Return cars with different times and powers under tight limits."""
    count, cars = random.choice([12, 24, 48, 96]), random.choice([2, 3, 4, 8])
    most = []
    for _ in range(cars):
        begin, end = random.randrange(count // 2), random.randrange(count // 2, count)
        highest = random.choice([575, 1150, 1840, 2760])
        most.append([highest if begin <= index <= end else 0 for index in range(count)])
    limited = random.random() < 0.7
    return Sharing(
        worth=[random.gauss(1, 0.3) / 1000 + _TIE * index for index in range(count)],
        most=most,
        wanted=[int(sum(each) * random.uniform(0, 0.6)) for each in most],
        room=[None if random.random() < 0.05 else random.randrange(4_000) for _ in range(count)],
        hour=[index // 4 for index in range(count)] if limited else [-1] * count,
        budgets=[random.randrange(12_000) for _ in range(count // 4)] if limited else [],
    )


def priced(worth: Sequence[float], placed: Sequence[int]) -> float:
    """Return what a placement costs."""
    return sum(energy * each for energy, each in zip(placed, worth, strict=True))
