"""What the house takes without its cars, learned and kept."""

from datetime import timedelta
from typing import Any

from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from .house import House, charger_subentry, metered_site
from .priced import Priced, patient_fixture, price_data  # noqa: F401

pytestmark = pytest.mark.usefixtures("patient")


@pytest.fixture
async def home(house: House, mqtt_mock: MqttMockHAClient) -> Priced:
    """Return a metered home with a charger that is not smart."""
    priced = Priced(house)
    priced.prices()
    await house.set_up(metered_site(price=price_data()), charger_subentry(circuit_fuse=16))
    await house.act("switch", "turn_off", "switch.garage_smart_charging")
    await priced.connect()
    return priced


async def _hour(home: Priced, house_watts: float, minutes: int = 60) -> None:
    """Let time pass in which the meter counts the house and the car."""
    for _ in range(minutes * 2):
        await home.live(0.5)
        cars = 690 * home.drawn(home.charge_points[0])
        amperes = (house_watts + cars) / 690
        lines = {f"I{n}": amperes for n in (1, 2, 3)}
        await home.house.meter({"P": round(house_watts + cars), **lines})


async def test_house_is_learned_without_its_car(home: Priced) -> None:
    await home.house.meter({"P": 2000, "I1": 3.0, "I2": 3.0, "I3": 3.0})
    await home.plug_in(home.charge_points[0])
    begun = dt_util.utcnow()
    await _hour(home, 2000, 62)
    load = home.house.site.planning.learning.load
    assert load.expected(begun) == pytest.approx(2000, abs=250)
    await home.house.unload()
    await home.house.set_up()
    await home.settle()
    load = home.house.site.planning.learning.load
    assert load.expected(begun + timedelta(days=7)) == pytest.approx(2000, abs=250)


@pytest.mark.parametrize("damage", [{"home": 1}, {"home": [[1]]}, {"home": [["x", "y"]]}])
async def test_damaged_memory_begins_anew(
    house: House, hass_storage: dict[str, Any], damage: dict[str, Any]
) -> None:
    hass_storage["zmartcharge.loads"] = {"version": 1, "data": damage}
    await house.set_up()
    await house.hass.async_block_till_done(wait_background_tasks=True)
    assert not house.site.planning.learning.load.known
