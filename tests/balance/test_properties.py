"""What holds for any house, any chargers and any history."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.zmartcharge.balance import (
    ChargerSituation,
    Circuit,
    Level,
    Situation,
    balance,
    feed_of,
    single_phase_feeds,
)
from custom_components.zmartcharge.units import GridType, Wiring

from .builders import NOW, SECOND, charger, readings, settled, situation

pytestmark = pytest.mark.timeout(200)

QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
amperes = st.floats(0, 40, allow_nan=False)
houses = st.tuples(amperes, amperes, amperes)


@st.composite
def chargers(draw: st.DrawFn, grid: GridType, name: str) -> ChargerSituation:
    wiring = draw(st.sampled_from([wiring for wiring in Wiring if wiring.fits(grid)]))
    feeds = (feed_of(wiring, grid),)
    if draw(st.booleans()) and len(wiring.lines) == 3:
        feeds += single_phase_feeds(wiring, grid)
    allowed = draw(st.sampled_from([0.0, 6.0, 10.0, 16.0, 32.0]))
    given_values: dict[str, Any] = {
        "feeds": feeds,
        "feed": draw(st.integers(0, len(feeds) - 1)),
        "maximum": draw(st.sampled_from([6.0, 16.0, 32.0])),
        "allowed": allowed,
        "wants": draw(st.booleans()),
        "online": draw(st.integers(0, 4)) > 0,
        "suspended_by_car": draw(st.booleans()),
        "accepted": draw(st.integers(0, 4)) > 0,
        "priority": draw(st.integers(0, 1)),
        "step": draw(st.sampled_from([0.1, 1.0])),
        "commanded_at": NOW - draw(st.integers(0, 60)) * SECOND,
        "latest_start": draw(st.sampled_from([None, NOW, NOW + timedelta(hours=1)])),
    }
    if draw(st.booleans()):
        given_values |= {"draw": None, "draw_at": None}
    return charger(name, **given_values)


@st.composite
def situations(draw: st.DrawFn) -> tuple[Situation, Situation]:
    """Return a situation and the one before it."""
    grid = draw(st.sampled_from([GridType.TN_400, GridType.IT_230]))
    names = [f"c{index}" for index in range(draw(st.integers(0, 4)))]
    members = tuple(draw(chargers(grid, name)) for name in names)
    limits: dict[str, Any] = {
        "grid": grid,
        "fuse": draw(st.sampled_from([16.0, 25.0, 63.0])),
        "margin": draw(st.sampled_from([0.0, 1.0])),
    }
    if draw(st.booleans()):
        limits["circuits"] = (Circuit(name="Garage", limit=20.0, members=frozenset(names[:2])),)
    power = draw(st.none() | st.floats(-5000, 25000))
    before = situation(readings(*draw(houses)), *members, **limits)
    now = situation(
        readings(*draw(houses), power=power, power_at=NOW if power is not None else None),
        *members,
        **limits,
    )
    return before, now


@QUICK
@given(situations())
def test_no_line_is_planned_above_its_limit(pair: tuple[Situation, Situation]) -> None:
    before, moment = pair
    _, decision = balance(settled(before, minutes=1), moment, NOW)
    assert decision.level is Level.NORMAL
    for member, allocation in zip(moment.chargers, decision.allocations, strict=True):
        if member.online and allocation.current:
            assert all(decision.headroom[line] >= -1e-6 for line in allocation.lines)


@QUICK
@given(situations())
def test_plan_is_never_below_what_was_read_less_what_is_taken_off(
    pair: tuple[Situation, Situation],
) -> None:
    before, moment = pair
    quiet = [
        replace(member, online=True, accepted=True, commanded_at=NOW - 60 * SECOND)
        for member in moment.chargers
    ]
    before, moment = (replace(each, chargers=tuple(quiet)) for each in pair)
    _, decision = balance(settled(before, minutes=1), moment, NOW)
    for line, reading in moment.readings.lines.items():
        taken_off = 0.0
        for member, allocation in zip(moment.chargers, decision.allocations, strict=True):
            old = member.feeds[member.feed].coefficients.get(line, 0.0) * member.allowed
            new = member.feeds[allocation.feed].coefficients.get(line, 0.0) * allocation.current
            taken_off += old - new
        planned = moment.limits.line_limit - decision.headroom[line]
        assert planned >= reading.current - taken_off - 1e-6


@QUICK
@given(situations(), st.integers(0, 200))
def test_nobody_is_told_one_to_five_amperes_or_more_than_it_may(
    pair: tuple[Situation, Situation], seconds: int
) -> None:
    before, moment = pair
    state, _ = balance(settled(before, minutes=1), moment, NOW)
    _, decision = balance(state, moment, NOW + seconds * SECOND)
    for member, allocation in zip(moment.chargers, decision.allocations, strict=True):
        if member.online:
            assert allocation.current == 0 or 6 <= allocation.current <= member.maximum
            assert member.wants or allocation.current == 0


@QUICK
@given(situations(), st.integers(31, 200))
def test_nothing_is_raised_without_a_meter(pair: tuple[Situation, Situation], seconds: int) -> None:
    before, moment = pair
    _, decision = balance(settled(before, minutes=1), moment, NOW + seconds * SECOND)
    for member, allocation in zip(moment.chargers, decision.allocations, strict=True):
        if member.online:
            assert allocation.current <= member.allowed


@QUICK
@given(situations())
def test_equal_situations_have_equal_decisions(pair: tuple[Situation, Situation]) -> None:
    before, moment = pair
    state = settled(before, minutes=1)
    assert balance(state, moment, NOW) == balance(state, moment, NOW)
    turned = replace(moment, chargers=moment.chargers[::-1])
    _, decision = balance(state, moment, NOW)
    _, other = balance(state, turned, NOW)
    assert {a.charger: a for a in decision.allocations} == {a.charger: a for a in other.allocations}


@QUICK
@given(situations())
def test_deciding_again_changes_nothing(pair: tuple[Situation, Situation]) -> None:
    before, moment = pair
    state, first = balance(settled(before, minutes=1), moment, NOW)
    _, second = balance(state, moment, NOW)
    assert first.allocations == second.allocations


@QUICK
@given(situations())
def test_next_look_is_in_the_future(pair: tuple[Situation, Situation]) -> None:
    before, moment = pair
    _, decision = balance(settled(before, minutes=1), moment, NOW)
    assert decision.next_look is None or decision.next_look > NOW
