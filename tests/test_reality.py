"""What real chargers do: lost answers, wrong clocks, refused settings, half of the standard."""

import asyncio
from datetime import timedelta
from unittest.mock import patch

from homeassistant.components import tag
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from ocpp.v16 import call
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.zmartcharge.ledger import (
    LedgerUnavailableError,
    StartedTransaction,
    TransactionStart,
)

from .flows import SubentryFlows, flows_fixture, home_fixture, spoken_fixture, subentry  # noqa: F401
from .house import House, charger_subentry, site_subentry, status_call, wait_until
from .raw import iso, now, power, register, scripted, start

POWER = "sensor.garage_power"
CHARGING = "switch.garage_charging"


# Coming and going ------------------------------------------------------------------------------


async def test_charger_that_was_added_while_connected_is_not_reported_offline(
    home: House, flows: SubentryFlows
) -> None:
    form = await flows.add_charger(name="Garage")
    waiting = await flows.answer(form)
    charge_point = home.charge_point(password=form["description_placeholders"]["key"])
    await charge_point.start()
    await flows.arrived(waiting)
    await home.settled(charge_point)
    (charger,) = home.hub.chargers.values()
    await charge_point.call(status_call("Charging"))
    sample = {"timestamp": iso(now()), "sampled_value": [power(7000)]}
    await charge_point.call(call.MeterValues(connector_id=1, meter_value=[sample]))
    await home.pass_time(31)
    assert home.state("binary_sensor.garage_online") == STATE_ON
    assert home.number(POWER) == 7000
    await home.pass_time(15 * 60)
    assert home.state("sensor.garage_status") == "charging"
    assert home.issue(f"charger_offline_{charger.config.subentry_id}") is None


async def test_charger_that_a_flow_still_waits_for_is_nobodys_to_repair(
    home: House, flows: SubentryFlows
) -> None:
    form = await flows.add_charger(name="Garage")
    waiting = await flows.answer(form)
    charge_point = home.charge_point(password=form["description_placeholders"]["key"])
    await charge_point.start()
    await wait_until(lambda: home.hub.csms.connections)
    await charge_point.stop()
    await wait_until(lambda: not home.hub.csms.connections)
    await home.pass_time(16 * 60)
    assert home.issue("charger_offline_") is None
    flows.close(waiting)


async def test_charger_without_remote_trigger_that_does_not_boot_is_set_up_all_the_same(
    house: House,
) -> None:
    await house.set_up()
    refusals = dict.fromkeys(("TriggerMessage", "ExtendedTriggerMessage"), "NotImplemented")
    async with scripted(house, **refusals) as charger:
        # It has five seconds to boot; then it is asked, and refuses.
        await house.pass_time(6)
        await wait_until(lambda: "SetChargingProfile" in charger.calls)
        assert charger.calls[:4] == [
            "TriggerMessage",
            "ExtendedTriggerMessage",
            "TriggerMessage",
            "TriggerMessage",
        ]


async def test_refused_setting_does_not_keep_a_charger_from_its_circuit_fuse(house: House) -> None:
    await house.set_up()

    def configure(request: dict[str, str]) -> str | dict[str, str]:
        aligned = request["key"] == "ClockAlignedDataInterval"
        return "NotSupported" if aligned else {"status": "Accepted"}

    async with scripted(house, ChangeConfiguration=configure) as charger:
        await charger.boot()
        await house.ready()
        assert "SetChargingProfile" in charger.calls


async def test_charger_with_another_id_has_nothing_of_the_old_one(house: House) -> None:
    await house.set_up()
    async with scripted(house) as charger:
        await charger.start(now())
        await charger.status("Charging")
        await charger.values(now(), register(5000), power(7000))
        await house.hass.async_block_till_done()
        assert house.state(CHARGING) == STATE_ON
        await house.change("garage", charge_point_id="CP2")
    async with scripted(house, "CP2") as charger:
        await charger.status("Available")
        await house.hass.async_block_till_done()
        assert house.state(CHARGING) == STATE_OFF
        assert house.state("sensor.garage_session_energy") == STATE_UNKNOWN
        assert house.number("sensor.garage_lifetime_energy") is None


async def test_charger_added_while_the_ledger_is_locked_is_there_when_it_works_again(
    house: House,
) -> None:
    await house.set_up(site_subentry())
    failure = LedgerUnavailableError("database is locked")
    with patch.object(house.hub.ledger, "open_sessions", side_effect=failure):
        house.hass.config_entries.async_add_subentry(house.entry, subentry(charger_subentry()))
        await house.hass.async_block_till_done()
        assert house.issue("ledger") is not None
    await house.change("home", title="Cabin")
    assert house.state("sensor.garage_status") == STATE_UNKNOWN


# Sessions --------------------------------------------------------------------------------------


async def test_session_whose_answer_was_lost_is_shown_after_the_replay(house: House) -> None:
    await house.set_up()
    at = now()
    ledger = house.hub.ledger
    keep = ledger.start_transaction
    kept = asyncio.Event()

    async def keep_and_hang(transaction: TransactionStart) -> StartedTransaction:
        await keep(transaction)
        kept.set()
        return await asyncio.Future()

    with patch.object(ledger, "start_transaction", keep_and_hang):
        async with scripted(house) as charger:
            await charger.send("StartTransaction", **start(at))
            await kept.wait()
    assert house.state(CHARGING) == STATE_OFF
    async with scripted(house) as charger:
        transaction_id = await charger.start(at)
        await house.hass.async_block_till_done()
        assert house.state(CHARGING) == STATE_ON
        (session,) = await house.sessions()
        assert session.transaction_id == transaction_id


async def test_session_that_starts_after_the_clock_went_back_is_shown(house: House) -> None:
    await house.set_up()
    async with scripted(house) as charger:
        # A charger that thinks in local time, at 02:50 and then 02:02 of the same night.
        first = await charger.start(now() + timedelta(minutes=50))
        await charger.stop(first, now() + timedelta(minutes=55))
        second = await charger.start(now() + timedelta(minutes=2))
        await house.hass.async_block_till_done()
        assert house.state(CHARGING) == STATE_ON
        session = house.connector.session
        assert session is not None
        assert session.transaction_id == second


# Values ----------------------------------------------------------------------------------------


async def test_clock_aligned_register_alone_leaves_the_power(house: House) -> None:
    await house.set_up()
    async with scripted(house) as charger:
        await charger.status("Charging")
        await charger.values(
            now(), power(7000), {"measurand": "Current.Import", "phase": "L1", "value": "30"}
        )
        house.time.tick(3)
        await charger.values(now(), register(12345, context="Sample.Clock"))
        await house.hass.async_block_till_done()
        assert house.number(POWER) == 7000
        assert house.number("sensor.garage_current_l1") == 30


async def test_clock_that_is_set_back_does_not_freeze_the_values(house: House) -> None:
    await house.set_up()
    async with scripted(house) as charger:
        await charger.status("Charging")
        await charger.values(now() + timedelta(hours=1), power(7000))
        await charger.values(now() + timedelta(seconds=10), power(0))
        await house.hass.async_block_till_done()
        assert house.number(POWER) == 0


async def test_values_expire_when_three_intervals_bring_no_new_ones(house: House) -> None:
    await house.set_up()
    interval = {"key": "MeterValueSampleInterval", "readonly": True, "value": "60"}
    refused = {"status": "Rejected"}
    async with scripted(
        house, GetConfiguration={"configurationKey": [interval]}, ChangeConfiguration=refused
    ) as charger:
        await charger.boot()
        await house.ready()
        await charger.status("Charging")
        await charger.values(now(), power(7000))
        await house.pass_time(179)
        assert house.number(POWER) == 7000
        await house.pass_time(3)
        assert house.state(POWER) == STATE_UNKNOWN
        assert house.state("sensor.garage_status") == "charging"
        await charger.values(now(), power(6900))
        await house.hass.async_block_till_done()
        assert house.number(POWER) == 6900


# Cards -----------------------------------------------------------------------------------------


async def _register(house: House) -> None:
    """Register the card of the scripted charger: only such ones become tags."""
    await house.hass.services.async_call(
        "zmartcharge", "register_token", {"id_tag": "04A1B2C3"}, blocking=True
    )


async def test_home_assistants_own_tag_is_no_card(hass: HomeAssistant, house: House) -> None:
    await house.set_up()
    await _register(house)
    scanned = async_capture_events(hass, tag.EVENT_TAG_SCANNED)
    async with scripted(house) as charger:
        await charger.call("Authorize", idTag="HomeAssistant")
        await hass.async_block_till_done()
        assert not scanned
        await charger.call("Authorize", idTag="04A1B2C3")
        await hass.async_block_till_done()
        assert [event.data["tag_id"] for event in scanned] == ["04A1B2C3"]


async def test_card_of_a_session_that_began_hours_ago_is_not_read_now(
    hass: HomeAssistant, house: House
) -> None:
    await house.set_up()
    await _register(house)
    scanned = async_capture_events(hass, tag.EVENT_TAG_SCANNED)
    async with scripted(house) as charger:
        await charger.start(now() - timedelta(hours=9))
        await hass.async_block_till_done()
    assert not scanned
    assert len(await house.sessions()) == 1


async def test_card_of_a_repeated_start_is_read_once(hass: HomeAssistant, house: House) -> None:
    await house.set_up()
    await _register(house)
    scanned = async_capture_events(hass, tag.EVENT_TAG_SCANNED)
    async with scripted(house) as charger:
        at = now()
        assert await charger.start(at) == await charger.start(at)
        await hass.async_block_till_done()
    assert [event.data["tag_id"] for event in scanned] == ["04A1B2C3"]
