"""Shows what the ledger says of connectors, no more often than somebody could look."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from .csms import NotAcknowledgedError

if TYPE_CHECKING:
    from .bookkeeping import Bookkeeping
    from .charger import Charger
    from .connector import Connector

#: How many values of a connector are shown at once, and how many per second go on being shown. What
#: comes more often is kept in the ledger all the same.
BURST, _RATE = 10.0, 2.0


@dataclass(slots=True)
class _Pace:
    """How many more values of a connector may be shown at a time, and what waits to be."""

    left: float
    at: datetime
    waiting: CALLBACK_TYPE | None = None

    def may(self, now: datetime) -> bool:
        """Count one that is shown, if it may be."""
        passed = max(0.0, (now - self.at).total_seconds())
        self.left = min(BURST, self.left + passed * _RATE)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True

    @callback
    def stop(self) -> None:
        """Wait no more."""
        if self.waiting:
            self.waiting()
            self.waiting = None


class Refreshing:
    """What a charger's connectors show of their sessions."""

    def __init__(self, charger: Charger) -> None:
        """Start with nothing shown."""
        self._charger = charger
        self._paces: dict[int, _Pace] = {}

    async def values(self, connector: Connector, books: Bookkeeping) -> None:
        """Show new values, or the last of them a moment later when they come too often.

        Raises NotAcknowledgedError when the ledger cannot be asked.
        """
        now = dt_util.utcnow()
        pace = self._paces.setdefault(connector.connector_id, _Pace(BURST, now))
        if pace.may(now):
            await self.now(connector, books)
        elif pace.waiting is None:

            @callback
            def late(_: datetime) -> None:
                pace.waiting = None
                self._charger.create_task(self._show(connector, books), "values shown late")

            pace.waiting = async_call_later(self._charger.hass, 1 / _RATE, late)

    async def now(self, connector: Connector, books: Bookkeeping) -> None:
        """Show what the ledger says of a connector; raises NotAcknowledgedError."""
        if pace := self._paces.get(connector.connector_id):
            pace.stop()
        session_id = connector.session.id if connector.session else None
        now = await books.now(connector.connector_id, session_id)
        if session_id is not None:
            connector.take_session(now.session)
            connector.cost = now.cost
        connector.lifetime = now.lifetime
        connector.savings.look()
        connector.async_notify()
        self._charger.rebalance(connector)

    @callback
    def close(self) -> None:
        """Show nothing any more."""
        for pace in self._paces.values():
            pace.stop()

    async def _show(self, connector: Connector, books: Bookkeeping) -> None:
        try:
            await self.now(connector, books)
        except NotAcknowledgedError:
            return  # a repair tells of it, and the next values are shown
