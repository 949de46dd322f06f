"""A site and its meter."""

from collections.abc import Callable
import json
from typing import Any

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import MqttMockHAClient, MqttMockHAClientGenerator

from custom_components.zmartcharge.units import Phase

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


async def test_headroom_is_as_exact_as_a_meter_and_no_more(
    house: House, mqtt_mock: MqttMockHAClient
) -> None:
    await house.set_up(metered_site(main_fuse=25))
    await house.meter({"P": 8000, "I1": 24.6, "I2": 16.4, "I3": 5.55})
    states = [house.state(f"sensor.home_headroom_l{n}") for n in (1, 2, 3)]
    assert states == ["0.4", "8.6", "19.45"]


async def test_delivered_power_is_negative(metered: House) -> None:
    await metered.meter({"P": 0, "PO": 3000})
    assert metered.number(POWER) == -3000


async def test_line_that_an_it_meter_does_not_measure_is_estimated_and_says_so(
    house: House, mqtt_mock: MqttMockHAClient
) -> None:
    await house.set_up(metered_site(grid_type="it_230"))
    assert house.state("sensor.home_reading_quality") == STATE_UNKNOWN
    await house.meter({"P": 1500, "Q": 0, "I1": 4.0, "I2": 0, "I3": 5.0})
    l2 = house.full_state("sensor.home_current_l2")
    assert 0 < float(l2.state) < 9
    assert l2.attributes["estimated"] is True
    assert 1 <= l2.attributes["margin"] < 1.2
    headroom = house.number("sensor.home_headroom_l2")
    assert headroom == pytest.approx(63 - float(l2.state) - l2.attributes["margin"], abs=0.06)
    assert house.number("sensor.home_current_l3") == 5
    assert house.full_state("sensor.home_current_l3").attributes["estimated"] is False
    assert house.state("sensor.home_reading_quality") == "estimated"


async def test_line_that_an_it_meter_does_not_measure_is_unknown_without_the_others(
    house: House, mqtt_mock: MqttMockHAClient
) -> None:
    await house.set_up(metered_site(grid_type="it_230"))
    await house.meter({"P": 2000, "I1": 4.0, "I2": 0})
    assert house.state("sensor.home_current_l2") == STATE_UNKNOWN
    assert house.state("sensor.home_headroom_l2") == STATE_UNKNOWN


async def test_voltages_and_quality_are_shown(metered: House) -> None:
    house = metered
    await house.meter({"P": 1, "U1": 229.5, "U2": 231.0, "U3": 230.0})
    assert [house.number(f"sensor.home_voltage_l{n}") for n in (1, 2, 3)] == [229.5, 231, 230]
    # Without currents there is nothing to rely on.
    assert house.state("sensor.home_reading_quality") == STATE_UNKNOWN
    await house.meter({"P": 1, "I1": 1.0, "I2": 2.0, "I3": 3.0})
    assert house.state("sensor.home_reading_quality") == "good"
    await house.pass_time(32)
    assert house.state("sensor.home_reading_quality") == "stale"
    assert house.state("sensor.home_voltage_l1") == STATE_UNAVAILABLE


async def test_signal_is_that_of_the_readers_radio(
    metered: House, entity_registry: er.EntityRegistry
) -> None:
    house = metered
    entity_id = "sensor.home_signal_of_the_reader"
    entry = entity_registry.async_get(entity_id)
    assert entry is not None and entry.disabled
    entity_registry.async_update_entity(entity_id, disabled_by=None)
    await house.hass.config_entries.async_reload("hub")
    await house.meter({"P": 1})
    assert house.state(entity_id) == STATE_UNAVAILABLE
    await house.meter('{"rssi": -58, "data": {"P": 1}}')
    assert house.number(entity_id) == -58


async def test_hour_and_peaks_come_from_the_stream(metered: House) -> None:
    house = metered
    # NOW is the beginning of an hour.
    await house.meter({"P": 6000})
    for _ in range(30):
        await house.pass_time(59)
        await house.meter({"P": 6000})
    assert house.number("sensor.home_estimate_for_this_hour") == pytest.approx(6, abs=0.05)
    assert house.state("sensor.home_highest_hours_of_the_month") == STATE_UNAVAILABLE
    for _ in range(32):
        await house.pass_time(59)
        await house.meter({"P": 6000})
    peaks = house.full_state("sensor.home_highest_hours_of_the_month")
    assert float(peaks.state) == pytest.approx(6, abs=0.01)
    (peak,) = peaks.attributes["peaks"]
    assert peak["start"] == "2026-11-21T12:00:00+00:00"
    assert peak["energy_kwh"] == pytest.approx(6, abs=0.01)


async def test_readers_own_account_goes_first(metered: House) -> None:
    house = metered
    await house.pass_time(1800)
    await house.meter('{"data": {"P": 2000}, "realtime": {"h": 3.0, "peaks": [5.5, 4.5, 3.5]}}')
    assert house.number("sensor.home_estimate_for_this_hour") == pytest.approx(4)
    assert house.number("sensor.home_highest_hours_of_the_month") == pytest.approx(4.5)


async def test_another_meters_register_is_not_compared(metered: House) -> None:
    house = metered
    await house.meter({"P": 1, "tPI": 1000.0})
    await house.change("home", meter=mqtt_meter("other"))
    await house.pass_time(3601)
    await house.meter({"P": 1, "tPI": 90000.0}, topic="other")
    peaks = house.full_state("sensor.home_highest_hours_of_the_month")
    assert float(peaks.state) < 1


@pytest.mark.parametrize(
    ("payload", "key", "start"),
    [
        (
            "7EA0E22B2113239AE6E7000F000000000C07E3",
            "meter_hex_dump",
            "7EA0E22B2113239AE6E7000F000000000C07E3",
        ),
        ("hello", "meter_unreadable", "hello"),
        ('{"I1": 1e9}', "meter_unreadable", "I1 1E+9"),
    ],
)
async def test_meter_that_is_not_understood_is_a_repair(
    metered: House, payload: str, key: str, start: str
) -> None:
    house = metered
    for _ in range(4):
        await house.meter(payload)
    assert house.issue("meter_unreadable_home") is None
    await house.meter(payload)
    issue = house.issue("meter_unreadable_home")
    assert issue is not None
    assert issue.translation_key == key
    assert issue.translation_placeholders == {"site": "Home", "start": start}
    await house.meter({"P": 2000})
    assert house.issue("meter_unreadable_home") is None


async def test_now_and_then_something_unreadable_is_no_repair(metered: House) -> None:
    for _ in range(10):
        await metered.meter("hello")
        await metered.meter({"P": 2000})
    assert metered.issue("meter_unreadable_home") is None


async def test_repairs_of_a_meter_go_with_it(metered: House) -> None:
    house = metered
    for _ in range(5):
        await house.meter("hello")
    assert house.issue("meter_unreadable_home") is not None
    await house.change("home", meter=mqtt_meter("other"))
    assert house.issue("meter_unreadable_home") is None


async def test_statement_21_current_that_does_not_follow_a_charger_is_not_used(
    metered: House,
) -> None:
    house = metered
    charge_point = await house.connect()
    await house.charge(charge_point)
    await house.connector.limiter.allow(16)
    await house.run(charge_point, 60)
    for _ in range(4):
        await house.run(charge_point, 10)
        await house.meter({"P": 12000, "I1": 19.0, "I2": 19.0, "I3": 19.0})
    await house.act("number", "set_value", "number.garage_circuit_fuse", value=6)
    await house.run(charge_point, 60)
    assert house.connector.measured.current(Phase.L1) == 6
    # L1 is frozen; the others follow.
    for _ in range(3):
        await house.pass_time(10)
        await house.meter({"P": 5000, "I1": 19.0, "I2": 9.0, "I3": 9.0})
    assert house.state("sensor.home_current_l1") == STATE_UNKNOWN
    assert house.number("sensor.home_current_l2") == 9
    quality = house.full_state("sensor.home_reading_quality")
    assert (quality.state, quality.attributes["frozen_phases"]) == ("stale", ["l1"])
    issue = house.issue("meter_frozen_home")
    assert issue is not None
    assert issue.translation_placeholders == {"site": "Home", "phases": "L1"}

    await house.pass_time(10)
    await house.meter({"P": 5000, "I1": 9.0, "I2": 9.0, "I3": 9.0})
    assert house.issue("meter_frozen_home") is None
    assert house.state("sensor.home_reading_quality") == "good"
    assert house.number("sensor.home_current_l1") == 9


async def test_single_phase_site_has_one_line(house: House) -> None:
    await house.set_up(site_subentry(grid_type="single_phase"))
    assert house.state("sensor.home_current_l1") != "missing"
    assert house.state("sensor.home_current_l2") == "missing"
    assert house.state(ONLINE) == "missing"


async def test_statement_19_retained_reading_is_not_fresh(metered: House) -> None:
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


async def test_statement_19_last_will_makes_the_meter_unavailable_at_once(metered: House) -> None:
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
    await house.meter({"P": 2000, "I1": 4.0})
    assert house.issue("meter_silent_home") is None
    assert house.state(ONLINE) == STATE_ON


async def test_power_without_currents_watches_no_fuse_and_is_a_repair(metered: House) -> None:
    house = metered
    await house.meter({"P": 2000, "I1": 4.0, "I2": 4.0, "I3": 4.0})
    for _ in range(31):
        await house.pass_time(20)
        await house.meter({"P": 2100})
    assert house.state(ONLINE) == STATE_ON
    assert house.state("sensor.home_reading_quality") == "stale"
    assert house.issue("meter_silent_home") is not None
    await house.meter({"P": 2000, "I1": 4.0, "I2": 4.0, "I3": 4.0})
    assert house.issue("meter_silent_home") is None


async def test_it_meter_that_sends_zero_for_l2_is_not_thought_frozen(
    house: House, mqtt_mock: MqttMockHAClient
) -> None:
    await house.set_up(metered_site(grid_type="it_230"))
    for amperes in (16.0, 16.4, 16.8, 17.2):
        power = round(amperes * 230 * 3**0.5)
        await house.meter({"P": power, "Q": 0, "I1": amperes, "I2": 0.0, "I3": amperes})
        await house.pass_time(10)
    assert house.number("sensor.home_current_l1") == 17.2
    assert house.number("sensor.home_current_l2") == pytest.approx(17.2, abs=0.1)
    assert house.issue("meter_frozen_home") is None


@pytest.mark.parametrize(
    ("payload", "issue"),
    [
        (lambda now: {"t": now - 3600, "data": {"P": 100, "I1": 1.0}}, "meter_clock"),
        (lambda now: {"t": now, "data": {"P": 100, "I1": 500.0}}, "meter_absurd"),
    ],
)
async def test_statement_20_readings_that_cannot_be_true_are_a_repair_that_says_why(
    metered: House, payload: Callable[[int], dict[str, Any]], issue: str
) -> None:
    house = metered
    for _ in range(5):
        now = int(dt_util.utcnow().timestamp())
        await house.meter(json.dumps(payload(now)))
    raised = house.issue("meter_unreadable_home")
    assert raised is not None and raised.translation_key == issue
    await house.meter({"P": 100, "I1": 1.0})
    assert house.issue("meter_unreadable_home") is None


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
    assert house.connector.session_energy == 184
    await house.change("garage", site="cabin")
    assert house.issue("site_missing_garage") is None


async def test_removed_site_forgets_its_repair(metered: House) -> None:
    await metered.pass_time(601)
    assert metered.issue("meter_silent_home") is not None
    await metered.remove("home")
    assert metered.issue("meter_silent_home") is None
    await metered.pass_time(601)
    assert metered.issue("meter_silent_home") is None
