"""The plans' costs beside what HiGHS finds."""

from math import exp, sin
from random import Random

import pytest

from custom_components.zmartcharge.plan.filling import fill
from custom_components.zmartcharge.plan.flow import Flow
from custom_components.zmartcharge.plan.starts import place
from custom_components.zmartcharge.plan.track import Track

from .builders import seeds
from .oracle import Shared, cheapest, cheapest_with_starts


def random_worth(random: Random, count: int) -> list[float]:
    """Return prices per Wh of quarters with the shape of a day, a night tariff and noise."""
    first, noise = random.randrange(96), random.choice([0.005, 0.02, 0.05])
    day = [
        0.5 + 0.25 * sin((h - 9) / 1.9) + 0.3 * exp(-((h - 8) ** 2) / 4) + random.gauss(0, 0.05)
        for h in range(25)
    ]
    found = []
    for index in range(count):
        time = (index + first) / 4 % 24
        spot = day[int(time)] + (time % 1) * (day[int(time) + 1] - day[int(time)])
        found.append(
            (1.25 * (spot + random.gauss(0, noise)) + (0.35 if 6 <= time < 22 else 0.2)) / 1000
        )
    return found


def random_track(random: Random, count: int, *, budgets: bool, uneven: bool) -> Track:
    """Return a car's segments of a quarter each."""
    worth = random_worth(random, count)
    watts, current = random.choice([230, 690]), random.choice([10, 16, 32])
    highest, least = watts * current // 4, watts * 6 // 4
    most = [highest] * count
    if uneven:
        for hour in range(0, count, 4):
            each = int(highest * random.choice([1, 1, 0.8, 0.5, 0.3]))
            most[hour : hour + 4] = [each if each >= least else 0] * 4
    hours = [index // 4 for index in range(count)] if budgets else [-1] * count
    return Track(
        starts=[900.0 * index for index in range(count)],
        ends=[900.0 * index + 900 for index in range(count)],
        highest=most,
        most=most,
        least=[least if each else 0 for each in most],
        worth=worth,
        order=sorted((i for i in range(count) if most[i]), key=worth.__getitem__),
        hour=hours,
        budgets=[int(random.uniform(0.6, 4) * highest) for _ in range(count // 4)]
        if budgets
        else [],
        penalty=random.choice([0.02, 0.05, 0.1]),
        charging=random.random() < 0.2,
    )


def filled(track: Track, energy: int) -> list[int]:
    return fill(track.order, track.most, track.hour, track.budgets, energy)


def priced(worth: list[float], placed: list[int]) -> float:
    return sum(energy * each for energy, each in zip(placed, worth, strict=True))


def test_one_car_costs_what_the_linear_program_finds() -> None:
    for random in seeds(320):
        count = random.choice([8, 24, 48, 96])
        track = random_track(
            random, count, budgets=random.random() < 0.5, uneven=random.random() < 0.5
        )
        energy = int(sum(filled(track, 10**9)) * random.uniform(0.02, 1))
        shared = Shared(room=[None] * count, hour=track.hour, budgets=track.budgets)
        best = cheapest(track.worth, [track.most], [energy], shared)
        assert best is not None
        placed = filled(track, energy)
        assert sum(placed) == energy
        assert priced(list(track.worth), placed) == pytest.approx(best, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("budgets", "limit"), [(False, 0.001), (True, 0.004)])
def test_few_starts_cost_what_the_integer_program_finds(budgets: bool, limit: float) -> None:
    gaps = []
    for random in seeds(24):
        track = random_track(random, 40, budgets=budgets, uneven=random.random() < 0.4)
        energy = int(sum(filled(track, 10**9)) * random.uniform(0.1, 0.7))
        if track.shortest_time(energy) < 3600:
            continue
        placed = place(track, energy, filled(track, energy))
        assert sum(placed) == energy
        best = cheapest_with_starts(
            track.worth,
            track.most,
            track.least,
            energy,
            track.penalty,
            hour=track.hour,
            budgets=track.budgets,
            charging=track.charging,
            shortest=2,
        )
        if best is not None:
            gaps.append(track.cost(placed, energy)[1] / best - 1)
    assert len(gaps) > 15
    assert min(gaps) > -0.001
    assert sum(gaps) / len(gaps) < limit


def test_several_cars_cost_what_the_linear_program_finds() -> None:
    for random in seeds(90):
        count, cars = random.choice([12, 24, 48]), random.choice([2, 3, 4, 8])
        worth = [random.gauss(1, 0.3) / 1000 + 1e-13 * index for index in range(count)]
        most = []
        for _ in range(cars):
            begin, end = random.randrange(count // 2), random.randrange(count // 2, count)
            highest = random.choice([575, 1150, 1840, 2760])
            most.append([highest if begin <= index <= end else 0 for index in range(count)])
        room = [None if random.random() < 0.05 else random.randrange(4_000) for _ in range(count)]
        hours, budgets = [-1] * count, []
        if random.random() < 0.7:
            hours = [index // 4 for index in range(count)]
            budgets = [random.randrange(12_000) for _ in range(count // 4)]
        flow = Flow(worth, most, room, hours, budgets)
        energy = []
        for car in range(cars):
            flow.allow(car, range(count))
            wanted = int(sum(most[car]) * random.uniform(0, 0.6))
            energy.append(wanted - flow.add(car, wanted))
        placed = [flow.placed(car) for car in range(cars)]
        shared = Shared(room=room, hour=hours, budgets=budgets)
        best = cheapest(worth, most, energy, shared)
        assert best is not None
        assert sum(priced(worth, each) for each in placed) == pytest.approx(
            best, rel=1e-6, abs=1e-9
        )
        assert [sum(each) for each in placed] == energy
        for index, limit in enumerate(room):
            assert limit is None or sum(each[index] for each in placed) <= limit
        for hour, budget in enumerate(budgets):
            inside = [index for index in range(count) if hours[index] == hour]
            assert sum(each[index] for each in placed for index in inside) <= budget


def test_as_much_is_placed_in_all_as_fits() -> None:
    for random in seeds(40):
        count, cars = 12, 4
        most = [[random.choice([0, 500, 1_000]) for _ in range(count)] for _ in range(cars)]
        room: list[int | None] = [random.randrange(2_000) for _ in range(count)]
        hours, budgets = [i // 4 for i in range(count)], [random.randrange(5_000) for _ in range(3)]
        flow = Flow([1e-3 + 1e-13 * i for i in range(count)], most, room, hours, budgets)
        wanted = [random.randrange(6_000) for _ in range(cars)]
        lacks = 0
        for car in range(cars):
            flow.allow(car, range(count))
            lacks += flow.add(car, wanted[car])
        # A segment that nothing limits and that is dear takes what does not fit.
        shared = Shared(room=[*room, None], hour=[*hours, -1], budgets=budgets)
        best = cheapest([0.0] * count + [1.0], [[*each, 10**6] for each in most], wanted, shared)
        assert best == pytest.approx(lacks)
