"""A charger that is removed while a car charges: its session ends, and keeps its name."""

from typing import Any

from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.zmartcharge.config import ChargerConfig
from custom_components.zmartcharge.ledger import LOST_STOP, SessionFlag
from simulator import SimulatedChargePoint

from .flows import subentry
from .house import House, car, charger_subentry, site_subentry, wait_until
from .test_websocket_api import Card


@pytest.fixture(name="panel")
def panel_fixture(house: House, hass_ws_client: WebSocketGenerator) -> Card:
    """Return a panel in a house that is still to be set up."""
    return Card(house, hass_ws_client)


async def _charging(house: House, **settings: Any) -> SimulatedChargePoint:
    await house.set_up(site_subentry(), charger_subentry())
    charge_point = await house.connect(**settings)
    await house.charge(charge_point, 600)
    return charge_point


async def _add_again(house: House, data: ConfigSubentryDataWithId) -> str:
    added = subentry(data)
    house.hass.config_entries.async_add_subentry(house.entry, added)
    await wait_until(lambda: added.subentry_id in house.hub.chargers)
    await house.hass.async_block_till_done()
    return added.subentry_id


async def _listed(panel: Card) -> list[dict[str, Any]]:
    answer = await panel.ask("list_sessions")
    assert answer["success"], answer
    found: list[dict[str, Any]] = answer["result"]["sessions"]
    return found


async def test_session_ends_with_what_is_known(house: House) -> None:
    await _charging(house)
    before = house.connector.session
    assert before is not None
    await house.remove("garage")
    (session,) = await house.sessions()
    assert (session.stop_reason, session.flags) == (LOST_STOP, (SessionFlag.INTERRUPTED,))
    assert session.energy_wh == before.energy_wh > 1000
    assert session.stopped_at == before.last_sample_at


async def test_other_chargers_charge_on(house: House) -> None:
    other = charger_subentry("drive", "Drive", charge_point_id="CP2")
    await house.set_up(site_subentry(), charger_subentry(), other)
    charge_point = await house.connect()
    await house.charge(charge_point, 60)
    await house.remove("drive")
    assert house.connector.in_session
    (session,) = await house.sessions()
    assert session.stopped_at is None


async def test_charger_with_another_id_leaves_no_session_open(house: House) -> None:
    await _charging(house)
    await house.change("garage", charge_point_id="CP7")
    (session,) = await house.sessions()
    assert session.stop_reason == LOST_STOP


@pytest.mark.parametrize("ocpp", ["1.6", "2.0.1"])
async def test_stop_that_comes_after_it_was_added_again_completes_the_session(
    house: House, ocpp: str
) -> None:
    charge_point = await _charging(house, ocpp=ocpp)
    await house.remove("garage")
    (known,) = await house.sessions()
    house.time.tick(600)
    charge_point.step(dt_util.utcnow(), 600.0)
    key = await _add_again(house, charger_subentry("", "Carport"))
    await wait_until(lambda: house.hub.chargers[key].connected)
    await house.ready()
    await house.run(charge_point, 120)
    await charge_point.unplug()
    await house.settled(charge_point)
    (session,) = await house.sessions()
    assert session.id == known.id
    assert session.stop_reason == "EVDisconnected"
    assert session.energy_wh == charge_point.evse.connector(1).energy_wh > known.energy_wh
    assert await house.hub.ledger.unattributed("CP1") == 0


async def test_next_session_of_one_that_was_added_again_is_another(house: House) -> None:
    charge_point = await _charging(house)
    await house.remove("garage")
    await charge_point.stop()
    key = await _add_again(house, charger_subentry("", "Carport"))
    second = await house.connect()
    await second.plug_in(car())
    await house.settled(second)
    connector = house.hub.chargers[key].connectors[1]
    await connector.start()
    await wait_until(lambda: connector.in_session)
    newest, oldest = await house.sessions()
    assert (newest.stopped_at, oldest.stop_reason) == (None, LOST_STOP)


async def test_session_that_an_earlier_version_left_open_ends_at_the_start(house: House) -> None:
    await _charging(house)
    await house.unload()
    house.hass.config_entries.async_remove_subentry(house.entry, "garage")
    await house.hass.async_block_till_done()
    await house.set_up()
    (session,) = await house.sessions()
    assert session.stop_reason == LOST_STOP


async def test_session_of_a_charger_that_a_flow_waits_for_goes_on(house: House) -> None:
    await house.set_up()
    data = {**charger_subentry()["data"], "charge_point_id": "CP9"}
    house.hub.door.expect(ChargerConfig.of_data(data, subentry_id="", name="Carport"))
    charge_point = house.charge_point("CP9")
    await charge_point.start()
    await charge_point.wait_for(lambda cp: cp.registered)
    await charge_point.plug_in(car())
    assert await charge_point.tap("04A1B2C3") == "Accepted"
    await house.settled(charge_point)
    await house.change("garage", circuit_fuse=10)
    (session,) = await house.sessions()
    assert (session.charge_point_id, session.stopped_at) == ("CP9", None)
    await charge_point.stop()
    house.hub.door.unexpect("CP9")
    await house.hass.async_block_till_done()


async def test_its_sessions_keep_the_name_that_it_had(panel: Card) -> None:
    house = panel.house
    await _charging(house)
    assert (await panel.ask("capabilities"))["success"]
    await house.change("garage", title="Carport")
    await house.remove("garage")
    (told,) = await _listed(panel)
    assert (told["charger"], told["label"]) == ("Carport", "CP1")
    assert told["ended_at"] is not None
    # Also after a restart.
    await house.unload()
    await house.set_up()
    assert [each["charger"] for each in await _listed(panel)] == ["Carport"]
    await _add_again(house, charger_subentry("", "Drive"))
    assert [each["charger"] for each in await _listed(panel)] == ["Drive"]


async def test_its_sessions_keep_what_the_user_called_it(panel: Card) -> None:
    house = panel.house
    await _charging(house)
    assert (await panel.ask("capabilities"))["success"]
    device = house.device("garage")
    assert device is not None
    dr.async_get(house.hass).async_update_device(device.id, name_by_user="By the sea")
    await house.hass.async_block_till_done()
    await house.remove("garage")
    assert [each["charger"] for each in await _listed(panel)] == ["By the sea"]
