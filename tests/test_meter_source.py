"""Sensors of other integrations as a site's meter, and MQTT that comes and goes."""

from typing import Any

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import MqttMockHAClient, MqttMockHAClientGenerator

from .house import House, metered_site, sensor_meter, site_subentry, wait_until

ONLINE = "binary_sensor.home_meter_online"
CURRENTS = {f"current_l{n}": f"sensor.amperes_{n}" for n in (1, 2, 3)}
POWERS = {f"power_l{n}": f"sensor.watts_{n}" for n in (1, 2, 3)}


def tell(hass: HomeAssistant, entity_id: str, value: object, unit: str | None) -> None:
    """Let another integration write a sensor's state."""
    hass.states.async_set(entity_id, str(value), {"unit_of_measurement": unit} if unit else {})


def lines(house: House, *amperes: object, unit: str = "A") -> None:
    """Let the three sensors of current tell something."""
    for entity_id, value in zip(CURRENTS.values(), amperes, strict=True):
        tell(house.hass, entity_id, value, unit)


async def metered(house: House, grid: str = "tn_400", **meter: Any) -> House:
    """Set a house up whose meter are sensors."""
    await house.set_up(site_subentry(meter=sensor_meter(**meter), grid_type=grid))
    return house


async def test_currents_are_those_of_the_sensors(house: House) -> None:
    await metered(house, **CURRENTS)
    assert house.state(ONLINE) == "off"
    lines(house, 4, 5.5, -1)
    await house.hass.async_block_till_done()
    assert house.state(ONLINE) == "on"
    assert [house.number(f"sensor.home_current_l{n}") for n in (1, 2, 3)] == [4, 5.5, -1]
    assert house.state("sensor.home_reading_quality") == "good"
    assert house.site.complete


@pytest.mark.parametrize(
    ("role", "value", "unit", "entity", "shown"),
    [
        ("current_l1", 4200, "mA", "current_l1", 4.2),
        ("power", 1.52, "kW", "power", 1520),
        ("power", -3000, "W", "power", -3000),
        ("power", 0.002, "MW", "power", 2000),
        ("energy_import", 1.2345, "MWh", "imported_energy", 1234.5),
        ("energy_import", 12345, "Wh", "imported_energy", 12.345),
        ("energy_export", 5, "kWh", "exported_energy", 5),
    ],
)
async def test_units_are_converted(
    house: House, role: str, value: float, unit: str, entity: str, shown: float
) -> None:
    await metered(house, **{"current_l2": "sensor.other", role: "sensor.it"})
    tell(house.hass, "sensor.it", value, unit)
    await house.hass.async_block_till_done()
    assert house.number(f"sensor.home_{entity}") == pytest.approx(shown)


async def test_delivered_power_may_have_a_sensor_of_its_own(house: House) -> None:
    await metered(house, power="sensor.taken", power_export="sensor.given")
    tell(house.hass, "sensor.taken", 0, "W")
    tell(house.hass, "sensor.given", 2.5, "kW")
    await house.hass.async_block_till_done()
    assert house.number("sensor.home_power") == -2500


async def test_phase_powers_stand_in_for_currents_and_are_marked(house: House) -> None:
    await metered(house, **POWERS)
    for entity_id, watts in zip(POWERS.values(), (2300, -460, 0), strict=True):
        tell(house.hass, entity_id, watts, "W")
    await house.hass.async_block_till_done()
    assert [house.number(f"sensor.home_current_l{n}") for n in (1, 2, 3)] == [10, 2, 0]
    l1 = house.full_state("sensor.home_current_l1")
    assert l1.attributes["estimated"] is True
    assert l1.attributes["margin"] == 1.1
    assert house.number("sensor.home_headroom_l1") == pytest.approx(63 - 11.1)
    assert house.state("sensor.home_reading_quality") == "estimated"


async def test_a_measured_current_goes_before_the_power_of_its_line(house: House) -> None:
    await metered(house, **CURRENTS, **POWERS)
    lines(house, 4, 5, 6)
    for entity_id in POWERS.values():
        tell(house.hass, entity_id, 9000, "W")
    await house.hass.async_block_till_done()
    assert house.number("sensor.home_current_l1") == 4
    assert house.state("sensor.home_reading_quality") == "good"


async def test_l2_of_an_it_net_may_be_missing(house: House) -> None:
    await metered(house, "it_230", current_l1="sensor.amperes_1", current_l3="sensor.amperes_3")
    tell(house.hass, "sensor.amperes_1", 4, "A")
    await house.hass.async_block_till_done()
    assert house.state("sensor.home_current_l2") == STATE_UNKNOWN
    tell(house.hass, "sensor.amperes_3", 3, "A")
    await house.hass.async_block_till_done()
    assert house.number("sensor.home_current_l2") == 7
    assert house.state("sensor.home_reading_quality") == "estimated"


async def test_values_have_their_own_limit(house: House) -> None:
    await metered(house, **CURRENTS, stale_after=120)
    lines(house, 4, 5, 6)
    await house.pass_time(119)
    assert house.state(ONLINE) == "on"
    await house.pass_time(3)
    assert house.state(ONLINE) == "off"
    assert house.state("sensor.home_current_l1") == STATE_UNAVAILABLE
    assert house.state("sensor.home_reading_quality") == "stale"
    await house.pass_time(600)
    issue = house.issue("meter_silent_home")
    assert issue is not None
    assert issue.translation_key == "meter_silent_sensors"


async def test_a_value_that_is_only_repeated_is_fresh(house: House) -> None:
    await metered(house, **CURRENTS)
    for _ in range(4):
        lines(house, 4, 5, 6)
        await house.pass_time(40)
    assert house.site.complete


async def test_one_sensor_that_stopped_is_enough_to_be_incomplete(house: House) -> None:
    await metered(house, **CURRENTS)
    lines(house, 4, 5, 6)
    await house.pass_time(59)
    lines(house, 4, 5, 6)
    tell(house.hass, "sensor.amperes_3", 6, "A")
    assert house.site.complete
    for _ in range(2):
        await house.pass_time(40)
        tell(house.hass, "sensor.amperes_1", 4, "A")
        tell(house.hass, "sensor.amperes_2", 5, "A")
    await house.hass.async_block_till_done()
    assert house.state("sensor.home_current_l1") == "4.0"
    assert house.state("sensor.home_current_l3") == STATE_UNKNOWN
    assert not house.site.complete


@pytest.mark.parametrize("gone", [STATE_UNAVAILABLE, STATE_UNKNOWN, "nan", "inf", "much"])
async def test_a_sensor_without_a_value_makes_it_stale_at_once(house: House, gone: str) -> None:
    await metered(house, **CURRENTS)
    lines(house, 4, 5, 6)
    await house.pass_time(1)
    tell(house.hass, "sensor.amperes_2", gone, "A")
    await house.hass.async_block_till_done()
    assert house.state(ONLINE) == "off"
    assert house.state("sensor.home_current_l1") == STATE_UNAVAILABLE
    await house.pass_time(1)
    lines(house, 4.5, 5.5, 6.5)
    await house.hass.async_block_till_done()
    assert house.number("sensor.home_current_l2") == 5.5


async def test_a_register_without_a_value_leaves_the_currents_alone(house: House) -> None:
    await metered(house, **CURRENTS, energy_import="sensor.register")
    lines(house, 4, 5, 6)
    tell(house.hass, "sensor.register", 5, "kWh")
    await house.pass_time(1)
    tell(house.hass, "sensor.register", STATE_UNAVAILABLE, None)
    await house.hass.async_block_till_done()
    assert house.site.complete
    assert house.number("sensor.home_imported_energy") == 5


async def test_a_sensor_that_was_removed_makes_it_stale_at_once(house: House) -> None:
    await metered(house, **CURRENTS)
    lines(house, 4, 5, 6)
    await house.pass_time(1)
    house.hass.states.async_remove("sensor.amperes_1")
    await house.hass.async_block_till_done()
    assert house.state(ONLINE) == "off"


async def test_a_register_that_was_removed_leaves_the_currents_alone(house: House) -> None:
    await metered(house, **CURRENTS, energy_import="sensor.register")
    lines(house, 4, 5, 6)
    tell(house.hass, "sensor.register", 5, "kWh")
    await house.pass_time(1)
    house.hass.states.async_remove("sensor.register")
    await house.hass.async_block_till_done()
    assert house.site.complete


@pytest.mark.parametrize("unit", ["W", None])
async def test_wrong_unit_is_told_and_not_used(
    house: House, unit: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    await metered(house, **CURRENTS)
    tell(house.hass, "sensor.amperes_1", 4, unit)
    await house.hass.async_block_till_done()
    assert house.state("sensor.home_current_l1") == STATE_UNAVAILABLE
    assert house.site.last_rejection == "payload_wrong_unit"
    assert "sensor.amperes_1" in caplog.text


async def test_statement_20_absurd_values_are_not_believed(house: House) -> None:
    await metered(house, **CURRENTS, power="sensor.watts")
    lines(house, 4, 5, 6)
    tell(house.hass, "sensor.watts", 2000, "W")
    tell(house.hass, "sensor.amperes_1", 4000, "A")
    tell(house.hass, "sensor.watts", 1e9, "W")
    await house.hass.async_block_till_done()
    assert house.number("sensor.home_current_l1") == 4
    assert house.number("sensor.home_power") == 2000


async def test_what_the_sensors_said_before_the_start_is_as_old_as_it_is(house: House) -> None:
    lines(house, 4, 5, 6)
    house.time.tick(50)
    await metered(house, **CURRENTS)
    assert house.site.complete
    await house.pass_time(12)
    assert not house.site.complete
    assert house.state(ONLINE) == "off"


async def test_sensors_that_come_back_after_a_restart_are_used(house: House) -> None:
    lines(house, STATE_UNAVAILABLE, STATE_UNAVAILABLE, STATE_UNAVAILABLE)
    await metered(house, **CURRENTS)
    assert house.state(ONLINE) == "off"
    await house.pass_time(1)
    lines(house, 4, 5, 6)
    await house.hass.async_block_till_done()
    assert house.site.complete


async def test_sensors_that_were_exchanged_are_not_followed_any_more(house: House) -> None:
    await metered(house, **CURRENTS)
    lines(house, 4, 5, 6)
    await house.change("home", meter=sensor_meter(current_l1="sensor.new"))
    lines(house, 4.5, 5, 6)
    await house.hass.async_block_till_done()
    assert not house.site.heard
    tell(house.hass, "sensor.new", 9, "A")
    await house.hass.async_block_till_done()
    assert house.number("sensor.home_current_l1") == 9


async def test_one_sensor_may_serve_two_sites(house: House) -> None:
    await house.set_up(
        site_subentry(meter=sensor_meter(power="sensor.watts")),
        site_subentry("cabin", "Cabin", meter=sensor_meter(power="sensor.watts")),
    )
    tell(house.hass, "sensor.watts", 2000, "W")
    await house.hass.async_block_till_done()
    assert house.number("sensor.home_power") == house.number("sensor.cabin_power") == 2000


async def test_octets_that_are_no_text_are_told(house: House, mqtt_mock: MqttMockHAClient) -> None:
    await house.set_up(metered_site())
    for _ in range(5):
        await house.meter(b"\x7e\xa0\xff")  # type: ignore[arg-type]
    issue = house.issue("meter_unreadable_home")
    assert issue is not None
    assert issue.translation_placeholders == {"site": "Home", "start": "7ea0ff"}


async def test_mqtt_that_vanishes_at_the_wrong_moment_is_tried_again(
    house: House, mqtt_mock: MqttMockHAClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from homeassistant.components import mqtt
    from homeassistant.exceptions import HomeAssistantError

    subscribe = mqtt.async_subscribe

    async def fails(*_arguments: object, **_more: object) -> Any:
        raise HomeAssistantError("gone")

    monkeypatch.setattr(mqtt, "async_subscribe", fails)
    await house.set_up(metered_site())
    assert not house.site.listening
    monkeypatch.setattr(mqtt, "async_subscribe", subscribe)
    await house.pass_time(31)
    await wait_until(lambda: house.site.listening)
    await house.meter({"P": 2000})
    assert house.number("sensor.home_power") == 2000


async def test_waiting_for_mqtt_ends_with_the_site(
    house: House, mock_hass_config: None, mqtt_mock_entry: MqttMockHAClientGenerator
) -> None:
    await house.set_up(metered_site())
    site = house.site
    await house.remove("home")
    await mqtt_mock_entry()
    await house.pass_time(31)
    assert not site.listening
