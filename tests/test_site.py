"""A site and its meter."""

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
import pytest
from pytest_homeassistant_custom_component.typing import MqttMockHAClient, MqttMockHAClientGenerator

from .house import House, charger_subentry, metered_site, mqtt_meter, site_subentry, wait_until

ONLINE = "binary_sensor.home_meter_online"
POWER = "sensor.home_power"


@pytest.fixture
async def metered(house: House, mqtt_mock: MqttMockHAClient) -> House:
    """Return a running house whose meter publishes on MQTT."""
    await house.set_up(metered_site(), charger_subentry())
    return house


async def test_partial_lists_are_one_picture(metered: House) -> None:
    house = metered
    assert house.state(ONLINE) == STATE_OFF
    await house.meter({"P": 2000})
    assert house.state(ONLINE) == STATE_ON
    assert house.number(POWER) == 2000
    assert house.state("sensor.home_current_l1") == STATE_UNKNOWN
    await house.pass_time(10)
    await house.meter({"P": 2500, "PO": 0, "I1": 4.0, "I2": 5.5, "I3": -1.0, "U1": 231.0})
    await house.pass_time(10)
    await house.meter({"P": 2600, "tPI": 1234.5, "tPO": 0.25})
    assert house.number(POWER) == 2600
    assert [house.number(f"sensor.home_current_l{n}") for n in (1, 2, 3)] == [4, 5.5, -1]
    assert [house.number(f"sensor.home_headroom_l{n}") for n in (1, 2, 3)] == [59, 57.5, 62]
    assert house.number("sensor.home_imported_energy") == 1234.5
    assert house.number("sensor.home_exported_energy") == 0.25


async def test_delivered_power_is_negative(metered: House) -> None:
    await metered.meter({"P": 0, "PO": 3000})
    assert metered.number(POWER) == -3000


async def test_line_that_an_it_meter_does_not_measure_is_unknown(
    house: House, mqtt_mock: MqttMockHAClient
) -> None:
    await house.set_up(metered_site(grid_type="it_230"))
    await house.meter({"P": 2000, "I1": 4.0, "I2": 0, "I3": 5.0})
    assert house.state("sensor.home_current_l2") == STATE_UNKNOWN
    assert house.state("sensor.home_headroom_l2") == STATE_UNKNOWN
    assert house.number("sensor.home_current_l3") == 5


async def test_single_phase_site_has_one_line(house: House) -> None:
    await house.set_up(site_subentry(grid_type="single_phase"))
    assert house.state("sensor.home_current_l1") != "missing"
    assert house.state("sensor.home_current_l2") == "missing"
    assert house.state(ONLINE) == "missing"


async def test_retained_reading_is_not_fresh(metered: House) -> None:
    house = metered
    await house.meter({"P": 2000, "I1": 4.0, "tPI": 100.0}, retain=True)
    assert house.state(ONLINE) == STATE_OFF
    assert house.state(POWER) == STATE_UNAVAILABLE
    assert house.state("sensor.home_current_l1") == STATE_UNAVAILABLE
    # A register does not age.
    assert house.number("sensor.home_imported_energy") == 100


async def test_what_is_no_reading_is_counted_and_logged_once(
    metered: House, caplog: pytest.LogCaptureFixture
) -> None:
    house = metered
    for _ in range(3):
        await house.meter("this is not JSON")
    assert house.site.rejected == 3
    assert house.site.last_rejection == "payload_not_json"
    assert caplog.text.count("Home: a meter payload was not used") == 1
    await house.meter({"P": 2000, "I1": 4000})
    assert house.site.last_rejection == "reading_current_absurd"
    assert house.state(POWER) == STATE_UNAVAILABLE
    await house.meter({"P": 2000})
    assert house.number(POWER) == 2000
    # A list without anything that we use is the normal life of a reader.
    await house.meter({"unrelated": 1})
    assert caplog.text.count("a meter payload was not used") == 2


async def test_last_will_makes_the_meter_unavailable_at_once(metered: House) -> None:
    house = metered
    await house.meter({"P": 2000, "tPI": 5.0})
    await house.meter("offline", topic="ams2mqtt/status")
    assert house.state(ONLINE) == STATE_OFF
    assert house.state(POWER) == STATE_UNAVAILABLE
    assert house.number("sensor.home_imported_energy") == 5
    await house.meter("online", topic="ams2mqtt/status")
    assert house.state(POWER) == STATE_UNAVAILABLE
    await house.pass_time(3)
    await house.meter({"P": 2100})
    assert house.number(POWER) == 2100
    await house.meter("perhaps", topic="ams2mqtt/status")
    assert house.site.last_rejection == "payload_not_an_availability"


async def test_silent_meter_is_stale_then_a_repair(metered: House) -> None:
    house = metered
    await house.meter({"P": 2000, "I1": 4.0})
    await house.pass_time(29)
    assert house.number(POWER) == 2000
    await house.pass_time(3)
    assert house.state(POWER) == STATE_UNAVAILABLE
    assert house.state(ONLINE) == STATE_OFF
    await house.pass_time(9 * 60)
    assert house.issue("meter_silent_home") is None
    await house.pass_time(60)
    issue = house.issue("meter_silent_home")
    assert issue is not None
    assert issue.translation_placeholders == {"site": "Home", "topic": "ams2mqtt"}
    # What the broker has kept is no sign of life.
    await house.meter({"P": 2000}, retain=True)
    assert house.issue("meter_silent_home") is not None
    await house.meter({"P": 2000})
    assert house.issue("meter_silent_home") is None
    assert house.state(ONLINE) == STATE_ON


async def test_meter_that_never_spoke_is_a_repair(metered: House) -> None:
    await metered.pass_time(601)
    assert metered.issue("meter_silent_home") is not None


async def test_chargers_work_without_mqtt(
    house: House, mock_hass_config: None, mqtt_mock_entry: MqttMockHAClientGenerator
) -> None:
    await house.set_up(metered_site(), charger_subentry())
    await house.connect()
    assert house.state("sensor.garage_status") == "ready"
    assert house.state(ONLINE) == STATE_OFF
    await mqtt_mock_entry()
    await house.pass_time(31)
    await wait_until(lambda: house.site.listening)
    await house.hass.async_block_till_done()
    await house.meter({"P": 2000})
    assert house.state(ONLINE) == STATE_ON


async def test_another_topic_begins_a_new_picture(metered: House) -> None:
    house = metered
    await house.meter({"P": 2000})
    await house.change("home", meter=mqtt_meter("other"))
    assert house.state(ONLINE) == STATE_OFF
    await house.meter({"P": 1000})
    assert house.state(ONLINE) == STATE_OFF
    await house.meter({"P": 1000}, topic="other")
    assert house.number(POWER) == 1000


async def test_new_name_keeps_the_picture(metered: House) -> None:
    house = metered
    await house.meter({"P": 2000})
    await house.change("home", title="Cabin")
    assert house.number(POWER) == 2000
    device = house.device("home")
    assert device is not None
    assert device.name == "Cabin"


async def test_meter_that_is_added_later_is_shown(
    house: House, mqtt_mock: MqttMockHAClient
) -> None:
    await house.set_up(site_subentry())
    assert house.state(ONLINE) == "missing"
    await house.change("home", meter=mqtt_meter())
    await house.meter({"P": 2000})
    assert house.state(ONLINE) == STATE_ON
    await house.change("home", meter=None)
    assert house.state(ONLINE) == "missing"
    assert house.state(POWER) == STATE_UNAVAILABLE


async def test_lines_follow_the_supply(house: House) -> None:
    await house.set_up(site_subentry())
    await house.change("home", grid_type="single_phase")
    assert house.state("sensor.home_current_l3") == "missing"
    await house.change("home", grid_type="it_230")
    assert house.state("sensor.home_current_l3") != "missing"


async def test_charger_moves_and_keeps_history_and_socket(house: House) -> None:
    await house.set_up(site_subentry(), site_subentry("cabin", "Cabin"), charger_subentry())
    charge_point = await house.connect()
    await house.charge(charge_point, 60)
    await charge_point.unplug()
    await house.settled(charge_point)
    station = house.charger.station
    await house.change("garage", site="cabin")
    assert house.charger.station is station
    cabin, device = house.device("cabin"), house.device("garage")
    assert cabin is not None
    assert device is not None
    assert device.via_device_id == cabin.id
    house.time.tick(60)
    await house.charge(charge_point)
    assert [session.site_id for session in await house.sessions()] == ["cabin", "home"]
    assert house.number("sensor.garage_lifetime_energy") == 0.184


async def test_site_removed_by_force_leaves_its_chargers_working(house: House) -> None:
    await house.set_up(site_subentry(), site_subentry("cabin", "Cabin"), charger_subentry())
    charge_point = await house.connect()
    station = house.charger.station
    await house.remove("home")
    issue = house.issue("site_missing_garage")
    assert issue is not None
    assert issue.is_fixable
    assert house.device("home") is None
    assert house.state(POWER) == "missing"
    assert house.charger.station is station
    await house.charge(charge_point, 60)
    assert house.number("sensor.garage_session_energy") == 0.184
    await house.change("garage", site="cabin")
    assert house.issue("site_missing_garage") is None


async def test_removed_site_forgets_its_repair(metered: House) -> None:
    await metered.pass_time(601)
    assert metered.issue("meter_silent_home") is not None
    await metered.remove("home")
    assert metered.issue("meter_silent_home") is None
    await metered.pass_time(601)
    assert metered.issue("meter_silent_home") is None
