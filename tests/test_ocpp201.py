"""A charger that speaks OCPP 2.0.1, as its people see it: no other than one of 1.6."""

from typing import Any

from homeassistant.util import dt as dt_util
import pytest

from simulator import Station

from .house import House, car, prompt_evse, wait_until

STATUS = "sensor.garage_status"


async def test_a_session_is_kept_with_its_energy(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect(ocpp="2.0.1")
    assert house.charger.station.version == "2.0.1"
    assert house.charger.abilities.smart_charging is True
    assert house.charger.abilities.meter_interval == 10
    assert house.state(STATUS) == "ready"
    await charge_point.plug_in(car())
    await house.settled(charge_point)
    assert house.state(STATUS) == "preparing"
    await house.connector.start()
    await wait_until(lambda: house.connector.in_session)
    await house.run(charge_point, 600)
    assert house.state(STATUS) == "charging"
    assert house.connector.measured.power == pytest.approx(3 * 230 * 16, rel=0.01)
    await house.connector.stop()
    await wait_until(lambda: not house.connector.in_session)
    await house.settled(charge_point)
    assert house.state(STATUS) == "finished"
    await charge_point.unplug()
    await house.settled(charge_point)
    assert house.state(STATUS) == "ready"
    (session,) = await house.sessions()
    assert session.id_tag == "HomeAssistant"
    assert session.stop_reason == "Remote"
    assert session.energy_wh == charge_point.evse.connector(1).energy_wh > 0
    assert session.ended_at is not None


async def test_a_limit_is_told_and_obeyed(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect(ocpp="2.0.1")
    await house.charge(charge_point, 30)
    await house.connector.set_own_limit(8)
    await house.run(charge_point, 20)
    assert charge_point.evse.connector(1).current_a == 8
    assert house.state(STATUS) == "charging"
    await house.connector.set_own_limit(0)
    await house.run(charge_point, 20)
    assert charge_point.evse.connector(1).current_a == 0
    assert house.state(STATUS) == "waiting"


async def test_energy_of_hours_offline_is_not_lost(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect(ocpp="2.0.1")
    await house.charge(charge_point, 60)
    await house.cut(charge_point)
    for _ in range(30):
        house.time.tick(10)
        charge_point.step(dt_util.utcnow(), 10.0)
    await charge_point.unplug()
    await house.mend(charge_point)
    await wait_until(lambda: not house.connector.in_session)
    (session,) = await house.sessions()
    assert session.energy_wh == charge_point.evse.connector(1).energy_wh
    assert session.stop_reason == "EVDisconnected"
    assert await house.hub.ledger.unattributed("CP1") == 0
    assert house.state(STATUS) == "ready"


@pytest.mark.parametrize("ends_meanwhile", [False, True])
async def test_a_session_goes_on_over_a_restart_of_home_assistant(
    house: House, ends_meanwhile: bool
) -> None:
    await house.set_up()
    charge_point = await house.connect(ocpp="2.0.1")
    await house.charge(charge_point, 60)
    (before,) = await house.sessions()
    port = house.hub.port
    await house.unload()
    for _ in range(6):
        house.time.tick(10)
        charge_point.step(dt_util.utcnow(), 10.0)
    if ends_meanwhile:
        await charge_point.unplug()
    house.hass.config_entries.async_update_entry(
        house.entry, data={**house.entry.data, "port": port}
    )
    await house.set_up()
    await charge_point.wait_for(lambda cp: cp.registered, 20)
    await house.settled(charge_point)
    if not ends_meanwhile:
        await house.run(charge_point, 60)
        # What the charger calls the session is still known: it can be limited and stopped.
        await house.connector.set_own_limit(10)
        await house.run(charge_point, 20)
        assert charge_point.evse.connector(1).current_a == 10
        await house.connector.stop()
    await wait_until(lambda: not house.connector.in_session)
    (after,) = await house.sessions()
    assert (after.id, after.transaction_id) == (before.id, before.transaction_id)
    assert after.energy_wh == charge_point.evse.connector(1).energy_wh
    assert after.flags == ()


async def test_two_connectors_are_two_evses(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect(ocpp="2.0.1", station=Station(prompt_evse(connectors=2)))
    assert len(house.charger.connectors) == 2
    one, two = house.charger.connectors.values()
    for connector in (one, two):
        await charge_point.plug_in(car(), connector.connector_id)
    await house.settled(charge_point)
    await two.start()
    await wait_until(lambda: two.in_session)
    await house.run(charge_point, 30)
    assert not one.in_session
    assert (one.measured.power, two.measured.power > 0) == (0, True)


async def test_a_card_is_read(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect(ocpp="2.0.1")
    read: list[Any] = []
    house.charger.gatekeeper.async_on_card(lambda card: read.append(card.id_tag))
    await charge_point.plug_in(car())
    assert await charge_point.tap("04A1B2C3D4E5F6") == "Accepted"
    await wait_until(lambda: house.connector.in_session)
    assert read == ["04A1B2C3D4E5F6"]
