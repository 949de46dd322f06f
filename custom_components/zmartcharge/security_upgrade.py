"""Brings a charger that comes without encryption to come by TLS, and demands that from then on."""

from enum import StrEnum
from typing import TYPE_CHECKING

from .addresses import own_base
from .const import CONF_SECURITY_PROFILE
from .csms import Interface, SecurityProfile, UpgradeEnd, UpgradePlan, upgrade
from .security_events import SecurityEvent

if TYPE_CHECKING:
    from .charger import Charger
    from .hub import Hub


class UpgradeObstacle(StrEnum):
    """Why it cannot be done now; each is the key of a translated message."""

    NO_TLS = "upgrade_no_tls"
    NO_ROOT = "upgrade_no_root"
    NO_KEY = "upgrade_no_key"
    NOT_CONNECTED = "upgrade_away"
    CHARGING = "upgrade_charging"


class Upgrade:
    """From security profile 1 to 2."""

    def __init__(self, hub: Hub, charger: Charger) -> None:
        """Take the charger."""
        self._hub = hub
        self._charger = charger

    @property
    def obstacle(self) -> UpgradeObstacle | None:
        """Return why it cannot be done now."""
        charger, tls = self._charger, self._hub.tls
        if tls.port is None:
            return UpgradeObstacle.NO_TLS
        if not tls.roots:
            return UpgradeObstacle.NO_ROOT
        if charger.config.key_hash is None:
            return UpgradeObstacle.NO_KEY
        if not charger.connected:
            return UpgradeObstacle.NOT_CONNECTED
        return None if self._is_idle() else UpgradeObstacle.CHARGING

    @property
    def url_key(self) -> str | None:
        """Return the configuration key that seems to hold our address, None where none does."""
        return next(iter(self._addresses), None)

    @property
    def needs_interface(self) -> bool:
        """Return whether it must be told how it is on the network: from OCPP 2.0.1 on."""
        return self._charger.connected and self._charger.station.version != "1.6"

    async def run(
        self, url_key: str | None = None, interface: Interface = Interface.WIRED
    ) -> UpgradeEnd:
        """Do it, in up to twenty minutes; raises InvalidRequestError for an impossible key."""
        charger = self._charger
        identity = charger.config.charge_point_id
        url = own_base(charger.hass, self._hub, SecurityProfile.TLS_BASIC).removesuffix("/")
        if url_key and self._addresses.get(url_key, "").rstrip("/").endswith(f"/{identity}"):
            url = f"{url}/{identity}"
        plan = UpgradePlan(roots=self._hub.tls.roots, url_key=url_key, url=url, interface=interface)
        result = await upgrade(self._hub.csms, identity, plan, is_idle=self._is_idle)
        if result.end in (UpgradeEnd.DONE, UpgradeEnd.ALREADY):
            charger.store({CONF_SECURITY_PROFILE: SecurityProfile.TLS_BASIC.value})
            charger.security.note(SecurityEvent.PROFILE_RAISED)
        return result.end

    @property
    def _addresses(self) -> dict[str, str]:
        """Return what of the configuration is an address of ours, by key."""
        port = f":{self._hub.port}"
        return {
            key: value
            for key, value in self._charger.abilities.configuration.items()
            if value and value.startswith("ws://") and port in value
        }

    def _is_idle(self) -> bool:
        return not any(each.in_session for each in self._charger.connectors.values())
