"""Remembers that a charger was told to begin a session, until that has come of it or not."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later

from .access import normalised
from .csms import ConnectorState

if TYPE_CHECKING:
    from .connector import Connector

#: So long a charger may take from the order to the first current.
LASTS = timedelta(minutes=1)
#: In these it has come to something, or to nothing.
_OVER = {
    ConnectorState.CHARGING,
    ConnectorState.SUSPENDED_EV,
    ConnectorState.FAULTED,
    ConnectorState.UNAVAILABLE,
}


class Beginning:
    """Of one connector."""

    def __init__(self, connector: Connector) -> None:
        """Have begun nothing."""
        self._connector = connector
        #: The cable was out when the charger was told, which says Preparing all the same.
        self.awaits_cable = False
        self._id_tag: str | None = None
        self._later: CALLBACK_TYPE | None = None

    @property
    def under_way(self) -> bool:
        """Tell whether a session is about to begin."""
        return self._id_tag is not None

    def is_of(self, id_tag: str) -> bool:
        """Tell whether a session is about to begin in the name of an idTag."""
        return self._id_tag is not None and normalised(self._id_tag) == normalised(id_tag)

    @contextmanager
    def ordered(self, id_tag: str) -> Generator[None]:
        """Note for whom the charger is told to begin, unless it does not want to."""
        # The session may be there before the answer to the order is.
        if self._id_tag is None:
            self.awaits_cable = not self._connector.plugged
        before, self._id_tag = self._id_tag, id_tag
        try:
            yield
        except BaseException:
            self._id_tag = before
            self.awaits_cable = self.awaits_cable and before is not None
            raise
        if self._id_tag is not None:
            self._stop()
            self._later = async_call_later(self._connector.charger.hass, LASTS, self._has_lasted)
            self._connector.async_notify()

    @callback
    def look(self, before: ConnectorState | None) -> None:
        """Look at what the connector's state has become."""
        left = before is not ConnectorState.AVAILABLE
        if self._connector.state in _OVER or (
            left and self._connector.state is ConnectorState.AVAILABLE
        ):
            self.close()

    @callback
    def close(self) -> None:
        """Wait for nothing any more."""
        self._id_tag, self.awaits_cable = None, False
        self._stop()

    @callback
    def _has_lasted(self, _now: datetime) -> None:
        self.close()
        self._connector.async_notify()

    @callback
    def _stop(self) -> None:
        if self._later:
            self._later()
            self._later = None
