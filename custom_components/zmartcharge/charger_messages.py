"""What one charger says, taken to those of its parts that it concerns."""

import contextlib
from dataclasses import replace
import logging
from typing import TYPE_CHECKING, Any, override

from .csms import (
    AuthorizationStatus,
    Boot,
    CertificateRequest,
    ChargePointHandler,
    ConnectorState,
    Doubt,
    FirmwareProgress,
    IdTagInfo,
    KnownTransaction,
    LogProgress,
    MeterValues,
    Notice,
    ReservationUpdate,
    StartAnswer,
    StartTransaction,
    Station,
    StatusNotification,
    StopTransaction,
    VendorAnswer,
    VendorMessage,
)
from .ledger import LedgerError

if TYPE_CHECKING:
    from .charger import Charger

_LOGGER = logging.getLogger(__name__)


class ChargerMessages(ChargePointHandler):
    """Hears what the charger at the other end of a connection says."""

    def __init__(self, charger: Charger) -> None:
        """Hear for a charger."""
        self._charger = charger

    @override
    async def attached(self, station: Station) -> None:
        self._charger.attach(station)

    @override
    async def detached(self, station: Station) -> None:
        self._charger.detach(station)

    @override
    async def boot(self, boot: Boot) -> None:
        self._charger.booted(boot)

    @override
    async def resumed(self) -> None:
        # RemoteTrigger is an optional profile: a charger without it never boots in our hearing.
        self._charger.setup.begin_once()

    @override
    def overhear(self, action: str, payload: dict[str, Any]) -> None:
        self._charger.second_system.overhear(action, payload)

    @override
    def overhear_answer(
        self, action: str, payload: dict[str, Any], response: dict[str, Any]
    ) -> None:
        self._charger.second_system.overhear_answer(action, payload, response)

    @override
    async def status(self, status: StatusNotification) -> None:
        if status.connector_id == 0:
            # Connector 0 is the whole charger: a fault there holds for every connector until the
            # charger says that it is over.
            self._charger.fault = status if status.state is ConnectorState.FAULTED else None
            self._charger.notify_all()
            return
        connector = self._charger.connector(status.connector_id)
        if connector is None:
            return
        before = connector.hear_status(status)
        await self._charger.books.status(before, status)
        await self._charger.refreshing.now(connector, self._charger.books)
        connector.lost_stop.look()

    @override
    async def authorize(self, id_tag: str) -> IdTagInfo:
        info = await self._charger.gatekeeper.authorize(id_tag)
        return replace(info, message=self._charger.cost_display.message(info))

    @override
    async def start_transaction(self, start: StartTransaction) -> StartAnswer:
        started = await self._charger.books.start(start, self._charger.config.site_id)
        if connector := self._charger.connector(start.connector_id):
            connector.adopt(started.session)
            self._charger.reservations.begun(connector, started.session, start.reservation_id)
            await self._charger.refreshing.now(connector, self._charger.books)
        info = await self._charger.gatekeeper.begin(
            start, started.session, duplicate=started.duplicate
        )
        return StartAnswer(
            transaction_id=started.session.transaction_id,
            status=info.status,
            group=info.group,
            valid_until=info.valid_until,
            message=self._charger.cost_display.message(info),
        )

    @override
    async def stop_transaction(self, stop: StopTransaction) -> AuthorizationStatus:
        session = await self._charger.books.stop(stop)
        if session and (connector := self._charger.connector(session.connector_id)):
            # What we ended ourselves, because somebody may not charge, keeps nobody from starting.
            if not self._charger.gatekeeper.ended(session):
                connector.smart.starting.ended(session)
            await self._charger.refreshing.now(connector, self._charger.books)
            self._charger.setup.session_ended(connector)
            with contextlib.suppress(LedgerError):
                await self._charger.learn(connector)
            connector.savings.refresh()
        return AuthorizationStatus.ACCEPTED

    @override
    async def find_transaction(
        self, *, own_id: str | None = None, transaction_id: int | None = None
    ) -> KnownTransaction | None:
        return await self._charger.books.find(own_id, transaction_id)

    @override
    async def transaction_cost(self, transaction_id: int, *, ended: bool) -> float | None:
        return await self._charger.cost_display.cost_of(transaction_id, ended=ended)

    @override
    async def meter_values(self, values: MeterValues) -> None:
        connector = self._charger.connector(values.connector_id)
        if connector:
            for snapshot in values.snapshots:
                connector.measured.take(snapshot)
        await self._charger.books.values(
            values.connector_id, values.transaction_id, values.snapshots
        )
        if connector:
            await self._charger.refreshing.values(connector, self._charger.books)

    @override
    async def firmware_progress(self, progress: FirmwareProgress) -> None:
        self._charger.firmware.hear(progress)
        self._charger.notify_all()

    @override
    async def reservation_ended(self, update: ReservationUpdate) -> None:
        self._charger.reservations.ended(update)

    @override
    async def log_progress(self, progress: LogProgress) -> None:
        self._charger.logs.hear(progress)

    @override
    async def notice(self, notice: Notice) -> None:
        if notice.action == "SecurityEventNotification":
            self._charger.security.hear(notice)

    @override
    async def sign_certificate(self, request: CertificateRequest) -> bool:
        return await self._charger.security.sign(request)

    @override
    async def data_transfer(self, message: VendorMessage) -> VendorAnswer:
        usual = self._charger.vendor_messages.take(message)
        return await self._charger.second_system.vendor.ask(message) or usual

    @override
    async def doubt(self, doubt: Doubt) -> None:
        _LOGGER.warning(
            "%s: doubtful %s: %s", self._charger.config.name, doubt.action, doubt.reason
        )
        await self._charger.books.doubt(doubt)
