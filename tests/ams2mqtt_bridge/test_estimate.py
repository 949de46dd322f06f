from cmath import exp, pi
from dataclasses import replace

from hypothesis import given, strategies as st
import pytest

from ams2mqtt_bridge.config import Grid
from ams2mqtt_bridge.estimate import estimate_current_l2, without_unmeasured
from ams2mqtt_bridge.meter_list import Manufacturer, MeterList
from ams2mqtt_bridge.pipeline import Pipeline

from .helpers import octets

AIDON = MeterList(
    manufacturer=Manufacturer.AIDON,
    power_import=280,
    power_export=0,
    reactive_power_import=0,
    reactive_power_export=128,
    current_l1=1.3,
    current_l3=0.9,
    voltage_l1=227.4,
    voltage_l2=230.1,
    voltage_l3=230.8,
)


def decoded(name: str) -> MeterList:
    (found,) = Pipeline().feed(octets(name))
    return found


def aron_list(
    loads: tuple[complex, complex, complex], volts: float = 230.0
) -> tuple[MeterList, float]:
    """Return what an exact two-element meter says of admittances 1-2, 2-3 and 3-1, and the true I2."""
    v1, v2, v3 = (volts / 3**0.5 * exp(1j * angle) for angle in (0, -2 * pi / 3, 2 * pi / 3))
    u12, u23, u31 = v1 - v2, v2 - v3, v3 - v1
    i12, i23, i31 = (u * y for u, y in zip((u12, u23, u31), loads, strict=True))
    i1, i2, i3 = i12 - i31, i23 - i12, i31 - i23
    power = u12 * i1.conjugate() - u23 * i3.conjugate()
    found = MeterList(
        manufacturer=Manufacturer.AIDON,
        power_import=max(0, round(power.real)),
        power_export=max(0, round(-power.real)),
        reactive_power_import=max(0, round(power.imag)),
        reactive_power_export=max(0, round(-power.imag)),
        current_l1=abs(i1),
        current_l3=abs(i3),
        voltage_l1=volts,
        voltage_l2=volts,
        voltage_l3=volts,
    )
    return found, abs(i2)


@pytest.mark.parametrize(
    "name", ["mit-kaifa-IT-hdlc-amshan-no_list_2", "mit-kaifa-IT-hdlc-amshan-no_list_3"]
)
def test_of_a_meter_that_measures_i2_the_estimate_is_near_it_and_not_above(name: str) -> None:
    found = decoded(name)
    measured = found.current_l2
    assert measured is not None
    estimate = estimate_current_l2(replace(found, current_l2=None), Grid.IT)
    assert estimate is not None
    assert not estimate.clamped
    assert -0.85 <= estimate.value - measured <= -0.01
    assert measured <= estimate.maximum


@pytest.mark.parametrize("grid", [Grid.AUTO, Grid.IT])
def test_a_list_without_i2_is_of_an_it_net_and_gets_an_estimate(grid: Grid) -> None:
    estimate = estimate_current_l2(decoded("mit-aidon-IT-hdlc-amshan-no_list_2"), grid)
    assert estimate is not None
    assert estimate.value == pytest.approx(0.47, abs=0.01)
    assert estimate.maximum == pytest.approx(2.2)


@pytest.mark.parametrize(
    ("found", "grid"),
    [
        (AIDON, Grid.TN),
        (replace(AIDON, current_l2=0.0), Grid.AUTO),
        (replace(AIDON, current_l2=4.0), Grid.IT),
        (replace(AIDON, current_l3=None), Grid.AUTO),
        (replace(AIDON, voltage_l3=None), Grid.AUTO),
        (replace(AIDON, voltage_l1=0.0), Grid.AUTO),
        (replace(AIDON, power_import=None), Grid.AUTO),
        (replace(AIDON, reactive_power_import=None), Grid.AUTO),
        (MeterList(manufacturer=Manufacturer.AIDON, power_import=280), Grid.IT),
    ],
)
def test_what_is_measured_or_cannot_be_known_is_not_estimated(found: MeterList, grid: Grid) -> None:
    assert estimate_current_l2(found, grid) is None


def test_zero_is_unknown_in_an_it_net_where_another_line_carries_a_current() -> None:
    found = replace(AIDON, current_l2=0.0)
    assert without_unmeasured(found, Grid.IT).current_l2 is None
    assert without_unmeasured(found, Grid.AUTO) is found
    assert without_unmeasured(found, Grid.TN) is found
    idle = replace(found, current_l1=0.0, current_l3=0.0)
    assert without_unmeasured(idle, Grid.IT) is idle


def test_nothing_flowing_is_zero_and_one_line_alone_returns_in_line_2() -> None:
    idle = estimate_current_l2(
        replace(AIDON, current_l1=0.0, current_l3=0.0, power_import=0, reactive_power_export=0),
        Grid.IT,
    )
    assert idle is not None
    assert (idle.value, idle.maximum) == (0, 0)
    alone = estimate_current_l2(replace(AIDON, current_l3=0.0), Grid.IT)
    assert alone is not None
    assert (alone.value, alone.maximum) == (1.3, 1.3)


@pytest.mark.parametrize("watts", [0, 5000])
def test_values_that_do_not_fit_together_give_the_nearest_that_do_and_are_marked(
    watts: int,
) -> None:
    found = replace(AIDON, current_l1=3.0, power_import=watts, reactive_power_export=0)
    estimate = estimate_current_l2(found, Grid.IT)
    assert estimate is not None
    assert estimate.clamped
    assert 0 <= estimate.value <= estimate.maximum


def test_voltages_that_make_no_triangle_count_as_symmetrical() -> None:
    expected = estimate_current_l2(replace(AIDON, voltage_l2=None), Grid.IT)
    for impossible in (0.0, 9000.0, float("nan")):
        assert estimate_current_l2(replace(AIDON, voltage_l2=impossible), Grid.IT) == expected


conductance = st.floats(0.0, 0.1)
# Loads of a household are inductive, up to a power factor of 0.5, and a few are capacitive.
admittance = st.builds(lambda g, part: complex(g, -g * part), conductance, st.floats(-0.3, 1.7))


@given(loads=st.tuples(conductance, conductance, conductance), part=st.floats(-0.3, 1.7))
def test_loads_of_one_power_factor_are_estimated_exactly_however_unbalanced(
    loads: tuple[float, float, float], part: float
) -> None:
    angle = complex(1, -part)
    found, true = aron_list((loads[0] * angle, loads[1] * angle, loads[2] * angle))
    estimate = estimate_current_l2(found, Grid.IT)
    assert estimate is not None
    # Power comes in whole W and var, which matters most for small and for antiparallel currents.
    assert estimate.value == pytest.approx(true, abs=0.15 + 0.01 * estimate.maximum)


@given(loads=st.tuples(admittance, admittance, admittance), exported=st.booleans())
def test_whatever_the_loads_the_estimate_is_not_high_and_the_bound_holds(
    loads: tuple[complex, complex, complex], exported: bool
) -> None:
    sign = -1 if exported else 1
    found, true = aron_list((sign * loads[0], sign * loads[1], sign * loads[2]))
    estimate = estimate_current_l2(found, Grid.IT)
    assert estimate is not None
    assert estimate.value <= true + 0.15 + 0.01 * estimate.maximum
    assert true <= estimate.maximum + 0.001


@given(
    st.builds(
        lambda p, po, q, qo, i1, i3, u1, u2, u3: replace(
            AIDON,
            power_import=p,
            power_export=po,
            reactive_power_import=q,
            reactive_power_export=qo,
            current_l1=i1,
            current_l3=i3,
            voltage_l1=u1,
            voltage_l2=u2,
            voltage_l3=u3,
        ),
        *[st.integers(0, 2**32)] * 4,
        *[st.floats(0, 7e4)] * 2,
        *[st.one_of(st.floats(0, 7e4), st.none())] * 3,
    )
)
def test_nonsense_never_raises_and_never_exceeds_the_bound(found: MeterList) -> None:
    estimate = estimate_current_l2(found, Grid.AUTO)
    if estimate is not None:
        assert 0 <= estimate.value <= estimate.maximum + 0.01
