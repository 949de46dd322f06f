"""What a homeowner sees each charger get, and why."""

from dataclasses import replace
from datetime import timedelta
from math import sqrt
from typing import Any

import pytest

from custom_components.zmartcharge.balance import (
    BalanceState,
    Circuit,
    HourBudget,
    ReasonKey,
    balance,
    feed_of,
    single_phase_feeds,
)
from custom_components.zmartcharge.units import Wiring

from .builders import (
    IT,
    L1,
    L2,
    L3,
    NOW,
    TN,
    at,
    charger,
    currents,
    decide,
    readings,
    settled,
    situation,
)

MINUTE = timedelta(minutes=1)


def test_first_car_gets_all_that_it_can_take() -> None:
    decision = decide(situation(readings(4.0), charger()))
    assert currents(decision) == {"a": 16.0}
    assert decision.of("a").reason.key is ReasonKey.UNLIMITED
    assert decision.headroom == {L1: 5.0, L2: 5.0, L3: 5.0}


@pytest.mark.parametrize(
    ("house", "limits", "expected"),
    [
        (4.0, {}, 16.0),
        (15.4, {}, 9.0),
        (15.4, {"margin": 1.0}, 8.0),
        (19.0, {}, 6.0),
        (19.1, {}, 0.0),
        (40.0, {}, 0.0),
        (4.0, {"circuits": (Circuit(name="Garage", limit=10.0, members=frozenset("a")),)}, 10.0),
        (0.0, {"power_cap": 6000.0}, 8.0),
        (4.0, {"power_cap": 6000.0}, 0.0),
        (0.0, {"budget": HourBudget(energy=3000, ends=NOW + 30 * MINUTE)}, 8.0),
        (0.0, {"budget": HourBudget(energy=-10, ends=NOW + 30 * MINUTE)}, 0.0),
    ],
)
def test_car_gets_what_every_limit_leaves(
    house: float, limits: dict[str, Any], expected: float
) -> None:
    assert currents(decide(situation(readings(house), charger(), **limits)))["a"] == expected


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"maximum": 13.0}, 13.0),
        ({"cable": 10.0}, 10.0),
        ({"car": 11.5}, 11.0),
        ({"car": 11.5, "step": 0.1}, 11.5),
        ({"circuit_fuse": 10.0}, 10.0),
        ({"cable": 5.0}, 0.0),
        ({"minimum": 11.0, "maximum": 16.0}, 16.0),
    ],
)
def test_chargers_own_limits_hold(limits: dict[str, Any], expected: float) -> None:
    assert currents(decide(situation(readings(2.0), charger(**limits))))["a"] == expected


def test_inner_circuit_counts_in_the_outer() -> None:
    inner = Circuit(name="Left", limit=20.0, members=frozenset({"a"}))
    outer = Circuit(name="Garage", limit=20.0, members=frozenset({"b"}), circuits=(inner,))
    moment = situation(readings(0.0), charger("a"), charger("b"), fuse=63.0, circuits=(outer,))
    decision = decide(moment)
    assert currents(decision) == {"a": 10.0, "b": 10.0}
    reason = decision.of("a").reason
    assert reason.key is ReasonKey.CIRCUIT_FULL
    assert reason.placeholders == {"circuit": "Garage", "line": "L1", "limit": 20.0}


def test_overload_is_answered_in_one_step_with_the_reason_in_numbers() -> None:
    before = situation(readings(20.0), charger(allowed=16.0))
    decision = decide(situation(readings(20.0, 29.1, 20.0), charger(allowed=16.0)), before)
    assert currents(decision) == {"a": 11.0}
    assert decision.overload == {L2}
    reason = decision.of("a").reason
    assert reason.key is ReasonKey.LINE_FULL
    assert reason.placeholders == {"line": "L2", "current": 29.1, "limit": 25.0}


def test_minimum_that_does_not_fit_any_more_is_a_pause_not_less() -> None:
    before = situation(readings(20.0), charger(allowed=16.0))
    moment = situation(readings(20.0, 36.0, 20.0), charger(allowed=16.0))
    assert currents(decide(moment, before))["a"] == 0.0


def test_it_net_counts_the_return_line() -> None:
    feed = feed_of(Wiring.L1_L2_L3, IT)
    assert feed.coefficients == {L1: 1.0, L2: 1.0, L3: sqrt(3)}
    moment = situation(readings(5.0), charger(feeds=(feed,)), grid=IT)
    assert currents(decide(moment))["a"] == 11.0


def test_two_line_charger_leaves_the_third_line_alone() -> None:
    feed = feed_of(Wiring.L1_L2, IT)
    moment = situation(readings(10.0, 10.0, 24.0), charger(feeds=(feed,)), grid=IT)
    assert currents(decide(moment))["a"] == 15.0


def test_estimated_current_counts_with_its_margin() -> None:
    taken = readings(15.0)
    lines = dict(taken.lines) | {L2: replace(taken.lines[L2], margin=3.0)}
    moment = situation(replace(taken, lines=lines), charger())
    assert currents(decide(moment))["a"] == 7.0


def test_two_cars_share_evenly_and_no_ampere_is_left() -> None:
    decision = decide(situation(readings(4.0), charger("a"), charger("b")))
    assert currents(decision) == {"a": 11.0, "b": 10.0}


def test_higher_class_has_its_fill_before_the_lower() -> None:
    moment = situation(readings(1.0), charger("a", priority=2), charger("b", priority=1))
    assert currents(decide(moment)) == {"a": 8.0, "b": 16.0}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"priority": 1}, {"priority": 2}),
        ({"latest_start": NOW + MINUTE}, {"latest_start": NOW + 2 * MINUTE}),
        ({"latest_start": NOW - MINUTE}, {"arrived": NOW - 5 * 60 * MINUTE}),
        ({"arrived": NOW - 2 * MINUTE}, {"arrived": NOW - MINUTE}),
        ({"suspended_by_car": False}, {"suspended_by_car": True}),
    ],
)
def test_minimum_goes_to_who_comes_first(first: dict[str, Any], second: dict[str, Any]) -> None:
    moment = situation(readings(17.0), charger("b", **first), charger("a", **second))
    decision, _ = _fresh(moment)
    assert currents(decision) == {"b": 8.0, "a": 0.0}
    assert decision.of("a").reason.key is ReasonKey.WAITING_TURN


def test_unused_allowance_goes_to_the_other_car() -> None:
    draw = dict.fromkeys((L1, L2, L3), 7.0)
    capped = charger("a", allowed=12.0, draw=draw)
    other = charger("b", allowed=12.0)
    decision = decide(situation(readings(20.0), capped, other))
    assert currents(decision)["a"] == 8.0
    assert decision.of("a").reason.key is ReasonKey.UNUSED


def test_car_alone_keeps_an_allowance_that_it_does_not_use() -> None:
    draw = dict.fromkeys((L1, L2, L3), 7.0)
    decision = decide(situation(readings(10.0), charger(allowed=16.0, draw=draw)))
    assert currents(decision)["a"] == 16.0


def test_single_phase_car_takes_the_least_loaded_line() -> None:
    feeds = single_phase_feeds(Wiring.L1_L2_L3, TN)
    decision = decide(situation(readings(12.0, 18.0, 3.0), charger(feeds=feeds)))
    assert decision.of("a").lines == (L3,)
    assert currents(decision)["a"] == 16.0


def test_second_single_phase_car_takes_another_line() -> None:
    feeds = single_phase_feeds(Wiring.L1_L2_L3, TN)
    first = charger("a", feeds=feeds, feed=2, allowed=16.0)
    decision = decide(situation(readings(6.0, 9.0, 20.0), first, charger("b", feeds=feeds)))
    assert decision.of("a").lines == (L3,)
    assert decision.of("b").lines == (L1,)


def test_three_phase_charger_goes_to_one_phase_when_only_that_fits() -> None:
    feeds = (feed_of(Wiring.L1_L2_L3, TN), *single_phase_feeds(Wiring.L1_L2_L3, TN))
    moment = situation(readings(10.0, 28.0, 30.0), charger(allowed=8.0, feeds=feeds))
    allocation = decide(moment).of("a")
    assert (allocation.phases, allocation.lines, allocation.current) == (1, (L1,), 16.0)


def test_phases_are_not_changed_again_soon() -> None:
    feeds = (feed_of(Wiring.L1_L2_L3, TN), *single_phase_feeds(Wiring.L1_L2_L3, TN))
    single = charger(allowed=8.0, feeds=feeds, feed=1)
    state = settled(situation(readings(8.0, 0.0, 0.0), single), minutes=5)
    memory = replace(state.chargers["a"], feed_since=NOW - 5 * MINUTE)
    moment = situation(readings(8.0, 0.0, 0.0), single)
    _, early = balance(replace(state, chargers={"a": memory}), moment, NOW)
    assert early.of("a").phases == 1
    memory = replace(memory, feed_since=NOW - 10 * MINUTE)
    _, late = balance(replace(state, chargers={"a": memory}), moment, NOW)
    assert late.of("a").phases == 3


def test_budget_yields_to_who_must_be_ready_when_told() -> None:
    budget = HourBudget(energy=0, ends=NOW + 30 * MINUTE, yields=True)
    must = charger(latest_start=NOW - MINUTE)
    assert currents(decide(situation(readings(5.0), must, budget=budget)))["a"] == 16.0
    strict = replace(budget, yields=False)
    decision = decide(situation(readings(5.0), must, budget=strict))
    assert currents(decision)["a"] == 0.0
    assert decision.of("a").reason.key is ReasonKey.HOUR_BUDGET


def test_budget_that_yields_never_goes_above_the_fuse() -> None:
    budget = HourBudget(energy=0, ends=NOW + 30 * MINUTE, yields=True)
    must = charger(latest_start=NOW - MINUTE)
    assert currents(decide(situation(readings(15.0), must, budget=budget)))["a"] == 10.0


def test_offline_charger_keeps_what_it_may_draw() -> None:
    gone = charger("b", online=False, allowed=10.0, allowed_until=NOW + MINUTE)
    assert currents(decide(situation(readings(5.0), charger(), gone)))["a"] == 10.0
    fallen = replace(gone, allowed_until=NOW - 10 * MINUTE)
    decision = decide(situation(readings(5.0), charger(), fallen))
    assert currents(decision) == {"a": 14.0, "b": 6.0}
    assert decision.of("b").reason.key is ReasonKey.OFFLINE


def test_car_that_is_not_to_be_charged_gets_nothing() -> None:
    decision = decide(situation(readings(0.0), charger(wants=False, allowed=16.0, draw=None)))
    assert currents(decision)["a"] == 0.0
    assert decision.of("a").reason.key is ReasonKey.NOT_WANTED


def test_site_without_chargers_has_headroom() -> None:
    decision = decide(situation(readings(5.0, 30.0, 7.0)))
    assert decision.allocations == ()
    assert decision.headroom == {L1: 20.0, L2: -5.0, L3: 18.0}
    assert decision.overload == {L2}


def test_charger_that_ignores_its_limit_is_counted_with_what_it_takes() -> None:
    draw = dict.fromkeys((L1, L2, L3), 16.0)
    stubborn = charger("a", allowed=6.0, draw=draw)
    moment = situation(readings(20.0), stubborn, charger("b"))
    assert currents(decide(moment))["b"] == 0.0


def _fresh(moment: Any) -> tuple[Any, BalanceState]:
    """Return the decision after a minute in which no car was to be charged."""
    idle = replace(
        moment, chargers=tuple(replace(c, wants=False, draw=None) for c in moment.chargers)
    )
    state = settled(idle)
    state, decision = balance(state, at(moment, NOW), NOW)
    return decision, state
