from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from custom_components.zmartcharge.plan import (
    CarNeed,
    Headroom,
    Overrides,
    Plan,
    PricedPeriod,
    Replanned,
    ReplanReason,
    latest_start,
    plan_joint,
    plan_one,
    replan,
)
from custom_components.zmartcharge.plan.inputs import NO_OVERRIDES

from .builders import HOUR, NOW, at, headroom, hour_budget, hours_of, need, periods

FREE = Headroom()
PRICES = periods(3, 2, 1, 2, 3, 3, 3, 3)


def again(
    previous: Plan | None,
    car: CarNeed,
    prices: tuple[PricedPeriod, ...] = PRICES,
    now: datetime = NOW,
    room: Headroom = FREE,
    said: Overrides = NO_OVERRIDES,
) -> Replanned:
    proposed = plan_one(car, prices, now, room, said)
    known = {} if previous is None else {car.car: previous}
    return replan(known, (proposed,), (car,), prices, now, room, {car.car: said})[0]


def first(car: CarNeed | None = None) -> Plan:
    return plan_one(car or need(), PRICES, NOW)


def test_first_plan_is_new() -> None:
    found = again(None, need())
    assert (found.reason, found.plan) == (ReplanReason.NEW, first())


def test_nothing_changed_keeps_the_plan() -> None:
    found = again(first(), need())
    assert found.reason is None
    assert found.plan.slots == first().slots and found.plan.sentence == first().sentence


def test_plan_is_kept_while_it_is_followed() -> None:
    plan, left = first(need(22_080)), 22_080
    for minutes in range(60, 240, 10):
        now = NOW + timedelta(minutes=minutes)
        slot = plan.slot_at(now)
        found = again(plan, need(max(0, left), charging=slot is not None), now=now)
        assert found.reason is None
        plan = found.plan
        if slot is not None:
            left -= 1_840
    assert left <= 0


def test_small_gain_is_not_worth_a_change_and_a_large_one_is() -> None:
    nearly = periods(3, "0.999", 1, 2, 3, 3, 3, 3)  # type: ignore[arg-type]
    kept = again(first(), need(), nearly)
    assert kept.reason is None and hours_of(kept.plan) == [(2, 3)]
    much = again(first(), need(), periods(3, 0.5, 1, 2, 3, 3, 3, 3))
    assert much.reason is ReplanReason.PRICES and hours_of(much.plan) == [(1, 2)]


def test_kept_plan_tells_what_it_costs_now() -> None:
    kept = again(first(), need(), periods(3, 2, 1.5, 2, 3, 3, 3, 3))
    assert kept.reason is None
    assert kept.plan.cost == Decimal("16.56") and kept.plan.slots[0].price == Decimal("1.5")


def test_prices_of_tomorrow_move_what_was_planned_today() -> None:
    today = periods(3, 2, 3)
    plan = plan_one(need(), today, NOW)
    assert hours_of(plan) == [(1, 2)]
    found = again(plan, need(), (*today, *periods(0.5, 1, start=at(3))))
    assert found.reason is ReplanReason.PRICES and hours_of(found.plan) == [(3, 4)]


def test_more_is_needed() -> None:
    found = again(first(), need(22_080))
    assert found.reason is ReplanReason.NEED and found.plan.energy == 22_080


def test_hardly_more_is_no_change() -> None:
    assert again(first(), need(11_200)).reason is None


def test_less_is_needed_where_that_saves_money() -> None:
    plan = plan_one(need(22_080), periods(3, 2, 1, 9, 9), NOW)
    assert hours_of(plan) == [(1, 3)]
    found = again(plan, need(11_040), periods(3, 2, 1, 9, 9))
    assert found.reason is ReplanReason.NEED and hours_of(found.plan) == [(2, 3)]


def test_other_time_to_be_ready_is_another_plan() -> None:
    found = again(first(), need(ready_by=at(2)))
    assert found.reason is ReplanReason.READY_BY and hours_of(found.plan) == [(1, 2)]


def test_lost_headroom_is_another_plan() -> None:
    found = again(first(), need(), room=headroom(12_000, 12_000, 3_000, 12_000))
    assert found.reason is ReplanReason.HEADROOM
    assert sum(slot.energy for slot in found.plan.slots) == 11_040


def test_what_is_said_for_once_is_followed_at_once_and_forgotten_when_taken_back() -> None:
    said = Overrides(charge_until=at(1))
    forced = again(first(), need(), said=said)
    assert forced.reason is ReplanReason.OVERRIDE and hours_of(forced.plan) == [(0, 1)]
    back = again(forced.plan, need())
    assert back.reason is ReplanReason.OVERRIDE and hours_of(back.plan) == [(2, 3)]
    skipped = again(first(), need(), said=Overrides(skip_until=at(3)))
    assert skipped.reason is ReplanReason.OVERRIDE and hours_of(skipped.plan) == [(3, 4)]


def test_car_that_is_not_full_at_the_time_goes_on() -> None:
    car = need(22_080, ready_by=at(2))
    plan = plan_one(car, PRICES, NOW)
    found = again(plan, replace(car, energy=5_520, charging=True), now=at(2))
    assert found.plan.slot_at(at(2)) is not None and found.plan.late_by == HOUR / 2


def test_missed_slot_is_planned_anew() -> None:
    found = again(first(), need(), now=at(2.5))
    assert found.reason is ReplanReason.NEED
    assert found.plan.energy == 11_040


def test_dearest_hour_is_left_when_the_limit_is_lowered() -> None:
    found = again(first(), need(price_limit=Decimal("0.5"), ready_by=at(14)), periods(3, 2, 1, 0.4))
    assert found.reason is ReplanReason.PRICES and hours_of(found.plan) == [(3, 4)]


def test_done_plan_stays() -> None:
    found = again(first(), need(0), now=at(3))
    assert found.reason is None and not found.plan.slots


def both(previous: dict[str, Plan], cars: list[CarNeed], room: Headroom) -> tuple[Replanned, ...]:
    proposed = plan_joint(cars, PRICES, NOW, room)
    return replan(previous, proposed, cars, PRICES, NOW, room)


def test_second_car_moves_the_first_only_where_power_is_short() -> None:
    cars = [need(), need(car="b", ready_by=at(3))]
    free = both({"a": first()}, cars, FREE)
    assert [each.reason for each in free] == [None, ReplanReason.NEW]
    short = both({"a": first()}, cars, headroom(*[12_000] * 14))
    assert [each.reason for each in short] == [ReplanReason.NEW, ReplanReason.NEW]
    assert len({hours_of(each.plan)[0] for each in short}) == 2


def test_cars_that_share_keep_their_plans() -> None:
    cars, room = [need(), need(car="b")], headroom(*[12_000] * 14)
    plans = {each.plan.car: each.plan for each in both({}, cars, room)}
    assert [each.reason for each in both(plans, cars, room)] == [None, None]


def test_plans_that_together_exceed_what_there_is_are_made_anew() -> None:
    cars = [need(), need(car="b")]
    plans = {each.plan.car: each.plan for each in both({}, cars, FREE)}
    found = both(plans, cars, headroom(*[12_000] * 14))
    assert {each.reason for each in found} == {ReplanReason.HEADROOM}


def test_exceeded_budget_that_yielded_is_kept() -> None:
    cars, room = [need(ready_by=at(2)), need(car="b", ready_by=at(2))], hour_budget(*[4_000] * 14)
    plans = {each.plan.car: each.plan for each in both({}, cars, room)}
    assert [each.reason for each in both(plans, cars, room)] == [None, None]


def test_latest_start_is_what_full_power_needs_before_the_time() -> None:
    assert latest_start(need(22_080), NOW) == at(12)
    assert latest_start(need(16_560), NOW) == at(12.5)


def test_latest_start_is_earlier_where_there_is_less_power() -> None:
    room = headroom(*[12_000] * 13, 6_900)
    assert latest_start(need(3_450), NOW, room) == at(13.5)


def test_latest_start_passes_over_hours_without_power() -> None:
    room = headroom(*[12_000] * 12, 12_000, 0)
    assert latest_start(need(11_040), NOW, room) == at(12)


def test_latest_start_heeds_a_budget_that_does_not_yield() -> None:
    budget = [5_520] * 14
    assert latest_start(need(11_040), NOW, hour_budget(*budget)) == at(13)
    kept = latest_start(need(11_040), NOW, hour_budget(*budget, budget_yields=False))
    assert kept is not None and at(12) <= kept < at(13)


def test_latest_start_is_now_when_there_is_no_time_to_lose() -> None:
    assert latest_start(need(500_000), NOW) == NOW
    assert latest_start(need(ready_by=at(-1)), NOW) == NOW


def test_no_latest_start_without_a_time_or_a_need() -> None:
    assert latest_start(need(ready_by=None), NOW) is None
    assert latest_start(need(0), NOW) is None
    assert latest_start(need(None), NOW) is None
