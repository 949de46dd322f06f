"""A connector: its session, its status, its values."""

from datetime import datetime, timedelta
from typing import Any

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from ocpp.v16 import call
import pytest

from .house import (
    NOW,
    House,
    car,
    charger_subentry,
    prompt_evse,
    site_subentry,
    status_call,
    wait_until,
)

STATUS = "sensor.garage_status"


async def test_session_runs_from_start_to_unplugging(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    assert house.state(STATUS) == "ready"
    assert house.state("switch.garage_charging") == STATE_OFF

    await charge_point.plug_in(car())
    await house.settled(charge_point)
    assert house.state(STATUS) == "preparing"
    assert house.state("binary_sensor.garage_cable_connected") == STATE_ON

    await house.act("switch", "turn_on", "switch.garage_charging")
    await wait_until(lambda: house.state("switch.garage_charging") == STATE_ON)
    await house.run(charge_point, 600)
    assert house.state(STATUS) == "charging"
    assert house.number("sensor.garage_power") == 11040
    assert house.number("sensor.garage_current_l3") == 16
    assert house.number("sensor.garage_offered_current") == 20
    # What is counted is told each minute.
    assert house.number("sensor.garage_session_energy") == pytest.approx(1.84, abs=0.2)
    assert house.number("sensor.garage_session_duration") == pytest.approx(10, abs=1)
    assert house.number("sensor.garage_lifetime_energy") == pytest.approx(1.84, abs=0.2)

    await house.act("switch", "turn_off", "switch.garage_charging")
    await wait_until(lambda: house.state("switch.garage_charging") == STATE_OFF)
    await house.settled(charge_point)
    assert house.state(STATUS) == "finished"
    assert house.full_state(STATUS).attributes["reason"] == "stopped"
    assert house.number("sensor.garage_power") == 0

    house.time.tick(timedelta(minutes=5))
    await charge_point.unplug()
    await house.settled(charge_point)
    assert house.state(STATUS) == "ready"
    assert house.state("binary_sensor.garage_cable_connected") == STATE_OFF
    (session,) = await house.sessions()
    assert session.energy_wh == 1840
    assert session.site_id == "home"
    assert session.stopped_at == NOW + timedelta(minutes=10)
    assert session.charging_ended_at == session.stopped_at
    assert session.ended_at == NOW + timedelta(minutes=15)
    assert session.stop_reason == "Remote"
    # The last session stays to be read until the next one.
    assert house.number("sensor.garage_session_energy") == 1.84


async def test_car_that_is_full_has_finished(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await charge_point.plug_in(car(soc=79.9, target_soc=80.0))
    await house.settled(charge_point)
    await house.connector.start()
    await wait_until(lambda: house.connector.in_session)
    await house.run(charge_point, 120)
    assert house.state(STATUS) == "car_paused"
    assert house.full_state(STATUS).attributes["reason"] == "car"
    await house.connector.stop()
    await wait_until(lambda: house.state(STATUS) == "finished")


async def test_battery_at_100_percent_has_finished(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await charge_point.plug_in(car(soc=99.99))
    await house.settled(charge_point)
    charge_point.station.configuration.put(
        "MeterValuesSampledData", "Energy.Active.Import.Register,SoC"
    )
    await house.connector.start()
    await wait_until(lambda: house.connector.in_session)
    await house.run(charge_point, 120)
    assert house.state(STATUS) == "finished"


async def test_start_after_a_stop_is_shown_as_a_start(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await house.charge(charge_point, 60)
    await house.connector.stop()
    await wait_until(lambda: house.state(STATUS) == "finished")
    await house.settled(charge_point)

    async def remote_start(*_arguments: Any) -> None:
        pass

    monkeypatch.setattr(house.charger.station, "remote_start", remote_start)
    await house.connector.start()
    assert house.state(STATUS) == "preparing"
    await charge_point.call(status_call("SuspendedEVSE"))
    assert house.state(STATUS) == "preparing"
    await house.pass_time(61)
    assert house.state(STATUS) == "waiting"


@pytest.mark.parametrize(
    ("state", "status", "reason", "plugged"),
    [
        ("Available", "ready", None, STATE_OFF),
        ("Preparing", "preparing", None, STATE_ON),
        ("Charging", "charging", None, STATE_ON),
        ("SuspendedEVSE", "waiting", "charger", STATE_ON),
        ("SuspendedEV", "car_paused", "car", STATE_ON),
        ("Finishing", "finished", "stopped", STATE_ON),
        ("Reserved", "reserved", None, STATE_OFF),
        ("Unavailable", "disabled", None, STATE_UNKNOWN),
        ("Faulted", "fault", "error", STATE_UNKNOWN),
    ],
)
async def test_each_state_has_its_message(
    house: House, state: str, status: str, reason: str | None, plugged: str
) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await charge_point.call(status_call(state))
    await house.hass.async_block_till_done()
    assert house.state(STATUS) == status
    assert house.full_state(STATUS).attributes["reason"] == reason
    assert house.state("binary_sensor.garage_cable_connected") == plugged


async def test_fault_is_shown_until_it_is_repaired(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await charge_point.call(
        status_call("Faulted", error="GroundFailure", info="RCD", vendor_error_code="E7")
    )
    await house.hass.async_block_till_done()
    error = house.full_state("sensor.garage_error_code")
    assert (error.state, error.attributes["vendor_error_code"]) == ("GroundFailure", "E7")
    assert error.attributes["info"] == "RCD"
    await charge_point.call(status_call("Available"))
    await house.hass.async_block_till_done()
    assert house.state("sensor.garage_error_code") == "NoError"
    assert house.state(STATUS) == "ready"


async def test_fault_of_the_whole_charger_holds_for_its_connectors(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await charge_point.call(status_call("Faulted", 0, "HighTemperature"))
    await charge_point.call(status_call("Available", 1))
    await house.hass.async_block_till_done()
    assert house.state(STATUS) == "fault"
    assert house.state("sensor.garage_error_code") == "HighTemperature"
    await charge_point.call(status_call("Available", 0))
    await house.hass.async_block_till_done()
    assert house.state(STATUS) == "ready"


async def test_lifetime_energy_is_never_0_for_unknown(house: House) -> None:
    await house.set_up()
    await house.connect()
    assert not house.available("sensor.garage_lifetime_energy")
    assert house.state("sensor.garage_session_energy") == STATE_UNKNOWN
    assert house.state("sensor.garage_session_duration") == STATE_UNKNOWN


async def test_values_of_a_connector_0_are_kept_without_being_shown(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    sample = {
        "timestamp": dt_util.utcnow().isoformat(),
        "sampled_value": [{"value": "9000", "measurand": "Power.Active.Import", "unit": "W"}],
    }
    await charge_point.call(call.MeterValues(connector_id=0, meter_value=[sample]))
    await house.hass.async_block_till_done()
    assert house.number("sensor.garage_power") == 0


# More connectors -------------------------------------------------------------------------------


async def test_two_connectors_are_child_devices(hass: HomeAssistant, house: House) -> None:
    await house.set_up(site_subentry(), charger_subentry(connectors=2))
    charge_point = await house.connect(evse=prompt_evse(connectors=2))
    for entity_id in ("sensor.garage_connector_1_status", "sensor.garage_connector_2_status"):
        assert house.state(entity_id) == "ready"
    await charge_point.plug_in(car(), 2)
    await house.settled(charge_point)
    assert house.state("sensor.garage_connector_2_status") == "preparing"
    assert house.state("sensor.garage_connector_1_status") == "ready"
    parent = house.device("garage")
    assert parent is not None
    for key in ("garage_1", "garage_2"):
        child = house.child_device(key)
        assert child is not None
        assert child.parent_device_id == parent.id


async def test_connectors_that_the_charger_tells_of_are_added(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect(evse=prompt_evse(connectors=2))
    assert house.entry.subentries["garage"].data["connectors"] == 2
    assert house.state("sensor.garage_connector_2_status") == "ready"
    assert house.state(STATUS) == "ready"
    child = house.child_device("garage_2")
    assert child is not None
    station = house.charger.station
    await house.hass.async_block_till_done()
    assert house.charger.station is station
    await charge_point.stop()
    await house.unload()
    await house.set_up()
    # The first connector has become a child as well.
    assert house.child_device("garage_1") is not None
    assert house.state(STATUS) != "missing"


async def test_connector_that_shows_itself_later_is_added(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect(configuration={"NumberOfConnectors": "1"})
    house.charger.abilities = type(house.charger.abilities)()
    await charge_point.call(status_call("Charging", 2))
    await house.hass.async_block_till_done()
    assert house.state("sensor.garage_connector_2_status") == "charging"
    await charge_point.call(status_call("Charging", 9))
    await house.hass.async_block_till_done()
    assert house.state("sensor.garage_connector_9_status") == "missing"
    assert house.entry.subentries["garage"].data["connectors"] == 2


async def test_connector_that_the_charger_cannot_have_is_not_added(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await charge_point.call(status_call("Charging", 2))
    await house.hass.async_block_till_done()
    assert house.state("sensor.garage_connector_2_status") == "missing"


async def test_connector_that_is_configured_later_is_added(house: House) -> None:
    await house.set_up()
    await house.change("garage", connectors=2)
    assert house.state("sensor.garage_connector_2_status") == "unknown"


async def test_lines_follow_the_wiring(house: House) -> None:
    await house.set_up()
    await house.connect()
    await house.change("garage", wiring="l2")
    assert house.state("sensor.garage_current_l1") != "missing"
    assert house.state("sensor.garage_current_l2") == "missing"
    assert "sensor.garage_voltage_l3" not in house.entity_ids()
    await house.change("garage", wiring="l2_l3_l1")
    assert house.state("sensor.garage_current_l3") != "missing"


async def test_values_count_in_the_order_they_come_whatever_the_chargers_clock_says(
    house: House,
) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await house.charge(charge_point, 60)

    async def say(value: int, at: datetime, measurand: str = "Power.Active.Import") -> None:
        sample = {
            "timestamp": at.isoformat(),
            "sampled_value": [{"value": str(value), "measurand": measurand}],
        }
        await charge_point.call(call.MeterValues(connector_id=1, meter_value=[sample]))
        await house.hass.async_block_till_done()

    later = dt_util.utcnow() + timedelta(seconds=5)
    await say(7000, later)
    assert house.number("sensor.garage_power") == 7000
    await say(1000, later - timedelta(seconds=30))
    assert house.number("sensor.garage_power") == 1000
    # A message that says only some of the values leaves the others.
    await say(12, later, "Current.Offered")
    assert house.number("sensor.garage_power") == 1000
    assert house.number("sensor.garage_offered_current") == 12


async def test_session_lasts_as_long_as_it_does_on_the_night_the_clocks_change(
    house: House,
) -> None:
    await house.hass.config.async_set_time_zone("Europe/Oslo")
    # 02:30 comes twice: at 00:30 and at 01:30 UTC.
    house.time.move_to("2027-10-31 00:30:00+00:00")
    await house.set_up()
    charge_point = await house.connect()
    await house.charge(charge_point, 3600)
    assert house.number("sensor.garage_session_duration") == pytest.approx(60, abs=1)
    assert house.number("sensor.garage_session_energy") == pytest.approx(11.04, abs=0.4)
    assert len(await house.hub.ledger.slices((await house.sessions())[0].id)) == 4
