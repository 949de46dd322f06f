"""Events."""

from unittest.mock import patch

from homeassistant.const import Platform
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import snapshot_platform
from syrupy.assertion import SnapshotAssertion

from .house import House


async def test_entities(
    house: House,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
) -> None:
    with (
        patch("custom_components.zmartcharge.PLATFORMS", [Platform.EVENT]),
        patch("homeassistant.helpers.entity.Entity.entity_registry_enabled_default", new=True),
    ):
        await house.set_up()
    charge_point = await house.connect()
    await house.charge(charge_point, 600)
    await snapshot_platform(house.hass, entity_registry, snapshot, "hub")
