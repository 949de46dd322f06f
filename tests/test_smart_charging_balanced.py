"""Smart charging beside load balancing: who waits for its price, and what an hour may take."""

from decimal import Decimal

import pytest
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.zmartcharge.balance import ReasonKey
from custom_components.zmartcharge.price import CapacityStep, CapacityTariff, Grid
from simulator import SimulatedChargePoint

from .balanced import Balanced
from .house import House, charger_subentry, metered_site
from .priced import Priced, contract, price_data

FEE = "sensor.home_capacity_fee"


@pytest.fixture
async def priced(house: House, mqtt_mock: MqttMockHAClient) -> Priced:
    """Return a metered home with prices and a capacity fee, where somebody plans and balances."""
    steps = [(0, 100), (2, 200), (5, 300), (10, 500)]
    fee = CapacityTariff(
        steps=tuple(CapacityStep(Decimal(kw), Decimal(amount)) for kw, amount in steps)
    )
    home = Priced(house)
    home.prices(cheap=(6, 7))
    data = price_data(contract(grid=Grid(capacity=fee)))
    await house.set_up(metered_site(price=data, main_fuse=25), charger_subentry(circuit_fuse=16))
    home.answer()
    await home.settle()
    return home


async def _begin(priced: Priced) -> tuple[Balanced, SimulatedChargePoint]:
    balanced = Balanced(priced.house, load=[2.0, 2.0, 2.0])
    balanced.answer()
    await balanced.read()
    charge_point = await priced.connect()
    balanced.charge_points = (charge_point,)
    await priced.ready_by(9)
    return balanced, charge_point


async def test_car_waits_for_its_price_and_is_balanced_then(priced: Priced) -> None:
    balanced, charge_point = await _begin(priced)
    await priced.plug_in(charge_point)
    await priced.house.connector.start()
    await balanced.live(200)
    assert balanced.drawn(charge_point)[0] == 0
    connector = priced.house.connector
    assert connector.allocation_reason is not None
    assert connector.allocation_reason.key is ReasonKey.PLAN
    assert (
        priced.house.state("sensor.garage_reason_for_the_current")
        == "Waits for its time in the plan"
    )
    priced.prices(cheap=(0, 1))
    await priced.settle()
    await balanced.live(90)
    assert balanced.drawn(charge_point)[0] == 16
    balanced.load = [2.0, 15.0, 2.0]
    await balanced.live(20)
    assert balanced.drawn(charge_point)[0] == 10


async def test_hour_takes_no_more_than_the_step_allows(priced: Priced) -> None:
    balanced, charge_point = await _begin(priced)
    house = priced.house
    device = house.device("home")
    assert device is not None
    answer = await house.hass.services.async_call(
        "zmartcharge",
        "keep_capacity_step",
        {"device_id": device.id, "power": 4},
        blocking=True,
        return_response=True,
    )
    assert answer == {
        "site": "Home",
        "step": 1,
        "kept_step": 2,
        "hour_limit": 4.99,
        "next_step_cost": 100,
        "currency": "NOK",
    }
    priced.prices(cheap=(0, 1))
    await priced.settle()
    await priced.plug_in(charge_point)
    await balanced.live(300)
    plan = house.connector.smart.plan
    assert plan is not None
    # The house takes 1.4 kW of the hour's 4.99 kWh.
    assert sum(slot.energy for slot in plan.slots if slot.start < priced.hour(1)) < 3800
    used = house.site.hour_used
    assert used is not None
    assert used < 4990 / 12 * 1.4


async def test_car_that_must_be_ready_goes_before_the_step(priced: Priced) -> None:
    balanced, charge_point = await _begin(priced)
    priced.house.site.capacity.keep(1)
    await priced.ready_by(1)
    await priced.plug_in(charge_point)
    await balanced.live(90)
    limit = priced.house.site.planning.hour_limit(priced.hour(0.02))
    assert limit is not None
    # As much as the car needs to be ready, and not whatever it could take.
    assert 11_000 < limit < 16_000
    assert balanced.drawn(charge_point)[0] == 16


async def test_step_is_kept_over_a_restart(priced: Priced) -> None:
    await _begin(priced)
    priced.house.site.capacity.keep(1)
    await priced.house.hass.config_entries.async_reload("hub")
    assert priced.house.site.capacity.kept_step == 1


async def test_fee_is_shown_with_its_step(priced: Priced) -> None:
    await _begin(priced)
    assert priced.house.number(FEE) == 100
    attributes = priced.house.full_state(FEE).attributes
    assert (attributes["step"], attributes["next_step_cost"]) == (1, 100)
    assert attributes["kept_step"] is None
    priced.house.site.capacity.keep(1)
    assert priced.house.number("sensor.home_highest_energy_in_an_hour") == 4.99
    priced.house.site.capacity.keep(None)
    assert not priced.house.available("sensor.home_highest_energy_in_an_hour")


async def test_guard_begins_earlier_where_the_house_takes_much(
    house: House, mqtt_mock: MqttMockHAClient
) -> None:
    home = Priced(house)
    home.prices(cheap=(6, 7))
    site = metered_site(price=price_data(), main_fuse=25)
    await house.set_up(site, charger_subentry(circuit_fuse=16))
    await home.settle()
    balanced = Balanced(house, load=[15.0, 15.0, 15.0])
    balanced.answer()
    await balanced.read()
    charge_point = await home.connect()
    balanced.charge_points = (charge_point,)
    await home.ready_by(3)
    house.connector.smart.choose_energy(15_000)
    await home.plug_in(charge_point)
    await balanced.live(30)
    verdict = house.connector.smart.verdict
    # 10 A are left for the car: 6.9 kW need 2 h 10 min, 11 kW would need 1 h 20 min.
    assert verdict is not None
    assert verdict.until is not None
    assert verdict.until < home.hour(0.9)
