"""The plans' costs beside what HiGHS finds."""

import pytest

from benchmarks.plan.instances import filled, priced, random_sharing, random_track
from benchmarks.plan.optimality import share
from benchmarks.plan.oracle import Shared, cheapest, cheapest_with_starts
from custom_components.zmartcharge.plan.flow import Flow
from custom_components.zmartcharge.plan.starts import place

from .builders import seeds


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
        assert priced(track.worth, placed) == pytest.approx(best, rel=1e-6, abs=1e-9)


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
        given = random_sharing(random)
        placed, energy = share(given)
        shared = Shared(room=given.room, hour=given.hour, budgets=given.budgets)
        best = cheapest(given.worth, given.most, energy, shared)
        cost = sum(priced(given.worth, each) for each in placed)
        assert best is not None
        assert cost == pytest.approx(best, rel=1e-6, abs=1e-9)
        assert [sum(each) for each in placed] == energy
        for index, limit in enumerate(given.room):
            assert limit is None or sum(each[index] for each in placed) <= limit
        for hour, budget in enumerate(given.budgets):
            inside = [index for index, each in enumerate(given.hour) if each == hour]
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
