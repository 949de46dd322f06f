"""Buttons."""

from unittest.mock import patch

from homeassistant.const import Platform
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
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
    with patch("custom_components.zmartcharge.PLATFORMS", [Platform.BUTTON]):
        await house.set_up()
    charge_point = await house.connect()
    await house.charge(charge_point, 600)
    await snapshot_platform(house.hass, entity_registry, snapshot, "hub")


async def test_start_and_stop(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await charge_point.plug_in(car())
    await house.settled(charge_point)
    await house.act("button", "press", "button.garage_start_the_charger")
    await wait_until(lambda: house.connector.in_session)
    await house.settled(charge_point)
    with pytest.raises(ServiceValidationError) as err:
        await house.act("button", "press", "button.garage_start_the_charger")
    assert err.value.translation_key == "already_charging"
    await house.act("button", "press", "button.garage_stop_the_charger")
    await wait_until(lambda: not house.connector.in_session)
    with pytest.raises(ServiceValidationError) as err:
        await house.act("button", "press", "button.garage_stop_the_charger")
    assert err.value.translation_key == "no_session"


async def test_unlocking_ends_the_session(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await house.charge(charge_point)
    await house.act("button", "press", "button.garage_unlock_the_cable")
    await wait_until(lambda: not house.connector.in_session)
    (session,) = await house.sessions()
    assert session.stop_reason == "UnlockCommand"


async def test_cable_that_cannot_be_unlocked_is_told(house: House) -> None:
    await house.set_up()
    await house.connect(unlock_answer="UnlockFailed")
    with pytest.raises(HomeAssistantError) as err:
        await house.act("button", "press", "button.garage_unlock_the_cable")
    assert str(err.value) == "Garage refused UnlockConnector: UnlockFailed"


async def test_restart_reboots_the_charger(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    station = house.charger.station
    await house.act("button", "press", "button.garage_restart")
    await wait_until(lambda: house.charger.connected and house.charger.station is not station)
    await house.settled(charge_point)
