"""What waits for a second central system, as the room of OCPP wants it and the ledger has it."""

from collections.abc import Sequence
import json
from typing import override

from homeassistant.util import dt as dt_util

from .csms import forwarding
from .ledger import LedgerError, Outbox


class KeptOutbox(forwarding.Outbox):
    """What waits for one charger's second system, in the ledger."""

    def __init__(self, outbox: Outbox, charge_point_id: str) -> None:
        """Take the ledger's part, and whose messages it is about."""
        self._outbox = outbox
        self._id = charge_point_id

    @override
    async def waiting(self, limit: int) -> Sequence[forwarding.Queued]:
        try:
            found = await self._outbox.waiting(self._id, limit)
        except LedgerError as err:
            raise forwarding.OutboxError(str(err)) from err
        return [
            forwarding.Queued(
                number=each.number,
                action=each.message.action,
                payload=json.loads(each.message.payload),
                transaction_id=each.message.transaction_id,
                their_transaction_id=each.their_transaction_id,
                droppable=each.message.droppable,
                queued_at=each.message.queued_at,
            )
            for each in found
        ]

    @override
    async def done(self, number: int, their_transaction_id: int | None = None) -> None:
        try:
            await self._outbox.done(number, dt_util.utcnow(), their_transaction_id)
        except LedgerError as err:
            raise forwarding.OutboxError(str(err)) from err
