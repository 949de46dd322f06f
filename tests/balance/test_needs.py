"""What makes the chargers be told something else."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.zmartcharge.balance import (
    HourBudget,
    Need,
    Situation,
    balance,
    needs_balancing,
)

from .builders import NOW, SECOND, charger, readings, settled, situation

FULL = situation(readings(20.0), charger(allowed=16.0))


def need(moment: Situation, before: Situation = FULL) -> Need | None:
    """Return what is needed when a quiet situation turns into another."""
    _, decision = balance(settled(before), moment, NOW)
    return needs_balancing(decision, moment)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"readings": readings(26.0)}, Need.OVERLOAD),
        ({"readings": replace(readings(20.0), online=False)}, Need.METER_LOST),
        ({"readings": readings(20.0, at=NOW - 31 * SECOND)}, Need.METER_LOST),
        ({"chargers": (charger(allowed=16.0), charger("b"))}, Need.CAR_CONNECTED),
    ],
)
def test_change_is_told_by_its_name(changes: dict[str, Any], expected: Need | None) -> None:
    assert need(replace(FULL, **changes)) is expected


def test_car_alone_that_comes_is_a_car_connected() -> None:
    idle = situation(readings(4.0), charger(wants=False))
    assert need(situation(readings(4.0), charger()), idle) is Need.CAR_CONNECTED


def test_headroom_that_lasted_is_headroom() -> None:
    low = situation(readings(10.0), charger(allowed=8.0))
    assert need(low, low) is Need.HEADROOM


def test_hour_that_is_used_up_is_the_budget() -> None:
    budget = HourBudget(energy=100, ends=NOW + 600 * SECOND)
    short = replace(FULL, limits=replace(FULL.limits, budget=budget))
    assert need(short) is Need.BUDGET


def test_car_that_is_no_longer_wanted_is_told_so() -> None:
    done = replace(FULL, chargers=(charger(allowed=16.0, wants=False),))
    assert need(done) is Need.HEADROOM


def test_nothing_is_needed_without_chargers() -> None:
    empty = situation(readings(30.0))
    assert need(empty, empty) is None
