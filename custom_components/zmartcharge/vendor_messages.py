"""What chargers say that only their vendor understands (DataTransfer), for automations of the user."""

from collections.abc import Callable
import json

from homeassistant.core import CALLBACK_TYPE, callback

from .csms import VendorAnswer, VendorMessage, VendorStatus

#: What is shown of a message: characters.
_MOST_DATA = 2000


class VendorMessages:
    """Of one charger."""

    def __init__(self) -> None:
        """Have nobody who listens."""
        self._listeners: list[Callable[[VendorMessage], None]] = []

    @callback
    def async_listen(self, listener: Callable[[VendorMessage], None]) -> CALLBACK_TYPE:
        """Call ``listener`` with each message."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def take(self, message: VendorMessage) -> VendorAnswer:
        """Pass a message on, and answer that nobody here speaks for that vendor (1.6, clause 4.3).

        To accept it would promise that it had been acted on as the vendor says.
        """
        for listener in list(self._listeners):
            listener(message)
        return VendorAnswer(status=VendorStatus.UNKNOWN_VENDOR)


def data_text(message: VendorMessage) -> str | None:
    """Return what a message carries as text, cut; None where it carries nothing."""
    match message.data:
        case None:
            return None
        case str() as text:
            return text[:_MOST_DATA]
        case data:
            return json.dumps(data)[:_MOST_DATA]
