"""What a second central system is to be told: the ledger's part that outlives any stop."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from . import forwarding
from .clock import utc
from .forwarding_records import ForwardedMessage, WaitingMessage
from .writer import Writer


class Outbox:
    """Messages of all chargers, each in the order in which its charger sent them.

    When a method returns, what it did is on the disk. All raise LedgerError when that cannot be
    had. What is asked for is queued at once, before the first wait, so that it is kept no later
    than what is asked of the ledger afterwards.
    """

    def __init__(self, writer: Writer) -> None:
        """Take an open writer."""
        self._writer = writer

    async def queue(self, message: ForwardedMessage) -> bool:
        """Keep a message for a second central system.

        False: it is known already, or belongs to a transaction that the other was never told of.
        """
        return await self._writer.run(partial(forwarding.queue, message=message))

    async def name_transaction(self, charge_point_id: str, key: str, transaction_id: int) -> None:
        """Note our number of the transaction that the message with this key began."""
        await self._writer.run(
            lambda connection: forwarding.name_transaction(
                connection, charge_point_id, key, transaction_id
            )
        )

    async def waiting(self, charge_point_id: str, limit: int) -> tuple[WaitingMessage, ...]:
        """Return what waits for the second central system, in the order in which it came."""
        return await self._writer.run(
            lambda connection: forwarding.waiting(connection, charge_point_id, limit)
        )

    async def count(self, charge_point_id: str) -> int:
        """Return how many messages wait for the second central system."""
        return await self._writer.run(partial(forwarding.count, charge_point_id=charge_point_id))

    async def done(
        self, number: int, at: datetime, their_transaction_id: int | None = None
    ) -> None:
        """Note that a message was delivered, or given up, and the other's number of what it began."""
        moment = utc(at)
        await self._writer.run(
            lambda connection: forwarding.done(connection, number, moment, their_transaction_id)
        )

    async def our_transaction(self, charge_point_id: str, their_transaction_id: int) -> int | None:
        """Return our number of a transaction that the second central system calls so."""
        return await self._writer.run(
            lambda connection: forwarding.our_transaction(
                connection, charge_point_id, their_transaction_id
            )
        )

    async def take_up(self, charge_point_id: str) -> None:
        """Complete what was being kept when everything stopped, before any of it is delivered."""
        await self._writer.run(partial(forwarding.take_up, charge_point_id=charge_point_id))

    async def forget(self, charge_point_id: str) -> None:
        """Forget what waits for the second central system, and what it was told."""
        await self._writer.run(partial(forwarding.forget, charge_point_id=charge_point_id))

    async def keep_only(self, charge_point_ids: Iterable[str]) -> None:
        """Forget all of chargers that are not told of, or not ours, any more."""
        kept = frozenset(charge_point_ids)
        await self._writer.run(partial(forwarding.keep_only, charge_point_ids=kept))
