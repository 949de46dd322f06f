"""Smart charging in Home Assistant: when a car charges, and what its owner is told."""

import pytest

from custom_components.zmartcharge.plan import ReplanReason, VerdictReason

from .house import House, charger_subentry
from .priced import Priced, patient_fixture, priced_site  # noqa: F401

pytestmark = pytest.mark.usefixtures("patient")


@pytest.fixture
async def home(house: House) -> Priced:
    """Return a home with prices and a charger of 16 A, where somebody plans."""
    priced = Priced(house)
    priced.prices(cheap=(6, 7))
    await house.set_up(priced_site(), charger_subentry(circuit_fuse=16))
    priced.answer()
    await priced.connect()
    await priced.ready_by(9)
    return priced


@pytest.fixture
async def unplanned(house: House) -> Priced:
    """Return such a home where nobody plans."""
    priced = Priced(house)
    priced.prices(cheap=(6, 7))
    await house.set_up(priced_site(), charger_subentry(circuit_fuse=16))
    await priced.connect()
    await priced.ready_by(9)
    return priced


async def test_car_waits_for_the_cheapest_hours_and_charges_then(home: Priced) -> None:
    charge_point = home.charge_points[0]
    await home.plug_in(charge_point)
    await home.live(5)
    smart = home.house.connector.smart
    assert smart.plan is not None
    assert home.drawn(charge_point) == 0
    assert home.house.state("sensor.garage_status") == "waiting"
    assert home.house.full_state("sensor.garage_status").attributes["reason"] == "price"
    assert smart.plan.slots[0].start == home.hour(6)
    await home.live(6 * 60 - 10, step=300)
    assert home.drawn(charge_point) == 0
    await home.live(20)
    assert home.drawn(charge_point) == 16
    assert home.house.state("sensor.garage_status") == "charging"


async def test_charge_full_now_starts_at_once(home: Priced) -> None:
    charge_point = home.charge_points[0]
    await home.plug_in(charge_point)
    await home.live(2)
    assert home.drawn(charge_point) == 0
    await home.house.act(
        "select", "select_option", "select.garage_charging_mode", option="full_now"
    )
    await home.live(1)
    assert home.house.state("switch.garage_smart_charging") == "off"
    assert home.house.state("sensor.garage_status") == "preparing"
    await home.house.connector.start()
    await home.live(1)
    assert home.drawn(charge_point) == 16


async def test_session_that_somebody_starts_waits_too(home: Priced) -> None:
    charge_point = home.charge_points[0]
    await home.plug_in(charge_point)
    await home.house.connector.start()
    await home.live(2)
    assert home.house.connector.in_session
    assert home.drawn(charge_point) == 0
    assert home.house.state("sensor.garage_status") == "waiting"
    await home.house.act("switch", "turn_off", "switch.garage_smart_charging")
    await home.live(1)
    assert home.drawn(charge_point) == 16


async def test_guard_starts_at_the_latest_moment_when_nobody_plans(unplanned: Priced) -> None:
    charge_point = unplanned.charge_points[0]
    await unplanned.plug_in(charge_point)
    await unplanned.live(6)
    smart = unplanned.house.connector.smart
    assert smart.plan is None
    assert smart.verdict is not None
    assert smart.verdict.reason is VerdictReason.UNPLANNED
    latest = smart.verdict.until
    assert latest is not None
    # 15 kWh at 11 kW take less than an hour and a half, and a little more is kept.
    assert unplanned.hour(7.2) < latest < unplanned.hour(7.6)
    await unplanned.live((latest - unplanned.hour(0)).total_seconds() / 60 - 10, step=300)
    assert unplanned.drawn(charge_point) == 0
    await unplanned.live(10)
    assert unplanned.drawn(charge_point) == 16
    assert unplanned.house.issue("planning_unanswered_garage") is not None


async def test_car_is_not_stopped_at_the_time_to_be_ready_when_it_lacks_energy(
    home: Priced,
) -> None:
    charge_point = home.charge_points[0]
    await home.house.act("number", "set_value", "number.garage_energy_per_session", value=60)
    await home.plug_in(charge_point, battery_kwh=80.0, soc=10.0)
    await home.live(2)
    # 60 kWh in nine hours at 11 kW: it takes 5.5 h, so not all of them are cheap.
    await home.live(9 * 60 - 4, step=300)
    assert home.house.connector.in_session


async def test_new_prices_are_planned_for(home: Priced) -> None:
    await home.plug_in(home.charge_points[0])
    await home.live(1)
    home.prices(cheap=(3, 4))
    await home.live(1)
    assert ReplanReason.PRICES in home.needs
    plan = home.house.connector.smart.plan
    assert plan is not None
    assert plan.slots[0].start == home.hour(3)
