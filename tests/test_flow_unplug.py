"""The check that leaves a charger alone, as if its plug were pulled."""

from datetime import timedelta
from typing import Any

from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.zmartcharge.csms import CallRejectedError
from custom_components.zmartcharge.fail_safe import Grade
from simulator import SimulatedChargePoint

from .balanced import Balanced
from .flows import SubentryFlows, flows_fixture, spoken_fixture  # noqa: F401
from .house import House, charger_subentry, metered_site, prompt_evse, wait_until


@pytest.fixture
async def home(house: House, mqtt_mock: MqttMockHAClient) -> Balanced:
    """Return a home with a charger whose needs are answered."""
    await house.set_up(metered_site(main_fuse=25), charger_subentry(circuit_fuse=16))
    balanced = Balanced(house)
    await balanced.read()
    balanced.answer()
    return balanced


async def _charge(home: Balanced, **settings: Any) -> SimulatedChargePoint:
    charge_point = await home.house.connect(**settings)
    home.charge_points = (charge_point,)
    await home.house.charge(charge_point)
    await home.live(60)
    return charge_point


async def _begin(flows: SubentryFlows) -> Any:
    menu = await flows.change_charger()
    assert menu["type"] is FlowResultType.MENU
    form = await flows.choose(menu, "unplug")
    return await flows.answer(form)


async def _end(home: Balanced, flows: SubentryFlows, result: Any) -> Any:
    assert (result["type"], result["step_id"]) == (FlowResultType.SHOW_PROGRESS, "left_alone")
    await home.live(152)
    # It dials again in real time.
    await wait_until(lambda: home.charge_points[0].connected)
    await home.house.settled(home.charge_points[0])
    await home.live(30)
    return await flows.arrived(result)


async def test_settings_are_one_choice_away(home: Balanced, flows: SubentryFlows) -> None:
    menu = await flows.change_charger()
    assert menu["menu_options"] == ["charger", "unplug", "second_system"]
    assert (await flows.choose(menu, "charger"))["step_id"] == "charger"


async def test_charger_that_falls_by_itself_is_grade_a(
    home: Balanced, flows: SubentryFlows
) -> None:
    charge_point = await _charge(home)
    result = await _end(home, flows, await _begin(flows))
    assert result["reason"] == "unplug_falls"
    assert home.house.charger.fail_safe.grade is Grade.A
    assert home.house.entry.subentries["garage"].data["grade"] == "a"
    # It is charged on as before.
    await home.live(60)
    assert home.drawn(charge_point)[0] == 16


async def test_charger_is_left_alone_at_little_current(
    home: Balanced, flows: SubentryFlows
) -> None:
    charge_point = await _charge(home)
    result = await _begin(flows)
    await home.live(30)
    assert not charge_point.connected
    assert home.drawn(charge_point)[0] == 10
    await _end(home, flows, result)


async def test_charger_that_keeps_its_current_is_grade_b(
    home: Balanced, flows: SubentryFlows
) -> None:
    charge_point = await _charge(home)
    assert home.house.charger.fail_safe.grade is Grade.A
    result = await _begin(flows)
    await home.live(5)
    charge_point.station.evse.behaviour = prompt_evse(behaviour={"ignore_limits": True}).behaviour
    result = await _end(home, flows, result)
    assert result["reason"] == "unplug_stays"
    assert home.house.charger.fail_safe.grade is Grade.B


async def test_nothing_is_proved_without_a_car(home: Balanced, flows: SubentryFlows) -> None:
    charge_point = await home.house.connect()
    home.charge_points = (charge_point,)
    result = await _begin(flows)
    assert result["errors"] == {"base": "unplug_little_draw"}


async def test_nothing_is_proved_of_a_charger_that_is_away(
    home: Balanced, flows: SubentryFlows
) -> None:
    result = await _begin(flows)
    assert result["errors"] == {"base": "unplug_not_connected"}


async def test_nothing_is_proved_of_a_charger_without_a_fail_safe(
    home: Balanced, flows: SubentryFlows, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _charge(home)

    async def refuse(*_: object) -> None:
        raise CallRejectedError("SetChargingProfile", "Rejected")

    monkeypatch.setattr(home.house.charger.station, "set_fail_safe", refuse)
    await home.house.charger.fail_safe.install(5)
    assert home.house.charger.fail_safe.grade is Grade.C
    result = await _begin(flows)
    assert result["errors"] == {"base": "unplug_no_fail_safe"}


async def test_meter_that_went_while_the_form_was_open_is_told(
    home: Balanced, flows: SubentryFlows
) -> None:
    menu = await flows.change_charger()
    form = await flows.choose(menu, "unplug")
    await home.house.change("home", meter=None)
    assert (await flows.answer(form))["errors"] == {"base": "unplug_not_balanced"}


async def test_session_that_ends_meanwhile_proves_nothing(
    home: Balanced, flows: SubentryFlows
) -> None:
    charge_point = await _charge(home)
    result = await _begin(flows)
    await home.live(10)
    await charge_point.unplug()
    await home.live(1)
    assert (await _end(home, flows, result))["reason"] == "unplug_session_ended"


async def test_charger_that_does_not_come_back_proves_nothing(
    home: Balanced, flows: SubentryFlows
) -> None:
    charge_point = await _charge(home)
    result = await _begin(flows)
    await home.house.cut(charge_point)
    await home.live(160)
    home.house.time.tick(timedelta(minutes=15))
    await home.live(3)
    assert (await flows.arrived(result))["reason"] == "unplug_not_back"


async def test_check_ends_with_the_entry(home: Balanced, flows: SubentryFlows) -> None:
    await _charge(home)
    result = await _begin(flows)
    await home.live(5)
    await home.house.unload()
    assert (await flows.arrived(result))["reason"] == "not_loaded"


async def test_menu_is_not_shown_where_nothing_is_balanced(
    house: House, flows: SubentryFlows
) -> None:
    await house.set_up()
    assert (await flows.change_charger())["step_id"] == "charger"


async def test_hub_that_stopped_while_the_form_was_open_is_told(
    home: Balanced, flows: SubentryFlows
) -> None:
    menu = await flows.change_charger()
    form = await flows.choose(menu, "unplug")
    await home.house.unload()
    assert (await flows.answer(form))["reason"] == "not_loaded"


async def test_car_that_is_full_proves_nothing(home: Balanced, flows: SubentryFlows) -> None:
    charge_point = await _charge(home)
    result = await _begin(flows)
    await home.live(20)
    connector = charge_point.station.evse.connector(1)
    assert connector.car is not None
    connector.car.paused = True
    assert (await _end(home, flows, result))["reason"] == "unplug_no_draw"
