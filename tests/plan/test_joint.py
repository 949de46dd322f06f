from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest

from custom_components.zmartcharge.plan import (
    CarNeed,
    Headroom,
    HeadroomPeriod,
    HourAllowance,
    Overrides,
    SlotReason,
    plan_joint,
    plan_one,
)
from custom_components.zmartcharge.plan.flow import Flow
from custom_components.zmartcharge.plan.grid import build_grid, reach_of

from .builders import (
    HOUR,
    NOW,
    at,
    headroom,
    hour_budget,
    hours_of,
    need,
    periods,
    quarters,
    seeds,
    taken,
)


def test_no_cars_have_no_plans() -> None:
    assert plan_joint((), periods(1, 2), NOW) == ()


def test_one_car_is_planned_as_if_alone() -> None:
    room = headroom(12_000, 12_000)
    assert plan_joint([need()], periods(2, 1), NOW, room) == (
        plan_one(need(), periods(2, 1), NOW, room),
    )


def test_car_named_twice_is_refused() -> None:
    with pytest.raises(ValueError):
        plan_joint([need(), need()], (), NOW)


def test_cars_with_room_for_both_charge_in_the_cheapest_hour() -> None:
    plans = plan_joint([need(), need(car="b")], periods(3, 1, 2), NOW)
    assert [hours_of(plan) for plan in plans] == [[(1, 2)], [(1, 2)]]


def test_cars_with_the_same_everything_share_what_there_is() -> None:
    cars = [need(), need(car="b")]
    plans = plan_joint(cars, periods(3, 1, 2, 9), NOW, headroom(*[12_000] * 4))
    assert sorted(hours_of(plan)[0] for plan in plans) == [(1, 2), (2, 3)]
    assert [plan.energy for plan in plans] == [11_040, 11_040]


def test_who_must_be_ready_first_is_not_kept_waiting_by_who_could_wait() -> None:
    cars = [need(22_080, ready_by=at(6)), need(11_040, car="b", ready_by=at(2))]
    plans = plan_joint(cars, periods(2, 1, 3, 4, 5, 6), NOW, headroom(*[11_100] * 6))
    assert not any(plan.late_by or plan.missing for plan in plans)
    assert hours_of(plans[1])[0][1] <= 2


def test_cheapest_for_all_is_found_where_each_in_turn_would_miss_it() -> None:
    # Whoever is first alone takes hour 1; b can be ready only if it gets it.
    cars = [need(11_040, ready_by=at(4)), need(11_040, car="b", ready_by=at(2))]
    prices = periods(5, 1, 2, 3)
    plans = plan_joint(cars, prices, NOW, headroom(0, 11_100, 11_100, 11_100))
    assert [hours_of(plan) for plan in plans] == [[(2, 3)], [(1, 2)]]


def test_hour_budget_is_shared() -> None:
    cars = [need(8_000), need(8_000, car="b")]
    plans = plan_joint(cars, periods(1, 2, 3, 4), NOW, hour_budget(*[6_000] * 4))
    assert sum(plan.energy for plan in plans) == 16_000
    for hour in range(4):
        assert taken(plans, cars, at(hour), at(hour + 1)) <= 6_100
    assert not sum(plan.over_budget for plan in plans)


def test_hour_budget_yields_for_who_must_be_ready_only() -> None:
    cars = [need(11_040, ready_by=at(2)), need(11_040, car="b", ready_by=None)]
    plans = plan_joint(cars, periods(1, 1, 1), NOW, hour_budget(*[4_000] * 3))
    assert plans[0].energy == 11_040 and not plans[0].late_by
    assert plans[0].over_budget == 3_040
    assert plans[1].energy == 4_000 and plans[1].missing == 7_040
    kept = plan_joint(cars, periods(1, 1, 1), NOW, hour_budget(*[4_000] * 4, budget_yields=False))
    assert not kept[0].over_budget and kept[0].late_by


def test_too_little_for_all_makes_only_one_late() -> None:
    cars = [need(11_040, ready_by=at(1)), need(11_040, car="b", ready_by=at(1))]
    plans = plan_joint(cars, periods(1, 1, 1), NOW, headroom(*[11_100] * 4))
    assert not min(plan.late_by for plan in plans)
    late = max(plans, key=lambda plan: plan.late_by)
    assert late.slots[-1].reason is SlotReason.LATE and not late.missing
    assert timedelta(minutes=59) < late.late_by <= HOUR


def test_what_was_said_for_once_counts_for_that_car_only() -> None:
    said = {"a": Overrides(charge_until=at(1)), "c": Overrides(ready_by=at(1))}
    plans = plan_joint([need(), need(car="b")], periods(3, 2, 1), NOW, overrides=said)
    assert [hours_of(plan) for plan in plans] == [[(0, 1)], [(2, 3)]]


def test_until_full_does_not_take_what_others_need() -> None:
    cars = [need(None), need(22_080, car="b", ready_by=at(2))]
    plans = plan_joint(cars, periods(1, 1, 1, 1), NOW, headroom(*[12_000] * 4))
    assert plans[1].energy == 22_080 and not plans[1].late_by


def test_first_energy_and_preheating_hold_for_several_cars() -> None:
    cars = [
        need(11_040, min_energy_first=5_520, ready_by=at(4)),
        need(11_040, car="b", preheat=timedelta(minutes=30), ready_by=at(4)),
    ]
    plans = plan_joint(cars, periods(9, 1, 1, 9), NOW, headroom(*[23_000] * 4))
    assert hours_of(plans[0])[0] == (0, 0.5)
    assert hours_of(plans[1])[-1] == (3.5, 4)


def test_price_limit_of_one_car_is_not_that_of_another() -> None:
    cars = [need(22_080, price_limit=Decimal("1.5"), ready_by=None), need(22_080, car="b")]
    plans = plan_joint(cars, periods(1, 2, 3), NOW)
    assert (plans[0].energy, plans[0].missing) == (11_040, 11_040)
    assert plans[1].energy == 22_080


def test_without_prices_all_charge_as_soon_as_there_is_power() -> None:
    plans = plan_joint([need(), need(car="b")], (), NOW, headroom(12_000, 12_000))
    assert sorted(hours_of(plan)[0] for plan in plans) == [(0, 1), (1, 2)]


def random_site(random: Random, cars: int, count: int) -> tuple[list[CarNeed], Headroom]:
    """Return cars with different times in a site that has some room for all of them."""
    needs = [
        need(
            random.randrange(3_000, 30_000),
            car=str(car),
            watts_per_ampere=random.choice([230.0, 690.0]),
            ready_by=at(random.randrange(count // 8, count // 4 + 1)),
            prefer_late=random.random() < 0.3,
            continuous=random.random() < 0.15,
        )
        for car in range(cars)
    ]
    mean = sum(each.energy or 0 for each in needs) / (count / 4)
    spared = [mean * random.uniform(0.8, 3) + 4_200 for _ in range(count // 4)]
    hours = [int(mean * random.uniform(1, 3) + 2_000) for _ in range(count // 4)]
    return needs, Headroom(
        periods=tuple(HeadroomPeriod(at(i), at(i + 1), each) for i, each in enumerate(spared)),
        hours=tuple(HourAllowance(at(i), each) for i, each in enumerate(hours)),
    )


def test_several_cars_are_served_within_what_there_is() -> None:
    for random in seeds(25):
        cars, room = random_site(random, random.choice([2, 3, 5]), 48)
        plans = plan_joint(cars, quarters(random, 48), NOW, room)
        for car, plan in zip(cars, plans, strict=True):
            assert plan.energy + plan.missing == car.energy
            assert not plan.missing
            if not plan.late_by:
                assert plan.ready_at is not None and car.ready_by is not None
                assert plan.ready_at <= car.ready_by
        for period in room.periods:
            assert taken(plans, cars, period.start, period.end) <= period.power * 1.02 + 60
        over = sum(plan.over_budget for plan in plans)
        exceeded = sum(
            max(0, taken(plans, cars, hour.start, hour.start + HOUR) - hour.energy * 1.02 - 60)
            for hour in room.hours
        )
        late = any(plan.late_by for plan in plans)
        assert late or exceeded <= over


def test_few_starts_of_several_cars_cost_little_more_than_the_bare_optimum() -> None:
    above, starts = [], 0
    for random in seeds(25):
        cars, room = random_site(random, 3, 64)
        cars = [replace(car, continuous=False) for car in cars]
        prices = quarters(random, 64)
        plans = plan_joint(cars, prices, NOW, room)
        if any(plan.late_by or plan.over_budget for plan in plans):
            continue
        marks = [car.ready_by.timestamp() for car in cars if car.ready_by]
        grid = build_grid(prices, room, NOW.timestamp(), max(marks), marks)
        flow = Flow(
            [price or 0.0 for price in grid.price],
            [reach_of(car, grid).most for car in cars],
            grid.room(),
            grid.hour,
            grid.budgets,
        )
        cost = 0.0
        for index, (car, end) in enumerate(zip(cars, marks, strict=True)):
            flow.allow(index, (i for i, start in enumerate(grid.starts) if start < end))
            assert not flow.add(index, car.energy or 0)
        for index in range(3):
            placed = flow.placed(index)
            cost += sum(a * (b or 0.0) for a, b in zip(placed, grid.price, strict=True))
        above.append(float(sum(plan.cost or 0 for plan in plans)) / cost - 1)
        starts += sum(plan.starts for plan in plans)
    assert len(above) > 10
    assert min(above) > -1e-6
    assert sum(above) / len(above) < 0.01
    assert starts / len(above) / 3 < 4
