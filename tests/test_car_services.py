"""The car that charges: how far a session takes it."""

from typing import Any

from homeassistant.const import UnitOfLength
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest
import voluptuous as vol

from custom_components.zmartcharge.const import DOMAIN

from .house import House

RANGE = "sensor.garage_added_range"
CAR = {"range": 400, "battery_capacity": 80}


async def _tell(hass: HomeAssistant, **data: Any) -> None:
    target = {"entity_id": "sensor.garage_status"}
    await hass.services.async_call(DOMAIN, "set_car", {**target, **data}, blocking=True)
    await hass.async_block_till_done()


async def test_session_tells_the_distance_it_added(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    assert house.hass.states.get(RANGE) is None
    await _tell(house.hass, **CAR)
    assert house.state(RANGE) == "unavailable"
    await house.charge(charge_point, 3600)
    await house.connector.stop()
    await house.settled(charge_point)
    energy = house.number("sensor.garage_session_energy")
    assert energy is not None
    assert energy > 10
    # 400 km for 80 kWh.
    assert house.number(RANGE) == pytest.approx(energy * 5, abs=0.1)
    state = house.hass.states.get(RANGE)
    assert state is not None
    assert state.attributes["unit_of_measurement"] == UnitOfLength.KILOMETERS
    assert state.attributes["friendly_name"] == "Garage Added range"


async def test_distance_is_in_miles_where_those_are_used(house: House) -> None:
    house.hass.config.units = US_CUSTOMARY_SYSTEM
    await house.set_up()
    charge_point = await house.connect()
    await _tell(house.hass, **CAR)
    await house.charge(charge_point, 600)
    state = house.hass.states.get(RANGE)
    assert state is not None
    assert state.attributes["unit_of_measurement"] == UnitOfLength.MILES


async def test_car_is_known_after_a_restart_and_can_be_forgotten(
    house: House, entity_registry: er.EntityRegistry
) -> None:
    await house.set_up()
    await _tell(house.hass, **CAR)
    await house.unload()
    await house.set_up()
    assert house.hass.states.get(RANGE) is not None
    car = house.connector.smart.wishes.car
    assert car is not None
    assert (car.full_range, car.battery) == (400, 80_000)
    await _tell(house.hass)
    assert house.connector.smart.wishes.car is None
    assert house.hass.states.get(RANGE) is None
    assert entity_registry.async_get(RANGE) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"range": 400},
        {"battery_capacity": 80},
        {**CAR, "range": 0},
        {**CAR, "range": float("nan")},
        {**CAR, "battery_capacity": 0},
        {**CAR, "battery_capacity": 900},
        {**CAR, "battery_capacity": "much"},
    ],
)
async def test_no_such_car_is_taken(house: House, wrong: dict[str, Any]) -> None:
    await house.set_up()
    await _tell(house.hass, **CAR)
    with pytest.raises(vol.Invalid):
        await _tell(house.hass, **wrong)
    assert house.connector.smart.wishes.car is not None


async def test_another_car_leaves_what_was_promised(house: House) -> None:
    await house.set_up()
    await house.act("number", "set_value", "number.garage_energy_per_session", value=12.5)
    await _tell(house.hass, **CAR)
    assert house.number("number.garage_energy_per_session") == 12.5
