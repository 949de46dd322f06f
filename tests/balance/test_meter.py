"""What happens when the meter cannot be relied on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.zmartcharge.balance import (
    BalanceState,
    Level,
    Readings,
    ReasonKey,
    Situation,
    balance,
)

from .builders import L2, NOW, SECOND, at, charger, currents, readings, settled, situation

CHARGING = charger(allowed=16.0)
MOMENT = situation(readings(20.0), CHARGING)


def later(moment: Situation, seconds: float) -> tuple[float, ReasonKey, Level]:
    """Return what the charger gets when nothing was heard for a while."""
    state, _ = balance(settled(MOMENT), MOMENT, NOW)
    _, decision = balance(state, moment, NOW + seconds * SECOND)
    return currents(decision)["a"], decision.of("a").reason.key, decision.level


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (30, (16.0, ReasonKey.UNLIMITED, Level.NORMAL)),
        (31, (6.0, ReasonKey.METER_LOST, Level.SAFE)),
        (89, (6.0, ReasonKey.METER_LOST, Level.SAFE)),
        (90, (0.0, ReasonKey.METER_LOST, Level.PAUSED)),
        (3600, (0.0, ReasonKey.METER_LOST, Level.PAUSED)),
    ],
)
def test_silence_first_cuts_then_pauses(
    seconds: float, expected: tuple[float, ReasonKey, Level]
) -> None:
    assert later(MOMENT, seconds) == expected


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"online": False}, ReasonKey.METER_LOST),
        ({"frozen": frozenset({L2})}, ReasonKey.METER_FROZEN),
        ({"lines": {}}, ReasonKey.METER_LOST),
    ],
)
def test_readings_that_cannot_be_trusted_cut_at_once(
    changes: dict[str, object], key: ReasonKey
) -> None:
    broken = replace(MOMENT, readings=replace(MOMENT.readings, **changes))
    assert later(broken, 1) == (6.0, key, Level.SAFE)


def test_reading_from_the_future_is_not_fresh() -> None:
    assert later(at(MOMENT, NOW + timedelta(minutes=5)), 1)[2] is Level.SAFE


def test_nothing_is_raised_on_a_reading_that_is_late() -> None:
    paused = situation(readings(2.0), charger())
    state = settled(paused)
    _, decision = balance(state, at(paused, NOW - 16 * SECOND), NOW)
    assert currents(decision)["a"] == 0.0


def test_after_a_restart_two_readings_are_awaited() -> None:
    state, decision = balance(BalanceState(), MOMENT, NOW)
    assert decision.of("a").reason.key is ReasonKey.STARTING
    assert currents(decision)["a"] == 6.0
    state, decision = balance(state, MOMENT, NOW + 5 * SECOND)
    assert decision.of("a").reason.key is ReasonKey.STARTING
    _, decision = balance(state, at(MOMENT, NOW + 10 * SECOND), NOW + 10 * SECOND)
    assert currents(decision)["a"] == 16.0


def test_start_without_any_reading_pauses_in_the_end() -> None:
    silent = replace(MOMENT, readings=Readings())
    state, decision = balance(BalanceState(), silent, NOW)
    assert (decision.level, decision.next_look) == (Level.SAFE, NOW + 90 * SECOND)
    _, decision = balance(state, silent, NOW + 90 * SECOND)
    assert decision.level is Level.PAUSED


def test_safe_current_is_none_where_it_is_not_safe_by_itself() -> None:
    small = situation(readings(20.0), charger(allowed=16.0), fuse=16.0)
    _, decision = balance(BalanceState(), small, NOW)
    assert currents(decision)["a"] == 0.0


def test_only_so_many_chargers_keep_the_safe_current_as_the_fuse_can_bear() -> None:
    two = situation(readings(20.0), charger("a", allowed=6.0), charger("b", allowed=6.0))
    _, decision = balance(BalanceState(), two, NOW)
    assert currents(decision) == {"a": 6.0, "b": 0.0}


def test_paused_charger_is_not_started_by_the_safe_current() -> None:
    _, decision = balance(BalanceState(), situation(readings(0.0), charger()), NOW)
    assert currents(decision)["a"] == 0.0


def test_meter_that_comes_back_has_to_be_stable_before_anything_is_raised() -> None:
    state, _ = balance(settled(MOMENT), MOMENT, NOW)
    lost = NOW + 60 * SECOND
    state, _ = balance(state, MOMENT, lost)
    cut = situation(readings(10.0), charger(allowed=6.0, commanded_at=lost))
    allowed = []
    for seconds in range(10, 100, 10):
        when = lost + seconds * SECOND
        state, decision = balance(state, at(cut, when), when)
        allowed.append(currents(decision)["a"])
    assert allowed == [6.0] * 2 + [16.0] * 7
