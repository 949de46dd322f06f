"""What the second central system put out of operation, and how that ends.

It ends like its limits: by the other itself, when it may command the charger no more, and when it has
been gone for an hour. Nothing else would put the charger back, which keeps over restarts that it is
out of operation (OCPP 1.6, clause 5.2). What its owner disabled stays so.
"""

import asyncio
from datetime import datetime, timedelta
import logging
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from .csms import NOT_DONE, CsmsError, Station, forwarding
from .second_system_limits import HOLD_WHILE_GONE

if TYPE_CHECKING:
    from .charger import Charger
    from .second_system import SecondSystem

_LOGGER = logging.getLogger(__name__)

_LOOK_EVERY = timedelta(minutes=1)
_WHOLE_CHARGER = 0


class SecondSystemAvailability:
    """Of one charger; its connectors by number, 0 is the whole charger."""

    def __init__(self, system: SecondSystem, charger: Charger) -> None:
        """Take who keeps what outlasts a command, and the charger."""
        self._system = system
        self._charger = charger
        self._timer: CALLBACK_TYPE | None = None
        self._restoring = asyncio.Lock()
        #: Who would not put something back; the next connection is asked again.
        self._refused_by: Station | None = None

    async def command(self, connector_id: int, *, available: bool) -> str:
        """Do what the other asks for. Raises the errors of the station."""
        if available and self._charger.out_of_operation.keeps(connector_id):
            # It is out of operation for another reason now, which alone counts.
            self._keep(self._inoperative - {connector_id}, self._due | {connector_id})
            raise forwarding.RequestRefusedError(forwarding.Reason.NOT_ALLOWED)
        station, before = self._charger.station, (self._inoperative, self._due)
        if not available:
            # First: its answer may get lost.
            self._keep(self._inoperative | {connector_id}, self._due - {connector_id})
        try:
            status = await station.set_available(connector_id, available=available)
        except NOT_DONE:
            self._keep(*before)
            raise
        if available:
            # Of newer chargers each EVSE keeps its own state beside the charger's (2.0.1, G03, G04).
            everything = connector_id == _WHOLE_CHARGER and station.version == "1.6"
            over = self._inoperative | self._due if everything else {connector_id}
            self._keep(self._inoperative - over, self._due - over)
            if connector_id == _WHOLE_CHARGER:
                await self._charger.out_of_operation.again()
        return status

    @callback
    def look(self, _now: datetime | None = None) -> None:
        """Let end what has to end now, and put back what is still to be put back."""
        if self._inoperative and not self._holds:
            self.lift()
            return
        if not self._inoperative and not self._due:
            self.close()
            return
        if self._timer is None:
            self._timer = async_track_time_interval(self._charger.hass, self.look, _LOOK_EVERY)
        if self._may_restore:
            self._charger.create_task(self.restore(), "operative again")

    @callback
    def lift(self) -> None:
        """Let all of it end: the one who did it is nothing any more to the charger."""
        self._keep(frozenset(), self._inoperative | self._due)

    async def restore(self) -> None:
        """Put back what is to be put back, as far as the charger is there and does it."""
        async with self._restoring:
            for connector_id in sorted(self._due):
                if not self._may_restore:
                    return
                station, ours = self._charger.station, self._charger.out_of_operation
                if connector_id in ours.connectors:
                    # Whoever puts that back ends both.
                    self._keep(self._inoperative, self._due - {connector_id})
                    continue
                if ours.keeps(connector_id):
                    continue
                try:
                    await station.set_available(connector_id, available=True)
                except NOT_DONE as err:
                    _LOGGER.warning("%s stays inoperative: %s", self._charger.config.name, err)
                    self._refused_by = station
                except CsmsError as err:
                    _LOGGER.info("%s may be inoperative: %s", self._charger.config.name, err)
                else:
                    self._keep(self._inoperative, self._due - {connector_id})
                    if connector_id == _WHOLE_CHARGER:
                        await ours.again()

    @callback
    def close(self) -> None:
        """Stop the timer."""
        if self._timer:
            self._timer()
            self._timer = None

    @property
    def _holds(self) -> bool:
        destination, gone = self._system.destination, self._system.gone_since
        if destination is None or destination.mode is not forwarding.ForwardingMode.PROXY:
            return False
        return gone is None or dt_util.utcnow() - gone <= HOLD_WHILE_GONE

    @property
    def _may_restore(self) -> bool:
        charger = self._charger
        if not self._due or not charger.connected or not charger.config.enabled:
            return False
        return charger.station is not self._refused_by

    @property
    def _inoperative(self) -> frozenset[int]:
        return self._system.kept.inoperative

    @property
    def _due(self) -> frozenset[int]:
        return self._system.kept.to_restore

    def _keep(self, inoperative: frozenset[int], due: frozenset[int]) -> None:
        if (inoperative, due) != (self._inoperative, self._due):
            self._system.keep(inoperative=inoperative, to_restore=due)
            self.look()
