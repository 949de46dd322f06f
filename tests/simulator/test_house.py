"""What the fuse box and the meter of a home see."""

from datetime import UTC, datetime, timedelta
from math import sqrt

from hypothesis import given, strategies as st
import pytest

from simulator import Appliance, Car, Evse, GridType, House

START = datetime(2026, 1, 15, 12, tzinfo=UTC)


def bare(grid: GridType, *appliances: Appliance) -> House:
    return House(grid=grid, base_w=(0, 0, 0), appliances=appliances, constant=True)


def test_a_switched_appliance_is_on_its_lines_at_the_next_step() -> None:
    house = bare(
        GridType.TN_400,
        Appliance(name="sauna", watts=6900, wiring="L1-L2-L3"),
        Appliance(name="water_heater", watts=2300, wiring="L2-N"),
    )
    house.step(START, 1)
    assert house.currents == (0, 0, 0)
    house.switch("sauna", True)
    house.switch("water_heater", True)
    house.step(START + timedelta(seconds=1), 1)
    assert house.currents == pytest.approx((10, 20, 10))
    assert house.power_w == pytest.approx(9200)
    house.switch("sauna", False)
    house.step(START + timedelta(seconds=2), 1)
    assert house.currents == pytest.approx((0, 10, 0))


def test_an_appliance_between_two_lines_in_an_it_system_loads_both() -> None:
    house = bare(GridType.IT_230, Appliance(name="hob", watts=2300, wiring="L2-L3", on=True))
    house.step(START, 1)
    assert house.currents == pytest.approx((0, 10, 10))


def test_a_charger_adds_to_the_lines() -> None:
    evse = Evse(grid=GridType.IT_230)
    evse.plug_in(Car(ramp_s=0))
    evse.start_transaction(START)
    house = bare(GridType.IT_230)
    evse.step(START, 1)
    house.step(START, 1, [evse])
    assert house.currents == pytest.approx((16, 16, 16 * sqrt(3)))
    assert house.power_w == pytest.approx(16 * 460)


def test_energy_is_counted_and_production_is_exported() -> None:
    house = bare(
        GridType.TN_400,
        Appliance(name="heater", watts=1000, wiring="L1-N", on=True),
        Appliance(name="solar", watts=-3000, wiring="L1-L2-L3"),
    )
    house.step(START, 3600)
    house.switch("solar", True)
    house.step(START, 1800)
    assert (house.import_wh, house.export_wh) == pytest.approx((1000, 1000))


def test_the_same_seed_gives_the_same_house_whatever_the_steps() -> None:
    houses = [House(seed=7), House(seed=7), House(seed=8)]
    for second in range(0, 3600, 10):
        houses[0].step(START + timedelta(seconds=second), 10)
        houses[2].step(START + timedelta(seconds=second), 10)
    houses[1].step(START + timedelta(seconds=3590), 3600)
    assert houses[0].currents == houses[1].currents
    assert houses[0].currents != houses[2].currents


def test_the_base_load_averages_to_what_was_asked_for() -> None:
    house = House(seed=1, base_w=(300, 300, 300), appliances=())
    for minute in range(1440):
        house.step(START + timedelta(minutes=minute), 60)
    assert house.import_wh == pytest.approx(24 * 900, rel=0.1)


def test_voltages_sink_under_load() -> None:
    house = bare(GridType.TN_400, Appliance(name="heater", watts=4600, wiring="L1-N", on=True))
    house.step(START, 1)
    assert house.voltages == pytest.approx((229, 230, 230))


def test_a_single_phase_house_has_one_of_everything() -> None:
    house = House(grid=GridType.SINGLE_PHASE, base_w=(500,))
    house.step(START, 1)
    assert house.currents[1:] == (0, 0)
    assert len(house.voltages) == 1


@given(st.lists(st.sampled_from(["sauna", "water_heater", "hob"]), max_size=8))
def test_more_appliances_never_mean_less_power(names: list[str]) -> None:
    house = House(constant=True)
    house.step(START, 1)
    before = house.power_w
    for name in names:
        house.switch(name, True)
        house.step(START, 1)
        assert house.power_w >= before
        before = house.power_w


def test_an_unknown_appliance_two_of_a_name_and_missing_loads_are_refused() -> None:
    with pytest.raises(KeyError):
        House().switch("jacuzzi", True)
    twin = Appliance(name="hob", watts=1, wiring="L1-N")
    with pytest.raises(ValueError, match="same name"):
        House(appliances=[twin, twin])
    with pytest.raises(ValueError, match="base_w"):
        House(base_w=(1,))
    with pytest.raises(ValueError, match="neutral"):
        House(grid=GridType.IT_230, appliances=[twin])
