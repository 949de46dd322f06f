"""A central system with TLS on random ports, and what chargers need to reach it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
import ssl
from tempfile import TemporaryDirectory
from typing import Any

from aiohttp import (
    ClientSession,
    ClientWebSocketResponse,
    WSServerHandshakeError,
    encode_basic_auth,
)
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
import pytest

from custom_components.zmartcharge.csms import CentralSystem, Registration, hash_key
from custom_components.zmartcharge.csms.certificate_files import OwnAuthority, ServerCertificate
from custom_components.zmartcharge.csms.security_profile import ProfileRefusal, SecurityProfile
from custom_components.zmartcharge.csms.server import SecurityListener
from custom_components.zmartcharge.csms.tls import HandshakeFailure, server_context

from .conftest import KEY, NOW, RawCharger, RecordingHandler, TestDirectory

#: OpenSSL looks at the real clock, whatever ours says.
REAL_NOW = datetime.now(UTC)
HOSTS = ("localhost", "127.0.0.1")
KEY_HASH = hash_key(KEY)
#: Removed when Python ends.
_FOLDER = TemporaryDirectory(prefix="zmartcharge-tls-")


@cache
def authority() -> OwnAuthority:
    """Return an authority that all tests share: making its keys takes longest."""
    return OwnAuthority(Path(_FOLDER.name), "House")


@cache
def server_certificate() -> ServerCertificate:
    """Return its certificate for this machine."""
    return authority().prepare(HOSTS, REAL_NOW)


@dataclass(frozen=True)
class OwnCertificate:
    """A charger's certificate and key in a file, and its fingerprint."""

    path: Path
    fingerprint: str


def client_certificate(folder: Path, name: str) -> OwnCertificate:
    """Return a certificate of ours for a charger."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    request = (
        x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    )
    pem = request.public_bytes(serialization.Encoding.PEM).decode()
    signed = authority().sign(pem, name, REAL_NOW)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    path = folder / f"{name}-{signed.fingerprint[:8]}.pem"
    path.write_text(private + signed.chain)
    return OwnCertificate(path, signed.fingerprint)


def charger_context(own: Path | None = None, **limits: Any) -> ssl.SSLContext:
    """Return how a strict charger that has our roots verifies us."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.load_verify_locations(cadata="".join(server_certificate().roots))
    if own:
        context.load_cert_chain(own)
    for name, value in limits.items():
        setattr(context, name, value)
    return context


@dataclass
class Watcher(SecurityListener):
    """Keeps what it hears of how securely chargers come."""

    refusals: list[tuple[str, ProfileRefusal]] = field(default_factory=list)
    better: list[tuple[str, SecurityProfile]] = field(default_factory=list)
    failures: list[HandshakeFailure] = field(default_factory=list)

    def insecure(self, charge_point_id: str, remote: str, refusal: ProfileRefusal) -> None:
        self.refusals.append((charge_point_id, refusal))

    def more_secure(self, charge_point_id: str, remote: str, profile: SecurityProfile) -> None:
        self.better.append((charge_point_id, profile))

    def handshake_failed(self, remote: str, failure: HandshakeFailure) -> None:
        self.failures.append(failure)


@dataclass
class SecureServer:
    """A running central system with both ports."""

    csms: CentralSystem
    watcher: Watcher
    port: int
    tls_port: int
    session: ClientSession
    sockets: list[ClientWebSocketResponse] = field(default_factory=list)

    async def dial(
        self,
        identity: str = "CP1",
        *,
        key: str | None = None,
        context: ssl.SSLContext | None = None,
        plain: bool = False,
    ) -> RawCharger:
        """Connect a charger over TLS, or without."""
        headers = {"Authorization": encode_basic_auth(identity, key)} if key else {}
        address = f"ws://127.0.0.1:{self.port}" if plain else f"wss://127.0.0.1:{self.tls_port}"
        socket = await self.session.ws_connect(
            f"{address}/{identity}",
            headers=headers,
            protocols=("ocpp1.6",),
            ssl=context or charger_context(),
        )
        self.sockets.append(socket)
        return RawCharger(socket)


@asynccontextmanager
async def secure_server(
    directory: TestDirectory, *, client_certificates: bool = True
) -> AsyncIterator[SecureServer]:
    """Run a central system with TLS."""
    watcher = Watcher()
    csms = CentralSystem(directory, lambda: NOW, watcher)
    context = server_context(server_certificate(), client_certificates=client_certificates)
    port = await csms.start("127.0.0.1", 0)
    tls_port = await csms.start_tls("127.0.0.1", 0, context)
    async with ClientSession() as session:
        server = SecureServer(csms, watcher, port, tls_port, session)
        yield server
        await asyncio.gather(csms.stop(), *(socket.close() for socket in server.sockets))


def one_of_each(handler: RecordingHandler) -> TestDirectory:
    """Return chargers named after the least profile that they may come by."""

    def charger(profile: SecurityProfile) -> Registration:
        return Registration(key_hash=KEY_HASH, handler=handler, profile=profile)

    return TestDirectory(
        {
            "CP0": Registration(key_hash=None, handler=handler),
            "CP1": charger(SecurityProfile.BASIC),
            "CP2": charger(SecurityProfile.TLS_BASIC),
            "CP3": charger(SecurityProfile.TLS_CERTIFICATE),
        }
    )


async def answers(charger: RawCharger) -> bool:
    """Tell whether a charger's Heartbeat is answered."""
    await charger.say('[2,"alive","Heartbeat",{}]')
    # It may have been asked for its state in the meantime.
    while (frame := await charger.hear())[1] != "alive":
        pass
    return bool(frame[0] == 3)


async def refusal(coming: Awaitable[object]) -> int:
    """Return the HTTP status by which a charger is refused."""
    with pytest.raises(WSServerHandshakeError) as caught:
        await coming
    return caught.value.status
