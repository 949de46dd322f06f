"""Who gets in over TLS and without, and by which profile: on real sockets."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
import logging
from pathlib import Path
import socket
import ssl

from aiohttp import ClientError, WSMsgType, WSServerHandshakeError, encode_basic_auth, web
from aiohttp.test_utils import TestServer
import pytest

from custom_components.zmartcharge.csms.certificates import Algorithm, create_root, issue_server
from custom_components.zmartcharge.csms.security_profile import ProfileRefusal, SecurityProfile
from custom_components.zmartcharge.csms.tls import HandshakeFailure, server_context
from tests.house import wait_until

from .conftest import KEY, RecordingHandler, TestDirectory
from .secure import (
    KEY_HASH,
    REAL_NOW,
    SecureServer,
    answers,
    charger_context,
    client_certificate,
    one_of_each,
    refusal,
    secure_server,
    server_certificate,
)


@pytest.fixture
def directory(handler: RecordingHandler) -> TestDirectory:
    return one_of_each(handler)


@pytest.fixture
async def server(directory: TestDirectory, socket_enabled: None) -> AsyncIterator[SecureServer]:
    async with secure_server(directory) as running:
        yield running


# Who gets in ------------------------------------------------------------------------------------


async def test_statement_4_profile_0_is_a_choice_of_its_own(server: SecureServer) -> None:
    """Without a key only where the user chose so: not because a key is missing."""
    assert await answers(await server.dial("CP0", plain=True))
    assert server.csms.profile("CP0") is SecurityProfile.UNSECURED
    assert await refusal(server.dial("CP1", plain=True)) == 401
    assert await refusal(server.dial("CP2")) == 401


async def test_statement_4_a_charger_of_profile_2_may_not_come_without_tls(
    server: SecureServer, directory: TestDirectory
) -> None:
    assert await refusal(server.dial("CP2", key=KEY, plain=True)) == 403
    assert server.watcher.refusals == [("CP2", ProfileRefusal.NOT_ENCRYPTED)]
    assert directory.refused_ids == []
    assert await answers(await server.dial("CP2", key=KEY))
    assert server.watcher.better == []


async def test_statement_4_no_downgrade_ends_a_live_connection(server: SecureServer) -> None:
    """Who knows the id, and even the key, cannot push the real charger out by a lower profile."""
    charger = await server.dial("CP2", key=KEY)
    assert await answers(charger)
    assert await refusal(server.dial("CP2", key=KEY, plain=True)) == 403
    assert await answers(charger)


async def test_a_better_profile_than_asked_for_is_let_in_and_told(server: SecureServer) -> None:
    next_profile = server.csms.next_connection("CP1")
    assert await answers(await server.dial("CP1", key=KEY))
    assert server.watcher.better == [("CP1", SecurityProfile.TLS_BASIC)]
    assert await next_profile is SecurityProfile.TLS_BASIC


async def test_the_profile_of_a_connection_ends_with_it(server: SecureServer) -> None:
    charger = await server.dial("CP1", key=KEY, plain=True)
    await answers(charger)
    assert server.csms.profile("CP1") is SecurityProfile.BASIC
    await charger.socket.close()
    await wait_until(lambda: server.csms.profile("CP1") is None)


async def test_a_low_profile_does_not_tell_whether_a_key_is_right(
    server: SecureServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Right and wrong keys are answered alike, counted alike, and looked at in no case."""

    def look(_stored: str, _key: str) -> bool:
        raise AssertionError("the key was looked at")

    monkeypatch.setattr("custom_components.zmartcharge.csms.server.verify_key", look)
    statuses = [
        await refusal(server.dial(identity, key=key, plain=plain))
        for identity, plain in (("CP2", True), ("CP3", True), ("CP3", False))
        for key in (KEY, "guess-guess-guess-g", None)
    ]
    assert statuses == [403] * 9


@pytest.mark.parametrize("plain", [True, False])
async def test_statement_5_guesses_are_counted_whichever_port_they_come_by(
    server: SecureServer, plain: bool
) -> None:
    for _ in range(5):
        await refusal(server.dial("CP1", key="guess-guess-guess-g"))
        await refusal(server.dial("CP1", key="guess-guess-guess-g", plain=True))
    assert await refusal(server.dial("CP1", key=KEY, plain=plain)) == 429


async def test_statement_1_an_unknown_charger_gets_404_over_tls_too(
    server: SecureServer, directory: TestDirectory
) -> None:
    assert await refusal(server.dial("STRANGER", key=KEY)) == 404
    assert directory.unknown_ids == ["STRANGER"]


async def test_statement_2_a_disguised_path_is_refused_over_tls_too(
    server: SecureServer, directory: TestDirectory
) -> None:
    assert await refusal(server.dial("%2e%2e", key=KEY)) == 404
    assert directory.unknown_ids == []


async def test_statement_6_a_second_connection_over_tls_does_not_replace_a_live_one(
    server: SecureServer,
) -> None:
    first = await server.dial("CP1", key=KEY, plain=True)
    await answers(first)
    listening = asyncio.ensure_future(first.hear())
    second = await server.dial("CP1", key=KEY)
    assert (await second.socket.receive(timeout=5)).data == 1008
    await first.say('[2,"x","Heartbeat",{}]')
    assert (await listening)[:2] == [3, "x"]
    assert server.csms.profile("CP1") is SecurityProfile.BASIC


async def test_statement_8_large_frames_and_compression_are_refused_over_tls_too(
    server: SecureServer,
) -> None:
    charger = await server.dial("CP1", key=KEY)
    assert charger.socket.compress == 0
    await charger.say("x" * 70_000)
    assert (await charger.socket.receive(timeout=5)).data == 1009


# Certificates of chargers -----------------------------------------------------------------------


def _allow(directory: TestDirectory, identity: str, *fingerprints: str) -> None:
    registration = directory.registrations[identity]
    directory.registrations[identity] = replace(registration, certificates=frozenset(fingerprints))


async def test_profile_3_needs_no_key_but_the_right_certificate(
    server: SecureServer, directory: TestDirectory, tmp_path: Path
) -> None:
    own = client_certificate(tmp_path, "CP3")
    _allow(directory, "CP3", own.fingerprint)
    assert await answers(await server.dial("CP3", context=charger_context(own.path)))
    assert server.csms.profile("CP3") is SecurityProfile.TLS_CERTIFICATE


async def test_profile_3_without_its_certificate_is_refused_whatever_the_key(
    server: SecureServer, directory: TestDirectory, tmp_path: Path
) -> None:
    own, others = client_certificate(tmp_path, "CP3"), client_certificate(tmp_path, "CP1")
    _allow(directory, "CP3", own.fingerprint)
    assert await refusal(server.dial("CP3", key=KEY)) == 403
    context = charger_context(others.path)
    assert await refusal(server.dial("CP3", key=KEY, context=context)) == 403
    assert server.watcher.refusals == [
        ("CP3", ProfileRefusal.NO_CERTIFICATE),
        ("CP3", ProfileRefusal.WRONG_CERTIFICATE),
    ]


async def test_a_certificate_on_the_list_with_another_name_is_refused(
    server: SecureServer, directory: TestDirectory, tmp_path: Path
) -> None:
    other = client_certificate(tmp_path, "CP1")
    _allow(directory, "CP3", other.fingerprint)
    context = charger_context(other.path)
    assert await refusal(server.dial("CP3", context=context)) == 403
    # Unless that is the serial number that the charger told.
    registration = directory.registrations["CP3"]
    directory.registrations["CP3"] = replace(registration, serial_number="CP1")
    assert await answers(await server.dial("CP3", context=context))


async def test_a_certificate_taken_off_the_list_is_revoked_at_once(
    server: SecureServer, directory: TestDirectory, tmp_path: Path
) -> None:
    old, new = client_certificate(tmp_path, "CP3"), client_certificate(tmp_path, "CP3")
    _allow(directory, "CP3", old.fingerprint, new.fingerprint)
    charger = await server.dial("CP3", context=charger_context(old.path))
    await answers(charger)
    await charger.socket.close()
    await wait_until(lambda: server.csms.profile("CP3") is None)
    _allow(directory, "CP3", new.fingerprint)
    assert await refusal(server.dial("CP3", context=charger_context(old.path))) == 403
    assert await answers(await server.dial("CP3", context=charger_context(new.path)))


async def test_a_resumed_session_does_not_outlive_its_certificate(
    server: SecureServer, directory: TestDirectory, tmp_path: Path
) -> None:
    own = client_certificate(tmp_path, "CP3")
    context = charger_context(own.path, maximum_version=ssl.TLSVersion.TLSv1_2)

    def knock(session: ssl.SSLSession | None) -> tuple[bytes, ssl.SSLSession | None]:
        with (
            socket.create_connection(("127.0.0.1", server.tls_port), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname="localhost", session=session) as secure,
        ):
            assert secure.session_reused is (session is not None)
            secure.sendall(b"GET /CP3 HTTP/1.1\r\nHost: x\r\n\r\n")
            return secure.recv(65536).split()[1], secure.session

    _allow(directory, "CP3", own.fingerprint)
    status, session = await asyncio.to_thread(knock, None)
    assert status == b"426"
    assert (await asyncio.to_thread(knock, session))[0] == b"426"
    _allow(directory, "CP3")
    assert (await asyncio.to_thread(knock, session))[0] == b"403"


async def test_a_charger_moves_up_to_its_certificate_and_is_told_of(
    server: SecureServer, directory: TestDirectory, tmp_path: Path
) -> None:
    own = client_certificate(tmp_path, "CP2")
    _allow(directory, "CP2", own.fingerprint)
    assert await answers(await server.dial("CP2", context=charger_context(own.path)))
    assert server.watcher.better == [("CP2", SecurityProfile.TLS_CERTIFICATE)]


async def test_a_certificate_of_ours_that_is_not_listed_does_not_replace_the_key(
    server: SecureServer, tmp_path: Path
) -> None:
    context = charger_context(client_certificate(tmp_path, "CP2").path)
    assert await refusal(server.dial("CP2", context=context)) == 401
    assert await answers(await server.dial("CP2", key=KEY, context=context))


async def test_somebody_elses_certificate_ends_the_handshake(
    server: SecureServer, tmp_path: Path
) -> None:
    root = create_root(Algorithm.EC, "Factory", REAL_NOW)
    own = issue_server(root, "Factory", ["cp2"], REAL_NOW)
    (tmp_path / "factory.pem").write_text(own.key_pem + own.certificate_pem)
    with pytest.raises((OSError, ClientError)):
        await server.dial("CP2", key=KEY, context=charger_context(tmp_path / "factory.pem"))
    await wait_until(lambda: set(server.watcher.failures) == {HandshakeFailure.CLIENT_CERTIFICATE})


async def test_while_no_charger_has_a_certificate_a_factorys_one_does_no_harm(
    directory: TestDirectory, socket_enabled: None, tmp_path: Path
) -> None:
    root = create_root(Algorithm.EC, "Factory", REAL_NOW)
    own = issue_server(root, "Factory", ["cp2"], REAL_NOW)
    (tmp_path / "factory.pem").write_text(own.key_pem + own.certificate_pem)
    async with secure_server(directory, client_certificates=False) as server:
        context = charger_context(tmp_path / "factory.pem")
        assert await answers(await server.dial("CP2", key=KEY, context=context))


# The same statements as without TLS -------------------------------------------------------------


@pytest.mark.parametrize("plain", [True, False])
async def test_statement_3_the_user_name_is_the_chargers_id(
    server: SecureServer, directory: TestDirectory, plain: bool
) -> None:
    scheme, port = ("ws", server.port) if plain else ("wss", server.tls_port)
    for login in (encode_basic_auth("CP2", KEY), encode_basic_auth("", KEY), f"Bearer {KEY}"):
        with pytest.raises(WSServerHandshakeError) as caught:
            await server.session.ws_connect(
                f"{scheme}://127.0.0.1:{port}/CP1",
                headers={"Authorization": login},
                ssl=charger_context(),
            )
        assert caught.value.status == 401
    assert directory.refused_ids == ["CP1"] * 3


async def test_statement_3_no_key_is_ever_logged(
    server: SecureServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = "guess-guess-guess-g"
    for plain in (True, False):
        await refusal(server.dial("CP1", key=wrong, plain=plain))
        await refusal(server.dial("CP3", key=wrong, plain=plain))
    await answers(await server.dial("CP1", key=KEY))
    secrets = [KEY, wrong, KEY_HASH]
    secrets += [encode_basic_auth("CP1", key).removeprefix("Basic ") for key in (KEY, wrong)]
    assert not any(secret in caplog.text for secret in secrets)


async def test_statement_6_a_silent_connection_makes_room_for_one_over_tls(
    server: SecureServer, handler: RecordingHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.zmartcharge.csms.server.PROBE_TIMEOUT", 0.05)
    socket_ = await server.session.ws_connect(
        f"ws://127.0.0.1:{server.port}/CP0", protocols=("ocpp1.6",), autoping=False
    )
    server.sockets.append(socket_)
    await wait_until(lambda: handler.station)
    assert await answers(await server.dial("CP0"))
    assert len(server.csms.connections) == 1


async def test_statement_6_a_hundred_reconnects_over_tls_leave_one_live_connection(
    server: SecureServer,
) -> None:
    asyncio.get_running_loop().set_debug(False)
    context = charger_context()

    async def come() -> bool:
        charger = await server.dial("CP0", context=context)
        await charger.say('[2,"1","Heartbeat",{}]')
        message = await charger.socket.receive()
        if message.type is not WSMsgType.TEXT:
            return False
        listening.append(asyncio.ensure_future(charger.socket.receive()))
        return True

    listening: list[asyncio.Future[object]] = []
    alive = await asyncio.gather(*(come() for _ in range(100)))
    assert sum(alive) == 1
    assert len(server.csms.connections) == 1
    assert server.csms.profile("CP0") is SecurityProfile.UNSECURED
    for waiting in listening:
        waiting.cancel()


async def test_statement_8_binary_frames_are_refused_over_tls_too(server: SecureServer) -> None:
    charger = await server.dial("CP1", key=KEY)
    await charger.socket.send_bytes(b"\x00")
    assert (await charger.socket.receive(timeout=5)).data == 1003


@pytest.mark.parametrize("limit", ["MAX_FURTHER_PER_ADDRESS", "MAX_FURTHER"])
async def test_statement_9_connections_of_both_ports_count_together(
    server: SecureServer, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(f"custom_components.zmartcharge.csms.crowd.{limit}", 0)
    assert await answers(await server.dial("CP1", key=KEY, plain=True))
    assert await answers(await server.dial("CP2", key=KEY))
    assert await refusal(server.dial("CP1", key=KEY)) == 503


async def test_statement_11_answers_that_nobody_asked_for_are_dropped(
    server: SecureServer,
) -> None:
    charger = await server.dial("CP1", key=KEY)
    for number in range(400):
        await charger.say(f'[3,"{number}",{{}}]')
        await charger.say(f'[4,"{number}","InternalError","",{{}}]')
    assert await answers(charger)


async def test_home_assistants_own_tls_counts_but_its_client_certificates_do_not(
    server: SecureServer, directory: TestDirectory, tmp_path: Path
) -> None:
    """Requests that Home Assistant's server hands in, behind a reverse proxy that it trusts."""
    own = client_certificate(tmp_path, "CP3")
    _allow(directory, "CP3", own.fingerprint)
    app = web.Application()

    async def hand_in(request: web.Request) -> web.StreamResponse:
        return await server.csms.handle(request.clone(scheme="https"), request.raw_path)

    app.router.add_get("/{identity}", hand_in)
    context = server_context(server_certificate(), client_certificates=True)
    home_assistant = TestServer(app, scheme="https")
    await home_assistant.start_server(ssl=context)
    address = f"wss://127.0.0.1:{home_assistant.port}"
    headers = {"Authorization": encode_basic_auth("CP2", KEY)}
    connected = await server.session.ws_connect(
        f"{address}/CP2", headers=headers, ssl=charger_context()
    )
    await wait_until(lambda: server.csms.profile("CP2") is SecurityProfile.TLS_BASIC)
    coming = server.session.ws_connect(f"{address}/CP3", ssl=charger_context(own.path))
    assert await refusal(coming) == 403
    await connected.close()
    await home_assistant.close()
