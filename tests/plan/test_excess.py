"""What cannot be ready in time within the hours' budgets exceeds them all alike."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from custom_components.zmartcharge.plan import CarNeed, Plan, plan_joint, plan_one

from .builders import NOW, at, hour_budget, need, periods, taken


def most_in_an_hour(plans: Sequence[Plan], cars: Sequence[CarNeed], hours: int) -> float:
    return max(taken(plans, cars, at(hour), at(hour + 1)) for hour in range(hours))


def test_what_exceeds_the_hours_budgets_is_spread_on_all_of_them() -> None:
    car = need(11_040, ready_by=at(4))
    plan = plan_one(car, periods(1, 9, 1, 5), NOW, hour_budget(*[2_000] * 4))
    assert plan.energy == 11_040 and not plan.late_by
    assert plan.over_budget == pytest.approx(3_040, abs=4)
    assert most_in_an_hour([plan], [car], 4) == pytest.approx(11_040 / 4, rel=0.01)


def test_hour_that_cannot_take_more_leaves_the_excess_to_the_others() -> None:
    car = need(16_000, ready_by=at(4))
    room = hour_budget(2_000, 9_000, 0, 1_000)
    plan = plan_one(car, periods(1, 2, 3, 4), NOW, room)
    assert plan.energy == 16_000 and not plan.late_by
    over = [taken([plan], [car], at(i), at(i + 1)) - room.hours[i].energy for i in range(4)]
    assert max(over) == pytest.approx(1_000, abs=60)


def test_excess_ends_at_what_the_car_can_take() -> None:
    car = need(21_000, ready_by=at(2))
    plan = plan_one(car, periods(1, 2, 3), NOW, hour_budget(1_000, 11_000, 11_000))
    assert not plan.late_by and plan.energy == 21_000
    assert most_in_an_hour([plan], [car], 2) <= 11_041


def test_what_cars_exceed_the_hours_budgets_by_is_spread() -> None:
    cars = [need(8_000, ready_by=at(4)), replace(need(8_000, ready_by=at(4)), car="b")]
    plans = plan_joint(cars, periods(1, 9, 1, 5), NOW, hour_budget(*[3_000] * 4))
    assert not any(plan.late_by or plan.missing for plan in plans)
    assert sum(plan.over_budget for plan in plans) == pytest.approx(4_000, abs=250)
    hours = [taken(plans, cars, at(hour), at(hour + 1)) for hour in range(4)]
    assert max(hours) == pytest.approx(4_000, rel=0.05)


def test_house_that_takes_all_in_an_hour_leaves_it_as_high_as_the_others() -> None:
    car = need(9_000, ready_by=at(3))
    plan = plan_one(car, periods(1, 2, 3), NOW, hour_budget(0, 0, 0))
    assert not plan.late_by and plan.over_budget == pytest.approx(9_000, abs=3)
    assert most_in_an_hour([plan], [car], 3) == pytest.approx(3_000, rel=0.01)
