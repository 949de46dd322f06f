"""What a charger tells, kept in the ledger before it is acknowledged."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from homeassistant.util import dt as dt_util

from .csms import (
    ConnectorState,
    Doubt,
    KnownTransaction,
    MeterSnapshot,
    NotAcknowledgedError,
    StartTransaction,
    StatusNotification,
    StopTransaction,
)
from .ledger import (
    ConnectorNow,
    Ledger,
    LedgerError,
    MeterSample,
    QuarantineEntry,
    Session,
    StartedTransaction,
    TransactionStart,
    TransactionStop,
)

if TYPE_CHECKING:
    from .issues import Issues

_GOES_ON = {ConnectorState.CHARGING, ConnectorState.SUSPENDED_EVSE}


class Bookkeeping:
    """The ledger for one charge point id.

    Every method raises NotAcknowledgedError when the ledger could not do it, after a repair was
    raised; what is written again clears the repair.
    """

    def __init__(
        self,
        ledger: Ledger,
        issues: Issues,
        charge_point_id: str,
        max_watt: Callable[[], int | None] = lambda: None,
    ) -> None:
        """Take an open ledger, who raises repairs, and the most that the charger can deliver (W)."""
        self._max_watt = max_watt
        self._ledger = ledger
        self._issues = issues
        self._id = charge_point_id
        self._closed = False

    def close(self) -> None:
        """Raise no repairs any more: a charger may still talk while everything stops."""
        self._closed = True

    async def start(self, start: StartTransaction, site_id: str | None) -> StartedTransaction:
        """Keep the start of a transaction and give it its id."""
        with self._kept(writing=True):
            return await self._ledger.start_transaction(
                TransactionStart(
                    charge_point_id=self._id,
                    connector_id=start.connector_id,
                    id_tag=start.id_tag,
                    meter_start_wh=start.meter_start,
                    started_at=start.timestamp,
                    received_at=dt_util.utcnow(),
                    site_id=site_id,
                    reservation_id=start.reservation_id,
                    own_id=start.own_id,
                    raw=start.raw,
                )
            )

    async def stop(self, stop: StopTransaction) -> Session | None:
        """Keep the end of a transaction and its last values; None when it is unknown."""
        await self.values(0, stop.transaction_id, stop.snapshots)
        with self._kept(writing=True):
            return await self._ledger.stop_transaction(
                TransactionStop(
                    charge_point_id=self._id,
                    transaction_id=stop.transaction_id,
                    meter_stop_wh=stop.meter_stop,
                    stopped_at=stop.timestamp,
                    received_at=dt_util.utcnow(),
                    reason=stop.reason,
                    id_tag=stop.id_tag,
                    raw=stop.raw,
                    max_watt=self._max_watt(),
                )
            )

    async def values(
        self, connector_id: int, transaction_id: int | None, snapshots: tuple[MeterSnapshot, ...]
    ) -> None:
        """Keep registers and signed values."""
        received = dt_util.utcnow()
        samples = [
            MeterSample(
                charge_point_id=self._id,
                connector_id=connector_id,
                transaction_id=transaction_id,
                register_wh=snapshot.register,
                sampled_at=snapshot.sampled_at,
                received_at=received,
                signed=signed,
                max_watt=self._max_watt(),
            )
            for snapshot in snapshots
            for signed in (snapshot.signed or (None,))
            if snapshot.register is not None or signed is not None
        ]
        if samples:
            with self._kept(writing=True):
                await self._ledger.record_meters(samples)

    async def status(self, before: ConnectorState | None, status: StatusNotification) -> None:
        """Keep what a change of state says about the connector's session."""
        connector_id, at = status.connector_id, status.timestamp
        with self._kept():
            # A pause that the charger makes ends nothing.
            if before is ConnectorState.CHARGING and status.state not in _GOES_ON:
                await self._ledger.charging_ended(self._id, connector_id, at)
            if status.state is ConnectorState.AVAILABLE:
                await self._ledger.unplugged(self._id, connector_id, at)

    async def doubt(self, doubt: Doubt) -> None:
        """Keep a message that could not be believed."""
        with self._kept(writing=True):
            await self._ledger.quarantine(
                QuarantineEntry(
                    charge_point_id=self._id,
                    received_at=dt_util.utcnow(),
                    action=doubt.action,
                    reason=doubt.reason,
                    payload=doubt.payload,
                )
            )

    async def find(self, own_id: str | None, transaction_id: int | None) -> KnownTransaction | None:
        """Return a transaction by what the charger calls it, or by our id."""
        session = None
        with self._kept():
            if own_id is not None:
                session = await self._ledger.session_by_own_id(self._id, own_id)
            elif transaction_id is not None:
                session = await self._ledger.session_by_transaction(self._id, transaction_id)
        if session is None or session.own_id is None:
            return None
        return KnownTransaction(
            transaction_id=session.transaction_id,
            own_id=session.own_id,
            connector_id=session.connector_id,
            stopped_at=session.stopped_at,
        )

    async def now(self, connector_id: int, session_id: str | None) -> ConnectorNow:
        """Return what is known of a connector and one of its sessions."""
        with self._kept():
            return await self._ledger.connector_now(self._id, connector_id, session_id)

    @contextmanager
    def _kept(self, *, writing: bool = False) -> Generator[None]:
        try:
            yield
        except LedgerError as err:
            if not self._closed:
                self._issues.ledger_failed(err)
            raise NotAcknowledgedError(err.key) from err
        if writing:
            self._issues.ledger_works()
