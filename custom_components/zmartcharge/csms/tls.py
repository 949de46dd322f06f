"""TLS for chargers: what is spoken, and who may try how often at the same time."""

import asyncio
from collections.abc import Callable
from enum import StrEnum
import logging
import ssl
from typing import override

from .certificate_files import ServerCertificate
from .certificates import CertificateError, CertificateProblem

_LOGGER = logging.getLogger(__name__)

#: Seconds that a handshake may take; small chargers need several for their arithmetic.
HANDSHAKE_TIMEOUT = 15.0
#: Handshakes under way at the same time. With more, the oldest one goes: those of real chargers take
#: a moment, those of an attacker stand for ever.
MAX_HANDSHAKES = 300
MAX_HANDSHAKES_PER_ADDRESS = 100
#: Seconds that the other side has to answer our end of the encryption.
_SHUTDOWN_TIMEOUT = 2.0
#: What TLS 1.2 may use. The whitepaper demands the suites with ECDSA and with plain RSA
#: (A00.FR.317); those with ECDHE and an RSA key are stronger than the latter, and come first.
CIPHERS = (
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "AES128-GCM-SHA256",
    "AES256-GCM-SHA384",
)


class HandshakeFailure(StrEnum):
    """Why a charger and we did not come to a secure connection; each is the key of a translation."""

    #: The charger does not trust our certificate, or does not find the name in it that it dialled.
    UNTRUSTED = "tls_untrusted"
    #: It knows nothing newer than TLS 1.1.
    OLD_VERSION = "tls_old_version"
    #: It knows no cipher suite of ours.
    NO_SHARED_CIPHER = "tls_no_shared_cipher"
    #: Its own certificate was not signed by us, or has expired.
    CLIENT_CERTIFICATE = "tls_client_certificate"
    #: It does not speak TLS at all: most likely ws:// with the port of wss://.
    NOT_TLS = "tls_not_tls"
    #: It was too slow, went away, or had to make room. Some that do not trust us say no more.
    UNFINISHED = "tls_unfinished"
    OTHER = "tls_other"


_REASONS = {
    HandshakeFailure.UNTRUSTED: (
        "ALERT_UNKNOWN_CA",
        "ALERT_BAD_CERTIFICATE",
        "ALERT_CERTIFICATE",
        "ALERT_UNSUPPORTED_CERTIFICATE",
    ),
    HandshakeFailure.OLD_VERSION: ("UNSUPPORTED_PROTOCOL", "VERSION_TOO_LOW", "PROTOCOL_VERSION"),
    HandshakeFailure.NO_SHARED_CIPHER: ("NO_SHARED_CIPHER", "NO_SUITABLE", "HANDSHAKE_FAILURE"),
    HandshakeFailure.CLIENT_CERTIFICATE: ("CERTIFICATE_VERIFY_FAILED",),
    HandshakeFailure.NOT_TLS: (
        "HTTP_REQUEST",
        "WRONG_VERSION_NUMBER",
        "PACKET_LENGTH",
        "RECORD_LAYER",
    ),
}


def server_context(certificate: ServerCertificate, *, client_certificates: bool) -> ssl.SSLContext:
    """Return the context of our listener. Reads files: not for the event loop.

    TLS 1.2 and 1.3 only, no compression, no renegotiation, no tickets (a session that is resumed from
    memory still has the charger's certificate, which is looked up on its list each time).
    ``client_certificates`` asks chargers for one,
    which they may refuse: set it only when some charger has, or is about to get, a certificate of
    ours, because one from a charger's factory ends the handshake. Raises CertificateError (DAMAGED).
    Source: whitepaper, A00.FR.312-324.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= (
        ssl.OP_NO_COMPRESSION
        | ssl.OP_NO_RENEGOTIATION
        | ssl.OP_NO_TICKET
        | ssl.OP_CIPHER_SERVER_PREFERENCE
    )
    context.num_tickets = 0
    context.set_ciphers(":".join(CIPHERS))
    try:
        for chain, key in certificate.files:
            context.load_cert_chain(chain, key, password=_no_password)
        if client_certificates and certificate.client_roots:
            context.load_verify_locations(cadata="".join(certificate.client_roots))
            context.verify_mode = ssl.CERT_OPTIONAL
    except (OSError, ValueError) as err:
        # It was read a moment ago, so it has just been changed; SSLError is an OSError.
        raise CertificateError(CertificateProblem.DAMAGED, str(err)) from err
    return context


def _no_password() -> str:
    # Without it OpenSSL would ask at the terminal.
    raise ValueError("the key is encrypted")


def peer_certificate(transport: asyncio.BaseTransport | None) -> bytes | None:
    """Return the verified certificate (DER) of the other side, None without one."""
    session = transport.get_extra_info("ssl_object") if transport else None
    return session.getpeercert(binary_form=True) if session else None


class TlsListener:
    """Accepts TLS connections and gives each, once it is secure, to a protocol of its own.

    asyncio's own server can neither count handshakes that are under way, nor change its certificate
    without being closed.
    """

    def __init__(
        self,
        factory: Callable[[], asyncio.Protocol],
        context: ssl.SSLContext,
        failed: Callable[[str, HandshakeFailure], None],
    ) -> None:
        """Take what makes the protocols, and who hears of handshakes that failed, and why."""
        #: May be changed at any time: new connections get it, present ones stay as they are.
        self.context = context
        self._factory = factory
        self._failed = failed
        self._server: asyncio.Server | None = None
        self._stopped = False
        #: The oldest first.
        self._arrivals: dict[_Arrival, asyncio.Task[None]] = {}

    @property
    def handshakes(self) -> int:
        """Return how many handshakes are under way."""
        return len(self._arrivals)

    async def start(self, host: str, port: int) -> int:
        """Listen, and return the port. Raises OSError."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Arrival(self.admit), host, port)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def stop(self) -> None:
        """Stop listening and end what is not secure yet; secure connections are their servers'."""
        self._stopped = True
        if self._server:
            self._server.close()
        tasks = list(self._arrivals.values())
        for arrival in list(self._arrivals):
            arrival.give_up()
        await asyncio.gather(*tasks, return_exceptions=True)

    def admit(self, arrival: _Arrival) -> None:
        """Begin the handshake of a connection that was just made."""
        if self._stopped:
            # It was accepted a moment before.
            arrival.give_up()
            return
        self._make_room(arrival.remote)
        task = asyncio.get_running_loop().create_task(self._secure(arrival))
        self._arrivals[arrival] = task
        task.add_done_callback(lambda _: self._arrivals.pop(arrival, None))

    def _make_room(self, remote: str) -> None:
        same = [arrival for arrival in self._arrivals if arrival.remote == remote]
        if len(same) >= MAX_HANDSHAKES_PER_ADDRESS:
            crowd = same
        elif len(self._arrivals) >= MAX_HANDSHAKES:
            crowd = list(self._arrivals)
        else:
            return
        crowd[0].give_up()
        self._arrivals.pop(crowd[0], None)

    async def _secure(self, arrival: _Arrival) -> None:
        if arrival.lost or arrival.transport.is_closing():
            return
        try:
            transport = await asyncio.get_running_loop().start_tls(
                arrival.transport,
                arrival,
                self.context,
                server_side=True,
                ssl_handshake_timeout=HANDSHAKE_TIMEOUT,
                ssl_shutdown_timeout=_SHUTDOWN_TIMEOUT,
            )
        except ssl.SSLError as err:
            arrival.give_up()
            self._tell(arrival.remote, _failure(err))
        except OSError:
            arrival.give_up()
            self._tell(arrival.remote, HandshakeFailure.UNFINISHED)
        else:
            # Of a connection that we ended ourselves asyncio says nothing but that.
            if transport is None or transport.is_closing() or arrival.lost:
                self._tell(arrival.remote, HandshakeFailure.UNFINISHED)
            else:
                arrival.hand_over(transport, self._factory())

    def _tell(self, remote: str, failure: HandshakeFailure) -> None:
        _LOGGER.debug("TLS with %s failed: %s", remote, failure)
        self._failed(remote, failure)


class _Arrival(asyncio.Protocol):
    """A connection whose handshake is under way; keeps what comes before its server takes over."""

    def __init__(self, admit: Callable[[_Arrival], None]) -> None:
        self._admit = admit
        self._early = bytearray()
        self.transport: asyncio.Transport
        self.remote = ""
        self.lost = False

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        peer = transport.get_extra_info("peername")
        self.remote = str(peer[0]) if peer else ""
        # What the charger says first is for the handshake, not for us.
        transport.pause_reading()
        self._admit(self)

    @override
    def data_received(self, data: bytes) -> None:
        self._early += data

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True

    def give_up(self) -> None:
        """End the connection at once."""
        self.transport.abort()

    def hand_over(self, transport: asyncio.Transport, protocol: asyncio.Protocol) -> None:
        """Let a server's protocol have the connection, with what came already."""
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        if self._early:
            protocol.data_received(bytes(self._early))


def _failure(err: ssl.SSLError) -> HandshakeFailure:
    reason = err.reason or ""
    for failure, parts in _REASONS.items():
        if any(part in reason for part in parts):
            return failure
    return HandshakeFailure.OTHER
