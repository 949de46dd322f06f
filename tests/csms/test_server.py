"""Who may connect, and what becomes of connections."""

import asyncio
import json

from aiohttp import WSMsgType, WSServerHandshakeError
import pytest

from custom_components.zmartcharge.csms import (
    CentralSystem,
    InterfaceError,
    PortInUseError,
    Registration,
    hash_key,
    port_problem,
)

from .conftest import KEY, RecordingHandler, Server, TestDirectory


async def _until(condition: object, tries: int = 500) -> None:
    for _ in range(tries):
        if condition():  # type: ignore[operator]
            return
        await asyncio.sleep(0.01)
    raise AssertionError("condition never came true")


async def test_statement_1_an_unknown_charger_gets_404_before_the_upgrade(
    server: Server, directory: TestDirectory
) -> None:
    with pytest.raises(WSServerHandshakeError) as caught:
        await server.connect("STRANGER")
    assert caught.value.status == 404
    assert directory.unknown_ids == ["STRANGER"]


async def test_statement_2_an_impossible_identity_gets_404_and_nobody_hears_of_it(
    server: Server, directory: TestDirectory
) -> None:
    async with server.session.get(f"http://127.0.0.1:{server.port}/a/b") as response:
        assert response.status == 404
    async with server.session.get(f"http://127.0.0.1:{server.port}/%ff%fe") as response:
        assert response.status == 404
    assert directory.unknown_ids == []


@pytest.mark.parametrize(
    ("username", "key"), [(None, None), (None, "wrong-key-wrong-key!"), ("CP2", KEY)]
)
async def test_statement_3_wrong_credentials_get_401(
    server: Server, directory: TestDirectory, username: str | None, key: str | None
) -> None:
    with pytest.raises(WSServerHandshakeError) as caught:
        await server.connect("CP1", key=key, username=username)
    assert caught.value.status == 401
    assert directory.refused_ids == ["CP1"]


async def test_statement_5_guessing_keys_is_slowed_down(server: Server) -> None:
    for _ in range(10):
        with pytest.raises(WSServerHandshakeError):
            await server.connect("CP1", key="guess-guess-guess-g")
    with pytest.raises(WSServerHandshakeError) as caught:
        await server.connect("CP1", key=KEY)
    assert caught.value.status == 429


async def test_statement_5_guesses_at_one_id_keep_no_other_charger_of_the_address_away(
    server: Server, directory: TestDirectory, handler: RecordingHandler
) -> None:
    directory.registrations["CP2"] = Registration(key_hash=hash_key(KEY), handler=handler)
    for _ in range(12):
        with pytest.raises(WSServerHandshakeError):
            await server.connect("CP2", key="guess-guess-guess-g")
    await server.connect("CP1", key=KEY)
    await _until(lambda: handler.station)


async def test_the_right_key_connects(server: Server, handler: RecordingHandler) -> None:
    charger = await server.connect("CP1", key=KEY)
    assert charger.socket.protocol == "ocpp1.6"
    await _until(lambda: handler.station)
    assert handler.station.version == "1.6"
    assert handler.station.remote == "127.0.0.1"


async def test_no_offered_subprotocol_means_1_6(server: Server) -> None:
    charger = await server.connect(protocols=())
    assert (await charger.call("Heartbeat", {}))[2] == {"currentTime": "2026-11-21T12:00:00Z"}


async def test_no_common_subprotocol_is_closed_at_once(
    server: Server, handler: RecordingHandler
) -> None:
    charger = await server.connect(protocols=("ocpp9.9",))
    message = await charger.socket.receive(timeout=5)
    assert message.type is WSMsgType.CLOSE
    assert message.data == 1000
    assert handler.station is None


async def test_a_plain_http_request_is_told_to_upgrade(server: Server) -> None:
    async with server.session.get(f"http://127.0.0.1:{server.port}/OPEN") as response:
        assert response.status == 426


async def test_statement_6_a_second_connection_is_closed_while_the_first_one_answers(
    server: Server, handler: RecordingHandler
) -> None:
    first = await server.connect()
    await _until(lambda: handler.station)
    listening = asyncio.ensure_future(first.hear())
    second = await server.connect()
    message = await second.socket.receive(timeout=5)
    assert message.data == 1008
    await first.say('[2,"x","Heartbeat",{}]')
    assert (await listening)[:2] == [3, "x"]


async def test_a_silent_connection_that_answers_no_ping_ends(
    server: Server, handler: RecordingHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.zmartcharge.csms.connection.PING_INTERVAL", 0.01)
    monkeypatch.setattr("custom_components.zmartcharge.csms.connection.PONG_TIMEOUT", 0.01)
    await server.connect(autoping=False)
    await _until(lambda: handler.detached_stations == 1)
    await _until(lambda: server.csms.connections == {})


async def test_statement_6_a_dead_connection_makes_room_for_a_new_one(
    server: Server, handler: RecordingHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.zmartcharge.csms.server.PROBE_TIMEOUT", 0.05)
    await server.connect(autoping=False)
    await _until(lambda: handler.station)
    dead = handler.station
    second = await server.connect()
    assert (await second.call("Heartbeat", {}))[0] == 3
    assert handler.station is not dead
    assert len(server.csms.connections) == 1


async def test_statement_6_a_hundred_reconnects_at_once_leave_one_live_connection(
    server: Server, handler: RecordingHandler
) -> None:
    async def connect_and_listen() -> bool:
        charger = await server.connect()
        await charger.say(json.dumps([2, "1", "Heartbeat", {}]))
        message = await charger.socket.receive()
        if message.type is not WSMsgType.TEXT:
            return False
        listening.append(asyncio.ensure_future(charger.socket.receive()))
        return True

    listening: list[asyncio.Future[object]] = []
    alive = await asyncio.gather(*(connect_and_listen() for _ in range(100)))
    assert sum(alive) == 1
    assert len(server.csms.connections) == 1
    for waiting in listening:
        waiting.cancel()


async def test_a_lost_connection_is_told_and_a_new_one_accepted(
    server: Server, handler: RecordingHandler
) -> None:
    first = await server.connect()
    await _until(lambda: handler.station)
    await first.socket.close()
    await _until(lambda: handler.station is None)
    await server.connect()
    await _until(lambda: handler.station)


async def test_statement_8_binary_frames_end_the_connection(server: Server) -> None:
    charger = await server.connect()
    await charger.socket.send_bytes(b"\x00")
    message = await charger.socket.receive(timeout=5)
    assert message.data == 1003


async def test_statement_8_frames_over_64_kib_end_the_connection(server: Server) -> None:
    charger = await server.connect()
    await charger.say("x" * 70_000)
    message = await charger.socket.receive(timeout=5)
    assert message.data == 1009


@pytest.mark.parametrize("limit", ["MAX_FURTHER_PER_ADDRESS", "MAX_FURTHER"])
async def test_statement_9_too_many_connections_are_refused_but_each_charger_has_one(
    server: Server, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    """Hundreds of chargers come from one address behind a router; none may be kept out by that."""
    monkeypatch.setattr(f"custom_components.zmartcharge.csms.crowd.{limit}", 0)
    first = await server.connect()
    other = await server.connect("CP1", key=KEY)
    with pytest.raises(WSServerHandshakeError) as caught:
        await server.connect()
    assert caught.value.status == 503
    assert await first.call("Heartbeat", {})
    assert await other.call("Heartbeat", {})


async def test_a_charger_whose_connection_ended_has_room_again(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.zmartcharge.csms.crowd.MAX_FURTHER", 0)
    first = await server.connect()
    await first.call("Heartbeat", {})
    await first.socket.close()
    while server.csms.connections:
        await asyncio.sleep(0)
    assert await (await server.connect()).call("Heartbeat", {})


async def test_a_removed_charger_is_disconnected(server: Server) -> None:
    charger = await server.connect()
    await charger.call("Heartbeat", {})
    await asyncio.gather(server.csms.disconnect("OPEN"), charger.socket.receive(timeout=5))
    await server.csms.disconnect("NOBODY")
    assert charger.socket.close_code == 1008


async def test_stopping_closes_connections_and_frees_the_port(
    server: Server, directory: TestDirectory
) -> None:
    charger = await server.connect()
    await charger.call("Heartbeat", {})
    stopping = asyncio.ensure_future(server.csms.stop())
    message = await charger.socket.receive(timeout=5)
    assert message.data == 1001
    await stopping
    again = CentralSystem(directory)
    assert await again.start("127.0.0.1", server.port) == server.port
    await again.stop()


async def test_a_port_in_use_is_named(server: Server, directory: TestDirectory) -> None:
    assert await port_problem("127.0.0.1", server.port) == "port_in_use"
    with pytest.raises(PortInUseError):
        await CentralSystem(directory).start("127.0.0.1", server.port)


async def test_an_address_of_another_machine_is_named(
    socket_enabled: None, directory: TestDirectory
) -> None:
    assert await port_problem("192.0.2.1", 0) == "interface_unavailable"
    with pytest.raises(InterfaceError):
        await CentralSystem(directory).start("192.0.2.1", 0)
    assert await port_problem("127.0.0.1", 0) is None
