"""What entities show of load balancing."""

import pytest
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from custom_components.zmartcharge.balance_view import BalanceOptions

from .balanced import Balanced
from .flows import ENGLISH
from .house import House, charger_subentry, metered_site, site_subentry

OURS = {
    "binary_sensor.home_overload",
    "binary_sensor.home_fuse_guard",
    "sensor.home_left_for_this_hour",
    "sensor.garage_allocated_current",
    "sensor.garage_reason_for_the_current",
    "sensor.garage_if_home_assistant_stops",
}


@pytest.fixture
async def home(house: House, mqtt_mock: MqttMockHAClient) -> Balanced:
    """Return a home behind 25 A with a charger of 16 A, whose needs are answered."""
    await house.set_up(metered_site(main_fuse=25), charger_subentry(circuit_fuse=16))
    home = Balanced(house)
    await home.read()
    home.charge_points = (await house.connect(),)
    home.answer()
    await house.charge(home.charge_points[0])
    await home.live(60)
    return home


async def test_what_a_charger_gets_and_why(home: Balanced) -> None:
    house = home.house
    assert house.number("sensor.garage_allocated_current") == 16
    reason = house.full_state("sensor.garage_reason_for_the_current")
    assert reason.state == "Gets all that it can take (16 A)"
    assert reason.attributes["reason"] == "unlimited"
    assert reason.attributes["placeholders"] == {"limit": 16.0}

    home.load = [5.0, 15.0, 5.0]
    await home.live(12)
    assert house.number("sensor.garage_allocated_current") == 10
    # As it was when it was decided, not as it is now.
    assert (
        house.state("sensor.garage_reason_for_the_current") == "Gets no more: L2 was at 31 of 25 A"
    )


async def test_overload_names_its_lines(home: Balanced) -> None:
    house = home.house
    assert house.state("binary_sensor.home_overload") == "off"
    home.load = [5.0, 15.0, 11.0]
    await home.read()
    state = house.full_state("binary_sensor.home_overload")
    assert (state.state, state.attributes["lines"]) == ("on", ["L2", "L3"])
    await home.live(20)
    state = house.full_state("binary_sensor.home_overload")
    assert (state.state, state.attributes["lines"]) == ("off", [])


async def test_overload_is_not_known_without_the_meter(home: Balanced) -> None:
    home.metered = False
    await home.live(40)
    assert home.house.state("binary_sensor.home_overload") == "unavailable"


async def test_guard_says_why_it_acts(home: Balanced) -> None:
    house = home.house
    assert house.state("binary_sensor.home_fuse_guard") == "off"
    home.house.site.balancing._need_listeners.clear()
    home.load = [5.0, 15.0, 5.0]
    for _ in range(15):
        await home.live(1)
        if (state := house.full_state("binary_sensor.home_fuse_guard")).state == "on":
            break
    assert (state.state, state.attributes["reason"]) == ("on", "overload")


async def test_limit_for_the_hour_counts_down(home: Balanced) -> None:
    house = home.house
    assert house.state("sensor.home_left_for_this_hour") == "unavailable"
    home.options = BalanceOptions(hour_limit=5000)
    await house.site.balancing.balance(home.options)
    before = house.number("sensor.home_left_for_this_hour")
    assert before is not None and 0 < before < 5
    await home.live(60)
    after = house.number("sensor.home_left_for_this_hour")
    assert after is not None and 0 < after < before


async def test_fail_safe_of_the_charger_is_told_in_words(home: Balanced) -> None:
    state = home.house.full_state("sensor.garage_if_home_assistant_stops")
    assert state.state == "a"
    words = ENGLISH["entity"]["sensor"]["fail_safe_grade"]["state"]
    assert set(state.attributes["options"]) == words.keys()


async def test_site_without_a_meter_shows_nothing_of_it(house: House) -> None:
    await house.set_up(site_subentry(), charger_subentry())
    assert not OURS & house.entity_ids()


async def test_charger_without_a_site_shows_nothing_of_it(house: House) -> None:
    await house.set_up(charger_subentry(site="gone"))
    assert not OURS & house.entity_ids()


async def test_site_that_loses_its_meter_loses_them(
    house: House, mqtt_mock: MqttMockHAClient
) -> None:
    await house.set_up(metered_site(), charger_subentry())
    assert house.entity_ids() >= OURS
    await house.change("home", meter=None)
    await house.hass.config_entries.async_reload("hub")
    await house.hass.async_block_till_done()
    assert not OURS & house.entity_ids()
