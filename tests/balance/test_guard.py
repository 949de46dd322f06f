"""What holds when the balancing does not."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from custom_components.zmartcharge.balance import (
    GuardDecision,
    GuardedCharger,
    GuardReason,
    GuardState,
    GuardView,
    Level,
    LineReading,
    guard,
)

from .builders import L1, L2, L3, NOW, SECOND, THREE


def guarded(name: str = "a", allowed: float = 16.0, **changes: Any) -> GuardedCharger:
    """Return a three-phase charger."""
    return GuardedCharger(
        id=name, allowed=allowed, safe=6.0, coefficients=THREE.coefficients, **changes
    )


def view(*amperes: float, at: datetime = NOW, **changes: Any) -> GuardView:
    """Return what the guard sees of a house in order."""
    lines = {
        line: LineReading(current=current, at=at)
        for line, current in zip((L1, L2, L3), amperes, strict=True)
    }
    given: dict[str, Any] = {
        "fuse": 25.0,
        "lines": lines,
        "chargers": (guarded(),),
        "heartbeat": at,
    }
    return GuardView(**(given | changes))


FINE = view(20.0, 20.0, 20.0)


def after(seen: GuardView, *seconds: float, state: GuardState | None = None) -> GuardDecision:
    """Return the last decision when the same is seen at these seconds."""
    state, decision = guard(state or GuardState(), FINE, NOW)
    for second in seconds:
        state, decision = guard(state, seen, NOW + second * SECOND)
    return decision


def test_house_in_order_is_left_alone() -> None:
    decision = after(FINE, 1, 10)
    assert (decision.level, decision.reason, decision.caps) == (Level.NORMAL, None, {})


@pytest.mark.parametrize(
    ("amperes", "level", "current"),
    [(30.0, Level.SAFE, 6.0), (35.1, Level.PAUSED, 0.0), (37.0, Level.PAUSED, 0.0)],
)
def test_overload_that_nobody_answers_within_a_second_is_cut(
    amperes: float, level: Level, current: float
) -> None:
    seen = view(20.0, amperes, 20.0, at=NOW + 2 * SECOND)
    assert after(seen, 2, 2.9).level is Level.NORMAL
    decision = after(seen, 2, 3)
    assert (decision.level, decision.reason) == (level, GuardReason.OVERLOAD)
    assert decision.caps == {"a": current}


def test_overload_that_was_answered_is_left_alone() -> None:
    answered = guarded(allowed=8.0, lowered_at=NOW + 2.5 * SECOND)
    seen = view(20.0, 30.0, 20.0, at=NOW + 2 * SECOND, chargers=(answered,))
    assert after(seen, 3, 5, 9).level is Level.NORMAL


def test_overload_that_outlasts_its_answer_is_cut() -> None:
    answered = guarded(allowed=10.0, lowered_at=NOW + 2 * SECOND)
    seen = view(20.0, 29.0, 20.0, at=NOW + 13 * SECOND, chargers=(answered,))
    assert after(seen, 13, 14).caps == {"a": 6.0}


def test_overload_of_the_house_alone_is_nothing_to_act_on() -> None:
    seen = view(20.0, 30.0, 20.0, chargers=(guarded(allowed=0.0),))
    assert after(seen, 1, 5).caps == {}


def test_raise_is_no_answer_to_an_overload() -> None:
    raised = guarded(allowed=16.0, lowered_at=NOW - 60 * SECOND)
    seen = view(20.0, 30.0, 20.0, at=NOW + 2 * SECOND, chargers=(raised,))
    assert after(seen, 2, 3).reason is GuardReason.OVERLOAD


@pytest.mark.parametrize(
    ("changes", "first", "reason"),
    [
        ({"online": False}, 1, GuardReason.OFFLINE),
        ({"frozen": frozenset({L2})}, 1, GuardReason.FROZEN),
        ({}, 31, GuardReason.STALE),
        ({"lines": {**FINE.lines, L3: None}}, 31, GuardReason.STALE),
    ],
)
def test_meter_that_fails_is_cut_then_paused(
    changes: dict[str, Any], first: float, reason: GuardReason
) -> None:
    broken = replace(FINE, heartbeat=NOW + 80 * SECOND, **changes)
    decision = after(broken, first)
    assert (decision.level, decision.reason, decision.caps) == (Level.SAFE, reason, {"a": 6.0})
    assert after(broken, first, 89).level is Level.SAFE
    assert after(broken, first, 91).level is Level.PAUSED


def test_dead_balancing_is_cut_then_paused_though_the_meter_lives() -> None:
    def alive(second: float) -> GuardView:
        return view(20.0, 20.0, 20.0, at=NOW + second * SECOND, heartbeat=NOW)

    state, decision = guard(GuardState(), alive(0), NOW)
    levels = {}
    for second in range(1, 100):
        state, decision = guard(state, alive(second), NOW + second * SECOND)
        levels[second] = decision.level
    assert levels[30] is Level.NORMAL
    assert levels[31] is Level.SAFE
    assert levels[90] is Level.PAUSED
    assert decision.reason is GuardReason.ENGINE_DEAD


def test_balancing_that_never_lived_is_dead_too() -> None:
    decision = after(replace(view(20.0, 20.0, 20.0, at=NOW + 31 * SECOND), heartbeat=None), 31)
    assert decision.level is Level.NORMAL or decision.reason is GuardReason.ENGINE_DEAD
    state, _ = guard(GuardState(), replace(FINE, heartbeat=None), NOW)
    seen = replace(view(20.0, 20.0, 20.0, at=NOW + 31 * SECOND), heartbeat=None)
    _, decision = guard(state, seen, NOW + 31 * SECOND)
    assert decision.reason is GuardReason.ENGINE_DEAD


def test_guard_never_raises() -> None:
    low = guarded("low", allowed=0.0)
    seen = replace(FINE, online=False, chargers=(guarded(allowed=8.0), low))
    assert after(seen, 1).caps == {"a": 6.0}


def test_recovered_meter_releases() -> None:
    state, _ = guard(GuardState(), replace(FINE, online=False), NOW)
    _, decision = guard(state, FINE, NOW + SECOND)
    assert (decision.level, decision.caps) == (Level.NORMAL, {})


def test_guard_says_when_to_ask_again() -> None:
    assert after(FINE).next_look == NOW + timedelta(seconds=30)
    seen = view(20.0, 30.0, 20.0, at=NOW)
    assert after(seen, 0.5).next_look == NOW + timedelta(seconds=1.5)
