"""The house: who may connect, and how it follows its configuration."""

from types import MappingProxyType
from typing import Any

from aiohttp import ClientSession, WSServerHandshakeError
from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
import pytest

from custom_components.zmartcharge.config import ChargerConfig
from custom_components.zmartcharge.const import DOMAIN
from custom_components.zmartcharge.csms import hash_key

from .house import House, charger_subentry, site_subentry, wait_until

OTHER_KEY = "9876543210zyxwvutsrq"


async def _dial(house: House, identity: str) -> int:
    """Let a stranger dial; return the HTTP status that it gets."""
    async with ClientSession() as session:
        try:
            await session.ws_connect(
                f"ws://127.0.0.1:{house.hub.port}/{identity}", protocols=("ocpp1.6",)
            )
        except WSServerHandshakeError as err:
            return err.status
    pytest.fail("a stranger was let in")


def _offers(house: House) -> list[Any]:
    flows = house.hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    return [flow["context"]["title_placeholders"]["name"] for flow in flows]


def _subentry(subentry_id: str, identity: str) -> ConfigSubentry:
    data = charger_subentry(subentry_id, subentry_id.title(), charge_point_id=identity)
    return ConfigSubentry(
        data=MappingProxyType(dict(data["data"])),
        subentry_id=subentry_id,
        subentry_type=data["subentry_type"],
        title=data["title"],
        unique_id=identity,
    )


async def test_unknown_charger_is_offered_once(house: House) -> None:
    await house.set_up()
    for _ in range(2):
        assert await _dial(house, "STRANGER") == 404
        await house.hass.async_block_till_done()
    assert _offers(house) == ["STRANGER"]


async def test_flood_of_unknown_ids_raises_few_offers(house: House) -> None:
    await house.set_up()
    for number in range(25):
        house.hub.door.unknown(f"STRANGER{number}", "127.0.0.1")
    await house.hass.async_block_till_done()
    assert len(_offers(house)) == 20


async def test_wrong_key_is_refused_and_noted(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await house.set_up()
    assert await _dial(house, "CP1") == 401
    assert "CP1 at 127.0.0.1 came with wrong credentials" in caplog.text
    assert not house.charger.connected


async def test_new_key_ends_the_old_connection(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await house.change("garage", key_hash=hash_key(OTHER_KEY))
    await wait_until(lambda: not house.charger.connected)
    await charge_point.wait_for(lambda cp: cp.refusal is not None)
    assert not house.charger.connected
    await charge_point.stop()
    await house.connect(password=OTHER_KEY)
    assert house.charger.connected


async def test_new_charge_point_id_ends_the_old_connection(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    await house.change("garage", charge_point_id="CP9")
    await wait_until(lambda: not house.charger.connected)
    await charge_point.wait_for(lambda cp: cp.refusal is not None)


async def test_charger_that_is_added_appears(house: House) -> None:
    await house.set_up()
    house.hass.config_entries.async_add_subentry(house.entry, _subentry("yard", "CP2"))
    await house.hass.async_block_till_done()
    assert house.state("sensor.yard_status") == "unknown"
    await house.connect("CP2")
    assert house.state("sensor.yard_status") == "ready"


async def test_site_that_is_added_appears(house: House) -> None:
    await house.set_up()
    data = site_subentry("cabin", "Cabin")
    house.hass.config_entries.async_add_subentry(
        house.entry,
        ConfigSubentry(
            data=MappingProxyType(dict(data["data"])),
            subentry_id="cabin",
            subentry_type=data["subentry_type"],
            title="Cabin",
            unique_id=None,
        ),
    )
    await house.hass.async_block_till_done()
    assert house.state("sensor.cabin_power") == "unavailable"


async def test_removed_charger_leaves_nothing(house: House) -> None:
    await house.set_up(
        site_subentry(),
        charger_subentry(),
        charger_subentry("yard", "Yard", charge_point_id="CP2"),
    )
    charge_point = await house.connect()
    charger = house.charger
    await house.charge(charge_point, 60)
    await house.cut(charge_point)
    await house.pass_time(901)
    assert house.issue("charger_offline_garage") is not None
    await house.mend(charge_point)
    await house.remove("garage")
    await charge_point.wait_for(lambda cp: not cp.connected and cp.refusal is not None)
    assert not charger.connected
    assert house.device("garage") is None
    assert not {entity_id for entity_id in house.entity_ids() if "garage" in entity_id}
    await house.pass_time(901)
    assert house.issue("charger_offline_garage") is None
    assert house.issue("charger_offline_yard") is not None
    # What it has delivered stays in the ledger, and it may come again.
    assert len(await house.sessions()) == 1
    await wait_until(lambda: _offers(house) == ["CP1"])


async def test_removed_charger_forgets_its_repair(house: House) -> None:
    await house.set_up()
    await house.pass_time(901)
    assert house.issue("charger_offline_garage") is not None
    await house.remove("garage")
    assert house.issue("charger_offline_garage") is None


async def test_new_port_reloads(house: House) -> None:
    await house.set_up()
    before = house.hub
    house.hass.config_entries.async_update_entry(
        house.entry, data={**house.entry.data, "database_url": f"sqlite:///{house.folder}/other.db"}
    )
    await house.hass.async_block_till_done()
    assert house.entry.state is ConfigEntryState.LOADED
    assert house.hub is not before
    assert (house.folder / "other.db").exists()


def _expected(identity: str = "CP2", **changes: Any) -> ChargerConfig:
    data = {**charger_subentry(charge_point_id=identity)["data"], **changes}
    return ChargerConfig.of_data(data, subentry_id="", name="Yard")


async def test_charger_that_a_flow_waits_for_keeps_its_connection(house: House) -> None:
    await house.set_up()
    expected = house.hub.door.expect(_expected())
    assert house.hub.door.expect(_expected(circuit_fuse=16)) is expected
    charge_point = house.charge_point("CP2")
    await charge_point.start()
    await expected.setup.ready.wait()
    await house.settled(charge_point)
    station = expected.station
    house.hass.config_entries.async_add_subentry(house.entry, _subentry("yard", "CP2"))
    await house.hass.async_block_till_done()
    house.hub.door.unexpect("CP2")
    assert house.hub.chargers["yard"] is expected
    assert expected.station is station
    assert house.state("sensor.yard_status") == "ready"
    device = house.device("yard")
    assert device is not None
    assert device.model == "Virtual 22"


async def test_charger_whose_flow_ended_is_sent_away(house: House) -> None:
    await house.set_up()
    expected = house.hub.door.expect(_expected())
    charge_point = house.charge_point("CP2")
    await charge_point.start()
    await expected.setup.ready.wait()
    house.hub.door.unexpect("CP2")
    await wait_until(lambda: not expected.connected)
    await charge_point.wait_for(lambda cp: cp.refusal is not None)


async def test_flow_may_end_after_the_hub(house: House) -> None:
    await house.set_up()
    hub = house.hub
    hub.door.expect(_expected())
    await house.unload()
    hub.door.unexpect("CP2")
    assert hub.door.find("CP2") is None


async def test_offer_ends_when_the_charger_is_added_another_way(house: House) -> None:
    await house.set_up()
    assert await _dial(house, "CP2") == 404
    await house.hass.async_block_till_done()
    assert _offers(house) == ["CP2"]
    house.hass.config_entries.async_add_subentry(house.entry, _subentry("yard", "CP2"))
    await house.hass.async_block_till_done()
    assert _offers(house) == []


async def test_charger_without_a_key_is_let_in_by_choice(house: House) -> None:
    await house.set_up(site_subentry(), charger_subentry(key_hash=None))
    charge_point = await house.connect(password=None)
    assert charge_point.registered
