"""Whether a charger is there; a short loss of its connection does not count."""

from collections.abc import Callable
from datetime import timedelta

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from .const import OFFLINE_GRACE


class Presence:
    """Follows a charger's connections."""

    def __init__(
        self,
        hass: HomeAssistant,
        gone: Callable[[], None],
        gone_for_long: Callable[[], None],
        long: Callable[[], timedelta],
    ) -> None:
        """Take whom to tell when the charger is gone, and when for long, and how long that is."""
        self._hass = hass
        self._gone = gone
        self._gone_for_long = gone_for_long
        self._long = long
        self._connected = False
        self._in_grace = True
        self._closed = False
        self._timers: list[CALLBACK_TYPE] = []

    @property
    def online(self) -> bool:
        """Tell whether the charger is there."""
        return self._connected or self._in_grace

    @callback
    def expect(self) -> None:
        """Begin to wait for a charger that has not connected yet."""
        if not self._connected:
            self._start_timers()

    @callback
    def came(self) -> None:
        """Hear of a connection."""
        self._connected = self._in_grace = True
        self._cancel_timers()

    @callback
    def left(self) -> None:
        """Hear that the connection is gone."""
        self._connected = False
        self._start_timers()

    @callback
    def close(self) -> None:
        """Stop the timers for good; the connection may end a moment later."""
        self._closed = True
        self._cancel_timers()

    def _start_timers(self) -> None:
        self._cancel_timers()
        if not self._closed:
            self._timers = [
                async_call_later(self._hass, OFFLINE_GRACE, self._grace_is_over),
                async_call_later(self._hass, self._long(), self._stayed_away),
            ]

    def _cancel_timers(self) -> None:
        for cancel in self._timers:
            cancel()
        self._timers = []

    @callback
    def _grace_is_over(self, _now: object) -> None:
        self._in_grace = False
        self._gone()

    @callback
    def _stayed_away(self, _now: object) -> None:
        self._gone_for_long()
