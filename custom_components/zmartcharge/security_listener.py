"""Hears from the central system how securely chargers come, and tells each one's entities."""

import logging
from typing import TYPE_CHECKING, override

from homeassistant.core import callback

from .config import ChargerConfig
from .csms import HandshakeFailure, ProfileRefusal, SecurityListener, SecurityProfile
from .security_events import SecurityEvent

if TYPE_CHECKING:
    from .hub import Hub

_LOGGER = logging.getLogger(__name__)


def must_reconnect(
    before: ChargerConfig,
    after: ChargerConfig,
    came_by: SecurityProfile | None,
    came_with: str | None,
) -> bool:
    """Tell whether a charger's connection may not stay when its configuration changes.

    ``came_with`` is the fingerprint of the certificate by which it came, None where it came without.
    """
    return (
        before.charge_point_id != after.charge_point_id
        # The key that it was given and now has come with is not another one.
        or after.key_hash not in {before.key_hash, *before.new_key_hashes}
        or (came_by is not None and came_by < after.profile)
        or (came_with is not None and came_with not in after.certificates)
    )


class HubSecurity(SecurityListener):
    """Knows which charger is meant."""

    def __init__(self, hub: Hub) -> None:
        """Take the hub."""
        self._hub = hub

    @override
    @callback
    def insecure(self, charge_point_id: str, remote: str, refusal: ProfileRefusal) -> None:
        if charger := self._hub.door.charger(charge_point_id):
            charger.security.refused(refusal)

    @override
    @callback
    def more_secure(self, charge_point_id: str, remote: str, profile: SecurityProfile) -> None:
        _LOGGER.info("%s at %s came by security profile %s", charge_point_id, remote, profile)

    @override
    @callback
    def new_key_used(self, charge_point_id: str, key_hash: str) -> None:
        if charger := self._hub.charger_by_id(charge_point_id):
            charger.security.came_with_new_key(key_hash)

    @override
    @callback
    def handshake_failed(self, remote: str, failure: HandshakeFailure) -> None:
        """Tell the charger that was last heard from this address and is away, if there is one."""
        away = [
            charger
            for charger in self._hub.chargers.values()
            if charger.security.remote == remote and not charger.connected
        ]
        _LOGGER.info("TLS with %s failed: %s", remote, failure)
        if len(away) == 1:
            away[0].security.note(SecurityEvent.TLS_FAILED, failure.value)
