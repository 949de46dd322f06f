"""A charger as its people see it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from homeassistant.const import EVENT_STATE_CHANGED, STATE_OFF, STATE_ON, STATE_UNKNOWN
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from ocpp.exceptions import InternalError
from ocpp.v16 import call
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.zmartcharge.ledger import LedgerFullError
from simulator import Behaviour, Evse, Nameplate

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


async def test_firmware_update_is_shown(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await charge_point.call(call.FirmwareStatusNotification(status="Installing"))
    await house.hass.async_block_till_done()
    assert house.state(STATUS) == "updating"
    await charge_point.call(call.FirmwareStatusNotification(status="Installed"))
    await house.hass.async_block_till_done()
    assert house.state(STATUS) == "ready"
    await charge_point.call(call.DiagnosticsStatusNotification(status="Idle"))
    assert house.state(STATUS) == "ready"


async def test_booting_with_a_new_firmware_ends_the_update(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await charge_point.call(call.FirmwareStatusNotification(status="Downloading"))
    await charge_point.reboot()
    await wait_until(lambda: not house.charger.connected)
    await charge_point.wait_for(lambda cp: cp.registered)
    await house.settled(charge_point)
    assert house.state(STATUS) == "ready"


async def test_charger_tells_its_device_what_it_is(house: House) -> None:
    await house.set_up()
    await house.connect(
        nameplate=Nameplate(
            vendor="Zaptec", model="Go", serial_number="ZAP1", firmware_version="2.1"
        )
    )
    device = house.device("garage")
    assert device is not None
    assert (device.manufacturer, device.model, device.serial_number, device.sw_version) == (
        "Zaptec",
        "Go",
        "ZAP1",
        "2.1",
    )
    assert house.state("sensor.garage_firmware") == "2.1"


# Coming and going ----------------------------------------------------------------------------


async def test_short_loss_of_the_connection_is_not_shown(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    changes = async_capture_events(house.hass, EVENT_STATE_CHANGED)
    await house.cut(charge_point)
    await house.pass_time(29)
    await house.mend(charge_point)
    seen = [event.data["new_state"] for event in changes]
    assert not [state for state in seen if state.state in ("offline", "unavailable")]


async def test_charger_is_offline_after_half_a_minute(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await house.charge(charge_point, 60)
    await house.cut(charge_point)
    assert house.available("sensor.garage_power")
    await house.pass_time(31)
    assert house.state(STATUS) == "offline"
    assert house.full_state(STATUS).attributes["reason"] == "connection"
    assert house.state("binary_sensor.garage_online") == STATE_OFF
    for gone in (
        "sensor.garage_power",
        "sensor.garage_current_l1",
        "sensor.garage_error_code",
        "switch.garage_charging",
        "button.garage_restart",
        "event.garage_rfid_card",
        "binary_sensor.garage_cable_connected",
    ):
        assert not house.available(gone), gone
    # What is counted and what is set is known without a connection.
    assert house.number("sensor.garage_lifetime_energy") == 0.184
    assert house.number("number.garage_circuit_fuse") == 20
    await house.mend(charge_point)
    assert house.state(STATUS) == "charging"
    assert house.state("switch.garage_charging") == STATE_ON


async def test_repair_for_a_charger_that_stays_away(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await house.cut(charge_point)
    await house.pass_time(14 * 60)
    assert house.issue("charger_offline_garage") is None
    await house.pass_time(61)
    issue = house.issue("charger_offline_garage")
    assert issue is not None
    assert issue.translation_placeholders == {"charger": "Garage"}
    await house.mend(charge_point)
    assert house.issue("charger_offline_garage") is None


async def test_charger_that_never_came_is_offline_too(house: House) -> None:
    await house.set_up()
    assert house.state(STATUS) == STATE_UNKNOWN
    await house.pass_time(31)
    assert house.state(STATUS) == "offline"
    await house.pass_time(15 * 60)
    assert house.issue("charger_offline_garage") is not None


async def test_session_goes_on_while_the_network_is_away(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await house.charge(charge_point, 60)
    await house.cut(charge_point)
    for _ in range(30):
        house.time.tick(timedelta(seconds=60))
        charge_point.step(dt_util.utcnow(), 60)
    await charge_point.unplug()
    await house.mend(charge_point)
    (session,) = await house.sessions()
    assert session.stopped_at == NOW + timedelta(minutes=31)
    assert session.energy_wh == 11040 * 31 // 60
    assert house.state("switch.garage_charging") == STATE_OFF


async def test_reconnect_without_booting_is_resynchronised(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await house.cut(charge_point)
    charge_point.evse.profiles.clear()
    await house.mend(charge_point)
    # A charger has five seconds to boot; then it is asked.
    await house.pass_time(6)
    await wait_until(lambda: charge_point.evse.profiles.installed)


async def test_end_of_an_older_connection_does_not_count(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    old = house.charger.station
    await house.cut(charge_point)
    await house.mend(charge_point)
    assert house.charger.station is not old
    await house.charger.messages.detached(old)
    assert house.charger.connected


# Cards -----------------------------------------------------------------------------------------


async def _register(house: House) -> None:
    await house.hass.services.async_call(
        "zmartcharge", "register_token", {"id_tag": "04A1B2C3"}, blocking=True
    )


async def test_card_fires_one_event_and_one_tag(house: House) -> None:
    await house.set_up()
    await _register(house)
    charge_point = await house.connect()
    scanned = async_capture_events(house.hass, "tag_scanned")
    await charge_point.plug_in(car())
    assert await charge_point.tap("04A1B2C3") == "Accepted"
    await wait_until(lambda: house.connector.in_session)
    await house.settled(charge_point)
    event = house.full_state("event.garage_rfid_card")
    assert datetime.fromisoformat(event.state) == NOW
    assert event.attributes["event_type"] == "accepted"
    assert "04A1B2C3" not in str(event.attributes)
    device = house.device("garage")
    assert device is not None
    assert [(e.data["tag_id"], e.data["device_id"]) for e in scanned] == [("04A1B2C3", device.id)]


async def test_card_that_the_charger_knows_is_told_by_the_start(house: House) -> None:
    await house.set_up()
    await _register(house)
    charge_point = await house.connect(configuration={"LocalPreAuthorize": "true"})
    scanned = async_capture_events(house.hass, "tag_scanned")
    for _ in range(2):
        await charge_point.plug_in(car())
        await charge_point.tap("04A1B2C3")
        await wait_until(lambda: house.connector.in_session)
        await charge_point.unplug()
        await house.settled(charge_point)
        house.time.tick(timedelta(minutes=1))
    assert [e.data["tag_id"] for e in scanned] == ["04A1B2C3", "04A1B2C3"]


async def test_session_from_home_assistant_is_no_card(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    scanned = async_capture_events(house.hass, "tag_scanned")
    await house.charge(charge_point)
    assert not scanned


# The circuit fuse ------------------------------------------------------------------------------


def _limits(evse: Evse) -> list[float]:
    return [period.limit for stored in evse.profiles.installed for period in stored.profile.periods]


async def test_circuit_fuse_is_the_chargers_limit(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    assert _limits(charge_point.evse) == [20]


async def test_new_circuit_fuse_reaches_the_charger_on_the_same_socket(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    station = house.charger.station
    await house.act("number", "set_value", "number.garage_circuit_fuse", value=16)
    await house.hass.async_block_till_done()
    assert _limits(charge_point.evse) == [16]
    assert house.number("number.garage_circuit_fuse") == 16
    assert house.entry.subentries["garage"].data["circuit_fuse"] == 16
    await house.change("garage", circuit_fuse=10, title="Carport")
    await wait_until(lambda: _limits(charge_point.evse) == [10])
    assert house.charger.station is station


async def test_limit_in_watts_follows_the_supply(house: House) -> None:
    await house.set_up(
        site_subentry(), site_subentry("cabin", "Cabin", grid_type="it_230"), charger_subentry()
    )
    charge_point = await house.connect(evse=prompt_evse(behaviour={"rate_units": frozenset({"W"})}))
    assert _limits(charge_point.evse) == [13800]
    await house.change("garage", site="cabin")
    await wait_until(lambda: _limits(charge_point.evse) == [7967])


async def test_refused_limit_keeps_the_old_setting(house: House) -> None:
    await house.set_up()
    await house.connect(evse=Evse(behaviour=Behaviour(profile_answer="Rejected")))
    with pytest.raises(HomeAssistantError) as err:
        await house.act("number", "set_value", "number.garage_circuit_fuse", value=16)
    assert err.value.translation_key == "call_refused"
    assert err.value.translation_placeholders == {
        "charger": "Garage",
        "action": "SetChargingProfile",
        "status": "Rejected",
    }
    assert house.number("number.garage_circuit_fuse") == 20
    assert house.entry.subentries["garage"].data["circuit_fuse"] == 20


async def test_another_fuse_is_tried_after_a_refused_one(house: House) -> None:
    await house.set_up()
    evse = Evse(behaviour=Behaviour(profile_answer="Rejected"))
    charge_point = await house.connect(evse=evse)
    charge_point.evse.behaviour = Behaviour()
    await house.change("garage", circuit_fuse=16)
    await wait_until(lambda: _limits(evse) == [16])


async def test_charger_without_smart_charging_gets_no_limit(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect(configuration={"SupportedFeatureProfiles": "Core"})
    await house.act("number", "set_value", "number.garage_circuit_fuse", value=16)
    await house.hass.async_block_till_done()
    assert house.number("number.garage_circuit_fuse") == 16
    assert _limits(charge_point.evse) == []


async def test_fuse_set_while_away_reaches_the_charger_when_it_boots(house: House) -> None:
    await house.set_up()
    await house.act("number", "set_value", "number.garage_circuit_fuse", value=13)
    await house.hass.async_block_till_done()
    charge_point = await house.connect()
    assert _limits(charge_point.evse) == [13]


async def test_charger_lost_while_it_is_set_up_is_set_up_again(house: House) -> None:
    await house.set_up()
    charge_point = house.charge_point(boot_on_reconnect=True)
    await charge_point.start()
    await wait_until(lambda: house.charger.connected)
    await charge_point.drop_connection()
    await wait_until(lambda: _limits(charge_point.evse) == [20])


# The ledger ------------------------------------------------------------------------------------


@contextmanager
def full_disk(house: House) -> Iterator[None]:
    """Let the ledger's disk be full for a while."""

    async def fail(_work: object) -> None:
        raise LedgerFullError("no space left on the device")

    with patch.object(house.hub.ledger._writer, "run", fail):
        yield


async def test_full_disk_acknowledges_nothing_and_raises_a_repair(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect(
        configuration={"TransactionMessageAttempts": "99", "TransactionMessageRetryInterval": "0"}
    )
    await charge_point.plug_in(car())
    await house.settled(charge_point)
    with full_disk(house):
        await house.connector.start()
        await wait_until(lambda: house.issue("ledger"))
        issue = house.issue("ledger")
        assert issue is not None
        assert issue.severity is ir.IssueSeverity.CRITICAL
        assert issue.translation_key == "ledger_full"
        assert issue.translation_placeholders == {"error": "no space left on the device"}
        running = charge_point.transaction()
        assert running is not None
        assert running.transaction_id is None
        assert [message.action for message in charge_point.unsent] == ["StartTransaction"]
        assert not house.connector.in_session
    await wait_until(lambda: house.connector.in_session)
    await house.settled(charge_point)
    assert house.issue("ledger") is None
    (session,) = await house.sessions()
    assert session.transaction_id == running.transaction_id


async def test_no_message_that_must_be_kept_is_acknowledged_unkept(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await house.charge(charge_point)
    now = dt_util.utcnow().isoformat()
    sample = {"timestamp": now, "sampled_value": [{"value": "1000"}]}
    for message in (
        call.MeterValues(connector_id=1, meter_value=[sample]),
        call.StopTransaction(meter_stop=0, timestamp=now, transaction_id=1),
        status_call("SuspendedEV"),
        # A doubtful message belongs into the quarantine.
        call.StatusNotification(1, "NoError", "Available", timestamp="1970-01-01T00:00:00Z"),
    ):
        with full_disk(house), pytest.raises(InternalError):
            await charge_point.call(message)
    # The live picture does not wait for the disk.
    assert house.state(STATUS) == "car_paused"


async def test_doubtful_message_is_answered_and_put_aside(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await charge_point.call(
        call.StatusNotification(1, "NoError", "Available", timestamp="1970-01-01T00:00:00Z")
    )
    (entry,) = await house.hub.ledger.quarantined("CP1")
    assert (entry.action, entry.reason) == ("StatusNotification", "timestamp: impossible time")
    assert "Garage: doubtful StatusNotification" in caplog.text


async def test_duplicate_start_gets_the_same_answer(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    start = call.StartTransaction(
        connector_id=1, id_tag="04A1B2C3", meter_start=0, timestamp=dt_util.utcnow().isoformat()
    )
    first, second = await charge_point.call(start), await charge_point.call(start)
    assert first.transaction_id == second.transaction_id
    assert len(await house.sessions()) == 1


async def test_unknown_stop_is_acknowledged_without_a_session(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    now = dt_util.utcnow().isoformat()
    await charge_point.call(call.StopTransaction(meter_stop=5, timestamp=now, transaction_id=4711))
    assert await house.sessions() == ()
