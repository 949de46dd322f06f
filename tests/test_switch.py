"""Switches."""

from unittest.mock import patch

from homeassistant.const import Platform
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import snapshot_platform
from syrupy.assertion import SnapshotAssertion

from .house import House, car, wait_until


async def test_entities(
    house: House,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
) -> None:
    with patch("custom_components.zmartcharge.PLATFORMS", [Platform.SWITCH]):
        await house.set_up()
    charge_point = await house.connect()
    await house.charge(charge_point, 600)
    await snapshot_platform(house.hass, entity_registry, snapshot, "hub")


async def test_turning_it_to_where_it_is_does_nothing(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await house.act("switch", "turn_off", "switch.garage_charging")
    await house.charge(charge_point)
    before = len(charge_point.frames)
    await house.act("switch", "turn_on", "switch.garage_charging")
    assert len(charge_point.frames) == before
    assert len(await house.sessions()) == 1


async def test_charger_that_refuses_is_told_by_name(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await charge_point.fault(1, "GroundFailure")
    await house.settled(charge_point)
    with pytest.raises(HomeAssistantError) as err:
        await house.act("switch", "turn_on", "switch.garage_charging")
    assert err.value.translation_key == "start_refused"
    assert str(err.value).startswith("Garage does not start now")


async def test_card_turns_it_on_and_off(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await charge_point.tap("04A1B2C3")
    await charge_point.plug_in(car())
    await wait_until(lambda: house.state("switch.garage_charging") == "on")
    await charge_point.tap("04A1B2C3")
    await wait_until(lambda: house.state("switch.garage_charging") == "off")
