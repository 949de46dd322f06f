"""The system health page."""

from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import get_system_health_info
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.zmartcharge.const import DOMAIN

from .house import House, charger_subentry, metered_site, site_subentry


async def test_system_health(house: House, mqtt_mock: MqttMockHAClient) -> None:
    await async_setup_component(house.hass, "system_health", {})
    await house.set_up(
        metered_site(),
        site_subentry("cabin", "Cabin"),
        charger_subentry(),
        charger_subentry("yard", "Yard", charge_point_id="CP2"),
    )
    await house.connect()
    await house.meter({"P": 1000})
    assert await get_system_health_info(house.hass, DOMAIN) == {
        "ocpp_server": f"127.0.0.1:{house.hub.port}",
        "chargers_connected": "1/2",
        "meters_online": "1/1",
    }
    await house.unload()
    assert await get_system_health_info(house.hass, DOMAIN) == {"ocpp_server": "stopped"}
