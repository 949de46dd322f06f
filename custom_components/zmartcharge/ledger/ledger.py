"""The ledger's face: asynchronous, and done means durable."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Self

from sqlalchemy import Connection

from ..units import WattHour
from . import (
    accounts,
    costs,
    lifecycle,
    meters,
    prices as held_prices,
    quarantine,
    queries,
    slices,
    tokens as register_of_tokens,
    transactions,
)
from .clock import utc
from .outbox import Outbox
from .past_sessions import PastSessions
from .periods import on_the_hour
from .price_records import (
    ChangedHours,
    ConnectorNow,
    HeldPrice,
    HourlyCost,
    Recalculation,
    SessionCost,
    SupersededPrice,
)
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
from .token_records import RegisteredToken, SentLocalList, TokenRecord
from .writer import Writer


class Ledger:
    """Sessions, meter values, prices and tokens in one database.

    When a method returns, what it did is on the disk. All raise LedgerError when that cannot be
    had, and then nothing was done. Belongs to the event loop that opened it, and never blocks it.
    """

    def __init__(self, writer: Writer) -> None:
        """Take an open writer; use ``open``."""
        self._writer = writer
        #: What a second central system is to be told.
        self.outbox = Outbox(writer)
        #: All sessions, page by page.
        self.past = PastSessions(writer)

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

    async def interrupt(self, session_id: str) -> Session:
        """Close an open session as interrupted: the charger shows that it has none any more.

        A stop that was only late counts as if it had come in time.
        """
        return await self._writer.run(partial(transactions.interrupt, session_id=session_id))

    async def interrupt_others(self, charge_point_ids: Iterable[str]) -> tuple[Session, ...]:
        """Close the open sessions of all chargers but these, whose ends nobody would hear of."""
        known = frozenset(charge_point_ids)
        return await self._writer.run(
            partial(transactions.interrupt_others, charge_point_ids=known)
        )

    async def refuse(self, session_id: str, *, refused: bool = True) -> None:
        """Note of a session that nobody may have it, or (False) that somebody may."""
        await self._writer.run(partial(transactions.refuse, session_id=session_id, refused=refused))

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

    async def connector_now(
        self, charge_point_id: str, connector_id: int, session_id: str | None
    ) -> ConnectorNow:
        """Return all that is shown of a connector and one of its sessions, of the same moment."""

        def look(connection: Connection) -> ConnectorNow:
            return ConnectorNow(
                session=queries.session(connection, session_id) if session_id else None,
                cost=costs.session_cost(connection, session_id) if session_id else None,
                lifetime=queries.lifetime(connection, charge_point_id, connector_id),
            )

        return await self._writer.run(look)

    async def session_by_transaction(
        self, charge_point_id: str, transaction_id: int
    ) -> Session | None:
        """Return a session by its charger and its transaction's id."""
        return await self._writer.run(
            lambda connection: queries.session_by_transaction(
                connection, charge_point_id, transaction_id
            )
        )

    async def session_by_own_id(self, charge_point_id: str, own_id: str) -> Session | None:
        """Return a session by its charger and what that calls it; the newest of equal names."""
        return await self._writer.run(
            lambda connection: queries.session_by_own_id(connection, charge_point_id, own_id)
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

    async def hold_prices(self, site_id: str, prices: Sequence[HeldPrice], at: datetime) -> bool:
        """Keep prices of a site, as known at a time; return whether costs may have changed.

        A period that has begun keeps its price; one that is to come takes the newest. A preliminary
        price gives way to a final one until its hour is over and energy was charged with it.
        """
        moment, offered = utc(at), tuple(prices)
        return await self._writer.run(
            lambda connection: held_prices.hold(connection, site_id, offered, moment)
        )

    async def recalculate(
        self,
        site_id: str,
        start: datetime,
        end: datetime,
        prices: Sequence[HeldPrice],
        reason: str,
        at: datetime,
    ) -> Recalculation:
        """Put prices in the place of those that held in the quarter-hours that meet [start, end).

        What they replace is kept, with the time and the reason. Quarter-hours for which no price is
        given keep theirs. Raises ValueError for a naive time.
        """
        return await self._writer.run(
            partial(
                costs.recalculate,
                site_id=site_id,
                start=utc(start),
                end=utc(end),
                offered=tuple(prices),
                reason=reason,
                at=utc(at),
            )
        )

    async def held_prices(
        self, site_id: str, start: datetime, end: datetime
    ) -> tuple[HeldPrice, ...]:
        """Return the prices of the quarter-hours that meet [start, end), oldest first."""
        since, until = utc(start), utc(end)
        return await self._writer.run(
            lambda connection: held_prices.held(connection, site_id, since, until)
        )

    async def superseded_prices(
        self, site_id: str, start: datetime, end: datetime
    ) -> tuple[SupersededPrice, ...]:
        """Return what held before in the quarter-hours that meet [start, end), oldest first."""
        since, until = utc(start), utc(end)
        return await self._writer.run(
            lambda connection: held_prices.superseded(connection, site_id, since, until)
        )

    async def session_cost(self, session_id: str) -> SessionCost | None:
        """Return what a session cost, so far when it is open; None when there is none.

        A few short reads, cheap enough for each meter value.
        """
        return await self._writer.run(partial(costs.session_cost, session_id=session_id))

    async def hourly(
        self,
        *,
        site_id: str | None = None,
        charge_point_id: str | None = None,
        connector_id: int | None = None,
        start: datetime,
        end: datetime,
    ) -> tuple[HourlyCost, ...]:
        """Return the hours (UTC) of [start, end) in which a site, charger or connector has energy.

        Raises ValueError when neither a site nor a charger is given, or a time is not on the hour.
        """
        if site_id is None and charge_point_id is None:
            raise ValueError("neither a site nor a charger is given")
        return await self._writer.run(
            partial(
                costs.hourly,
                site_id=site_id,
                charge_point_id=charge_point_id,
                connector_id=connector_id,
                start=on_the_hour(utc(start)),
                end=on_the_hour(utc(end)),
            )
        )

    async def first_hour(
        self, *, site_id: str | None = None, charge_point_id: str | None = None
    ) -> datetime | None:
        """Return the hour (UTC) in which the first session began, None when there was none."""
        return await self._writer.run(
            lambda connection: costs.first_hour(connection, site_id, charge_point_id)
        )

    async def changed_hours(self) -> tuple[ChangedHours, ...]:
        """Return the sessions whose energy or cost changed since they were last counted.

        Kept until ``hours_counted``, over restarts.
        """
        return await self._writer.run(costs.changed_hours)

    async def hours_counted(self, counted: Sequence[ChangedHours], until: datetime) -> None:
        """Forget changes of the hours before ``until`` that whoever keeps a copy has counted.

        What those sessions took since ``until``, and what changed again, stays to be counted.
        """
        moment = utc(until)
        await self._writer.run(
            lambda connection: costs.hours_counted(connection, tuple(counted), moment)
        )

    async def tokens(self) -> tuple[RegisteredToken, ...]:
        """Return the register of tokens, by idTag."""
        return await self._writer.run(register_of_tokens.all_tokens)

    async def token(self, id_tag: str) -> RegisteredToken | None:
        """Return what is registered under an idTag, in any spelling."""
        return await self._writer.run(partial(register_of_tokens.token, id_tag=id_tag))

    async def put_token(self, record: TokenRecord, at: datetime) -> RegisteredToken:
        """Register a token, or change the one of its idTag, which keeps its history."""
        return await self._writer.run(partial(register_of_tokens.put, record=record, at=utc(at)))

    async def remove_token(self, id_tag: str) -> bool:
        """Take a token off the register, False when it is not there; its sessions stay."""
        return await self._writer.run(partial(register_of_tokens.remove, id_tag=id_tag))

    async def token_used(self, id_tag: str, at: datetime, charge_point_id: str) -> bool:
        """Note when and where a token was used, as far as that is believed; the latest stays.

        False when it is not registered.
        """
        moment = utc(at)
        return await self._writer.run(
            lambda connection: register_of_tokens.used(connection, id_tag, moment, charge_point_id)
        )

    async def local_list(self, charge_point_id: str) -> SentLocalList | None:
        """Return the local list that a charger accepted last; None when that is not known."""
        return await self._writer.run(
            partial(register_of_tokens.local_list, charge_point_id=charge_point_id)
        )

    async def local_list_sent(self, sent: SentLocalList) -> None:
        """Keep what a charger's local list holds now, after it accepted an update."""
        await self._writer.run(partial(register_of_tokens.keep_local_list, sent=sent))

    async def forget_local_list(self, charge_point_id: str) -> None:
        """Forget a charger's local list: it refused an update, or is not ours any more."""
        await self._writer.run(
            partial(register_of_tokens.forget_local_list, charge_point_id=charge_point_id)
        )
