"""What holds for every plan, whatever it is made from."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from custom_components.zmartcharge.plan import (
    CarNeed,
    Headroom,
    HeadroomPeriod,
    HourAllowance,
    Overrides,
    Plan,
    PricedPeriod,
    plan_joint,
    plan_one,
)

from .builders import HOUR, NOW, QUARTER, at, taken

QUICK = settings(
    max_examples=800,
    deadline=None,
    derandomize=False, phases=[Phase.generate],
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
PRICES = st.lists(st.decimals(-2, 5, places=3, allow_nan=False), min_size=0, max_size=40).map(
    lambda found: tuple(
        PricedPeriod(NOW + i * QUARTER, NOW + (i + 1) * QUARTER, price)
        for i, price in enumerate(found)
    )
)


@st.composite
def needs(draw: st.DrawFn, car: str = "a") -> CarNeed:
    hours = draw(st.none() | st.integers(-2, 48).map(lambda quarters: quarters / 4))
    return CarNeed(
        car=car,
        energy=draw(st.none() | st.integers(0, 60_000)),
        watts_per_ampere=draw(st.sampled_from([230.0, 398.4, 690.0])),
        max_current=draw(st.sampled_from([6.0, 10.0, 16.0, 32.0])),
        ready_by=None if hours is None else at(hours),
        likely=tuple(sorted(draw(st.lists(st.integers(0, 50_000), max_size=4)))),
        min_energy_first=draw(st.sampled_from([0, 0, 0, 3_000])),
        price_limit=draw(st.none() | st.decimals(-1, 3, places=2)),
        continuous=draw(st.booleans()),
        preheat=timedelta(minutes=draw(st.sampled_from([0, 0, 10, 30]))),
        prefer_late=draw(st.booleans()),
        start_penalty=draw(st.sampled_from([Decimal(0), Decimal("0.05"), Decimal(1)])),
        charging=draw(st.booleans()),
    )


@st.composite
def rooms(draw: st.DrawFn) -> Headroom:
    powers = draw(st.lists(st.floats(-1_000, 30_000), max_size=12))
    budgets = draw(st.lists(st.integers(-100, 15_000), max_size=12))
    return Headroom(
        periods=tuple(HeadroomPeriod(at(i), at(i + 1), each) for i, each in enumerate(powers)),
        hours=tuple(HourAllowance(at(i), each) for i, each in enumerate(budgets)),
        budget_yields=draw(st.booleans()),
    )


def check(plan: Plan, need: CarNeed, room: Headroom) -> None:
    """Assert what every plan must be in itself."""
    before = NOW
    for slot in plan.slots:
        assert before <= slot.start < slot.end
        before = slot.end
        assert 0 < slot.current <= need.max_current
        assert slot.current >= need.min_current - 0.05
        assert slot.energy >= 0
        if not need.likely:
            hours = (slot.end - slot.start) / HOUR
            most = slot.current * need.watts_per_ampere * hours
            # The current is told with one decimal, and times to the second.
            slack = (
                0.06 * need.watts_per_ampere * hours
                + need.max_current * need.watts_per_ampere / 900
            )
            assert abs(slot.energy - most) <= slack + 2
    if need.energy is not None and not need.likely:
        assert plan.energy + plan.missing == need.energy
    for period in room.periods:
        if period.power <= 0:
            assert taken([plan], [need], period.start, period.end) < 30
    if need.ready_by is not None and need.ready_by > NOW and not plan.late_by:
        assert all(slot.end <= need.ready_by for slot in plan.slots)
    known = [slot.cost for slot in plan.slots if slot.cost is not None]
    assert plan.cost == (sum(known, Decimal()) if known else None)
    assert plan.starts == len(plan.runs)


@QUICK
@given(needs(), PRICES, rooms())
def test_every_plan_is_sound(
    need: CarNeed, prices: tuple[PricedPeriod, ...], room: Headroom
) -> None:
    plan = plan_one(need, prices, NOW, room)
    check(plan, need, room)
    assert plan == plan_one(need, prices, NOW, room)


@QUICK
@given(needs("a"), needs("b"), needs("c"), PRICES, rooms())
def test_plans_of_several_cars_are_sound(
    a: CarNeed, b: CarNeed, c: CarNeed, prices: tuple[PricedPeriod, ...], room: Headroom
) -> None:
    cars = [replace(each, likely=()) for each in (a, b, c)]
    plans = plan_joint(cars, prices, NOW, room)
    for plan, car in zip(plans, cars, strict=True):
        check(plan, car, room)
    for period in room.periods:
        used = taken(plans, cars, period.start, period.end)
        assert used <= max(0.0, period.power) * 1.02 + 150


@QUICK
@given(needs(), PRICES, rooms())
def test_hour_budget_that_does_not_yield_is_kept(
    need: CarNeed, prices: tuple[PricedPeriod, ...], room: Headroom
) -> None:
    need = replace(need, min_energy_first=0)
    room = replace(room, budget_yields=False)
    plan = plan_one(need, prices, NOW, room)
    assert not plan.over_budget
    for hour in room.hours:
        used = taken([plan], [need], hour.start, hour.start + HOUR)
        assert used <= max(0, hour.energy) * 1.02 + 150


@QUICK
@given(needs(), PRICES)
def test_enough_power_is_never_late(need: CarNeed, prices: tuple[PricedPeriod, ...]) -> None:
    plan = plan_one(need, prices, NOW)
    power = need.max_current * need.watts_per_ampere
    if need.energy and need.ready_by and (need.ready_by - NOW) / HOUR * power > need.energy + 10:
        assert not plan.late_by and not plan.missing
        assert plan.ready_at is not None and plan.ready_at <= need.ready_by


@QUICK
@given(st.integers(1, 40_000), PRICES, st.integers(0, 39))
def test_dearer_prices_never_make_a_plan_cheaper(
    energy: int, prices: tuple[PricedPeriod, ...], index: int
) -> None:
    need = CarNeed(
        car="a", energy=energy, watts_per_ampere=690.0, max_current=16.0, start_penalty=Decimal(0)
    )
    if index >= len(prices):
        return
    dearer = list(prices)
    dearer[index] = replace(prices[index], price=prices[index].price + 1)
    one, other = plan_one(need, prices, NOW), plan_one(need, tuple(dearer), NOW)
    assert one.cost is not None and other.cost is not None
    # Crumbs are avoided, which costs a little here or there.
    assert float(other.cost) >= float(one.cost) - 0.02 * abs(float(one.cost)) - 0.5


@QUICK
@given(needs(), PRICES, st.integers(0, 20), st.integers(0, 20))
def test_what_is_said_for_once_is_kept(
    need: CarNeed, prices: tuple[PricedPeriod, ...], forced: int, skipped: int
) -> None:
    said = Overrides(charge_until=NOW + forced * QUARTER, skip_until=NOW + skipped * QUARTER)
    plan = plan_one(need, prices, NOW, overrides=said)
    for slot in plan.slots:
        assert slot.end <= NOW + forced * QUARTER or slot.start >= NOW + skipped * QUARTER
    if forced:
        assert plan.runs[0].start == NOW and plan.runs[0].end >= NOW + forced * QUARTER
