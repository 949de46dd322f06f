"""How living objects tell entities that something changed: by callback, never by polling."""

from collections.abc import Callable
import logging

from homeassistant.core import CALLBACK_TYPE, callback

_LOGGER = logging.getLogger(__name__)


class Observable:
    """Something that entities look at."""

    def __init__(self) -> None:
        """Start without listeners."""
        self._listeners: list[Callable[[], None]] = []

    @callback
    def async_add_listener(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Call ``listener`` after each change until the returned function is called."""
        self._listeners.append(listener)

        @callback
        def remove() -> None:
            self._listeners.remove(listener)

        return remove

    @callback
    def async_notify(self) -> None:
        """Tell every listener."""
        for listener in list(self._listeners):
            try:
                listener()
            except Exception:
                # The outermost barrier: what cannot be shown keeps no car from being charged, and
                # no session from being written down.
                _LOGGER.exception("%s cannot be shown", type(self).__name__)
