"""Load balancing in Home Assistant: what a charger is told, and what its car then draws."""

import pytest
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.zmartcharge.balance import GuardReason, Need
from custom_components.zmartcharge.balance_view import BalanceOptions
from simulator import SimulatedChargePoint

from .balanced import Balanced
from .house import House, car, charger_subentry, metered_site


@pytest.fixture
async def home(house: House, mqtt_mock: MqttMockHAClient) -> Balanced:
    """Return a home behind 25 A with a charger of 16 A, whose car is charging."""
    await house.set_up(metered_site(main_fuse=25), charger_subentry(circuit_fuse=16))
    balanced = Balanced(house)
    await balanced.read()
    charge_point = await house.connect()
    balanced.charge_points = (charge_point,)
    return balanced


async def _charge(home: Balanced) -> SimulatedChargePoint:
    charge_point = home.charge_points[0]
    await home.house.charge(charge_point)
    return charge_point


async def test_car_charges_with_what_is_left_of_the_fuse(home: Balanced) -> None:
    home.answer()
    charge_point = await _charge(home)
    home.load = [12.0, 5.0, 5.0]
    await home.live(120)
    assert home.drawn(charge_point) == pytest.approx((13.0, 13.0, 13.0))
    assert home.house.connector.allocated == 13
    reason = home.house.connector.allocation_reason
    assert reason is not None
    assert (reason.key, reason.placeholders["line"]) == ("line_full", "L1")


async def test_car_gives_way_when_the_house_takes_more(home: Balanced) -> None:
    home.answer()
    charge_point = await _charge(home)
    await home.live(90)
    assert home.drawn(charge_point)[0] == 16
    home.load = [5.0, 17.0, 5.0]
    await home.live(20)
    assert home.drawn(charge_point)[0] == 8
    assert Need.OVERLOAD in home.needs
    home.load = [5.0, 24.0, 5.0]
    await home.live(20)
    assert home.drawn(charge_point)[0] == 0
    home.load = [5.0, 5.0, 5.0]
    await home.live(180)
    assert home.drawn(charge_point)[0] == 16


async def test_worse_overload_is_told_at_once_while_the_first_is_being_answered(
    home: Balanced,
) -> None:
    home.answer()
    charge_point = await _charge(home)
    await home.live(90)
    told: list[Need] = []
    home.house.site.balancing.async_on_need(told.append)
    for load in (12.0, 17.0):
        home.load = [5.0, load, 5.0]
        # The car still draws what it did: both lists come before it could follow.
        await home.read()
        assert told.pop() is Need.OVERLOAD
    await home.live(20)
    assert home.drawn(charge_point)[0] == 8


async def test_nothing_is_raised_while_nobody_decides(home: Balanced) -> None:
    charge_point = await _charge(home)
    await home.live(60)
    assert home.drawn(charge_point)[0] == 6


async def test_guard_holds_the_fuse_while_nobody_decides(home: Balanced) -> None:
    charge_point = await _charge(home)
    await home.live(30)
    home.load = [5.0, 21.0, 5.0]
    await home.live(14)
    assert home.drawn(charge_point)[0] == 0
    assert home.house.site.balancing.guard_active


async def test_guard_lets_the_safe_current_be_where_that_is_enough(home: Balanced) -> None:
    home.answer()
    charge_point = await _charge(home)
    await home.live(90)
    balancing = home.house.site.balancing
    # Whoever answered has gone.
    balancing._need_listeners.clear()
    home.load = [5.0, 15.0, 5.0]
    await home.live(13)
    assert home.drawn(charge_point)[0] == 6
    assert balancing.guard_active
    await home.live(60)
    assert home.drawn(charge_point)[0] == 6


async def test_silent_meter_leaves_the_safe_current_and_then_nothing(home: Balanced) -> None:
    home.answer()
    charge_point = await _charge(home)
    await home.live(90)
    home.metered = False
    await home.live(28)
    assert home.drawn(charge_point)[0] == 16
    await home.live(8)
    assert home.drawn(charge_point)[0] == 6
    await home.live(62)
    assert home.drawn(charge_point)[0] == 0
    home.metered = True
    await home.live(120)
    assert home.drawn(charge_point)[0] == 16


async def test_guard_alone_holds_when_the_meter_falls_silent(home: Balanced) -> None:
    home.answer()
    charge_point = await _charge(home)
    await home.live(90)
    home.house.site.balancing._need_listeners.clear()
    home.metered = False
    await home.live(37)
    assert home.drawn(charge_point)[0] == 6
    assert home.house.site.balancing.guard_reason is GuardReason.STALE
    await home.live(60)
    assert home.drawn(charge_point)[0] == 0


async def test_last_will_of_the_reader_cuts_at_once(home: Balanced) -> None:
    home.answer()
    charge_point = await _charge(home)
    await home.live(90)
    home.metered = False
    await home.house.meter("offline", topic="ams2mqtt/status")
    await home.live(3)
    assert home.drawn(charge_point)[0] == 6


async def test_dead_decision_leaves_the_safe_current(
    home: Balanced, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.answer()
    charge_point = await _charge(home)
    await home.live(90)

    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("custom_components.zmartcharge.balancing.balance", broken)
    await home.live(34)
    assert home.drawn(charge_point)[0] == 6
    assert home.house.site.balancing.guard_reason is GuardReason.ENGINE_DEAD


async def test_margin_is_kept_free(home: Balanced) -> None:
    home.answer(BalanceOptions(margin=3))
    charge_point = await _charge(home)
    home.load = [12.0, 5.0, 5.0]
    await home.live(120)
    assert home.drawn(charge_point)[0] == 10


async def test_limit_is_renewed_while_somebody_decides(home: Balanced) -> None:
    home.answer()
    charge_point = await _charge(home)
    await home.live(600)
    assert home.drawn(charge_point)[0] == 16


async def test_charger_falls_back_by_itself_when_home_assistant_is_gone(home: Balanced) -> None:
    home.answer()
    charge_point = await _charge(home)
    await home.live(90)
    await home.house.cut(charge_point)
    home.metered = False
    await home.live(60)
    assert home.drawn(charge_point)[0] == 16
    await home.live(65)
    assert home.drawn(charge_point)[0] == 6


async def test_home_assistant_leaves_the_safe_current_behind(home: Balanced) -> None:
    home.answer()
    charge_point = await _charge(home)
    await home.live(90)
    await home.house.unload()
    for _ in range(3):
        await home.live(1)
    assert home.drawn(charge_point)[0] == 6


async def test_two_cars_share(house: House, mqtt_mock: MqttMockHAClient) -> None:
    await house.set_up(
        metered_site(main_fuse=25),
        charger_subentry(circuit_fuse=16),
        charger_subentry("drive", "Drive", charge_point_id="CP2", circuit_fuse=16),
    )
    home = Balanced(house)
    await home.read()
    home.charge_points = (await house.connect(), await house.connect("CP2"))
    home.answer()
    await house.charge(home.charge_points[0])
    await home.live(60)
    await home.charge_points[1].plug_in(car())
    await house.settled(home.charge_points[1])
    await house.hub.chargers["drive"].connectors[1].start()
    await home.live(120)
    assert [home.drawn(each)[0] for each in home.charge_points] == [10, 10]
