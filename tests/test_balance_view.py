"""What load balancing sees: shared fuses, priorities, budgets, chargers that are away or take no limit."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.zmartcharge.balance_view import BalanceOptions, WithoutMeter
from custom_components.zmartcharge.fail_safe import Grade
from simulator import SimulatedChargePoint

from .balanced import Balanced
from .house import House, car, charger_subentry, metered_site, prompt_evse, wait_until


@pytest.fixture
async def home(house: House, mqtt_mock: MqttMockHAClient) -> Balanced:
    """Return a home that is still to be set up."""
    return Balanced(house)


async def _set_up(home: Balanced, *chargers: Any, main_fuse: int = 50) -> None:
    await home.house.set_up(metered_site(main_fuse=main_fuse), *chargers)
    await home.read()


async def _charge(
    home: Balanced, subentry_id: str, identity: str, connector_id: int = 1, **settings: Any
) -> SimulatedChargePoint:
    house = home.house
    charge_point = next((c for c in house.charge_points if c.identity == identity), None)
    if charge_point is None:
        charge_point = await house.connect(identity, **settings)
        home.charge_points = (*home.charge_points, charge_point)
    connector = house.hub.chargers[subentry_id].connectors[connector_id]
    await charge_point.plug_in(car(), connector_id)
    await house.settled(charge_point)
    await connector.start()
    await wait_until(lambda: connector.in_session)
    await house.settled(charge_point)
    return charge_point


def _second(**changes: Any) -> Any:
    return charger_subentry("drive", "Drive", **{"charge_point_id": "CP2", **changes})


async def test_chargers_on_one_shared_fuse_take_no_more_than_it_carries(home: Balanced) -> None:
    await _set_up(
        home, charger_subentry(circuit="Garage"), _second(circuit=" garage", circuit_fuse=16)
    )
    home.answer()
    one = await _charge(home, "garage", "CP1")
    two = await _charge(home, "drive", "CP2")
    await home.live(120)
    assert home.drawn(one)[0] + home.drawn(two)[0] == pytest.approx(16)
    reason = home.house.connector.allocation_reason
    assert reason is not None
    assert (reason.key, reason.placeholders["circuit"]) == ("circuit_full", "Garage")


async def test_connectors_of_one_charger_share_its_fuse(home: Balanced) -> None:
    await _set_up(home, charger_subentry(connectors=2))
    home.answer()
    charge_point = await _charge(home, "garage", "CP1", evse=prompt_evse(connectors=2))
    await _charge(home, "garage", "CP1", 2)
    await home.live(120)
    drawn = [home.drawn(charge_point, n)[0] for n in (1, 2)]
    assert drawn == [pytest.approx(10), pytest.approx(10)]


async def test_first_of_the_priorities_gets_all_that_it_can_use(home: Balanced) -> None:
    chargers = charger_subentry(circuit_fuse=16), _second(circuit_fuse=16)
    await _set_up(home, *chargers, main_fuse=32)
    home.answer(BalanceOptions(priorities=("drive", "gone")))
    one = await _charge(home, "garage", "CP1")
    two = await _charge(home, "drive", "CP2")
    await home.live(180)
    assert home.drawn(two)[0] == pytest.approx(16)
    assert home.drawn(one)[0] == pytest.approx(11)


async def test_limit_of_the_hour_is_kept(home: Balanced) -> None:
    await _set_up(home, charger_subentry())
    home.answer(BalanceOptions(hour_limit=6000))
    one = await _charge(home, "garage", "CP1")
    await home.live(120)
    # 6 kWh in the hour, of which the house takes 3.45: some 2.5 kW for three phases are too little.
    assert home.drawn(one)[0] == 0
    assert home.house.site.balancing.budget_left is not None
    assert 5000 < home.house.site.balancing.budget_left < 6000


async def test_power_of_the_site_is_capped(home: Balanced) -> None:
    await _set_up(home, charger_subentry())
    home.answer(BalanceOptions(power_cap=10_400))
    one = await _charge(home, "garage", "CP1")
    await home.live(120)
    assert home.drawn(one)[0] == pytest.approx(10)


async def test_without_a_meter_it_can_pause_at_once(home: Balanced) -> None:
    await _set_up(home, charger_subentry())
    home.answer(BalanceOptions(without_meter=WithoutMeter.PAUSE))
    one = await _charge(home, "garage", "CP1")
    await home.live(60)
    home.metered = False
    await home.live(42)
    assert home.drawn(one)[0] == 0


async def test_what_a_charger_that_is_away_may_draw_is_kept_for_it(home: Balanced) -> None:
    await _set_up(home, charger_subentry(circuit_fuse=16), _second(circuit_fuse=16), main_fuse=25)
    home.answer()
    one = await _charge(home, "garage", "CP1")
    await home.live(60)
    # Nobody knows what the other one does, which has not come yet.
    assert home.drawn(one)[0] == pytest.approx(14)
    two = await _charge(home, "drive", "CP2")
    await home.live(120)
    assert home.drawn(one)[0] == pytest.approx(10)
    await home.house.cut(two)
    await home.live(20)
    # Its limit of 10 A has not run out.
    assert home.drawn(one)[0] == pytest.approx(10)
    assert home.drawn(two)[0] == pytest.approx(10)
    await home.live(160)
    # Only one of two may fall back to 6 A behind 25 A: the other one pauses.
    assert home.drawn(two)[0] == 0
    assert home.drawn(one)[0] == pytest.approx(16)


async def test_second_charger_behind_a_small_fuse_falls_back_to_a_pause(home: Balanced) -> None:
    await _set_up(home, charger_subentry(), _second(), main_fuse=25)
    await home.house.connect("CP1")
    await home.house.connect("CP2")
    chargers = home.house.hub.chargers
    assert chargers["garage"].fail_safe.current == 6
    assert chargers["drive"].fail_safe.current == 0


async def test_charger_without_smart_charging_is_grade_c(home: Balanced) -> None:
    await _set_up(home, charger_subentry())
    await home.house.connect(configuration={"SupportedFeatureProfiles": "Core"})
    assert home.house.charger.fail_safe.grade is Grade.C


async def test_meter_that_is_taken_away_takes_the_fail_safe_with_it(home: Balanced) -> None:
    await _set_up(home, charger_subentry())
    one = await _charge(home, "garage", "CP1")
    await home.live(10)
    assert home.drawn(one)[0] == 6
    await home.house.change("home", meter=None)
    home.metered = False
    await wait_until(lambda: home.house.charger.fail_safe.current is None)
    await home.live(20)
    assert home.drawn(one)[0] == 16
    assert home.house.connector.allocated is None


async def test_charger_that_moves_to_a_site_without_a_meter_is_let_go(home: Balanced) -> None:
    from .house import site_subentry

    await home.house.set_up(metered_site(), site_subentry("cabin", "Cabin"), charger_subentry())
    await home.read()
    one = await _charge(home, "garage", "CP1")
    await home.live(10)
    assert home.drawn(one)[0] == 6
    await home.house.change("garage", site="cabin")
    await wait_until(lambda: home.house.charger.fail_safe.current is None)
    home.metered = False
    await home.live(20)
    assert home.drawn(one)[0] == 16
