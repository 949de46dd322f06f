"""The central system's side of the WebSockets: who may connect, and what happens then."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
import contextlib
from datetime import UTC, datetime
import errno
import logging
import ssl

from aiohttp import WSCloseCode, web

from .connection import SUBPROTOCOLS, Connection
from .crowd import Crowd
from .directory import Directory, Registration, SecurityListener
from .errors import InterfaceError, InvalidIdentityError, PortInUseError
from .identity import BasicCredentials, identity_from_path, verify_key
from .limits import FailedLogins, Pace
from .security_profile import ProfileRefusal, SecurityProfile, Verdict, Way, judge
from .station import ChargePointHandler
from .tls import HandshakeFailure, TlsListener, peer_certificate
from .v201 import ChargerMemory

_LOGGER = logging.getLogger(__name__)

MAX_FRAME = 64 * 1024
PROBE_TIMEOUT = 3.0
#: Keys verified at the same time, each in a thread for about 10 ms.
_VERIFICATIONS = 2
#: Seconds that a connection without a request is kept.
_IDLE_TIMEOUT = 20.0
#: Seconds that a charger gets to answer our closing frame.
_CLOSE_TIMEOUT = 2.0


class CentralSystem:
    """Accepts chargers on a port of its own and on requests that others hand in."""

    def __init__(
        self,
        directory: Directory,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        security: SecurityListener | None = None,
    ) -> None:
        """Take who knows the chargers, a clock that gives aware UTC times, and who hears of TLS."""
        self._directory = directory
        self._security = security
        self._clock = clock
        self._connections: dict[str, Connection] = {}
        #: One lock per registered charger, kept for good: a waiter must never meet another lock.
        self._takeovers: dict[str, asyncio.Lock] = {}
        #: What is remembered of each charger over its connections, and of which one.
        self._memories: dict[str, tuple[ChargePointHandler, ChargerMemory]] = {}
        #: How fast each registered charger is read; a new connection is no new burst.
        self._paces: defaultdict[str, Pace] = defaultdict(Pace)
        self._crowd = Crowd()
        self._failed_logins = FailedLogins()
        self._verifying = asyncio.Semaphore(_VERIFICATIONS)
        self._runner: web.AppRunner | None = None
        self._tls: TlsListener | None = None
        #: How each live connection came.
        self._verdicts: dict[str, Verdict] = {}
        #: Who waits for a charger's next connection.
        self._awaited: dict[str, asyncio.Future[SecurityProfile]] = {}
        self._closing = False

    @property
    def connections(self) -> dict[str, Connection]:
        """Return the live connections by charge point id."""
        return dict(self._connections)

    async def start(self, host: str, port: int) -> int:
        """Listen on an address and return the port, which port 0 lets the system choose.

        Raises PortInUseError or InterfaceError.
        """
        app = web.Application()
        app.router.add_get("/{identity:.*}", self._handle_own)
        runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=2.0, keepalive_timeout=_IDLE_TIMEOUT
        )
        await runner.setup()
        try:
            site = web.TCPSite(runner, host, port)
            await site.start()
        except (OSError, ValueError) as err:
            await runner.cleanup()
            raise _listening_error(host, port, err) from err
        self._runner = runner
        bound: int = runner.addresses[0][1]
        return bound

    async def start_tls(self, host: str, port: int, context: ssl.SSLContext) -> int:
        """Listen for TLS as well, after ``start``, and return the port as ``start`` does.

        Raises PortInUseError or InterfaceError; chargers can still come without TLS then.
        """
        assert self._runner is not None
        assert self._runner.server is not None
        listener = TlsListener(self._runner.server, context, self._handshake_failed)
        try:
            bound = await listener.start(host, port)
        except (OSError, ValueError, OverflowError) as err:
            raise _listening_error(host, port, err) from err
        self._tls = listener
        return bound

    def renew_tls(self, context: ssl.SSLContext) -> None:
        """Show another certificate from now on; connections that are open stay open."""
        if self._tls:
            self._tls.context = context

    async def stop_tls(self) -> None:
        """Free the port for TLS; connections that came by it stay."""
        if self._tls:
            await self._tls.stop()
            self._tls = None

    async def stop(self) -> None:
        """Close every connection and free the ports."""
        self._closing = True
        await self.stop_tls()
        await asyncio.gather(*(c.finish(b"stopping") for c in self._connections.values()))
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def disconnect(self, charge_point_id: str) -> None:
        """Close a charger's connection if there is one, as after its removal or a new key."""
        if connection := self._connections.get(charge_point_id):
            await connection.close(WSCloseCode.POLICY_VIOLATION, b"registration changed")

    def profile(self, charge_point_id: str) -> SecurityProfile | None:
        """Return the profile by which a charger is connected, None without a connection."""
        verdict = self._verdicts.get(charge_point_id)
        return verdict.profile if verdict else None

    def certificate(self, charge_point_id: str) -> str | None:
        """Return the fingerprint of the certificate by which a charger is connected, if by one."""
        verdict = self._verdicts.get(charge_point_id)
        return verdict.fingerprint if verdict else None

    def next_connection(self, charge_point_id: str) -> asyncio.Future[SecurityProfile]:
        """Return what will have the profile of the charger's next connection, once that is made."""
        awaited = self._awaited.get(charge_point_id)
        if awaited is None or awaited.done():
            awaited = asyncio.get_running_loop().create_future()
            self._awaited[charge_point_id] = awaited
        return awaited

    async def handle(
        self, request: web.Request, identity: str, *, certificate: bytes | None = None
    ) -> web.StreamResponse:
        """Serve one charger's request; ``identity`` is the raw path segment that names it.

        ``certificate`` is the client certificate (DER) that our own authority was found to have
        signed, None without one.
        """
        remote = request.remote or ""
        if self._closing:
            return web.Response(status=503)
        try:
            charge_point_id = identity_from_path(identity)
        except InvalidIdentityError:
            return web.Response(status=404)
        registration = self._directory.find(charge_point_id)
        upgrade = request.headers.get("Upgrade", "").lower() == "websocket"
        if registration is None:
            # OCPP-J 1.6, clause 3.2: an unknown identity gets 404 before the upgrade.
            if upgrade:
                self._directory.unknown(charge_point_id, remote)
            return web.Response(status=404)
        # Behind a router or a proxy all chargers come from one address: one with a wrong key is not to
        # keep its neighbours away.
        source = f"{remote} {charge_point_id}"
        if self._failed_logins.blocked(source, self._clock()):
            return web.Response(status=429, headers={"Retry-After": "60"})
        way = Way(encrypted=request.secure, certificate=certificate)
        verdict = judge(way, registration.requirement(charge_point_id))
        if isinstance(verdict, ProfileRefusal):
            # Counted and answered without a look at the key: who guesses learns nothing here.
            self._failed_logins.add(source, self._clock())
            _LOGGER.warning("%s at %s may not come so: %s", charge_point_id, remote, verdict)
            if self._security:
                self._security.insecure(charge_point_id, remote, verdict)
            return web.Response(status=403)
        key_hash = None
        if verdict.needs_key and not (
            key_hash := await self._authenticated(request, charge_point_id, registration, source)
        ):
            self._failed_logins.add(source, self._clock())
            self._directory.refused(charge_point_id, remote)
            return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="OCPP"'})
        if registration.barred:
            return web.Response(status=503)
        if not upgrade:
            return web.Response(status=426, headers={"Upgrade": "websocket"})
        with self._crowd.entered(charge_point_id, remote) as has_room:
            if not has_room:
                return web.Response(status=503)
            new_key = key_hash if key_hash in registration.new_key_hashes else None
            return await self._serve(request, charge_point_id, registration, verdict, new_key)

    async def _handle_own(self, request: web.Request) -> web.StreamResponse:
        return await self.handle(
            request,
            request.raw_path.partition("?")[0],
            certificate=peer_certificate(request.transport),
        )

    async def _authenticated(
        self, request: web.Request, charge_point_id: str, registration: Registration, source: str
    ) -> str | None:
        """Return the hash of the key that a charger proved to have, None for a wrong one."""
        credentials = BasicCredentials.parse(request.headers.get("Authorization"))
        if credentials is None or credentials.username != charge_point_id:
            return None
        for key_hash in (registration.key_hash, *registration.new_key_hashes):
            if key_hash and await self._is_right(source, key_hash, credentials.password):
                return key_hash
        return None

    async def _is_right(self, source: str, key_hash: str, password: str) -> bool:
        async with self._verifying:
            # Many guesses at once count like many one after the other.
            if self._failed_logins.blocked(source, self._clock()):
                return False
            return await asyncio.get_running_loop().run_in_executor(
                None, verify_key, key_hash, password
            )

    async def _serve(
        self,
        request: web.Request,
        charge_point_id: str,
        registration: Registration,
        verdict: Verdict,
        new_key: str | None,
    ) -> web.StreamResponse:
        offered = [p.strip() for p in request.headers.get("Sec-WebSocket-Protocol", "").split(",")]
        # The charger names first what it likes best (RFC 6455, clause 4.1).
        common = [protocol for protocol in offered if protocol in SUBPROTOCOLS]
        socket = web.WebSocketResponse(
            protocols=common,
            max_msg_size=MAX_FRAME,
            compress=False,
            autoping=False,
            timeout=_CLOSE_TIMEOUT,
        )
        await socket.prepare(request)
        if any(offered) and not common:
            # OCPP-J 1.6, clause 3.3: complete the handshake without a subprotocol, then close.
            _LOGGER.warning("%s offers only %s", charge_point_id, offered[:5])
            await socket.close(code=WSCloseCode.OK, message=b"no common subprotocol")
            return socket
        connection = Connection(
            charge_point_id,
            request.remote or "",
            socket,
            registration.handler,
            self._clock,
            self._memory(charge_point_id, registration.handler),
            self._paces[charge_point_id],
        )
        if await self._take_over(charge_point_id, connection, registration):
            if new_key and self._security:
                self._security.new_key_used(charge_point_id, new_key)
            await self._run(charge_point_id, connection, registration, verdict)
        else:
            _LOGGER.warning(
                "Closed a connection of %s from %s: another one is alive, or it was removed",
                charge_point_id,
                request.remote,
            )
            await socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"already connected")
        return socket

    def _memory(self, charge_point_id: str, handler: ChargePointHandler) -> ChargerMemory:
        """Return what is remembered of a charger; of another one with its id, nothing."""
        known = self._memories.get(charge_point_id)
        if known is None or known[0] is not handler:
            known = self._memories[charge_point_id] = (handler, ChargerMemory())
        return known[1]

    async def _take_over(
        self, charge_point_id: str, connection: Connection, registration: Registration
    ) -> bool:
        """Make this the charger's connection, unless an older one still answers a ping."""
        lock = self._takeovers.setdefault(charge_point_id, asyncio.Lock())
        async with lock:
            old = self._connections.get(charge_point_id)
            if old:
                if await old.alive(PROBE_TIMEOUT):
                    return False
                await old.abandon()
            # The charger may have been removed, or got another key, in the meantime.
            if self._closing or self._directory.find(charge_point_id) != registration:
                return False
            self._connections[charge_point_id] = connection
            return True

    def _note_verdict(
        self, charge_point_id: str, remote: str, least: SecurityProfile, verdict: Verdict
    ) -> None:
        profile = verdict.profile
        self._verdicts[charge_point_id] = verdict
        if (awaited := self._awaited.pop(charge_point_id, None)) and not awaited.done():
            awaited.set_result(profile)
        if self._security and profile > least:
            self._security.more_secure(charge_point_id, remote, profile)

    def _handshake_failed(self, remote: str, failure: HandshakeFailure) -> None:
        if self._security:
            self._security.handshake_failed(remote, failure)

    async def _run(
        self,
        charge_point_id: str,
        connection: Connection,
        registration: Registration,
        verdict: Verdict,
    ) -> None:
        least = registration.requirement(charge_point_id).profile
        try:
            self._note_verdict(charge_point_id, connection.station.remote, least, verdict)
            await connection.run()
        finally:
            if self._connections.get(charge_point_id) is connection:
                del self._connections[charge_point_id]
                self._verdicts.pop(charge_point_id, None)


def _listening_error(host: str, port: int, err: Exception) -> PortInUseError | InterfaceError:
    if isinstance(err, OSError) and err.errno == errno.EADDRINUSE:
        return PortInUseError(f"{host}:{port}")
    return InterfaceError(f"{host}:{port}: {err}")


async def port_problem(host: str, port: int) -> str | None:
    """Try to listen; return the key of what prevents it, or None (ports 0-65535)."""
    probe: asyncio.Server | None = None
    try:
        probe = await asyncio.start_server(lambda _r, w: w.close(), host, port)
    except (OSError, ValueError) as err:
        in_use = isinstance(err, OSError) and err.errno == errno.EADDRINUSE
        return PortInUseError.key if in_use else InterfaceError.key
    finally:
        if probe:
            probe.close()
            with contextlib.suppress(OSError):
                await probe.wait_closed()
    return None
