"""What waits for the other central system, wherever it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ..rpc import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A message that waits: when it came (aware UTC), and what both sides call its transaction."""

    number: int
    action: str
    payload: JsonObject = field(repr=False)
    transaction_id: int | None = None
    their_transaction_id: int | None = None
    droppable: bool = False
    queued_at: datetime


class Outbox(Protocol):
    """The messages of one charger; every method raises OutboxError."""

    async def waiting(self, limit: int) -> Sequence[Queued]:
        """Return the oldest messages, in the order in which they came."""

    async def done(self, number: int, their_transaction_id: int | None = None) -> None:
        """Note that a message was delivered or given up."""
