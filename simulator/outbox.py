"""What a charger still has to tell the central system, in the order in which it happened.

Messages about transactions (OCPP 1.6, section 3.7) stay until they are answered, also over a
restart, and keep the time at which they happened. Everything else is forgotten when the connection
goes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

_UNKNOWN_TRANSACTION = -1
_MOST_SAMPLES = 5000


@dataclass(slots=True, kw_only=True)
class Outgoing:
    """A message to be sent; ``payload`` has the keys of the ``ocpp`` library's call classes.

    ``transaction_key`` names the transaction by the charger's own name: its id may not be known
    before a StartTransaction in front of this message is answered.
    """

    action: str
    payload: dict[str, Any]
    transaction_key: int | None = None
    connector_id: int = 0
    attempts: int = 0

    @property
    def is_kept(self) -> bool:
        """Return whether the message must survive a lost connection."""
        return self.transaction_key is not None


class Outbox:
    """A queue of messages with the transaction ids that are known so far."""

    #: Whether the version has a message for how a reservation ended: OCPP 1.6 has none.
    tells_reservations: ClassVar[bool] = False

    def __init__(self) -> None:
        """Start empty."""
        self._messages: list[Outgoing] = []
        self._transaction_ids: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._messages)

    def __iter__(self) -> Iterator[Outgoing]:
        return iter(tuple(self._messages))

    def add(self, message: Outgoing) -> None:
        """Put a message last. When too many samples wait, the oldest one is given up."""
        self._messages.append(message)
        samples = [item for item in self._messages if item.action == "MeterValues"]
        if len(samples) > _MOST_SAMPLES:
            self._messages.remove(samples[0])

    def add_first(self, message: Outgoing) -> None:
        """Put a message in front of all others."""
        self._messages.insert(0, message)

    def head(self) -> Outgoing | None:
        """Return the message to send next."""
        return self._messages[0] if self._messages else None

    def remove(self, message: Outgoing) -> None:
        """Take out a message that was answered or given up."""
        self._messages = [item for item in self._messages if item is not message]
        waiting = {item.transaction_key for item in self._messages}
        self._transaction_ids = {
            key: value for key, value in self._transaction_ids.items() if key in waiting
        }

    def forget_passing(self) -> None:
        """Drop what is worth nothing after the connection went."""
        self._messages = [item for item in self._messages if item.is_kept]

    def learn(self, transaction_key: int, transaction_id: int) -> None:
        """Take note of the id that the central system gave to a transaction."""
        self._transaction_ids[transaction_key] = transaction_id

    def payload(self, message: Outgoing, known: Mapping[int, int]) -> dict[str, Any]:
        """Return the payload to send, with the transaction id filled in.

        ``known`` holds the ids of the running transactions. A transaction whose StartTransaction
        was given up has the id -1, as real chargers send it.
        """
        if message.transaction_key is None or message.action == "StartTransaction":
            return message.payload
        ids = self._transaction_ids | dict(known)
        transaction_id = ids.get(message.transaction_key, _UNKNOWN_TRANSACTION)
        return message.payload | {"transaction_id": transaction_id}

    def save(self) -> dict[str, Any]:
        """Return the messages that must survive as JSON values."""
        return {
            "messages": [asdict(item) for item in self._messages if item.is_kept],
            "transaction_ids": {str(key): value for key, value in self._transaction_ids.items()},
        }

    def load(self, saved: Mapping[str, Any]) -> None:
        """Take over what ``save`` returned."""
        self._messages = [Outgoing(**values) for values in saved["messages"]]
        self._transaction_ids = {
            int(key): int(value) for key, value in saved["transaction_ids"].items()
        }
