from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest

from custom_components.zmartcharge.plan import (
    CarNeed,
    Headroom,
    HeadroomPeriod,
    HourAllowance,
    Overrides,
    Plan,
    PricedPeriod,
    SentenceKey,
    SlotReason,
    plan_one,
)

from .builders import (
    HOUR,
    NOW,
    QUARTER,
    at,
    headroom,
    hour_budget,
    hours_of,
    need,
    periods,
    quarters,
)


def test_car_charges_in_the_cheapest_hour() -> None:
    plan = plan_one(need(), periods(3, 2, 1, 2, 3), NOW)
    assert hours_of(plan) == [(2, 3)]
    assert (plan.energy, plan.cost, plan.average_price) == (11_040, Decimal("11.04"), Decimal(1))
    assert plan.ready_at == at(3) and not plan.late_by and not plan.missing
    assert plan.saving == Decimal("22.08")
    assert [(slot.current, slot.reason) for slot in plan.slots] == [(16.0, SlotReason.CHEAP)]


def test_sentence_tells_when_and_why() -> None:
    sentence = plan_one(need(), periods(3, 2, 1, 2, 3), NOW).sentence
    assert sentence.key is SentenceKey.WAITING
    assert sentence.placeholders == {
        "start": at(2),
        "ready": at(3),
        "cost": Decimal("11.04"),
        "cheap_from": at(2),
        "cheap_to": at(3),
    }
    assert plan_one(need(), periods(1, 2, 3), NOW).sentence.key is SentenceKey.NOW
    both = plan_one(need(22_080), periods(1, 9, 1), NOW).sentence
    assert both.key is SentenceKey.NOW_AND_LATER
    assert both.placeholders["pause"] == at(1)
    later = plan_one(need(22_080), periods(9, 1, 9, 1), NOW).sentence
    assert later.key is SentenceKey.WAITING_AND_PAUSES
    assert [later.placeholders[name] for name in ("start", "pause", "ready")] == [
        at(1),
        at(2),
        at(4),
    ]


def test_part_of_a_period_is_charged_with_the_whole_current_for_a_shorter_time() -> None:
    plan = plan_one(need(16_560), periods(3, 1, 1.1, 3), NOW)
    assert hours_of(plan) == [(1, 2.5)]
    assert {slot.current for slot in plan.slots} == {16.0}


def test_end_of_a_run_is_cut_on_its_dear_side() -> None:
    assert hours_of(plan_one(need(16_560), periods(3, 1.1, 1, 3), NOW)) == [(1.5, 3)]


@pytest.mark.parametrize(("late", "hours"), [(False, (0, 1)), (True, (3, 4))])
def test_equal_prices_go_early_or_late_as_is_preferred(
    late: bool, hours: tuple[float, float]
) -> None:
    plan = plan_one(need(prefer_late=late), periods(1, 1, 1, 1), NOW)
    assert hours_of(plan) == [hours]


def test_part_of_the_last_hour_is_the_latest_when_late_is_preferred() -> None:
    plan = plan_one(need(5_520, prefer_late=True, ready_by=at(4)), periods(1, 1, 1, 1), NOW)
    assert hours_of(plan) == [(3.5, 4)]


def test_small_dip_is_not_worth_a_start() -> None:
    prices = periods(1, 1, 0.99, 1, 1, 0.99, 1, 1, step=QUARTER)
    plan = plan_one(need(5_520), prices, NOW)
    assert plan.starts == 1
    assert plan.cost is not None and plan.cost <= Decimal("5.52")


def test_deep_dip_is_worth_a_start() -> None:
    plan = plan_one(need(22_080), periods(1, 5, 5, 1, 5), NOW)
    assert hours_of(plan) == [(0, 1), (3, 4)]


def test_car_goes_on_slowly_where_a_pause_saves_less_than_a_start() -> None:
    prices = periods(1, 1.02, 1)
    plan = plan_one(need(26_220, start_penalty=Decimal("0.5")), prices, NOW)
    assert plan.starts == 1
    assert [slot.reason for slot in plan.slots] == [SlotReason.CHEAP] * 3
    assert plan.slots[1].current == 6.0


def test_running_car_is_not_stopped_for_little() -> None:
    prices = periods(1.004, 1, 1, 1, 1.1, step=QUARTER)
    assert hours_of(plan_one(need(5_520), prices, NOW)) == [(0.25, 0.75)]
    plan = plan_one(need(5_520, charging=True), prices, NOW)
    assert plan.starts == 1 and plan.slots[0].start == NOW


def test_no_crumb_of_a_quarter_is_planned() -> None:
    for seed in range(40):
        random = Random(seed)
        prices = quarters(random, 56)
        plan = plan_one(
            need(random.randrange(6_000, 60_000), start_penalty=Decimal(0)), prices, NOW
        )
        for run in plan.runs:
            assert run.end - run.start >= timedelta(minutes=29), seed


def test_bare_optimum_starts_more_often_than_the_plan() -> None:
    starts = [plan_one(need(20_000), quarters(Random(s), 56), NOW).starts for s in range(40)]
    assert sum(starts) / len(starts) < 2.5


def test_continuous_charging_is_one_run_at_the_cheapest_time() -> None:
    plan = plan_one(need(22_080, continuous=True), periods(1, 9, 1.5, 1.6, 9), NOW)
    assert hours_of(plan) == [(2, 4)]


def test_continuous_charging_may_begin_and_end_within_periods() -> None:
    plan = plan_one(need(16_560, continuous=True), periods(9, 2, 1, 2.1, 9), NOW)
    assert hours_of(plan) == [(1.5, 3)]


def test_continuous_charging_pauses_only_where_there_is_no_power() -> None:
    room = headroom(12_000, 0, 12_000, 0, 12_000)
    plan = plan_one(need(22_080, continuous=True), periods(1, 1, 1, 1, 9), NOW, room)
    assert hours_of(plan) == [(0, 1), (2, 3)]


def test_less_than_six_amperes_is_nothing() -> None:
    room = headroom(4_100, 5_000, 12_000)
    plan = plan_one(need(11_040), periods(1, 2, 3), NOW, room)
    assert plan.slots[0].start == at(1)
    assert plan.slots[0].current == pytest.approx(7.2)
    assert sum(slot.energy for slot in plan.slots) == 11_040


def test_hour_budget_is_kept() -> None:
    plan = plan_one(need(11_040), periods(1, 2, 3, 4), NOW, hour_budget(5_000, 5_000, 5_000, 5_000))
    assert [slot.energy for slot in plan.slots] == [5_000, 5_000, 1_040]
    assert not plan.over_budget


def test_hour_budget_yields_to_being_ready_unless_told_not_to() -> None:
    prices, small = periods(3, 1, 2), (2_000, 2_000, 2_000)
    car = need(11_040, ready_by=at(3))
    plan = plan_one(car, prices, NOW, hour_budget(*small))
    assert plan.energy == 11_040 and plan.over_budget == 5_040 and not plan.late_by
    assert SlotReason.OVER_BUDGET in {slot.reason for slot in plan.slots}
    kept = plan_one(car, prices, NOW, hour_budget(*small, 9_000, budget_yields=False))
    assert not kept.over_budget and kept.late_by


def test_first_energy_is_charged_at_once() -> None:
    plan = plan_one(need(22_080, min_energy_first=5_520), periods(9, 9, 1, 1, 9), NOW)
    assert plan.slots[0].reason is SlotReason.MINIMUM_FIRST
    assert plan.slots[0].start == NOW
    assert hours_of(plan) == [(0, 0.5), (2, 3.5)]


def test_first_energy_is_no_more_than_is_needed() -> None:
    plan = plan_one(need(5_520, min_energy_first=50_000), periods(9, 1), NOW)
    assert hours_of(plan) == [(0, 0.5)]


def test_last_energy_is_charged_just_before_the_drive_when_preheating() -> None:
    car = need(22_080, ready_by=at(5), preheat=timedelta(minutes=30))
    plan = plan_one(car, periods(1, 1, 9, 9, 9), NOW)
    assert hours_of(plan) == [(0, 1.5), (4.5, 5)]
    assert plan.slots[-1].reason is SlotReason.PREHEAT


def test_dearer_than_the_limit_is_only_charged_to_be_ready() -> None:
    prices = periods(3, 1, 3, 1, 3)
    limit = Decimal(2)
    assert plan_one(need(20_000, price_limit=limit), prices, NOW).cost == Decimal(20)
    plan = plan_one(need(33_120, price_limit=limit, ready_by=at(5)), prices, NOW)
    assert not plan.missing and not plan.late_by
    above = [slot for slot in plan.slots if slot.reason is SlotReason.ABOVE_LIMIT]
    assert sum(slot.energy for slot in above) == 11_040
    free = plan_one(need(33_120, price_limit=limit, ready_by=None), prices, NOW)
    assert (free.energy, free.missing, free.ready_at) == (22_080, 11_040, None)


def test_nothing_is_charged_while_all_is_above_the_limit() -> None:
    plan = plan_one(need(price_limit=Decimal("0.5"), ready_by=None), periods(1, 2), NOW)
    assert not plan.slots
    assert plan.sentence.key is SentenceKey.ABOVE_LIMIT
    assert plan.sentence.placeholders == {"until": at(2)}


def test_too_little_time_starts_now_and_tells_how_late() -> None:
    plan = plan_one(need(22_080, ready_by=at(1)), periods(9, 1, 1), NOW)
    assert hours_of(plan) == [(0, 2)]
    assert plan.late_by == HOUR and plan.ready_at == at(2)
    assert plan.sentence.key is SentenceKey.LATE
    assert plan.sentence.placeholders == {"ready": at(2), "late": HOUR}
    assert plan.slots[-1].reason is SlotReason.LATE


@pytest.mark.parametrize("hours", [0, -3])
def test_time_to_be_ready_that_is_over_does_not_stop_the_car(hours: float) -> None:
    plan = plan_one(need(ready_by=at(hours), charging=True), periods(9, 1, 1), NOW)
    assert hours_of(plan) == [(0, 1)]
    assert plan.late_by == at(1) - at(hours)


def test_late_car_goes_on_without_prices() -> None:
    plan = plan_one(need(ready_by=NOW), (), NOW)
    assert hours_of(plan) == [(0, 1)] and plan.cost is None


def test_missing_tomorrow_is_used_only_for_what_does_not_fit_before() -> None:
    prices = periods(1, 2, 3)
    assert hours_of(plan_one(need(22_080), prices, NOW)) == [(0, 2)]
    plan = plan_one(need(44_160), prices, NOW)
    assert hours_of(plan) == [(0, 4)]
    assert plan.slots[-1].reason is SlotReason.NO_PRICE
    assert (plan.cost, plan.saving) == (Decimal("66.24"), None)


def test_forecast_is_used_and_marked() -> None:
    prices = (*periods(3, 3), *periods(1, 2, start=at(2), forecast=True))
    plan = plan_one(need(), prices, NOW)
    assert hours_of(plan) == [(2, 3)] and plan.forecast
    assert not plan_one(need(), periods(1, 2), NOW).forecast


def test_published_price_goes_before_a_forecast_of_the_same_time() -> None:
    prices = (*periods(0.1, 0.1, forecast=True), *periods(3, 1))
    plan = plan_one(need(), prices, NOW)
    assert (hours_of(plan), plan.cost, plan.forecast) == ([(1, 2)], Decimal("11.04"), False)


def test_no_prices_at_all_charges_now() -> None:
    plan = plan_one(need(), (), NOW)
    assert hours_of(plan) == [(0, 1)]
    assert plan.sentence.key is SentenceKey.NO_PRICES
    assert (plan.cost, plan.average_price, plan.saving) == (None, None, None)
    assert hours_of(plan_one(need(ready_by=None), (), NOW)) == [(0, 1)]


def test_prices_of_the_past_are_none() -> None:
    past = periods(1, 2, start=at(-5))
    assert plan_one(need(ready_by=None), past, NOW).sentence.key is SentenceKey.NO_PRICES


def test_negative_prices_earn() -> None:
    plan = plan_one(need(), periods(1, -0.5, 1), NOW)
    assert hours_of(plan) == [(1, 2)]
    assert plan.cost == Decimal("-5.52") and plan.average_price == Decimal("-0.5")


def test_nothing_needed_is_nothing_planned() -> None:
    plan = plan_one(need(0), periods(1, 2), NOW)
    assert (plan.slots, plan.energy, plan.starts, plan.missing) == ((), 0, 0, 0)
    assert plan.sentence.key is SentenceKey.NOTHING_NEEDED and plan.ready_at == NOW


def test_until_full_takes_all_there_is_below_the_limit() -> None:
    assert hours_of(plan_one(need(None), periods(1, 3, 1), NOW))[0][0] == 0
    car = need(None, price_limit=Decimal(2), ready_by=None)
    plan = plan_one(car, periods(1, 3, 1), NOW)
    assert hours_of(plan) == [(0, 1), (2, 3)]
    assert not plan.missing


def test_no_power_is_told() -> None:
    plan = plan_one(need(ready_by=None), periods(1, 1), NOW, headroom(0, 0))
    assert (plan.slots, plan.missing, plan.sentence.key) == ((), 11_040, SentenceKey.NO_POWER)


def test_charger_that_may_give_less_than_six_amperes_charges_nothing() -> None:
    plan = plan_one(need(max_current=5.0, ready_by=None), periods(1, 1), NOW)
    assert plan.sentence.key is SentenceKey.NO_POWER


def test_tonight_by_another_time() -> None:
    plan = plan_one(need(), periods(3, 3, 3, 1), NOW, overrides=Overrides(ready_by=at(3)))
    assert plan.ready_by == at(3) and hours_of(plan) == [(0, 1)]


def test_skip_tonight() -> None:
    plan = plan_one(need(), periods(1, 1, 3, 2), NOW, overrides=Overrides(skip_until=at(2)))
    assert hours_of(plan) == [(3, 4)]
    assert plan.sentence.key is SentenceKey.SKIPPED


def test_charge_now_until_a_time_whatever_it_costs() -> None:
    plan = plan_one(need(5_520), periods(9, 9, 1), NOW, overrides=Overrides(charge_until=at(1.5)))
    assert hours_of(plan) == [(0, 1.5)]
    assert {slot.reason for slot in plan.slots} == {SlotReason.OVERRIDE}
    assert plan.sentence.key is SentenceKey.OVERRIDE
    more = plan_one(need(22_080), periods(9, 9, 1), NOW, overrides=Overrides(charge_until=at(1)))
    assert hours_of(more) == [(0, 1), (2, 3)]


def test_override_that_is_over_counts_no_longer() -> None:
    said = Overrides(charge_until=at(-1), skip_until=at(-1))
    assert plan_one(need(), periods(3, 1), NOW, overrides=said).slots[0].start == at(1)


def test_plan_in_the_middle_of_a_period_begins_now() -> None:
    now = NOW + timedelta(minutes=7, seconds=3, microseconds=5)
    plan = plan_one(need(1_000), periods(1, 2), now)
    assert plan.slots[0].start == now.replace(microsecond=0)


def test_plan_at_time_that_the_clocks_change_has_an_hour_more_or_less() -> None:
    for night, hours in (
        (datetime(2026, 10, 25, tzinfo=UTC), 100),
        (datetime(2026, 3, 29, tzinfo=UTC), 92),
    ):
        begin = night - timedelta(hours=2)
        prices = tuple(
            PricedPeriod(begin + i * QUARTER, begin + (i + 1) * QUARTER, Decimal(5 + (i != 10)))
            for i in range(hours)
        )
        plan = plan_one(need(2_760, ready_by=begin + hours * QUARTER), prices, begin)
        assert plan.slots[0].start == begin + 10 * QUARTER
        assert plan.cost == Decimal("13.8")


def test_equal_inputs_give_equal_plans() -> None:
    def made() -> Plan:
        return plan_one(need(20_000), quarters(Random(4), 96), NOW, headroom(*[7_000] * 10))

    assert made() == made()


def test_hours_of_the_prices_may_come_in_any_order() -> None:
    prices = periods(3, 2, 1, 2)
    assert plan_one(need(), prices[::-1], NOW) == plan_one(need(), prices, NOW)


@pytest.mark.parametrize("ends", [NOW, NOW - HOUR])
def test_period_without_length_is_refused(ends: datetime) -> None:
    with pytest.raises(ValueError):
        PricedPeriod(NOW, ends, Decimal(1))
    with pytest.raises(ValueError):
        HeadroomPeriod(NOW, ends, 1.0)


def test_what_cannot_be_meant_is_refused() -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(ValueError):
        PricedPeriod(NOW, at(1), Decimal("NaN"))
    with pytest.raises(ValueError):
        PricedPeriod(naive, naive + HOUR, Decimal(1))
    with pytest.raises(ValueError):
        HourAllowance(naive, 5)
    with pytest.raises(ValueError):
        Overrides(ready_by=naive)
    with pytest.raises(ValueError):
        plan_one(need(), (), naive)
    for wrong in (
        {"energy": -1},
        {"ready_by": naive},
        {"watts_per_ampere": 0.0},
        {"min_energy_first": -1},
        {"likely": (2, 1)},
        {"likely": (-1, 1)},
        {"preheat": timedelta(-1)},
        {"start_penalty": Decimal(-1)},
    ):
        with pytest.raises(ValueError):
            CarNeed(
                **({"car": "a", "energy": 1, "watts_per_ampere": 1.0, "max_current": 1.0} | wrong)
            )  # type: ignore[arg-type]


def test_slot_and_next_change_are_found_by_time() -> None:
    plan = plan_one(need(22_080), periods(1, 9, 1), NOW)
    assert plan.slot_at(at(0.5)) == plan.slots[0]
    assert plan.slot_at(at(1)) is None
    assert [plan.next_change(at(h)) for h in (-1, 0, 1, 2.5, 3)] == [
        at(0),
        at(1),
        at(2),
        at(3),
        None,
    ]


def test_negative_headroom_is_none() -> None:
    room = Headroom(periods=(HeadroomPeriod(NOW, at(1), -500.0),))
    assert hours_of(plan_one(need(), periods(1, 2), NOW, room)) == [(1, 2)]


def test_what_the_user_said_goes_before_avoiding_crumbs() -> None:
    said = Overrides(charge_until=at(1.5), skip_until=at(2.25))
    car = need(11_315, watts_per_ampere=230.0, max_current=32.0, ready_by=at(8))
    plan = plan_one(car, periods(1, 1, 1, 1), NOW, overrides=said)
    assert hours_of(plan)[0] == (0, 1.5)
    assert plan.energy == 11_315
