"""Actions."""

import asyncio
from typing import Any

from homeassistant.auth.models import User
from homeassistant.core import Context
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
    UnknownUser,
)
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.zmartcharge.const import DOMAIN
from custom_components.zmartcharge.csms import CsmsError
from custom_components.zmartcharge.helpers import translated_errors
from simulator import SimulatedChargePoint

from .house import House, car, charger_subentry, prompt_evse, site_subentry, wait_until

SIMPLE = ["start_charging", "stop_charging", "unlock_connector", "reset"]


async def _act(
    house: House, action: str, data: dict[str, Any], *, user: User | None = None, **options: Any
) -> Any:
    context = Context(user_id=user.id) if user else None
    return await house.hass.services.async_call(
        DOMAIN, action, data, blocking=True, context=context, **options
    )


def _device_id(house: House, identifier: str = "garage") -> str:
    device = house.device(identifier) or house.child_device(identifier)
    assert device is not None
    return device.id


async def _with_car(house: House) -> SimulatedChargePoint:
    charge_point = await house.connect()
    await charge_point.plug_in(car())
    await house.settled(charge_point)
    return charge_point


async def test_start_and_stop_by_device_and_entity(house: House) -> None:
    await house.set_up()
    await _with_car(house)
    await _act(house, "start_charging", {"device_id": _device_id(house)})
    await wait_until(lambda: house.connector.in_session)
    await house.settled(house.charge_points[0])
    await _act(house, "stop_charging", {"entity_id": "sensor.garage_power"})
    await wait_until(lambda: not house.connector.in_session)


async def test_start_by_area(house: House, entity_registry: er.EntityRegistry) -> None:
    await house.set_up()
    await _with_car(house)
    entity_registry.async_update_entity("sensor.garage_status", area_id="carport")
    await _act(house, "start_charging", {"area_id": "carport"})
    await wait_until(lambda: house.connector.in_session)


async def test_one_connector_of_two(house: House) -> None:
    await house.set_up(site_subentry(), charger_subentry(connectors=2))
    charge_point = await house.connect(evse=prompt_evse(connectors=2))
    for connector_id in (1, 2):
        await charge_point.plug_in(car(), connector_id)
    await house.settled(charge_point)
    await _act(house, "start_charging", {"device_id": _device_id(house, "garage_2")})
    await wait_until(lambda: house.charger.connectors[2].in_session)
    assert not house.connector.in_session


async def test_unlock_and_reset(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    target = {"device_id": _device_id(house)}
    await _act(house, "unlock_connector", target)
    station = house.charger.station
    await _act(house, "reset", {**target, "hard": True})
    assert any('"Hard"' in frame.text for frame in charge_point.frames)
    await wait_until(lambda: house.charger.connected and house.charger.station is not station)
    await house.settled(charge_point)


@pytest.mark.parametrize("action", SIMPLE)
async def test_charger_that_is_not_there_is_told(house: House, action: str) -> None:
    await house.set_up()
    charge_point = await house.connect()
    if action == "stop_charging":
        await house.charge(charge_point)
    await house.cut(charge_point)
    await house.pass_time(31)
    with pytest.raises(HomeAssistantError) as err:
        await _act(house, action, {"entity_id": "sensor.garage_power"})
    assert err.value.translation_key == "not_connected"
    assert str(err.value) == (
        "Garage is not connected. Check its power and network, then try again"
    )


async def test_session_that_runs_or_does_not_is_told(house: House) -> None:
    await house.set_up()
    charge_point = await _with_car(house)
    target = {"device_id": _device_id(house)}
    with pytest.raises(ServiceValidationError) as err:
        await _act(house, "stop_charging", target)
    assert err.value.translation_key == "no_session"
    await _act(house, "start_charging", target)
    await wait_until(lambda: house.connector.in_session)
    await house.settled(charge_point)
    with pytest.raises(ServiceValidationError) as err:
        await _act(house, "start_charging", target)
    assert err.value.translation_key == "already_charging"


@pytest.mark.parametrize("connector_id", [1, 2])
async def test_stop_by_device_is_for_the_connector_that_charges(
    house: House, connector_id: int
) -> None:
    await house.set_up(site_subentry(), charger_subentry(connectors=2))
    charge_point = await house.connect(evse=prompt_evse(connectors=2))
    await charge_point.plug_in(car(), connector_id)
    await house.settled(charge_point)
    connector = house.charger.connectors[connector_id]
    await connector.start()
    await wait_until(lambda: connector.in_session)
    await house.settled(charge_point)
    await _act(house, "stop_charging", {"device_id": _device_id(house)})
    await wait_until(lambda: not connector.in_session)


async def test_charger_that_cannot_be_reached_keeps_no_other_from_stopping(house: House) -> None:
    second = charger_subentry("drive", "Drive", charge_point_id="CP2")
    await house.set_up(site_subentry(), charger_subentry(), second)
    identities = {"garage": "CP1", "drive": "CP2"}
    connectors = {name: house.hub.chargers[name].connectors[1] for name in identities}
    for name, identity in identities.items():
        charge_point = await house.connect(identity)
        await charge_point.plug_in(car())
        await house.settled(charge_point)
        await connectors[name].start()
        await wait_until(lambda name=name: connectors[name].in_session)
        await house.settled(charge_point)
    devices = {name: _device_id(house, name) for name in identities}
    # The first to be tried is the one that is away.
    away, reached = sorted(devices, key=lambda name: devices[name])
    await house.charge_points[list(identities).index(away)].go_offline()
    await wait_until(lambda: not house.hub.chargers[away].connected)
    with pytest.raises(HomeAssistantError) as err:
        await _act(house, "stop_charging", {"device_id": list(devices.values())})
    assert err.value.translation_key == "not_connected"
    await wait_until(lambda: not connectors[reached].in_session)


@pytest.mark.parametrize("action", SIMPLE)
@pytest.mark.parametrize("target", [{"device_id": "nobody"}, {"entity_id": "light.kitchen"}])
async def test_target_without_a_charger_is_told(
    house: House, action: str, target: dict[str, str]
) -> None:
    await house.set_up()
    with pytest.raises(ServiceValidationError) as err:
        await _act(house, action, target)
    assert err.value.translation_key == "no_charger_targeted"


async def test_site_is_no_charger(house: House) -> None:
    await house.set_up()
    with pytest.raises(ServiceValidationError) as err:
        await _act(house, "start_charging", {"device_id": _device_id(house, "home")})
    assert err.value.translation_key == "no_charger_targeted"


async def test_no_target_is_refused(house: House) -> None:
    await house.set_up()
    with pytest.raises(ServiceValidationError) as err:
        await _act(house, "start_charging", {})
    assert err.value.translation_key == "no_charger_targeted"


@pytest.mark.parametrize("action", SIMPLE)
async def test_hub_that_does_not_run_is_told(house: House, action: str) -> None:
    await house.set_up()
    device_id = _device_id(house)
    await house.unload()
    with pytest.raises(ServiceValidationError) as err:
        await _act(house, action, {"device_id": device_id})
    assert err.value.translation_key == "not_loaded"


# Any request -----------------------------------------------------------------------------------


async def test_any_request_returns_its_response(house: House) -> None:
    await house.set_up()
    await house.connect()
    request = {
        "device_id": _device_id(house),
        "action": "GetConfiguration",
        "payload": {"key": ["NumberOfConnectors"]},
    }
    response = await _act(house, "ocpp_call", request, return_response=True)
    assert response["configurationKey"] == [
        {"key": "NumberOfConnectors", "readonly": True, "value": "1"}
    ]
    assert await _act(house, "ocpp_call", request) is None


@pytest.mark.parametrize(
    ("action", "data"),
    [
        *((action, {}) for action in SIMPLE),
        ("set_current_limit", {"current": 6}),
        ("set_ready_by", {"time": "07:00"}),
        ("reserve", {"id_tag": "CARD", "until": "2026-11-01 20:00:00"}),
        ("ask_to_start", {}),
        ("plan_charging", {}),
        ("set_display_message", {"message": "Hei"}),
        ("clear_display_message", {}),
    ],
)
async def test_user_who_may_only_look_changes_nothing(
    house: House, hass_read_only_user: MockUser, action: str, data: dict[str, Any]
) -> None:
    await house.set_up()
    await _with_car(house)
    target = {"device_id": _device_id(house)}
    with pytest.raises(Unauthorized):
        await _act(house, action, {**target, **data}, user=hass_read_only_user)
    with pytest.raises(UnknownUser):
        await _act(house, action, {**target, **data}, user=MockUser())
    assert not house.connector.in_session


@pytest.mark.parametrize("action", ["balance_load", "keep_capacity_step"])
async def test_user_who_may_only_look_changes_nothing_of_a_site(
    house: House, hass_read_only_user: MockUser, hass_admin_user: MockUser, action: str
) -> None:
    await house.set_up()
    target = {"device_id": _device_id(house, "home")}
    with pytest.raises(Unauthorized):
        await _act(house, action, target, user=hass_read_only_user)
    with pytest.raises(ServiceValidationError):  # This home has no meter and no capacity fee.
        await _act(house, action, target, user=hass_admin_user)


async def test_user_who_may_look_is_told_what_a_charger_follows(
    house: House, hass_read_only_user: MockUser
) -> None:
    await house.set_up()
    await house.connect()
    target, told = {"device_id": _device_id(house)}, {"return_response": True}
    for action, data in (
        ("get_composite_schedule", {}),
        ("plan_charging", {"preview": True}),
    ):
        await _act(house, action, {**target, **data}, user=hass_read_only_user, **told)
        stranger = MockUser().add_to_hass(house.hass)
        stranger.mock_policy({})
        with pytest.raises(Unauthorized):
            await _act(house, action, {**target, **data}, user=stranger, **told)


async def test_user_who_may_control_charges(house: House) -> None:
    user = MockUser().add_to_hass(house.hass)
    user.mock_policy({"entities": {"entity_ids": {"sensor.garage_status": {"control": True}}}})
    await house.set_up()
    await _with_car(house)
    await _act(house, "start_charging", {"device_id": _device_id(house)}, user=user)
    await wait_until(lambda: house.connector.in_session)


async def test_request_needs_an_administrator(
    house: House, hass_read_only_user: MockUser, hass_admin_user: MockUser
) -> None:
    await house.set_up()
    await house.connect()
    request = {"device_id": _device_id(house), "action": "ClearCache"}
    with pytest.raises(Unauthorized):
        await _act(house, "ocpp_call", request, user=hass_read_only_user)
    answer = await _act(house, "ocpp_call", request, user=hass_admin_user, return_response=True)
    assert answer == {"status": "Accepted"}


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("MakeCoffee", {}),
        ("Reset", {"type": "Gentle"}),
        ("Reset", {}),
        ("../../secrets", {}),
    ],
)
async def test_request_outside_the_standard_is_not_sent(
    house: House, action: str, payload: dict[str, Any]
) -> None:
    await house.set_up()
    charge_point = await house.connect()
    before = len(charge_point.frames)
    with pytest.raises(ServiceValidationError) as err:
        await _act(
            house,
            "ocpp_call",
            {"device_id": _device_id(house), "action": action, "payload": payload},
        )
    assert err.value.translation_key == "invalid_request"
    assert len(charge_point.frames) == before


async def test_request_to_nobody_is_told(house: House) -> None:
    await house.set_up()
    with pytest.raises(ServiceValidationError) as err:
        await _act(house, "ocpp_call", {"device_id": "nobody", "action": "ClearCache"})
    assert err.value.translation_key == "no_charger_targeted"


async def test_request_to_a_charger_that_is_not_there_is_told(house: House) -> None:
    await house.set_up()
    with pytest.raises(HomeAssistantError) as err:
        await _act(house, "ocpp_call", {"device_id": _device_id(house), "action": "ClearCache"})
    assert err.value.translation_key == "not_connected"


async def test_charger_that_answers_with_an_error_is_told(house: House) -> None:
    await house.set_up()
    async with house.raw_charger() as charger:
        task = asyncio.create_task(
            _act(house, "ocpp_call", {"device_id": _device_id(house), "action": "ClearCache"})
        )
        _, message_id, action, _ = await charger.hear()
        assert action == "ClearCache"
        await charger.fail(message_id, "InternalError", "out of coffee")
        with pytest.raises(HomeAssistantError) as err:
            await task
    assert str(err.value) == "Garage answered with an error: InternalError: out of coffee"


async def test_charger_that_does_not_answer_is_told(house: House) -> None:
    await house.set_up()
    async with house.raw_charger() as charger:
        task = asyncio.create_task(
            _act(house, "ocpp_call", {"device_id": _device_id(house), "action": "ClearCache"})
        )
        await charger.hear()
        await house.pass_time(31)
        with pytest.raises(HomeAssistantError) as err:
            await task
    assert err.value.translation_key == "call_timeout"
    assert "ClearCache" in str(err.value)


async def test_charger_that_leaves_in_the_middle_is_told(house: House) -> None:
    await house.set_up()
    async with house.raw_charger() as charger:
        task = asyncio.create_task(
            _act(house, "ocpp_call", {"device_id": _device_id(house), "action": "ClearCache"})
        )
        await charger.hear()
        await charger.socket.close()
        with pytest.raises(HomeAssistantError) as err:
            await task
    assert err.value.translation_key == "not_connected"


def test_any_other_trouble_is_told() -> None:
    with pytest.raises(HomeAssistantError) as err, translated_errors("Garage"):
        raise CsmsError("odd")
    assert err.value.translation_key == "communication_error"
