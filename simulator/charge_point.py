"""An OCPP 1.6 charge point over a real socket.

    async with SimulatedChargePoint(url, "CP1", password="…") as cp:
        await cp.plug_in(Car())
        await cp.tap("04A1B2C3")
        await cp.wait_for(lambda cp: cp.status() is ConnectorStatus.CHARGING)

The charger itself is the ``Station``, which goes on charging whether anybody listens or not; this
module keeps it connected, tells what its outbox holds, and answers the central system.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from ocpp.v16 import call

from .car import Car
from .certificate_store import CENTRAL_SYSTEM_ROOTS, CertificateStore
from .charging_profile import ChargingProfile
from .clock import utc_now
from .configuration import key_to_password
from .connector import ConnectorStatus, Transaction
from .evse import Evse
from .link import NotConnectedError
from .maintenance import Maintenance
from .outbox import Outgoing
from .requests import ACCEPTED
from .security import Tls
from .state_file import StateFileError, read_state, write_state
from .station import Station
from .upkeep import Upkeep
from .uplink import REFUSED, Backoff, Frame, Nameplate, Uplink
from .watch import Watch

_SAVE_EVERY_S = 5.0
_SOFT_RESET_WAIT_S = 5.0


class SimulatedChargePoint:
    """A charger that talks to a central system."""

    #: How it talks: OCPP 1.6.
    uplink_type: ClassVar[type[Uplink]] = Uplink

    def __init__(
        self,
        url: str,
        identity: str,
        *,
        password: str | None = None,
        evse: Evse | None = None,
        station: Station | None = None,
        nameplate: Nameplate | None = None,
        backoff: Backoff | None = None,
        state_file: Path | None = None,
        clock: Callable[[], datetime] = utc_now,
        tick_s: float | None = 1.0,
        speed: float = 1.0,
        response_timeout_s: float = 30.0,
        boot_on_reconnect: bool = False,
        unlock_answer: str = "Unlocked",
        tls: Tls | None = None,
    ) -> None:
        """Set up a charger for ``{url}/{identity}``.

        Give either ``evse``, or ``station`` for a firmware set up in another way. ``tick_s`` is how
        often the charger steps by itself; with ``None`` whoever owns the time calls ``step`` or
        ``settle``. ``speed`` multiplies the energy that flows in those steps. With ``state_file``
        the charger goes on where it was when the process ended.
        """
        self.station = Station(Evse() if evse is None else evse) if station is None else station
        self.evse = self.station.evse
        self.identity = identity
        self.unlock_answer = unlock_answer
        self._state_file = state_file
        self._clock = clock
        self._tick_s = tick_s
        self._speed = speed
        self._watch = Watch(self)
        self._saved: tuple[datetime, int] | None = None
        self._uplink = self.uplink_type(
            url,
            identity,
            self,
            password=None if password is None else password.encode(),
            nameplate=Nameplate() if nameplate is None else nameplate,
            backoff=Backoff() if backoff is None else backoff,
            response_timeout_s=response_timeout_s,
            boot_on_reconnect=boot_on_reconnect,
            tls=tls,
        )
        self.certificates = CertificateStore(self._uplink.security.forget)
        self.maintenance = Maintenance(Upkeep(self, self._uplink), self._uplink.spawn_job)

    # --- life -----------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Switch the charger on. Raises ``StateFileError`` where its state cannot be read."""
        if self._state_file is not None and (saved := read_state(self._state_file)) is not None:
            try:
                self.station.load(saved, self.now())
            except (KeyError, TypeError, ValueError) as error:
                raise StateFileError(f"{self._state_file} does not fit: {error!r}") from error
            self.use_stored_key()
        self._uplink.start()
        if self._tick_s is not None:
            self._uplink.spawn(self._run_clock, self._tick_s)

    async def stop(self) -> None:
        """Switch the charger off, as a power cut does: running transactions stay open."""
        await self._uplink.stop()
        self._save()

    # --- what people and tests do ---------------------------------------------------------------

    async def plug_in(self, car: Car, connector_id: int = 1) -> None:
        """Connect a car. Raises ``ConnectorError`` where there is one already."""
        self.station.plug_in(car, connector_id, self.now())
        self.changed()

    async def unplug(self, connector_id: int = 1) -> Car:
        """Disconnect the car and return it. Raises ``ConnectorError`` where there is none."""
        car = self.station.unplug(connector_id, self.now())
        self.changed()
        return car

    async def tap(self, id_tag: str, connector_id: int | None = None) -> str:
        """Hold an RFID tag to the reader and return the AuthorizationStatus.

        The tag of a running transaction, or one of its group, ends it. Another accepted tag starts
        one on ``connector_id``, or on the first free connector.
        """
        if (own := self._connector_charging_for(id_tag, connector_id)) is not None:
            self._stop_locally(own, id_tag)
            return ACCEPTED
        status = await self.authorize(id_tag)
        if status != ACCEPTED:
            return status
        if (own := self._connector_charging_for(id_tag, connector_id)) is not None:
            self._stop_locally(own, id_tag)
        elif (free := self.station.free_connector(id_tag, connector_id)) is not None:
            self.station.present(id_tag, free, self.now())
            self.changed()
        return status

    async def authorize(self, id_tag: str) -> str:
        """Return the AuthorizationStatus of a tag, from the central system when it can be asked."""
        if self.station.id_tags.before_asking(id_tag, self.now()):
            return ACCEPTED
        if self.registered:
            with suppress(*REFUSED, NotConnectedError):
                answer = await self.call(call.Authorize(id_tag=id_tag))
                self.station.id_tags.remember(id_tag, answer.id_tag_info)
                return str(answer.id_tag_info["status"])
        return self.station.id_tags.while_offline(id_tag, self.now())

    async def fault(self, connector_id: int = 1, error_code: str | None = "OtherError") -> None:
        """Fail with a ChargePointErrorCode; ``None`` repairs it."""
        self.station.fault(connector_id, error_code, self.now())
        self.changed()

    async def go_offline(self) -> None:
        """Cut the network and keep it cut."""
        await self._uplink.go_offline()
        await self.wait_for(lambda cp: not cp.connected)

    def go_online(self) -> None:
        """Give the network back."""
        self._uplink.go_online()

    async def drop_connection(self) -> None:
        """Close the connection; the charger connects again."""
        await self._uplink.drop()

    async def reboot(self) -> None:
        """Restart the firmware: the next connection begins with a BootNotification."""
        await self._uplink.reboot()
        self.changed()

    async def send_raw(self, text: str) -> None:
        """Send any text at all. Raises ``NotConnectedError``."""
        await self._uplink.send_raw(text)

    async def call(self, payload: Any) -> Any:
        """Send a request of ``ocpp.v16.call`` and return the answer.

        Raises ``NotConnectedError``, ``TimeoutError``, or ``OCPPError`` for a CALLERROR.
        """
        return await self._uplink.call(payload)

    async def wait_for(
        self, predicate: Callable[[SimulatedChargePoint], object], timeout: float = 10.0
    ) -> None:
        """Return when ``predicate`` holds. Raises ``TimeoutError`` after ``timeout`` seconds."""
        await self._watch.wait_for(predicate, timeout)

    # --- what can be seen -----------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Return whether the WebSocket is open."""
        return self._uplink.connected

    @property
    def registered(self) -> bool:
        """Return whether the central system accepted the charger and is told the news."""
        return self._uplink.registered

    @property
    def boot_status(self) -> str | None:
        """Return the RegistrationStatus of the last BootNotification."""
        return self._uplink.boot_status

    @property
    def refusal(self) -> str | None:
        """Return why the last attempt to connect failed."""
        return self._uplink.refusal

    @property
    def frames(self) -> tuple[Frame, ...]:
        """Return the last texts that went over the socket, the latest last."""
        return tuple(self._uplink.frames)

    def status(self, connector_id: int = 1) -> ConnectorStatus:
        """Return a connector's status. Raises ``ConnectorError`` for an unknown connector."""
        return self.evse.connector(connector_id).status

    def transaction(self, connector_id: int = 1) -> Transaction | None:
        """Return the running transaction. Raises ``ConnectorError`` for an unknown connector."""
        return self.evse.connector(connector_id).transaction

    @property
    def unsent(self) -> tuple[Outgoing, ...]:
        """Return the messages about transactions that were not answered yet."""
        return tuple(item for item in self.station.outbox if item.is_kept)

    # --- what the central system asks for -------------------------------------------------------

    def begin_remote_start(
        self, id_tag: str, connector_id: int | None, profile: ChargingProfile | None
    ) -> None:
        """Start charging, after asking for the tag where the configuration says so (5.11)."""
        self._uplink.spawn(self._remote_start, id_tag, connector_id, profile)

    async def _remote_start(
        self, id_tag: str, connector_id: int | None, profile: ChargingProfile | None
    ) -> None:
        asks = self.station.configuration.flag("AuthorizeRemoteTxRequests")
        if asks and await self.authorize(id_tag) != ACCEPTED:
            return
        if (free := self.station.free_connector(id_tag, connector_id)) is not None:
            self.station.present(id_tag, free, self.now(), profile)
            self.changed()

    def begin_reset(self, kind: str) -> None:
        """End the transactions, tell so when the reset is soft, and restart (5.14)."""
        self._uplink.spawn(self._reset, kind)

    async def _reset(self, kind: str) -> None:
        for connector in self.evse.connectors:
            if connector.transaction is not None:
                self.station.stop(connector.connector_id, self.now(), f"{kind}Reset")
        self.changed()
        if kind == "Soft":
            with suppress(TimeoutError):
                await self.wait_for(lambda cp: not cp.unsent, _SOFT_RESET_WAIT_S)
        await self.reboot()

    def begin_trigger(self, message: str, connector_id: int | None) -> None:
        """Send what a TriggerMessage asked for."""
        self._uplink.spawn(self._uplink.trigger, message, connector_id)

    def install_certificate(self, certificate_type: str, certificate: str) -> str:
        """Install a root certificate and return the CertificateStatus (M05)."""
        status = ACCEPTED
        if certificate_type in CENTRAL_SYSTEM_ROOTS:
            status = self._uplink.security.install("CentralSystemRootCertificate", certificate)
        if status == ACCEPTED:
            try:
                self.certificates.add(certificate_type, certificate)
            except ValueError:
                return "Failed"
        return status

    def raise_security_profile(self, value: str) -> str:
        """Take a higher security profile and return the ConfigurationStatus (A05)."""
        has_key = self._uplink.password is not None
        configuration = self.station.configuration
        return self._uplink.security.raise_profile(configuration, value, has_key=has_key)

    def begin_rekey(self) -> None:
        """Connect again with the AuthorizationKey of the configuration."""
        self.use_stored_key()
        self._uplink.spawn(self._uplink.drop)

    def use_stored_key(self) -> None:
        """Connect with what the central system last set as its key, if it did."""
        if (
            key := key_to_password(self.station.configuration.text("AuthorizationKey"))
        ) is not None:
            self._uplink.password = key

    def _connector_charging_for(self, id_tag: str, connector_id: int | None) -> int | None:
        group = self.station.id_tags.parent(id_tag)
        for connector in self.evse.connectors:
            transaction = connector.transaction
            if transaction is None or connector_id not in (None, connector.connector_id):
                continue
            parent = self.station.id_tags.parent(transaction.id_tag)
            if transaction.id_tag == id_tag or (group is not None and group == parent):
                return connector.connector_id
        return None

    def _stop_locally(self, connector_id: int, id_tag: str) -> None:
        self.station.stop(connector_id, self.now(), "Local", id_tag)
        self.changed()

    # --- time -----------------------------------------------------------------------------------

    def now(self) -> datetime:
        """Return the charger's time."""
        return self._clock()

    def step(self, now: datetime, dt_s: float) -> None:
        """Bring the charger up to ``now``, ``dt_s`` seconds after the last step."""
        self.evse.step(now, dt_s, self._speed)
        self.settle(now)

    def settle(self, now: datetime) -> None:
        """Let everything but the physics follow, where somebody else stepped the ``Evse``."""
        self.station.settle(now)
        self._spread()
        if self._state_file is not None and (
            self._saved is None
            or self._saved[1] != len(self.station.outbox)
            or (now - self._saved[0]).total_seconds() >= _SAVE_EVERY_S
        ):
            self._save()

    def changed(self) -> None:
        """Keep and tell what a request or a person changed."""
        if self.station.wants_restart:
            self.station.wants_restart = False
            self.begin_reset("Hard")
        self._save()
        self._spread()

    def noticed(self) -> None:
        """Wake whoever waits for something that is not kept."""
        self._watch.notify()

    def _spread(self) -> None:
        self._uplink.wake()
        self._watch.notify()

    def _save(self) -> None:
        if self._state_file is not None:
            write_state(self._state_file, self.station.save())
            self._saved = (self.now(), len(self.station.outbox))

    async def _run_clock(self, tick_s: float) -> None:
        last = self.now()
        while True:
            await asyncio.sleep(tick_s)
            now = self.now()
            self.step(now, max(0.0, (now - last).total_seconds()))
            last = now
