"""The triggers for what happens at sites and chargers."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from homeassistant.components.automation import DOMAIN as AUTOMATION
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.zmartcharge.happening import SIGNAL, Happening
from custom_components.zmartcharge.price import CapacityStep, CapacityTariff, Grid

from .automated import hass_config_dir_fixture  # noqa: F401
from .house import House, charger_subentry, metered_site
from .priced import Priced, contract, patient_fixture, price_data, priced_site  # noqa: F401

pytestmark = pytest.mark.usefixtures("patient")


async def _listen(hass: HomeAssistant, *names: str, **options: Any) -> list[ServiceCall]:
    calls = async_mock_service(hass, "test", "hear")
    triggers = [
        {"trigger": f"zmartcharge.{name}", "id": name, "options": options} for name in names
    ]
    fields = ("id", "name", "device_id", "price", "until", "estimate", "allowed", "energy")
    data = {name: f"{{{{ trigger.{name} | default('') }}}}" for name in fields}
    automation = {"triggers": triggers, "actions": [{"action": "test.hear", "data": data}]}
    assert await async_setup_component(hass, AUTOMATION, {AUTOMATION: [automation]})
    await hass.async_block_till_done()
    return calls


def _told(calls: list[ServiceCall]) -> list[str]:
    return [call.data["id"] for call in calls]


async def _home(house: House, **prices: Any) -> Priced:
    priced = Priced(house)
    priced.prices(**prices)
    await house.set_up(priced_site(), charger_subentry(circuit_fuse=16))
    await priced.settle()
    return priced


def _device(house: House, identifier: str) -> str:
    device = house.device(identifier)
    assert device is not None
    return device.id


async def test_the_peak_of_the_day_begins_and_ends_once(house: House) -> None:
    home = await _home(house, h1="3")
    calls = await _listen(house.hass, "price_peak_started", "price_peak_ended")
    await home.live(55, step=300)
    assert calls == []
    await home.live(70, step=300)
    assert _told(calls) == ["price_peak_started", "price_peak_ended"]
    assert (calls[0].data["name"], calls[0].data["price"]) == ("Home", 3.0)
    assert calls[0].data["device_id"] == _device(house, "home")


async def test_peak_that_ends_while_home_assistant_is_away_is_told_of(house: House) -> None:
    home = await _home(house, h1="3", h2="3")
    await home.live(70, step=300)
    await house.unload()
    house.time.tick(timedelta(minutes=110))
    heard: list[Happening] = []
    async_dispatcher_connect(house.hass, SIGNAL, lambda happened: heard.append(happened.what))
    await house.set_up()
    await home.live(5, step=60)
    assert [each for each in heard if "peak" in each] == [Happening.PRICE_PEAK_ENDED]


async def test_tomorrows_prices_are_told_of_when_they_come(house: House) -> None:
    home = await _home(house, hours=12)
    calls = await _listen(house.hass, "prices_published")
    home.prices(hours=12)
    await home.settle()
    assert calls == []
    home.prices(hours=36)
    await home.settle()
    assert _told(calls) == ["prices_published"]


async def test_a_slot_begins_and_ends(house: House) -> None:
    home = await _home(house, cheap=(1,))
    calls = await _listen(house.hass, "plan_slot_started", "plan_slot_ended")
    home.answer()
    await home.connect()
    await home.ready_by(3)
    house.connector.smart.choose_energy(5000)
    await home.plug_in(home.charge_points[0])
    await home.live(50, step=60)
    assert calls == []
    await home.live(80, step=60)
    assert _told(calls) == ["plan_slot_started", "plan_slot_ended"]
    assert calls[0].data["device_id"] == _device(house, "garage")
    assert calls[0].data["energy"] > 0


async def test_others_are_not_heard(house: House) -> None:
    home = await _home(house, h1="3")
    calls = await _listen(house.hass, "price_peak_started", device_id=_device(house, "garage"))
    await home.live(70, step=300)
    assert calls == []


async def test_hour_that_costs_a_step_is_told_of_once(
    house: House, mqtt_mock: MqttMockHAClient
) -> None:
    steps = tuple(CapacityStep(Decimal(kw), Decimal(fee)) for kw, fee in ((0, 100), (2, 200)))
    data = price_data(contract(grid=Grid(capacity=CapacityTariff(steps=steps))))
    home = Priced(house)
    home.prices()
    await house.set_up(metered_site(price=data), charger_subentry())
    await home.settle()
    calls = await _listen(house.hass, "capacity_step_at_risk")
    for _ in range(20):
        await house.meter({"P": 9000, "tPI": 1000.0})
        await home.live(1)
    assert _told(calls) == ["capacity_step_at_risk"]
    assert calls[0].data["estimate"] > calls[0].data["allowed"]
