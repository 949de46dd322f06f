"""What a 2.0.1 charger shows its people: messages (block O) and costs (I02)."""

from typing import Any


class Display:
    """The display of one charger."""

    def __init__(self) -> None:
        """Show nothing."""
        self.messages: dict[int, dict[str, Any]] = {}
        #: What transactions cost so far, by the charger's names for them.
        self.costs: dict[str, float] = {}
        #: What transactions cost in the end (I03), likewise.
        self.totals: dict[str, float] = {}
        #: What it has shown whoever was let in.
        self.greetings: list[dict[str, Any]] = []

    def show(self, message: dict[str, Any]) -> str:
        """Show a message in the place of the one with its id; return the DisplayMessageStatus."""
        if message["message"]["format"] not in {"ASCII", "UTF8"}:
            return "NotSupportedMessageFormat"
        self.messages[message["id"]] = message
        return "Accepted"

    def greet(self, info: dict[str, Any] | None) -> None:
        """Show whoever was let in the personalMessage of an IdTokenInfo (I01)."""
        if message := (info or {}).get("personal_message"):
            self.greetings.append(message)

    def take_cost(self, event: dict[str, Any], cost: float | None) -> None:
        """Show what the answer to a TransactionEvent said of its transaction's cost (I02, I03)."""
        if cost is not None:
            told = self.totals if event["event_type"] == "Ended" else self.costs
            told[event["transaction_info"]["transaction_id"]] = cost

    def clear(self, number: int) -> str:
        """Show a message no longer; return the ClearMessageStatus."""
        return "Unknown" if self.messages.pop(number, None) is None else "Accepted"

    def chosen(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the messages that a GetDisplayMessages chooses (O03, O04)."""
        numbers = request.get("id")
        return [
            message
            for number, message in self.messages.items()
            if (numbers is None or number in numbers)
            and all(request.get(key) in (None, message.get(key)) for key in ("priority", "state"))
        ]
