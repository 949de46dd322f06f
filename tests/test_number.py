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


LIMIT = "number.garage_current_limit"


async def test_current_limit_holds_until_it_is_the_fuse_again(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await house.charge(charge_point, 60)
    assert house.number(LIMIT) == 20
    await house.act("number", "set_value", LIMIT, value=10)
    await house.run(charge_point, 60)
    assert house.number(LIMIT) == 10
    assert charge_point.station.evse.line_currents(1)[0] == 10
    await house.act("number", "set_value", LIMIT, value=20)
    await house.run(charge_point, 60)
    assert house.connector.own_limit is None
    assert charge_point.station.evse.line_currents(1)[0] == 16


@pytest.mark.parametrize(("amperes", "why"), [(3, "6 A"), (32, "20 A")])
async def test_current_limit_that_makes_no_sense_is_explained(
    house: House, amperes: int, why: str
) -> None:
    await house.set_up()
    await house.connect()
    with pytest.raises(ServiceValidationError, match=why):
        await house.act("number", "set_value", LIMIT, value=amperes)
    assert house.number(LIMIT) == 20
