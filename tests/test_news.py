"""What automations are told of sessions, faults and cables: each thing once, also over a restart."""

from datetime import timedelta
from decimal import Decimal

from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState
from homeassistant.util import dt as dt_util
import pytest

from custom_components.zmartcharge.ledger import TokenRecord
from script.lib.demo.processes import free_port

from .cost_house import CostHouse
from .heard import Heard, heard_fixture  # noqa: F401
from .house import House, car, charger_subentry, site_subentry, status_call, wait_until
from .priced import Priced, patient_fixture, priced_site  # noqa: F401

# Sessions ------------------------------------------------------------------------------------


async def test_session_is_told_of_when_it_begins_and_when_it_is_over(
    house: House, heard: Heard
) -> None:
    await house.set_up()
    costs = CostHouse(house)
    await costs.price(0, "2", "2")
    charge_point = await house.connect()
    await house.charge(charge_point, 1800)
    await heard.after("session_started")
    started = heard.of("session_started")[0]
    assert (started["who"], started["method"], started["site"]) == (None, "home_assistant", "Home")
    assert not started["late"]
    await house.connector.stop()
    await house.settled(charge_point)
    await heard.after("session_ended")
    ended = heard.of("session_ended")[0]
    session = (await house.sessions())[0]
    assert ended["energy"] == pytest.approx(session.energy_wh / 1000)
    assert ended["energy"] > 4
    assert ended["minutes"] == 30
    assert ended["cost"] == pytest.approx(2 * ended["energy"], abs=0.01)
    assert (ended["currency"], ended["average_price"]) == ("NOK", pytest.approx(2))
    assert not ended["late"]
    assert heard.names == ["session_started", "session_ended"]


async def test_session_without_a_price_has_no_cost(house: House, heard: Heard) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await house.charge(charge_point, 600)
    await house.connector.stop()
    await house.settled(charge_point)
    await heard.after("session_ended")
    ended = heard.of("session_ended")[0]
    assert (ended["cost"], ended["currency"], ended["average_price"]) == (None, None, None)


async def test_who_held_a_card_to_the_charger_is_told(house: House, heard: Heard) -> None:
    await house.set_up()
    record = TokenRecord(id_tag="04A2B3C4", label="Blue fob", holder="Kari")
    await house.hub.tokens.put(record, dt_util.utcnow())
    charge_point = await house.connect()
    await charge_point.plug_in(car())
    await charge_point.tap("04A2B3C4")
    await house.settled(charge_point)
    await heard.after("session_started")
    assert heard.of("session_started")[0]["who"] == "Kari"
    assert heard.of("session_started")[0]["method"] == "rfid"


async def test_end_while_home_assistant_was_away_is_told_once_and_late(
    house: House, heard: Heard
) -> None:
    await house.set_up(port=free_port())
    charge_point = await house.connect()
    await house.charge(charge_point, 600)
    await heard.after("session_started")
    await charge_point.go_offline()
    await house.unload()
    house.time.tick(timedelta(minutes=10))
    await charge_point.unplug()
    house.time.tick(timedelta(hours=3))
    await house.set_up()
    assert heard.names == ["session_started"]
    charge_point.go_online()
    await house.ready()
    await house.settled(charge_point)
    await heard.after("session_ended")
    ended = heard.of("session_ended")[0]
    assert ended["late"]
    assert ended["minutes"] == 20
    await house.unload()
    await house.set_up()
    await house.pass_time(60)
    assert heard.names.count("session_ended") == 1


async def test_session_that_goes_on_is_not_told_again_after_a_restart(
    house: House, heard: Heard
) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await house.charge(charge_point, 60)
    await heard.after("session_started")
    await house.unload()
    await house.set_up()
    await house.pass_time(60)
    assert heard.names == ["session_started"]


async def test_what_ended_before_automations_listen_is_told_when_they_do(
    house: House, heard: Heard
) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await house.charge(charge_point, 600)
    await heard.after("session_started")
    await house.unload()
    house.hass.set_state(CoreState.starting)
    await house.set_up()
    costs = await house.sessions()
    await house.hub.ledger.interrupt(costs[0].id)
    await house.pass_time(30)
    assert heard.names == ["session_started"]
    house.hass.set_state(CoreState.running)
    house.hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await house.hass.async_block_till_done()
    await house.pass_time(10)
    await heard.after("session_ended", "charging_interrupted")


async def test_sessions_of_before_the_installation_are_old_news(house: House, heard: Heard) -> None:
    await house.set_up()
    await CostHouse(house).charge(-5, 5000)
    await house.hass.async_block_till_done()
    heard.clear()
    house.hub.told.values.clear()
    house.hub.told.changed()
    await house.unload()
    await house.set_up()
    await house.pass_time(60)
    assert heard.names == []


async def test_session_that_nobody_may_have_is_not_told_of(house: House, heard: Heard) -> None:
    await house.set_up(site_subentry(), charger_subentry(access="registered"))
    charge_point = await house.connect()
    await charge_point.plug_in(car())
    charge_point.station.present("STRANGER", 1, dt_util.utcnow())
    charge_point.changed()
    await house.settled(charge_point)
    await house.pass_time(60)
    assert heard.names == []


@pytest.mark.parametrize(
    ("reason", "why"), [("PowerLoss", "power"), ("EmergencyStop", "emergency_stop")]
)
async def test_end_that_nobody_wanted_is_an_interruption(
    house: House, heard: Heard, reason: str, why: str
) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await house.charge(charge_point, 60)
    charge_point.station.stop(1, dt_util.utcnow(), reason)
    charge_point.changed()
    await house.settled(charge_point)
    await wait_until(lambda: heard.of("charging_interrupted"))
    assert heard.of("charging_interrupted")[0]["why"] == why
    assert heard.names[:3] == ["session_started", "session_ended", "charging_interrupted"]


async def test_charger_that_is_not_heard_while_it_charges_is_told_of_once(
    house: House, heard: Heard
) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await house.charge(charge_point, 60)
    await house.cut(charge_point)
    await house.pass_time(240)
    assert "charging_interrupted" not in heard.names
    await house.pass_time(60)
    await house.pass_time(60)
    await house.pass_time(600)
    assert heard.names.count("charging_interrupted") == 1
    assert heard.of("charging_interrupted")[0]["why"] == "connection"


# Faults, cables, free chargers ---------------------------------------------------------------


async def test_fault_is_told_once_until_it_is_over(house: House, heard: Heard) -> None:
    await house.set_up()
    charge_point = await house.connect()
    for _ in range(2):
        await charge_point.call(status_call("Faulted", error="GroundFailure", info="earth"))
    await house.pass_time(60)
    assert [(each["error"], each["info"]) for each in heard.of("fault")] == [
        ("GroundFailure", "earth")
    ]
    await charge_point.call(status_call("Available"))
    await charge_point.call(status_call("Faulted", error="GroundFailure"))
    assert len(heard.of("fault")) == 2


async def test_fault_of_the_whole_charger_is_one(house: House, heard: Heard) -> None:
    await house.set_up(site_subentry(), charger_subentry(connectors=2))
    charge_point = await house.connect()
    await charge_point.call(status_call("Available", connector_id=2))
    await charge_point.call(status_call("Faulted", connector_id=0, error="InternalError"))
    await house.pass_time(60)
    assert len(heard.of("fault")) == 1


async def test_cable_counts_from_the_end_of_charging(house: House, heard: Heard) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await house.charge(charge_point, 600)
    await house.connector.stop()
    await house.settled(charge_point)
    for _ in range(3):
        await house.pass_time(60)
    told = heard.of("cable_forgotten")
    assert [(each["minutes_before"], each["minutes"]) for each in told] == [(0, 1), (1, 2), (2, 3)]
    await charge_point.unplug()
    await house.settled(charge_point)
    await house.pass_time(600)
    assert len(heard.of("cable_forgotten")) == 3
    assert heard.names[-1] == "charger_free"


async def test_cable_that_stays_in_over_a_restart_counts_on(house: House, heard: Heard) -> None:
    await house.set_up(port=free_port())
    charge_point = await house.connect()
    await house.charge(charge_point, 600)
    await house.connector.stop()
    await house.settled(charge_point)
    await house.pass_time(600)
    assert heard.of("cable_forgotten")[-1]["minutes"] == 10
    await charge_point.go_offline()
    await house.unload()
    await house.set_up()
    house.time.tick(timedelta(minutes=30))
    charge_point.go_online()
    await house.ready()
    await house.settled(charge_point)
    await house.pass_time(60)
    missed = [each for each in heard.of("cable_forgotten") if each["minutes_before"] == 10]
    assert [each["minutes"] for each in missed] == [40]


async def test_car_that_left_while_the_charger_was_away_forgot_nothing(
    house: House, heard: Heard
) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await house.charge(charge_point, 600)
    await house.connector.stop()
    await house.settled(charge_point)
    await house.pass_time(60)
    before = len(heard.of("cable_forgotten"))
    await house.cut(charge_point)
    await charge_point.unplug()
    house.time.tick(timedelta(hours=2))
    await house.mend(charge_point)
    await house.pass_time(120)
    assert len(heard.of("cable_forgotten")) == before


async def test_charger_is_free_again_once(house: House, heard: Heard) -> None:
    await house.set_up(port=free_port())
    charge_point = await house.connect()
    assert heard.names == []
    await charge_point.plug_in(car())
    await house.settled(charge_point)
    await house.unload()
    await house.set_up()
    await charge_point.unplug()
    await wait_until(lambda: house.charger.connected)
    await house.settled(charge_point)
    await house.pass_time(60)
    assert heard.names == ["charger_free"]


async def test_car_that_will_be_late_is_told_of_once(house: House, heard: Heard) -> None:
    priced = Priced(house)
    priced.prices(cheap=(6, 7))
    await house.set_up(priced_site(), charger_subentry(circuit_fuse=16))
    await priced.settle()
    priced.answer()
    await priced.connect()
    await priced.ready_by(0.5)
    await priced.plug_in(house.charge_points[0])
    await priced.live(5)
    assert len(heard.of("ready_by_at_risk")) == 1
    assert heard.of("ready_by_at_risk")[0]["late_by"] > 30
    assert Decimal(heard.of("ready_by_at_risk")[0]["missing"]) >= 0


async def test_charger_that_is_removed_is_forgotten(house: House) -> None:
    await house.set_up()
    await house.connect()
    await house.pass_time(60)
    assert list(house.hub.told.values) == ["garage"]
    await house.remove("garage")
    assert list(house.hub.told.values) == []
