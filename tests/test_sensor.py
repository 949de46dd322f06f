"""Sensors."""

from unittest.mock import patch

from homeassistant.const import Platform
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import snapshot_platform
from pytest_homeassistant_custom_component.typing import MqttMockHAClient
from syrupy.assertion import SnapshotAssertion

from custom_components.zmartcharge.sensor import ZmartChargeSensor

from .house import House, charger_subentry, metered_site


async def test_entities(
    house: House,
    mqtt_mock: MqttMockHAClient,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
) -> None:
    with (
        patch("custom_components.zmartcharge.PLATFORMS", [Platform.SENSOR]),
        patch("homeassistant.helpers.entity.Entity.entity_registry_enabled_default", new=True),
    ):
        await house.set_up(metered_site(), charger_subentry())
    charge_point = await house.connect()
    # The picture is of the end, not of what was told a minute before.
    with patch.object(ZmartChargeSensor, "_is_minor", return_value=False):
        await house.charge(charge_point, 600)
    lines = {"I1": 18.0, "I2": 17.5, "I3": 17.0, "U1": 230.5, "U2": 229.0, "U3": 231.0}
    await house.meter({"P": 12000, "PO": 0, **lines, "tPI": 1234.5, "tPO": 0.0})
    await snapshot_platform(house.hass, entity_registry, snapshot, "hub")


async def test_small_change_waits_and_a_real_one_does_not(
    house: House, mqtt_mock: MqttMockHAClient
) -> None:
    await house.set_up(metered_site())
    await house.meter({"P": 2000})
    for _ in range(2):
        await house.pass_time(10)
        await house.meter({"P": 2030})
        assert house.number("sensor.home_power") == 2000
    await house.pass_time(10)
    await house.meter({"P": 2030})
    assert house.number("sensor.home_power") == 2030
    await house.meter({"P": 2090})
    assert house.number("sensor.home_power") == 2090


async def test_value_that_comes_or_goes_is_told_at_once(
    house: House, mqtt_mock: MqttMockHAClient
) -> None:
    await house.set_up(metered_site())
    await house.meter({"P": 2000})
    await house.meter("offline", topic="ams2mqtt/status")
    assert house.state("sensor.home_power") == "unavailable"
    await house.pass_time(3)
    await house.meter({"P": 2010})
    assert house.number("sensor.home_power") == 2010
