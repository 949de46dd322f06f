"""Starts a session for a car that is plugged in, when its time in the plan has come."""

from datetime import datetime, timedelta
import logging
from typing import TYPE_CHECKING

from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError

from .access import Refusal
from .const import ID_TAG_HOME_ASSISTANT
from .csms import CsmsError

if TYPE_CHECKING:
    from .connector import Connector
    from .ledger import Session

_LOGGER = logging.getLogger(__name__)

#: A session that does not begin is started again after this, and less often after some tries.
_AGAIN, _AGAIN_LATER, _TRIES = timedelta(minutes=2), timedelta(minutes=30), 5

#: Why a session ended that goes on (OCPP 1.6, clause 7.36): nobody wanted that.
_GOES_ON = {"PowerLoss", "Reboot", "HardReset", "SoftReset"}
#: Why a session ended that says nothing of the car that is there now: it came after that.
_CAR_LEFT = "EVDisconnected"


class Starting:
    """Of one connector. A session that a user stops stays so until the car was unplugged."""

    def __init__(self, connector: Connector) -> None:
        """Have started nothing."""
        self._connector = connector
        #: Somebody stopped this car's session.
        self.stopped = False
        #: A session ended that nobody ended: it goes on when the charger is there again.
        self.interrupted = False
        #: In whose name it goes on.
        self._id_tag = ID_TAG_HOME_ASSISTANT
        self._tries = 0
        self._tried_at: datetime | None = None

    @callback
    def ended(self, session: Session) -> None:
        """Note why this car's session ended: what somebody stopped is not begun again."""
        self.stopped = session.stop_reason not in {*_GOES_ON, _CAR_LEFT}
        self.interrupted = session.stop_reason in _GOES_ON
        # In nobody's name none can be begun from afar.
        self._id_tag = (self.interrupted and session.id_tag) or ID_TAG_HOME_ASSISTANT
        self._tries, self._tried_at = 0, None

    @callback
    def forget(self) -> None:
        """Forget the car, which has left."""
        self.stopped, self._tries, self._tried_at = False, 0, None
        self.interrupted, self._id_tag = False, ID_TAG_HOME_ASSISTANT

    @callback
    def start(self, now: datetime) -> None:
        """Start a session, unless somebody stopped the last one; to be repeated until there is one."""
        connector = self._connector
        if connector.in_session:
            self.interrupted, self._id_tag = False, ID_TAG_HOME_ASSISTANT
            return
        if self.stopped or not connector.charger.connected:
            return
        if not connector.charger.config.enabled or connector.reservation is not None:
            return
        # Whoever began it may have lost the right to it.
        gatekeeper, id_tag = connector.charger.gatekeeper, self._id_tag
        if isinstance(gatekeeper.decide_start(id_tag, connector.connector_id), Refusal):
            return
        wait = _AGAIN if self._tries < _TRIES else _AGAIN_LATER
        if self._tried_at is not None and now - self._tried_at < wait:
            return
        self._tries, self._tried_at = self._tries + 1, now
        connector.charger.create_task(self._start(id_tag), "start by plan")

    async def _start(self, id_tag: str) -> None:
        try:
            await self._connector.start(id_tag)
        except (CsmsError, HomeAssistantError) as err:
            _LOGGER.warning(
                "%s: the planned session did not start: %s",
                self._connector.charger.config.name,
                err,
            )
