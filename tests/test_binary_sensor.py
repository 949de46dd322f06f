"""Binary sensors."""

from unittest.mock import patch

from homeassistant.const import Platform
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import snapshot_platform
from pytest_homeassistant_custom_component.typing import MqttMockHAClient
from syrupy.assertion import SnapshotAssertion

from .house import House, charger_subentry, metered_site


async def test_entities(
    house: House,
    mqtt_mock: MqttMockHAClient,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
) -> None:
    with patch("custom_components.zmartcharge.PLATFORMS", [Platform.BINARY_SENSOR]):
        await house.set_up(metered_site(), charger_subentry())
    charge_point = await house.connect()
    await house.charge(charge_point, 600)
    await house.meter(
        {"P": 12000, "PO": 0, "I1": 18.0, "I2": 17.5, "I3": 17.0, "tPI": 1234.5, "tPO": 0.0}
    )
    await snapshot_platform(house.hass, entity_registry, snapshot, "hub")
