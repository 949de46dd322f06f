"""TLS on real sockets: what is spoken, who gets in, and what an attacker can do to others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
import socket
import ssl

from aiohttp import ClientError
import pytest

from custom_components.zmartcharge.csms import InterfaceError, PortInUseError, hash_key
from custom_components.zmartcharge.csms.certificate_files import ServerCertificate
from custom_components.zmartcharge.csms.certificates import (
    Algorithm,
    CertificateError,
    create_root,
    issue_server,
)
from custom_components.zmartcharge.csms.security_profile import SecurityProfile
from custom_components.zmartcharge.csms.tls import CIPHERS, HandshakeFailure, server_context
from tests.house import wait_until

from .conftest import KEY, RawCharger, RecordingHandler, TestDirectory
from .secure import (
    HOSTS,
    REAL_NOW,
    SecureServer,
    answers,
    charger_context,
    one_of_each,
    secure_server,
    server_certificate,
)

LIMITS = "custom_components.zmartcharge.csms.tls"
KEY_HASH = hash_key(KEY)


@pytest.fixture
def directory(handler: RecordingHandler) -> TestDirectory:
    return one_of_each(handler)


@pytest.fixture
async def server(directory: TestDirectory, socket_enabled: None) -> AsyncIterator[SecureServer]:
    async with secure_server(directory) as running:
        yield running


async def _fails(server: SecureServer, context: ssl.SSLContext) -> None:
    with pytest.raises((OSError, ClientError)):
        await server.dial("CP2", key=KEY, context=context)


def _session_of(charger: RawCharger) -> ssl.SSLObject:
    session = charger.socket.get_extra_info("ssl_object")
    assert isinstance(session, ssl.SSLObject)
    return session


# What is spoken ---------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_statement_4_tls_1_2_and_1_3_are_spoken(
    server: SecureServer, version: ssl.TLSVersion
) -> None:
    context = charger_context(minimum_version=version, maximum_version=version)
    charger = await server.dial("CP2", key=KEY, context=context)
    assert await answers(charger)
    assert server.csms.profile("CP2") is SecurityProfile.TLS_BASIC
    session = _session_of(charger)
    assert session.version() == {772: "TLSv1.3", 771: "TLSv1.2"}[version]
    assert session.compression() is None


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_statement_4_tls_1_1_is_not_spoken(server: SecureServer) -> None:
    context = charger_context()
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    await _fails(server, context)
    await wait_until(lambda: server.watcher.failures == [HandshakeFailure.OLD_VERSION])


@pytest.mark.parametrize(
    "suite",
    [name for name in CIPHERS if not name.startswith("ECDHE-RSA")]
    + ["ECDHE-RSA-AES128-GCM-SHA256"],
)
async def test_tc_086_each_cipher_suite_of_the_whitepaper_is_spoken(
    server: SecureServer, suite: str
) -> None:
    """A00.FR.317: by chargers that know elliptic curves and by those that know RSA only."""
    context = charger_context(maximum_version=ssl.TLSVersion.TLSv1_2)
    context.set_ciphers(suite)
    charger = await server.dial("CP2", key=KEY, context=context)
    cipher = _session_of(charger).cipher()
    assert cipher is not None
    assert cipher[0] == suite


async def test_a_weak_cipher_suite_is_not_spoken(server: SecureServer) -> None:
    context = charger_context(maximum_version=ssl.TLSVersion.TLSv1_2)
    context.set_ciphers("ECDHE-ECDSA-AES128-SHA:AES128-SHA")
    await _fails(server, context)
    await wait_until(lambda: server.watcher.failures == [HandshakeFailure.NO_SHARED_CIPHER])


def test_there_is_no_compression_renegotiation_or_ticket() -> None:
    context = server_context(server_certificate(), client_certificates=True)
    for option in (ssl.OP_NO_COMPRESSION, ssl.OP_NO_RENEGOTIATION, ssl.OP_NO_TICKET):
        assert context.options & option
    assert context.num_tickets == 0
    assert context.verify_mode is ssl.CERT_OPTIONAL
    assert server_context(server_certificate(), client_certificates=False).verify_mode is (
        ssl.CERT_NONE
    )


async def test_a_charger_that_does_not_trust_us_is_told_of(server: SecureServer) -> None:
    def connect() -> None:
        with (
            socket.create_connection(("127.0.0.1", server.tls_port), timeout=5) as plain,
            pytest.raises(ssl.SSLCertVerificationError),
        ):
            ssl.create_default_context().wrap_socket(plain, server_hostname="localhost")

    await asyncio.to_thread(connect)
    await wait_until(lambda: server.watcher.failures == [HandshakeFailure.UNTRUSTED])


async def test_ws_with_the_port_of_wss_is_told_of(server: SecureServer) -> None:
    with pytest.raises((OSError, ClientError)):
        await server.session.ws_connect(f"ws://127.0.0.1:{server.tls_port}/CP1")
    await wait_until(lambda: set(server.watcher.failures) == {HandshakeFailure.NOT_TLS})


def test_files_that_changed_under_us_are_told(tmp_path: Path) -> None:
    path = tmp_path / "server.pem"
    path.write_text("nonsense")
    certificate = ServerCertificate(files=((path, path),), expires_at=REAL_NOW)
    with pytest.raises(CertificateError) as caught:
        server_context(certificate, client_certificates=False)
    assert caught.value.key == "certificate_damaged"


# Renewal, end and trouble -----------------------------------------------------------------------


async def test_a_renewed_certificate_is_shown_without_ending_a_connection(
    server: SecureServer, tmp_path: Path
) -> None:
    before = await server.dial("CP1", key=KEY)
    await answers(before)
    root = create_root(Algorithm.EC, "New", REAL_NOW)
    new = issue_server(root, "New", HOSTS, REAL_NOW)
    (tmp_path / "new.pem").write_text(new.key_pem + new.certificate_pem)
    renewed = ServerCertificate(
        files=((tmp_path / "new.pem", tmp_path / "new.pem"),),
        expires_at=REAL_NOW + timedelta(days=398),
    )
    server.csms.renew_tls(server_context(renewed, client_certificates=False))
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.load_verify_locations(cadata=root.certificate_pem)
    after = await server.dial("CP2", key=KEY, context=trusting)
    assert await answers(after)
    assert await answers(before)


async def test_ports_that_cannot_be_had_are_named(server: SecureServer) -> None:
    context = server_context(server_certificate(), client_certificates=False)
    with pytest.raises(PortInUseError):
        await server.csms.start_tls("127.0.0.1", server.port, context)
    with pytest.raises(InterfaceError):
        await server.csms.start_tls("192.0.2.1", 0, context)
    assert await answers(await server.dial("CP1", key=KEY))


async def test_stopping_ends_secure_connections_and_handshakes_and_frees_the_port(
    server: SecureServer, directory: TestDirectory
) -> None:
    charger = await server.dial("CP1", key=KEY)
    await answers(charger)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.tls_port)
    await wait_until(lambda: server.csms._tls and server.csms._tls.handshakes == 1)
    stopping = asyncio.ensure_future(server.csms.stop())
    assert (await charger.socket.receive(timeout=5)).data == 1001
    with suppress(ConnectionError):
        assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()
    await asyncio.wait_for(stopping, 10)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", server.tls_port))


async def test_a_connection_that_was_accepted_while_stopping_is_ended(
    server: SecureServer,
) -> None:
    listener = server.csms._tls
    assert listener is not None
    reader, writer = await asyncio.open_connection("127.0.0.1", server.tls_port)
    await listener.stop()
    with suppress(ConnectionError):
        assert await asyncio.wait_for(reader.read(), 5) == b""
    assert listener.handshakes == 0
    writer.close()


# Attackers --------------------------------------------------------------------------------------


async def _half_open(port: int, count: int, says: bytes = b"") -> list[asyncio.StreamWriter]:
    writers = []
    for _ in range(count):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(says)
        writers.append(writer)
    return writers


async def test_statement_9_half_open_handshakes_time_out(
    server: SecureServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{LIMITS}.HANDSHAKE_TIMEOUT", 0.1)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.tls_port)
    writer.write(b"\x16\x03\x01")
    assert await asyncio.wait_for(reader.read(), 5) == b""
    await wait_until(lambda: server.watcher.failures == [HandshakeFailure.UNFINISHED])
    writer.close()


@pytest.mark.parametrize("says", [b"", b"\x16\x03\x01\x02\x00\x01"], ids=["silent", "begun"])
async def test_statement_9_500_half_open_handshakes_keep_nobody_out(
    server: SecureServer, says: bytes
) -> None:
    """The oldest make room, so that a charger at the same address as the attacker gets in too."""
    # Its bookkeeping would take several times as long as all the handshakes.
    asyncio.get_running_loop().set_debug(False)
    present = await server.dial("CP1", key=KEY)
    writers = await _half_open(server.tls_port, 500, says)
    assert server.csms._tls is not None
    assert server.csms._tls.handshakes <= 100
    async with asyncio.timeout(5):
        assert await answers(await server.dial("CP2", key=KEY))
        assert await answers(present)
    for writer in writers:
        writer.close()


async def test_statement_9_handshakes_are_capped_over_all_addresses(
    server: SecureServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{LIMITS}.MAX_HANDSHAKES", 3)
    writers = await _half_open(server.tls_port, 10)
    listener = server.csms._tls
    assert listener is not None
    await wait_until(lambda: len(server.watcher.failures) == 7)
    assert listener.handshakes == 3
    assert set(server.watcher.failures) == {HandshakeFailure.UNFINISHED}
    for writer in writers:
        writer.close()
    await wait_until(lambda: listener.handshakes == 0)


async def test_statement_9_a_secure_connection_without_a_request_ends(
    directory: TestDirectory, socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.zmartcharge.csms.server._IDLE_TIMEOUT", 0.1)
    async with secure_server(directory) as server:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", server.tls_port, ssl=charger_context()
        )
        writer.write(b"GET /CP1 HTTP/1.1\r\n")
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()


@pytest.mark.parametrize(
    "says",
    [b"GET / HTTP/1.1\r\n\r\n", b"\x00" * 1000, b"\x16\x03\x03\xff\xff" + b"x" * 70_000],
    ids=["http", "zeros", "huge-record"],
)
async def test_statement_12_nonsense_on_the_tls_port_harms_nobody(
    server: SecureServer, says: bytes
) -> None:
    charger = await server.dial("CP1", key=KEY)
    for writer in await _half_open(server.tls_port, 20, says):
        writer.close()
    assert await answers(charger)


async def test_a_request_that_comes_with_the_end_of_the_handshake_is_not_lost(
    server: SecureServer,
) -> None:
    """TLS 1.3 lets the charger's first request travel in the same packet as its last handshake."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = charger_context().wrap_bio(incoming, outgoing, server_hostname="localhost")
    reader, writer = await asyncio.open_connection("127.0.0.1", server.tls_port)
    while True:
        try:
            session.do_handshake()
        except ssl.SSLWantReadError:
            writer.write(outgoing.read())
            incoming.write(await asyncio.wait_for(reader.read(65536), 5))
        else:
            break
    session.write(b"GET /CP1 HTTP/1.1\r\nHost: x\r\n\r\n")
    writer.write(outgoing.read())
    answer = b""
    while b"401" not in answer:
        incoming.write(await asyncio.wait_for(reader.read(65536), 5))
        try:
            answer += session.read()
        except ssl.SSLWantReadError:
            continue
    writer.close()
