"""The current of L2 in a net without neutral, against phasors of loads that are known."""

from cmath import rect
from dataclasses import dataclass
from math import acos, pi

from hypothesis import given, strategies as st
import pytest

from ams2mqtt_bridge.config import Grid
from ams2mqtt_bridge.decoders import decode
from ams2mqtt_bridge.estimate import estimate_current_l2
from ams2mqtt_bridge.meter_list import Manufacturer, MeterList
from custom_components.zmartcharge.meter.estimate import Estimate, estimate_l2
from custom_components.zmartcharge.units import Phase
from tests.ams2mqtt_bridge.helpers import octets

U12, U23, U31 = (rect(230, angle) for angle in (0, -2 * pi / 3, 2 * pi / 3))
VOLTAGES = {Phase.L1: 230.0, Phase.L2: 230.0, Phase.L3: 230.0}


@dataclass(frozen=True)
class House:
    """What flows in three lines, with a load between each two of them."""

    i1: complex
    i2: complex
    i3: complex

    @property
    def power(self) -> complex:
        return U12 * self.i1.conjugate() - U23 * self.i3.conjugate()

    def estimate(self) -> Estimate:
        estimate = estimate_l2(
            {Phase.L1: abs(self.i1), Phase.L3: abs(self.i3)},
            VOLTAGES,
            self.power.real,
            self.power.imag,
        )
        assert estimate is not None
        return estimate


def house(amperes: tuple[float, float, float], factors: tuple[float, float, float]) -> House:
    """Return a house with loads on 1-2, 2-3 and 3-1 of these currents and power factors."""
    first, second, third = (
        rect(current, angle - acos(factor))
        for current, angle, factor in zip(
            amperes, (0, -2 * pi / 3, 2 * pi / 3), factors, strict=True
        )
    )
    return House(first - third, second - first, third - second)


currents = st.floats(0, 60)
factors = st.floats(0.7, 1)


@given(st.tuples(currents, currents, currents), factors)
def test_loads_of_one_power_factor_are_found_exactly(
    amperes: tuple[float, float, float], factor: float
) -> None:
    true = house(amperes, (factor, factor, factor))
    estimate = true.estimate()
    # The root of a small number has half of its digits.
    assert estimate.current == pytest.approx(abs(true.i2), abs=1e-3)


@given(st.tuples(currents, currents, currents), st.tuples(factors, factors, factors))
def test_any_load_is_one_of_two_solutions_within_the_strict_bound(
    amperes: tuple[float, float, float], power_factors: tuple[float, float, float]
) -> None:
    true = house(amperes, power_factors)
    bound = abs(true.i1) + abs(true.i3)
    estimate = true.estimate()
    assert 0 <= estimate.current <= bound + 1e-9
    assert estimate.margin >= 0
    assert estimate.current + estimate.margin <= bound + 1e-9
    # The smaller of both: it may be too low, never too high.
    assert estimate.current <= abs(true.i2) + 1e-3


@given(
    *(st.floats(-500, 500) for _ in range(2)),
    st.dictionaries(st.sampled_from(list(Phase)), st.floats(-1000, 1000)),
    st.none() | st.floats(-1e7, 1e7),
    st.none() | st.floats(-1e7, 1e7),
)
def test_no_values_make_it_raise_or_exceed_the_bound(
    one: float,
    three: float,
    voltages: dict[Phase, float],
    power: float | None,
    reactive: float | None,
) -> None:
    estimate = estimate_l2({Phase.L1: one, Phase.L3: three}, voltages, power, reactive)
    assert estimate is not None
    bound = abs(one) + abs(three)
    assert 0 <= estimate.current <= bound + 1e-6
    assert 0 <= estimate.margin <= bound + 1e-6


@given(
    st.tuples(*(st.floats(0, 32) for _ in range(3))),
    st.floats(0.9, 1),
)
def test_loads_of_one_power_factor_are_covered_by_the_margin(
    amperes: tuple[float, float, float], power_factor: float
) -> None:
    true = house(amperes, (power_factor,) * 3)
    estimate = true.estimate()
    assert abs(true.i2) <= estimate.current + estimate.margin + 0.05


def test_values_that_fit_no_net_leave_the_strict_bound_alone() -> None:
    known = {Phase.L1: 10.0, Phase.L3: 10.0}
    estimate = estimate_l2(known, VOLTAGES, 20_000, 0)
    assert estimate is not None
    assert estimate.current + estimate.margin == pytest.approx(20)


@pytest.mark.parametrize("known", [{}, {Phase.L1: 4.0}, {Phase.L3: 4.0}, {Phase.L2: 4.0}])
def test_nothing_is_made_up_where_a_line_is_unknown(known: dict[Phase, float]) -> None:
    assert estimate_l2(known, VOLTAGES, 1000, 0) is None


def test_without_the_power_only_the_bound_is_certain() -> None:
    known = {Phase.L1: 4.0, Phase.L3: -3.0}
    assert estimate_l2(known, VOLTAGES, None, None) == Estimate(7.0, 0.0)


@pytest.mark.parametrize(("one", "three"), [(4.0, 0.0), (0.0, 4.0), (0.0, 0.0)])
def test_what_flows_in_one_line_alone_comes_back_in_l2(one: float, three: float) -> None:
    known = {Phase.L1: one, Phase.L3: three}
    assert estimate_l2(known, VOLTAGES, 920, 0) == Estimate(one + three, 0.0)


def test_without_the_reactive_power_the_margin_is_wider() -> None:
    known = {Phase.L1: 10.0, Phase.L3: 10.0}
    with_it = estimate_l2(known, VOLTAGES, 3984, 0)
    without = estimate_l2(known, VOLTAGES, 3984, None)
    assert with_it is not None and without is not None
    assert (with_it.margin, without.margin) == (pytest.approx(2.4), pytest.approx(6))
    assert with_it.current == pytest.approx(10, abs=0.01)


@given(
    st.integers(1, 630),
    st.integers(1, 630),
    st.integers(0, 40_000),
    st.integers(0, 9_000),
    st.tuples(*(st.integers(2100, 2500) for _ in range(3))),
)
def test_the_bridge_comes_to_the_same(
    one: int, three: int, watts: int, reactive: int, decivolts: tuple[int, int, int]
) -> None:
    u1, u2, u3 = (value / 10 for value in decivolts)
    meter_list = MeterList(
        manufacturer=Manufacturer.AIDON,
        power_import=watts,
        power_export=0,
        reactive_power_import=reactive,
        reactive_power_export=0,
        current_l1=one / 10,
        current_l3=three / 10,
        voltage_l1=u1,
        voltage_l2=u2,
        voltage_l3=u3,
    )
    theirs = estimate_current_l2(meter_list, Grid.IT)
    ours = estimate_l2(
        {Phase.L1: one / 10, Phase.L3: three / 10},
        {Phase.L1: u1, Phase.L2: u2, Phase.L3: u3},
        watts,
        reactive,
    )
    assert theirs is not None and ours is not None
    assert ours.current == pytest.approx(theirs.value, abs=0.0051)
    assert ours.current + ours.margin <= theirs.maximum + 0.001


def test_the_bridge_comes_to_the_same_of_a_recorded_frame() -> None:
    meter_list = decode(octets("aidon-IT-llcpdu-amshan-no_list_2"))
    assert isinstance(meter_list, MeterList)
    theirs = estimate_current_l2(meter_list, Grid.AUTO)
    assert theirs is not None
    assert meter_list.current_l1 is not None and meter_list.current_l3 is not None
    assert meter_list.power_import is not None
    voltages = {phase: getattr(meter_list, f"voltage_{phase}") for phase in Phase}
    ours = estimate_l2(
        {Phase.L1: meter_list.current_l1, Phase.L3: meter_list.current_l3},
        voltages,
        meter_list.power_import - (meter_list.power_export or 0),
        (meter_list.reactive_power_import or 0) - (meter_list.reactive_power_export or 0),
    )
    assert ours is not None
    assert ours.current == pytest.approx(theirs.value, abs=0.0051)
