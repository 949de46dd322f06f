"""The ledger's face: asynchronous, and done means durable."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Self

from ..units import WattHour
from . import accounts, lifecycle, meters, quarantine, queries, slices, transactions
from .clock import utc
from .records import (
    Correction,
    MeterSample,
    QuarantineEntry,
    Session,
    SignedValue,
    Slice,
    StartedTransaction,
    TransactionStart,
    TransactionStop,
)
from .writer import Writer


class Ledger:
    """Sessions and meter values in one database.

    When a method returns, what it did is on the disk. All raise LedgerError when that cannot be
    had, and then nothing was done. Belongs to the event loop that opened it, and never blocks it.
    """

    def __init__(self, writer: Writer) -> None:
        """Take an open writer; use ``open``."""
        self._writer = writer

    @classmethod
    async def open(cls, url: str) -> Self:
        """Open a database by its SQLAlchemy URL, making it if there is none.

        A SQLite file is checked first; a damaged one is left as it is. Raises LedgerCorruptError,
        LedgerFullError, LedgerNewerError and LedgerUnavailableError.
        """
        writer = Writer(url)
        await writer.open()
        return cls(writer)

    async def close(self) -> None:
        """Finish what was asked and end; may be called again."""
        await self._writer.close()

    async def start_transaction(self, start: TransactionStart) -> StartedTransaction:
        """Begin a session with a transaction id of its own (1 to 2**31 - 1).

        The same message gets the same answer, at any time. What is open on the connector and began
        before is closed as interrupted. Energy between the connector's last reading and meterStart
        becomes unattributed.
        """
        return await self._writer.run(partial(transactions.start, message=start))

    async def stop_transaction(self, stop: TransactionStop) -> Session | None:
        """End a session of that charger; None when it has no such transaction.

        The first stop counts. A different second one, and one of an unknown transaction, goes to
        the quarantine.
        """
        return await self._writer.run(partial(transactions.stop, message=stop))

    async def record_meters(self, samples: Sequence[MeterSample]) -> None:
        """Take samples, in any order and any number of times.

        A sample without a transaction belongs to the connector's open session, if there is one.
        """
        await self._writer.run(partial(meters.record, samples=tuple(samples)))

    async def charging_ended(self, charge_point_id: str, connector_id: int, at: datetime) -> None:
        """Note when the connector's latest session took no more energy; the last end counts."""
        moment = utc(at)
        await self._writer.run(
            lambda connection: lifecycle.charging_ended(
                connection, charge_point_id, connector_id, moment
            )
        )

    async def unplugged(self, charge_point_id: str, connector_id: int, at: datetime) -> None:
        """Note when the cable of the connector's latest session was taken out, once."""
        moment = utc(at)
        await self._writer.run(
            lambda connection: lifecycle.unplugged(
                connection, charge_point_id, connector_id, moment
            )
        )

    async def open_sessions(self, charge_point_id: str) -> tuple[Session, ...]:
        """Return a charger's sessions that are not stopped, oldest first."""
        return await self._writer.run(
            partial(queries.open_sessions, charge_point_id=charge_point_id)
        )

    async def session(self, session_id: str) -> Session | None:
        """Return a session by its id."""
        return await self._writer.run(partial(queries.session, session_id=session_id))

    async def session_by_transaction(
        self, charge_point_id: str, transaction_id: int
    ) -> Session | None:
        """Return a session by its charger and its transaction's id."""
        return await self._writer.run(
            lambda connection: queries.session_by_transaction(
                connection, charge_point_id, transaction_id
            )
        )

    async def sessions(
        self,
        *,
        charge_point_id: str | None = None,
        site_id: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 100,
    ) -> tuple[Session, ...]:
        """Return sessions that began in [since, until), newest first, at most ``limit``."""
        return await self._writer.run(
            partial(
                queries.list_sessions,
                charge_point_id=charge_point_id,
                site_id=site_id,
                since=None if since is None else utc(since),
                until=None if until is None else utc(until),
                limit=limit,
            )
        )

    async def slices(self, session_id: str) -> tuple[Slice, ...]:
        """Return a session's energy by quarter-hour (UTC), oldest first; sums to its energy."""
        return await self._writer.run(partial(slices.of_session, session_id=session_id))

    async def signed_values(self, session_id: str) -> tuple[SignedValue, ...]:
        """Return a session's signed meter values, oldest first."""
        return await self._writer.run(partial(meters.signed_of, session_id=session_id))

    async def last_register(
        self, charge_point_id: str, connector_id: int
    ) -> tuple[WattHour, datetime] | None:
        """Return the connector's register as last believed, in Wh, and when it was read."""
        return await self._writer.run(
            lambda connection: queries.last_register(connection, charge_point_id, connector_id)
        )

    async def lifetime(self, charge_point_id: str, connector_id: int) -> WattHour | None:
        """Return what the connector ever delivered, in Wh; never falls. None while unknown."""
        return await self._writer.run(
            lambda connection: queries.lifetime(connection, charge_point_id, connector_id)
        )

    async def unattributed(self, charge_point_id: str) -> WattHour:
        """Return the energy that a charger delivered outside its known sessions, in Wh."""
        return await self._writer.run(
            partial(accounts.unattributed, charge_point_id=charge_point_id)
        )

    async def quarantine(self, entry: QuarantineEntry) -> None:
        """Keep a message that could not be believed; the newest 200 of a charger stay."""
        await self._writer.run(partial(quarantine.put, entry=entry))

    async def quarantined(self, charge_point_id: str) -> tuple[QuarantineEntry, ...]:
        """Return a charger's quarantine, oldest first."""
        return await self._writer.run(
            partial(quarantine.of_charger, charge_point_id=charge_point_id)
        )

    async def correct(self, correction: Correction) -> bool:
        """Append a correction of a stopped session; False when there is no such one."""
        return await self._writer.run(partial(queries.correct, correction=correction))

    async def corrections(self, session_id: str) -> tuple[Correction, ...]:
        """Return a session's corrections, oldest first; the last one counts."""
        return await self._writer.run(partial(queries.corrections_of, session_id=session_id))
