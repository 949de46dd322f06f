"""Closes a session whose end was lost: the charger shows that there is none, and the ledger has one."""

from datetime import datetime, timedelta
import logging
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later

from .csms import ConnectorState, CsmsError
from .ledger import LedgerError

if TYPE_CHECKING:
    from .connector import Connector

_LOGGER = logging.getLogger(__name__)

#: In these states a transaction has not begun, or is over (OCPP 1.6, clause 7.7).
_WITHOUT_SESSION = {ConnectorState.AVAILABLE, ConnectorState.PREPARING}
#: How long that has to last. What was queued while the charger was offline may come after its status.
LASTS = timedelta(minutes=5)


class LostStop:
    """Of one connector."""

    def __init__(self, connector: Connector) -> None:
        """Suspect nothing."""
        self._connector = connector
        self._later: CALLBACK_TYPE | None = None
        self._suspected: tuple[str, int] | None = None

    @property
    def _open_session(self) -> tuple[str, int] | None:
        """Return the session that cannot go on, by its id and its energy; None without one."""
        connector = self._connector
        session = connector.session if connector.in_session else None
        if session is None or connector.state not in _WITHOUT_SESSION:
            return None
        return session.id, session.energy_wh

    @callback
    def look(self) -> None:
        """Look at what the connector's status means for its session."""
        suspected = self._open_session
        if suspected is None:
            self.close()
        elif self._later is None:
            self._suspected = suspected
            hass = self._connector.charger.hass
            self._later = async_call_later(hass, LASTS, self._has_lasted)

    @callback
    def close(self) -> None:
        """Suspect nothing any more."""
        if self._later:
            self._later()
            self._later = None

    @callback
    def _has_lasted(self, _now: datetime) -> None:
        self._later = None
        charger = self._connector.charger
        if not charger.connected or self._open_session != self._suspected:
            # It is away, or charges on whatever it says of itself.
            self.look()
            return
        charger.create_task(self._close_session(), "lost stop")

    async def _close_session(self) -> None:
        connector = self._connector
        charger, session = connector.charger, connector.session
        if session is None or not await self._is_over(session.transaction_id):
            return
        try:
            closed = await charger.ledger.interrupt(session.id)
        except LedgerError as err:
            charger.ledger_failed(err)
            return
        if connector.session and connector.session.id == closed.id and connector.in_session:
            _LOGGER.warning(
                "%s has not told of the end of a session; it is closed", charger.config.name
            )
            connector.take_session(closed)
            charger.notify_all()
            charger.rebalance(connector)

    async def _is_over(self, transaction_id: int) -> bool:
        """Ask a charger that can be asked. One of 2.0.1 may have a transaction without a car."""
        charger = self._connector.charger
        if not charger.connected:
            return False
        if charger.station.version == "1.6":
            return True
        try:
            status = await charger.station.transaction_status(transaction_id)
        except CsmsError as err:
            _LOGGER.debug("%s does not tell of a transaction: %s", charger.config.name, err)
            return False
        return status.ongoing is False and not status.messages_waiting
