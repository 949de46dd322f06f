"""Setting up, unloading and removing."""

import asyncio
from pathlib import Path
import socket
import threading

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import MqttMockHAClient, WebSocketGenerator

from custom_components.zmartcharge.const import DOMAIN
from custom_components.zmartcharge.csms import port_problem
from script.lib.demo import processes

from .house import House, charger_subentry, mqtt_meter, site_subentry, wait_until


@pytest.fixture
def free_port(socket_enabled: None) -> int:
    """Return a port that nobody listens on."""
    return processes.free_port()


async def test_sets_up_and_unloads(house: House) -> None:
    assert await house.set_up()
    assert house.entry.state is ConfigEntryState.LOADED
    port = house.hub.port
    await house.unload()
    assert house.entry.state is ConfigEntryState.NOT_LOADED
    assert await port_problem("127.0.0.1", port) is None


async def _migrated(house: House, topic: str | None, **version: int) -> bool:
    data = {"grid_type": "tn_400", "main_fuse": 63}
    old = site_subentry()
    old["data"] = {**data, "meter_topic": topic} if topic is not None else data
    house.configure(old, site_subentry("cabin", "Cabin"), charger_subentry())
    house.hass.config_entries.async_update_entry(house.entry, **{"minor_version": 1, **version})
    return await house.set_up()


async def test_site_that_had_only_a_topic_gets_a_meter(
    house: House, mqtt_mock: MqttMockHAClient
) -> None:
    assert await _migrated(house, "ams2mqtt")
    assert (house.entry.version, house.entry.minor_version) == (1, 2)
    assert dict(house.entry.subentries["home"].data) == {
        "grid_type": "tn_400",
        "main_fuse": 63,
        "meter": mqtt_meter(),
    }
    assert "meter" not in house.entry.subentries["cabin"].data
    assert house.charger.config.charge_point_id == "CP1"
    await house.meter({"P": 2000})
    assert house.number("sensor.home_power") == 2000


@pytest.mark.parametrize("topic", [None, ""])
async def test_site_that_had_no_topic_has_no_meter(house: House, topic: str | None) -> None:
    assert await _migrated(house, topic)
    assert house.site.config.meter is None
    assert "meter_topic" not in house.entry.subentries["home"].data


async def test_data_of_a_newer_version_is_left_alone(house: House) -> None:
    assert not await _migrated(house, "ams2mqtt", version=2)
    assert house.entry.state is ConfigEntryState.MIGRATION_ERROR
    assert house.entry.subentries["home"].data["meter_topic"] == "ams2mqtt"


async def test_data_of_a_newer_minor_version_is_used(house: House) -> None:
    assert await _migrated(house, None, minor_version=3)
    assert house.entry.minor_version == 3


async def test_ledger_lies_in_the_configuration_directory(house: House, tmp_path: Path) -> None:
    house.hass.config.config_dir = str(tmp_path)
    house.configure(database_url="")
    await house.set_up()
    assert (tmp_path / "zmartcharge.db").exists()


async def test_port_in_use_is_told_and_tried_again(house: House, free_port: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", free_port))
        other.listen()
        house.configure(port=free_port)
        assert not await house.set_up()
    assert house.entry.state is ConfigEntryState.SETUP_RETRY
    assert house.entry.error_reason_translation_key == "port_in_use"
    assert house.entry.reason == (
        f"Port {free_port} on 127.0.0.1 is used by another program. Stop that program, or choose"
        " another port under Reconfigure"
    )
    await house.pass_time(30)
    await wait_until(lambda: house.entry.state is ConfigEntryState.LOADED)
    await house.hass.async_block_till_done()


async def test_interface_that_this_machine_lacks_is_told(house: House) -> None:
    house.configure(host="192.0.2.1")
    assert not await house.set_up()
    assert house.entry.state is ConfigEntryState.SETUP_RETRY
    assert house.entry.error_reason_translation_key == "interface_unavailable"


async def test_damaged_ledger_is_left_as_it_is(house: House, tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    damage = b"SQLite format 3\x00" + b"no database at all" * 400
    file.write_bytes(damage)
    assert not await house.set_up()
    assert house.entry.state is ConfigEntryState.SETUP_RETRY
    assert house.entry.error_reason_translation_key == "ledger_corrupt"
    issue = house.issue("ledger")
    assert issue is not None
    assert (issue.translation_key, issue.severity) == (
        "ledger_corrupt",
        ir.IssueSeverity.CRITICAL,
    )
    assert file.read_bytes() == damage

    file.unlink()
    await house.hass.config_entries.async_reload(house.entry.entry_id)
    assert house.entry.state is ConfigEntryState.LOADED
    assert house.issue("ledger") is None


async def test_session_survives_a_restart(house: House, free_port: int) -> None:
    house.configure(port=free_port)
    await house.set_up()
    charge_point = await house.connect()
    await house.charge(charge_point, 60)
    (before,) = await house.sessions()
    await house.unload()
    house.time.tick(60)
    charge_point.step(dt_util.utcnow(), 60)

    await house.set_up()
    assert house.state("switch.garage_charging") == "on"
    assert house.number("sensor.garage_lifetime_energy") == 0.184
    await wait_until(lambda: house.charger.connected)
    await house.settled(charge_point)
    running = charge_point.transaction()
    assert running is not None
    assert running.transaction_id == before.transaction_id
    await house.run(charge_point, 60)
    await house.act("switch", "turn_off", "switch.garage_charging")
    await wait_until(lambda: not house.connector.in_session)
    (after,) = await house.sessions()
    assert after.id == before.id
    assert after.energy_wh == 11040 * 3 // 60


async def test_stopping_home_assistant_frees_everything(house: House) -> None:
    await house.set_up()
    charge_point = await house.connect()
    port = house.hub.port
    house.hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await house.hass.async_block_till_done()
    await charge_point.wait_for(lambda cp: not cp.connected)
    assert await port_problem("127.0.0.1", port) is None
    assert "zmartcharge ledger" not in {thread.name for thread in threading.enumerate()}


async def test_a_hundred_reloads_leave_nothing_behind(house: House, free_port: int) -> None:
    house.configure(port=free_port)
    await house.set_up()
    hass = house.hass

    def in_use() -> tuple[int, int, int]:
        return (
            len(asyncio.all_tasks()),
            sum(hass.bus.async_listeners().values()),
            sum(thread.name == "zmartcharge ledger" for thread in threading.enumerate()),
        )

    # What Home Assistant sets up only once is there after a few.
    for _ in range(3):
        await hass.config_entries.async_reload(house.entry.entry_id)
    await hass.async_block_till_done()
    before = in_use()
    for _ in range(100):
        assert await hass.config_entries.async_reload(house.entry.entry_id)
    await hass.async_block_till_done()
    # What the last of them began comes to its end.
    await wait_until(lambda: all(now <= then for now, then in zip(in_use(), before, strict=True)))
    await house.unload()
    assert await port_problem("127.0.0.1", free_port) is None
    assert in_use()[2] == 0


async def _remove(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, device_id: str
) -> dict[str, str] | None:
    """Remove a device as its page does; return the error that is shown."""
    assert await async_setup_component(hass, "config", {})
    client = await hass_ws_client(hass)
    answer = await client.remove_device(device_id)
    error: dict[str, str] | None = None if answer["success"] else answer["error"]
    return error


async def test_site_with_chargers_cannot_be_removed_as_a_device(
    house: House, hass_ws_client: WebSocketGenerator
) -> None:
    await house.set_up(
        site_subentry(),
        charger_subentry(),
        charger_subentry("yard", "Yard", charge_point_id="CP2"),
    )
    device = house.device("home")
    assert device is not None
    error = await _remove(house.hass, hass_ws_client, device.id)
    assert error is not None
    assert error["translation_key"] == "site_has_chargers"
    assert "Garage, Yard" in error["message"]
    assert house.device("home") is not None


@pytest.mark.parametrize("identifier", ["garage", "cabin"])
async def test_configured_device_cannot_be_removed(
    house: House, hass_ws_client: WebSocketGenerator, identifier: str
) -> None:
    await house.set_up(site_subentry(), site_subentry("cabin", "Cabin"), charger_subentry())
    device = house.device(identifier)
    assert device is not None
    assert await _remove(house.hass, hass_ws_client, device.id) is not None
    assert house.device(identifier) is not None


async def test_device_that_is_not_configured_any_more_can_be_removed(
    house: House, hass_ws_client: WebSocketGenerator
) -> None:
    await house.set_up()
    device = dr.async_get(house.hass).async_get_or_create(
        config_entry_id="hub", config_subentry_id="garage", identifiers={(DOMAIN, "garage_7")}
    )
    assert await _remove(house.hass, hass_ws_client, device.id) is None
    assert house.device("garage_7") is None
