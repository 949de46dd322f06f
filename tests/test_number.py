"""Numbers."""

from unittest.mock import patch

from homeassistant.const import Platform
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import snapshot_platform
from syrupy.assertion import SnapshotAssertion

from .house import House


async def test_entities(
    house: House,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
) -> None:
    with patch("custom_components.zmartcharge.PLATFORMS", [Platform.NUMBER]):
        await house.set_up()
    charge_point = await house.connect()
    await house.charge(charge_point, 600)
    await snapshot_platform(house.hass, entity_registry, snapshot, "hub")


@pytest.mark.parametrize("amperes", [5, 64, 999])
async def test_fuse_outside_its_range_is_refused(house: House, amperes: int) -> None:
    await house.set_up()
    with pytest.raises(ServiceValidationError):
        await house.act("number", "set_value", "number.garage_circuit_fuse", value=amperes)
    assert house.number("number.garage_circuit_fuse") == 20
