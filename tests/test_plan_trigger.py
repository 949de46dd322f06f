"""The trigger of smart charging."""

from typing import Any

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from .automated import hass_config_dir_fixture  # noqa: F401
from .house import House, charger_subentry
from .priced import Priced, patient_fixture, priced_site  # noqa: F401

pytestmark = pytest.mark.usefixtures("patient")


async def _listen(hass: HomeAssistant, **options: Any) -> list[ServiceCall]:
    calls = async_mock_service(hass, "test", "hear")
    fields = ("reason", "charger", "connector", "device_id", "energy")
    data = {name: f"{{{{ trigger.{name} }}}}" for name in fields}
    automation = {
        "triggers": [{"trigger": "zmartcharge.plan_needed", "options": options}],
        "actions": [{"action": "test.hear", "data": data}],
    }
    assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: [automation]})
    await hass.async_block_till_done()
    return calls


async def _home(house: House) -> Priced:
    priced = Priced(house)
    priced.prices(cheap=(6, 7))
    second = charger_subentry("drive", "Drive", charge_point_id="CP2")
    await house.set_up(priced_site(), charger_subentry(circuit_fuse=16), second)
    await priced.connect()
    await priced.ready_by(9)
    return priced


async def test_car_that_comes_is_told_of_and_again_until_somebody_plans(house: House) -> None:
    home = await _home(house)
    calls = await _listen(house.hass)
    await home.plug_in(home.charge_points[0])
    assert calls[0].data["reason"] == "new"
    assert calls[0].data["charger"] == "Garage"
    assert calls[0].data["connector"] == 1
    device = house.device("garage")
    assert device is not None
    assert calls[0].data["device_id"] == device.id
    before = len(calls)
    await home.live(2)
    assert len(calls) > before
    home.answer()
    await home.live(2)
    before = len(calls)
    await home.live(5)
    assert len(calls) == before


async def test_others_are_not_heard(house: House) -> None:
    home = await _home(house)
    device = house.device("drive")
    assert device is not None
    calls = await _listen(house.hass, device_id=device.id)
    await home.plug_in(home.charge_points[0])
    assert calls == []


async def test_only_chosen_reasons_are_heard(house: House) -> None:
    home = await _home(house)
    calls = await _listen(house.hass, reason=["prices"])
    home.answer()
    await home.plug_in(home.charge_points[0])
    await home.live(1)
    assert calls == []
    home.prices(cheap=(3, 4))
    await home.settle()
    assert [call.data["reason"] for call in calls] == ["prices"]


async def test_automation_that_is_changed_plans_anew(house: House) -> None:
    home = await _home(house)
    home.answer()
    await home.plug_in(home.charge_points[0])
    await home.live(1)
    calls = await _listen(house.hass)
    await home.settle()
    assert [call.data["reason"] for call in calls] == ["need"]
