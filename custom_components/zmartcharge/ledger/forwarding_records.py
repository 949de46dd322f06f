"""What the ledger keeps for a second central system. Times are aware UTC."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardedMessage:
    """A message of a charger that another central system is to have.

    ``key`` is the same for the same message said again. ``payload`` is JSON as the charger sent it.
    ``transaction_id`` is ours, None where the message has none or it is not known yet; ``opens``:
    it begins that transaction. Of ``droppable`` ones the oldest give way when too many wait.
    """

    charge_point_id: str
    key: str
    action: str
    payload: str = field(repr=False)
    transaction_id: int | None = None
    opens: bool = False
    droppable: bool
    queued_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingMessage:
    """A message that waits for its turn, and what the other system calls its transaction."""

    number: int
    message: ForwardedMessage
    their_transaction_id: int | None = None
