"""Connectors that the house put out of operation, whoever puts something else back.

By load balancing, as the last that it can do against a charger that draws more than it may, or by an
administrator's request. A charger keeps that over restarts (OCPP 1.6, clause 5.2), but one request
for the whole charger ends it for all connectors of it. So what stays out is kept here, and told again
after each such request and each time that the charger comes. Only an administrator's request ends it.
"""

from collections.abc import Iterable, Mapping
import logging
from typing import TYPE_CHECKING, Any

from homeassistant.core import HomeAssistant, callback

from .csms import NOT_DONE, CsmsError
from .kept_values import KeptValues

if TYPE_CHECKING:
    from .charger import Charger

_LOGGER = logging.getLogger(__name__)

WHOLE_CHARGER = 0
_DONE = {"Accepted", "Scheduled"}


class OutOfOperationStore(KeptValues[frozenset[int]]):
    """By the chargers' subentry ids; 0 is the whole charger."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare to keep them."""
        super().__init__(hass, "out_of_operation", read=_read, write=sorted, save_after=0)


class OutOfOperation:
    """Of one charger."""

    def __init__(self, charger: Charger, store: OutOfOperationStore) -> None:
        """Take where it is kept over a restart."""
        self._charger = charger
        self._store = store

    @property
    def connectors(self) -> frozenset[int]:
        """Return what stays out of operation."""
        return self._store.values.get(self._charger.config.subentry_id, frozenset())

    def keeps(self, connector_id: int) -> bool:
        """Tell whether a connector (0: the whole charger) may not be put back."""
        return bool(self.connectors & {WHOLE_CHARGER, connector_id})

    async def put_out(self, connector_id: int) -> None:
        """Put a connector out of operation for good. Raises the errors of the station."""
        before = self.connectors
        # First: the answer may get lost.
        self._keep(before | {connector_id})
        try:
            await self._charger.station.set_available(connector_id, available=False)
        except NOT_DONE:
            self._keep(before)
            raise

    async def put_back_charger(self) -> None:
        """Put the whole charger back, but what stays out. Raises the errors of the station."""
        await self._charger.station.set_available(WHOLE_CHARGER, available=True)
        self._keep(self.connectors - {WHOLE_CHARGER})
        await self.again()

    async def again(self) -> None:
        """Tell the charger again what stays out, after it may have been put back."""
        for connector_id in sorted(self.connectors):
            try:
                await self._charger.station.set_available(connector_id, available=False)
            except CsmsError as err:
                _LOGGER.warning("%s may be operative: %s", self._charger.config.name, err)

    @callback
    def requested(
        self, action: str, payload: Mapping[str, Any], response: Mapping[str, Any]
    ) -> None:
        """Hear what an administrator had a charger do by a request of OCPP."""
        if action != "ChangeAvailability" or response.get("status") not in _DONE:
            return
        if self._charger.station.version == "1.6":
            connector_id, status = payload["connectorId"], payload["type"]
            # There the whole charger is all its connectors; of newer ones each keeps its own state.
            over = self.connectors if connector_id == WHOLE_CHARGER else {connector_id}
        else:
            place, status = payload.get("evse") or {}, payload["operationalStatus"]
            connector_id = place.get("id", WHOLE_CHARGER)
            over = {connector_id}
        if status == "Operative":
            self._keep(self.connectors - over)
            self._charger.second_system.availability.look()
        else:
            self._keep(self.connectors | {connector_id})

    @callback
    def forget(self) -> None:
        """Forget everything: the charger is another one now, or none of ours."""
        self._keep(frozenset())

    @callback
    def _keep(self, connectors: frozenset[int]) -> None:
        if connectors == self.connectors:
            return
        self._store.values.pop(self._charger.config.subentry_id, None)
        if connectors:
            self._store.values[self._charger.config.subentry_id] = connectors
        self._store.changed()


def _read(kept: Iterable[int]) -> frozenset[int]:
    return frozenset(int(each) for each in kept)
