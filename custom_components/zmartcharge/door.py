"""Who may connect: the chargers that are configured, and those that a flow waits for."""

from datetime import datetime, timedelta
import logging
from typing import TYPE_CHECKING, override

from homeassistant.config_entries import SOURCE_INTEGRATION_DISCOVERY, ConfigEntryState
from homeassistant.core import callback
from homeassistant.helpers import discovery_flow
from homeassistant.util import dt as dt_util

from .charger import Charger
from .config import ChargerConfig
from .const import CONF_CHARGE_POINT_ID, DOMAIN
from .csms import Directory, Registration
from .security_events import SecurityEvent

if TYPE_CHECKING:
    from .hub import Hub

_LOGGER = logging.getLogger(__name__)

#: Unknown ids remembered for an hour, so that each raises one notice; more come only from an
#: attacker, who cannot keep real chargers from being offered for longer than that.
_MAX_UNKNOWN = 20
_UNKNOWN_FOR = timedelta(hours=1)


class Door(Directory):
    """Of one hub's central system."""

    def __init__(self, hub: Hub) -> None:
        """Know nobody yet."""
        self.expected: dict[str, Charger] = {}
        self._hub = hub
        self._unknown: dict[str, datetime] = {}

    @override
    def find(self, charge_point_id: str) -> Registration | None:
        """Return a charger that is configured, or that a flow waits for."""
        charger = self.charger(charge_point_id)
        if charger is None:
            return None
        return Registration(
            key_hash=charger.config.key_hash,
            new_key_hashes=charger.config.new_key_hashes,
            handler=charger.messages,
            barred=charger.left_alone,
            profile=charger.config.profile,
            certificates=frozenset(charger.config.certificates),
            serial_number=charger.boot_info.serial if charger.boot_info else None,
        )

    @override
    def unknown(self, charge_point_id: str, remote: str) -> None:
        """Offer an unknown charger to the user, once."""
        now = dt_util.utcnow()
        for known, since in list(self._unknown.items()):
            if now - since > _UNKNOWN_FOR:
                del self._unknown[known]
        # While the hub is set up there is nothing yet that a charger could be added to.
        if self._hub.entry.state is not ConfigEntryState.LOADED or charge_point_id in self._unknown:
            return
        if len(self._unknown) >= _MAX_UNKNOWN:
            return
        self._unknown[charge_point_id] = now
        _LOGGER.info("Unknown charger %s at %s wants to connect", charge_point_id, remote)
        discovery_flow.async_create_flow(
            self._hub.hass,
            DOMAIN,
            context={"source": SOURCE_INTEGRATION_DISCOVERY},
            data={CONF_CHARGE_POINT_ID: charge_point_id},
        )

    @override
    def refused(self, charge_point_id: str, remote: str) -> None:
        """Note a wrong key, for the log and for the flow that waits for the charger."""
        _LOGGER.warning("%s at %s came with wrong credentials", charge_point_id, remote)
        if charger := self.charger(charge_point_id):
            charger.refused.set()
            charger.security.note(SecurityEvent.WRONG_KEY)

    def charger(self, charge_point_id: str) -> Charger | None:
        """Return the charger that is configured by this id, or that a flow waits for."""
        return self._hub.charger_by_id(charge_point_id) or self.expected.get(charge_point_id)

    @callback
    def expect(self, config: ChargerConfig) -> Charger:
        """Let a charger in that a flow is about to add."""
        charger = self.expected.get(config.charge_point_id)
        if charger is None:
            charger = self.expected[config.charge_point_id] = Charger(self._hub, config)
        else:
            charger.config = config
        return charger

    @callback
    def unexpect(self, charge_point_id: str) -> None:
        """Forget a charger whose flow ended without adding it."""
        self._unknown.pop(charge_point_id, None)
        if any(s.unique_id == charge_point_id for s in self._hub.entry.subentries.values()):
            return
        if charger := self.expected.pop(charge_point_id, None):
            charger.close()
            if self._hub.running:
                self._hub.create_task(self._hub.csms.disconnect(charge_point_id), "disconnect")

    @callback
    def forget(self, charge_point_id: str) -> None:
        """Forget that an unknown charger was offered, so that it is offered again."""
        self._unknown.pop(charge_point_id, None)
