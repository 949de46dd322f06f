"""Keeps what one charger says in the ledger as Home Assistant does, without the rest of it."""

from typing import Any, override

from custom_components.zmartcharge.bookkeeping import Bookkeeping
from custom_components.zmartcharge.csms import (
    AuthorizationStatus,
    Boot,
    ChargePointHandler,
    Doubt,
    FirmwareProgress,
    IdTagInfo,
    KnownTransaction,
    MeterValues,
    Notice,
    StartAnswer,
    StartTransaction,
    Station,
    StatusNotification,
    StopTransaction,
)
from custom_components.zmartcharge.ledger import Ledger, LedgerError


class _NoIssues:
    """Nobody to tell of repairs."""

    def ledger_failed(self, err: LedgerError) -> None:
        raise err

    def ledger_works(self) -> None:
        return None


class Keeper(ChargePointHandler):
    """Everybody may charge; the integration's own bookkeeping keeps it."""

    def __init__(self, ledger: Ledger, charge_point_id: str) -> None:
        issues: Any = _NoIssues()
        self.station: Station | None = None
        #: How often the charger's messages could not be believed.
        self.doubts: list[Doubt] = []
        self._books = Bookkeeping(ledger, issues, charge_point_id)

    @override
    async def attached(self, station: Station) -> None:
        self.station = station

    @override
    async def detached(self, station: Station) -> None:
        if self.station is station:
            self.station = None

    @override
    async def resumed(self) -> None:
        return None

    @override
    async def boot(self, boot: Boot) -> None:
        return None

    @override
    async def status(self, status: StatusNotification) -> None:
        await self._books.status(None, status)

    @override
    async def authorize(self, id_tag: str) -> IdTagInfo:
        return IdTagInfo(status=AuthorizationStatus.ACCEPTED)

    @override
    async def start_transaction(self, start: StartTransaction) -> StartAnswer:
        started = await self._books.start(start, None)
        return StartAnswer(
            transaction_id=started.session.transaction_id, status=AuthorizationStatus.ACCEPTED
        )

    @override
    async def stop_transaction(self, stop: StopTransaction) -> AuthorizationStatus:
        await self._books.stop(stop)
        return AuthorizationStatus.ACCEPTED

    @override
    async def find_transaction(
        self, *, own_id: str | None = None, transaction_id: int | None = None
    ) -> KnownTransaction | None:
        return await self._books.find(own_id, transaction_id)

    @override
    async def meter_values(self, values: MeterValues) -> None:
        await self._books.values(values.connector_id, values.transaction_id, values.snapshots)

    @override
    async def firmware_progress(self, progress: FirmwareProgress) -> None:
        return None

    @override
    async def notice(self, notice: Notice) -> None:
        return None

    @override
    async def doubt(self, doubt: Doubt) -> None:
        self.doubts.append(doubt)
        await self._books.doubt(doubt)
