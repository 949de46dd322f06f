"""The condition of load balancing."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.condition import (
    async_from_config,
    async_get_all_descriptions,
    async_validate_condition_config,
)
import pytest
from pytest_homeassistant_custom_component.typing import MqttMockHAClient
import voluptuous as vol

from custom_components.zmartcharge.units import Phase

from .flows import ENGLISH
from .house import House, charger_subentry, metered_site

CONDITION = "zmartcharge.has_headroom"


async def _holds(hass: HomeAssistant, **options: Any) -> bool | None:
    config = await async_validate_condition_config(
        hass, {"condition": CONDITION, "options": options}
    )
    checker = await async_from_config(hass, config)
    try:
        return checker.async_check()
    finally:
        checker.async_unload()


def _device_id(house: House, identifier: str = "home") -> str:
    device = house.device(identifier)
    assert device is not None
    return device.id


@pytest.fixture
async def home(house: House, mqtt_mock: MqttMockHAClient) -> House:
    """Return a home behind 25 A with 5, 10 and 20 A on its lines."""
    await house.set_up(metered_site(main_fuse=25), charger_subentry())
    await house.meter({"P": 8000, "I1": 5.0, "I2": 10.0, "I3": 20.0})
    return house


@pytest.mark.parametrize(
    ("options", "holds"),
    [
        ({}, False),
        ({"current": 5}, True),
        ({"current": 5.1}, False),
        ({"current": "5"}, True),
        ({"current": 0}, True),
        ({"lines": ["l1", "l2"]}, True),
        ({"lines": "L2", "current": 15}, True),
        ({"lines": ["l1", "l2"], "current": 16}, False),
        ({"lines": []}, False),
    ],
)
async def test_every_line_that_counts_must_have_room(
    home: House, options: dict[str, Any], holds: bool
) -> None:
    assert await _holds(home.hass, device_id=_device_id(home), **options) is holds


async def test_what_the_sensor_shows_is_enough(home: House) -> None:
    await home.meter({"P": 8000, "I1": 24.6, "I2": 10.0, "I3": 20.0})
    assert home.state("sensor.home_headroom_l1") == "0.4"
    assert await _holds(home.hass, device_id=_device_id(home), current=0.4)


async def test_silent_meter_is_no_headroom(home: House) -> None:
    assert await _holds(home.hass, device_id=_device_id(home), current=1)
    await home.pass_time(31)
    assert not await _holds(home.hass, device_id=_device_id(home), current=0)


async def test_reader_that_has_left_is_no_headroom(home: House) -> None:
    await home.meter("offline", topic="ams2mqtt/status")
    assert not await _holds(home.hass, device_id=_device_id(home), current=0)


async def test_line_that_the_site_does_not_have_is_no_headroom(
    house: House, mqtt_mock: MqttMockHAClient
) -> None:
    await house.set_up(metered_site(grid_type="single_phase"))
    await house.meter({"P": 1000, "I1": 5.0})
    assert await _holds(house.hass, device_id=_device_id(house))
    assert not await _holds(house.hass, device_id=_device_id(house), lines=["l2"])


async def test_what_is_no_site_has_no_headroom(home: House) -> None:
    for device_id in (_device_id(home, "garage"), "gone"):
        assert not await _holds(home.hass, device_id=device_id, current=0)
    device_id = _device_id(home)
    await home.unload()
    assert not await _holds(home.hass, device_id=device_id, current=0)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"device_id": "site", "current": -1},
        {"device_id": "site", "current": "nan"},
        {"device_id": "site", "lines": ["l4"]},
        {"device_id": "site", "margin": 1},
    ],
)
async def test_nonsense_is_refused(hass: HomeAssistant, options: dict[str, Any]) -> None:
    with pytest.raises(vol.Invalid):
        await _holds(hass, **options)


async def test_what_can_be_chosen_is_what_there_is(home: House) -> None:
    await _holds(home.hass, device_id=_device_id(home))
    description = (await async_get_all_descriptions(home.hass))[CONDITION]
    assert description is not None
    select = description["fields"]["lines"]["selector"]["select"]
    assert select["options"] == list(Phase)
    assert ENGLISH["selector"][select["translation_key"]]["options"].keys() == set(Phase)
