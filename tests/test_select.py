"""The choices of chargers and connectors."""

from homeassistant.exceptions import HomeAssistantError
import pytest

from .house import House, charger_subentry
from .priced import Priced, patient_fixture, priced_site  # noqa: F401

pytestmark = pytest.mark.usefixtures("patient")

MODE = "select.garage_charging_mode"


async def _choose(house: House, option: str) -> None:
    await house.act("select", "select_option", MODE, option=option)


@pytest.fixture
async def home(house: House) -> Priced:
    """Return a home with prices and a charger, whose car charges now."""
    priced = Priced(house)
    priced.prices(cheap=tuple(range(24)))
    await house.set_up(priced_site(), charger_subentry(circuit_fuse=16))
    priced.answer()
    charge_point = await priced.connect()
    await priced.plug_in(charge_point)
    await priced.live(3)
    assert priced.drawn(charge_point) == 16
    return priced


async def test_off_pauses_and_another_choice_lets_it_go_on(home: Priced) -> None:
    house, charge_point = home.house, home.charge_points[0]
    await _choose(house, "off")
    await home.live(2)
    assert house.state(MODE) == "off"
    assert home.drawn(charge_point) == 0
    await _choose(house, "full_now")
    await home.live(2)
    assert house.state(MODE) == "full_now"
    assert home.drawn(charge_point) == 16


async def test_off_stays_off_over_a_restart(home: Priced) -> None:
    house = home.house
    await _choose(house, "off")
    await home.settle()
    await house.unload()
    await house.set_up()
    assert house.state(MODE) == "off"


async def test_choice_while_the_charger_is_away_holds_when_it_is_back(home: Priced) -> None:
    house, charge_point = home.house, home.charge_points[0]
    await _choose(house, "off")
    await home.live(2)
    assert home.drawn(charge_point) == 0
    await house.cut(charge_point)
    with pytest.raises(HomeAssistantError):
        await _choose(house, "full_now")
    await house.mend(charge_point)
    await home.live(10)
    assert house.state(MODE) == "full_now"
    assert home.drawn(charge_point) == 16


async def test_limit_of_an_automation_is_beside_the_users_choice(home: Priced) -> None:
    house, charge_point = home.house, home.charge_points[0]
    target = "sensor.garage_status"
    await house.act("zmartcharge", "set_current_limit", target, current=0, name="peak_price")
    await home.live(2)
    assert home.drawn(charge_point) == 0
    assert house.state(MODE) == "smart"
    await _choose(house, "off")
    await house.act("zmartcharge", "set_current_limit", target, name="peak_price")
    await home.live(2)
    assert house.state(MODE) == "off"
    assert home.drawn(charge_point) == 0
    await _choose(house, "smart")
    await home.live(2)
    assert home.drawn(charge_point) == 16


async def test_off_has_no_plan_and_the_switch_agrees(home: Priced) -> None:
    house, charge_point = home.house, home.charge_points[0]
    assert house.state("switch.garage_smart_charging") == "on"
    await _choose(house, "off")
    await home.live(2)
    assert house.state("sensor.garage_plan") == "unavailable"
    assert house.state("calendar.garage_charging_plan") == "off"
    assert house.state("switch.garage_smart_charging") == "off"
    await house.act("switch", "turn_on", "switch.garage_smart_charging")
    await home.live(2)
    assert house.state(MODE) == "smart"
    assert home.drawn(charge_point) == 16


@pytest.mark.parametrize("mode", ["smart", "full_now"])
async def test_choice_of_the_user_ends_the_pause_of_an_automation(home: Priced, mode: str) -> None:
    house, charge_point = home.house, home.charge_points[0]
    target = "sensor.garage_status"
    await house.act("zmartcharge", "set_current_limit", target, current=0, name="peak_price")
    await house.act("zmartcharge", "set_current_limit", target, current=10, name="night")
    await home.live(2)
    assert home.drawn(charge_point) == 0
    await _choose(house, mode)
    await home.live(2)
    assert home.drawn(charge_point) == 10
    await house.act("zmartcharge", "set_current_limit", target)
    await home.live(2)
    assert home.drawn(charge_point) == 16
