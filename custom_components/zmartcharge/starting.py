"""Starts a session for a car that is plugged in, when its time in the plan has come."""

from datetime import datetime, timedelta
import logging
from typing import TYPE_CHECKING

from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError

from .csms import CsmsError

if TYPE_CHECKING:
    from .connector import Connector

_LOGGER = logging.getLogger(__name__)

#: A session that does not begin is started again after this, and less often after some tries.
_AGAIN, _AGAIN_LATER, _TRIES = timedelta(minutes=2), timedelta(minutes=30), 5


class Starting:
    """Of one connector. A session that a user stops stays so until the car was unplugged."""

    def __init__(self, connector: Connector) -> None:
        """Have started nothing."""
        self._connector = connector
        self._had_session = False
        self._tries = 0
        self._tried_at: datetime | None = None

    @callback
    def had_session(self) -> None:
        """Note that this car has a session."""
        self._had_session = True

    @callback
    def forget(self) -> None:
        """Forget the car, which has left."""
        self._had_session, self._tries, self._tried_at = False, 0, None

    @callback
    def start(self, now: datetime) -> None:
        """Start a session for a car that has had none; to be repeated until there is one."""
        connector = self._connector
        if connector.in_session or self._had_session or not connector.charger.connected:
            return
        wait = _AGAIN if self._tries < _TRIES else _AGAIN_LATER
        if self._tried_at is not None and now - self._tried_at < wait:
            return
        self._tries, self._tried_at = self._tries + 1, now
        connector.charger.create_task(self._start(), "start by plan")

    async def _start(self) -> None:
        try:
            await self._connector.start()
        except (CsmsError, HomeAssistantError) as err:
            _LOGGER.warning(
                "%s: the planned session did not start: %s",
                self._connector.charger.config.name,
                err,
            )
