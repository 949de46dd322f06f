"""What attackers, broken peers and bad input do, and what stays secret."""

import _socket
import asyncio
from http import HTTPStatus
import json
import logging
import socket
import threading
from typing import Any
from unittest.mock import patch

from aiohttp import encode_basic_auth
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.zmartcharge import async_remove_config_entry_device
from custom_components.zmartcharge.const import DOMAIN
from custom_components.zmartcharge.csms import CallFailedError, hash_key, port_problem, server
from custom_components.zmartcharge.diagnostics import async_get_config_entry_diagnostics
from custom_components.zmartcharge.http import OCPP_PATH
from custom_components.zmartcharge.hub import Hub
from custom_components.zmartcharge.ledger import Ledger, LedgerFullError, LedgerUnavailableError
from script.lib.demo.processes import free_port

from .flows import spoken_fixture  # noqa: F401
from .house import KEY, House, charger_subentry, site_subentry, wait_until
from .raw import BarePeer, dial, knock, now, scripted

UPGRADE = {"Upgrade": "websocket", "Sec-WebSocket-Protocol": "ocpp1.6"}
WRONG = {"Authorization": encode_basic_auth("CP1", "not the right key!!!")}
RIGHT = {"Authorization": encode_basic_auth("CP1", KEY)}


def _offers(hass: HomeAssistant) -> list[Any]:
    return list(hass.config_entries.flow.async_progress_by_handler(DOMAIN))


# Frames ----------------------------------------------------------------------------------------


async def test_callerror_with_too_many_elements_is_an_answer_like_another(house: House) -> None:
    await house.set_up()
    async with house.raw_charger() as charger:
        unlocking = asyncio.ensure_future(house.connector.unlock())
        _, message_id, action, _ = await charger.hear()
        assert action == "UnlockConnector"
        error = [4, message_id, "GenericError", "no motor", {}, "and more"]
        await charger.socket.send_str(json.dumps(error))
        with pytest.raises(CallFailedError, match="no motor"):
            await unlocking
        assert (await charger.call("Heartbeat", {}))[0] == 3


@pytest.mark.parametrize(
    "frame",
    ['[4,"x",%s]', '[3,"x",%s]', '[2,"x","StartTransaction",{"idTag":%s}]', "%s"],
    ids=["error", "result", "call", "bare"],
)
async def test_statement_12_deep_frame_does_not_end_the_connection(
    house: House, frame: str
) -> None:
    await house.set_up()
    async with scripted(house) as charger:
        for depth in (500, 2000, 8000, 30000):
            await charger.socket.send_str(frame % ("[" * depth + "]" * depth))
            assert await charger.call("Heartbeat")
        assert house.charger.connected


# Connections -----------------------------------------------------------------------------------


async def test_peer_that_vanishes_while_it_is_closed_leaves_no_ghost(
    house: House, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await house.set_up()
    # Home Assistant's own server cancels a handler whose peer vanishes, and so does this one.
    client = await hass_client_no_auth()
    path = f"{OCPP_PATH}/CP1"
    url = str(client.make_url(path))
    peer = await BarePeer.connect(client.port, path)
    await wait_until(lambda: house.charger.connected)
    silent = house.charger.station
    async with dial(house, url=url) as charger:
        await peer.hears(b"\x89")
        await house.pass_time(4)
        await peer.hears(b"\x88")
        peer.vanish()
        await wait_until(lambda: house.charger.connected and house.charger.station is not silent)
        assert await charger.call("Heartbeat")
    await wait_until(lambda: not house.charger.connected)
    async with dial(house, url=url) as charger:
        assert await charger.call("Heartbeat")
    await wait_until(lambda: not house.charger.connected)


@pytest.mark.parametrize("changed", ["removed", "new key"])
async def test_charger_that_may_not_connect_any_more_is_not_served(
    house: House, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    await house.set_up()
    verify, verifying, go_on = server.verify_key, threading.Event(), threading.Event()

    def slow(key_hash: str, key: str) -> bool:
        verifying.set()
        assert go_on.wait(10)
        return verify(key_hash, key)

    monkeypatch.setattr(server, "verify_key", slow)
    old = house.charger

    async def connect() -> int | None:
        async with dial(house) as charger:
            await wait_until(lambda: charger.socket.closed)
            return charger.socket.close_code

    connecting = asyncio.ensure_future(connect())
    await wait_until(verifying.is_set)
    if changed == "removed":
        await house.remove("garage")
    else:
        await house.change("garage", key_hash=hash_key("another key of 20 b."))
    go_on.set()
    assert await connecting == 1008
    assert not old.connected


async def test_charger_that_is_removed_while_an_older_one_is_probed_is_not_served(
    house: House,
) -> None:
    await house.set_up()
    old = house.charger
    silent = await BarePeer.connect(house.hub.port)
    await wait_until(lambda: old.connected)
    async with dial(house) as charger:
        await silent.hears(b"\x89")
        await house.remove("garage")
        await house.pass_time(4)
        await wait_until(lambda: charger.socket.closed)
        assert charger.socket.close_code == 1008
    silent.vanish()
    await wait_until(lambda: not old.connected)


async def test_statement_5_many_guesses_at_once_are_slowed_down(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.set_up()
    verify, tried = server.verify_key, []

    def counted(key_hash: str, key: str) -> bool:
        tried.append(key)
        return verify(key_hash, key)

    monkeypatch.setattr(server, "verify_key", counted)
    port = house.hub.port
    answers = await asyncio.gather(*(knock(port, "/CP1", **UPGRADE, **WRONG) for _ in range(60)))
    assert set(answers) <= {HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS}
    # Ten failures, and those that were under way then.
    assert len(tried) <= 12
    assert await knock(port, "/CP1", **UPGRADE, **RIGHT) == HTTPStatus.TOO_MANY_REQUESTS


# Discovery -------------------------------------------------------------------------------------


async def test_browser_that_looks_at_the_port_discovers_nothing(
    hass: HomeAssistant, house: House
) -> None:
    await house.set_up()
    for path in ("/favicon.ico", "/CP9"):
        assert await knock(house.hub.port, path) == HTTPStatus.NOT_FOUND
    await hass.async_block_till_done()
    assert not _offers(hass)
    assert await knock(house.hub.port, "/CP9", **UPGRADE) == HTTPStatus.NOT_FOUND
    await hass.async_block_till_done()
    assert len(_offers(hass)) == 1


async def test_charger_that_dials_during_set_up_is_discovered_when_it_dials_again(
    hass: HomeAssistant, house: House
) -> None:
    house.configure()
    start = Hub.start

    async def start_and_be_dialled(hub: Hub) -> None:
        await start(hub)
        assert await knock(hub.port, "/CP9", **UPGRADE) == HTTPStatus.NOT_FOUND

    with patch.object(Hub, "start", start_and_be_dialled):
        await house.set_up()
    assert not _offers(hass)
    await knock(house.hub.port, "/CP9", **UPGRADE)
    await hass.async_block_till_done()
    assert [offer["context"]["unique_id"] for offer in _offers(hass)] == ["charger_CP9"]


# The ledger and repairs ------------------------------------------------------------------------


async def test_ledger_that_fails_during_set_up_is_tried_again(house: House) -> None:
    port = free_port()
    house.configure(port=port)
    failure = LedgerUnavailableError("database is locked")
    with patch.object(Ledger, "open_sessions", side_effect=failure):
        assert not await house.set_up()
    assert house.entry.state is ConfigEntryState.SETUP_RETRY
    assert house.entry.error_reason_translation_key == "ledger_unavailable"
    assert house.issue("ledger") is not None
    assert await port_problem("127.0.0.1", port) is None
    assert not [thread for thread in threading.enumerate() if "ledger" in thread.name]

    await house.pass_time(30)
    await wait_until(lambda: house.entry.state is ConfigEntryState.LOADED)
    await house.hass.async_block_till_done()
    assert house.issue("ledger") is None


async def test_full_disk_is_to_repair_until_something_can_be_kept_again(house: House) -> None:
    await house.set_up()
    failure = LedgerFullError("no space left on the device")
    async with scripted(house) as charger:
        at = now()
        with patch.object(house.hub.ledger, "start_transaction", side_effect=failure):
            with pytest.raises(AssertionError, match="InternalError"):
                await charger.start(at)
            assert house.issue("ledger") is not None
            # Reading goes on, and proves nothing.
            await charger.status("Preparing")
            await charger.call("Heartbeat")
            assert house.issue("ledger") is not None
        await charger.start(at)
        assert house.issue("ledger") is None


async def test_removing_the_integration_clears_its_repairs(
    hass: HomeAssistant, house: House
) -> None:
    await house.set_up(site_subentry(), charger_subentry(site="gone"))
    await house.pass_time(16 * 60)
    assert house.issue("charger_offline_garage") is not None
    assert house.issue("site_missing_garage") is not None
    await hass.config_entries.async_remove(house.entry.entry_id)
    await hass.async_block_till_done()
    assert not [issue for domain, issue in ir.async_get(hass).issues if domain == DOMAIN]


async def test_device_of_a_hub_that_does_not_run_can_be_asked_about(
    hass: HomeAssistant, house: House
) -> None:
    await house.set_up()
    device = house.device("garage")
    assert device is not None
    await house.unload()
    assert not await async_remove_config_entry_device(hass, house.entry, device)


# Secrets ---------------------------------------------------------------------------------------


async def test_statement_17_logs_and_diagnostics_tell_no_secret(
    hass: HomeAssistant, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, f"custom_components.{DOMAIN}")
    secrets = {
        "AuthorizationKey": "s3cretkey",
        "CentralSystemURL": "ws://CP1:s3cr3t@central/CP1",
        "WifiPassword": "hunter22",
    }
    found = [{"key": key, "readonly": False, "value": value} for key, value in secrets.items()]
    await house.set_up()
    async with scripted(house, GetConfiguration={"configurationKey": found}) as charger:
        await charger.boot()
        await house.ready()
        await charger.call("Authorize", idTag='CARD"SECRETPART')
        # Cut off, so that it is no JSON; and with the value before the key.
        await charger.socket.send_str('[3,"x",{"key":"AuthorizationKey","value":"s3cretkey"')
        await charger.socket.send_str('[3,"x",{"value":"s3cretkey","key":"AuthorizationKey"}]')
        await charger.call("Heartbeat")
        diagnostics = await async_get_config_entry_diagnostics(hass, house.entry)
    # Home Assistant itself logs the tags that it is told of.
    log = "\n".join(r.getMessage() for r in caplog.records if f".{DOMAIN}." in r.name)
    for key in secrets:
        assert key in log
    for secret in (*secrets.values(), "SECRETPART"):
        assert secret not in json.dumps(diagnostics, default=str)
        assert secret not in log


# Bad input -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("spoken")
@pytest.mark.parametrize("host", ["a" * 70, "my..host", "bad\0host"])
async def test_host_that_is_no_host_name_is_told(
    house: House, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    # The real one, which refuses such a name before it asks anybody.
    monkeypatch.setattr(socket, "getaddrinfo", _socket.getaddrinfo)
    flows = house.hass.config_entries.flow
    form = await flows.async_init(DOMAIN, context={"source": SOURCE_USER})
    url = f"sqlite:///{house.folder / 'ledger.db'}"
    values = {"host": host, "port": free_port(), "database_url": url}
    result = await flows.async_configure(form["flow_id"], values)
    assert result["errors"] == {"host": "interface_unavailable"}


async def test_circuit_fuse_above_the_main_fuse_is_told(house: House) -> None:
    await house.set_up(site_subentry(main_fuse=25), charger_subentry())
    with pytest.raises(ServiceValidationError) as err:
        await house.act("number", "set_value", "number.garage_circuit_fuse", value=63)
    assert err.value.translation_key == "circuit_fuse_above_main"
    assert err.value.translation_placeholders == {"site": "Home", "main_fuse": "25"}
    assert str(err.value).startswith("Home's main fuse is 25 A")
    assert house.number("number.garage_circuit_fuse") == 20
