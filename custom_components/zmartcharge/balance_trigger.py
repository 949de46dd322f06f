"""The trigger of load balancing: the chargers of a site should be told something else."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .balance import Need
from .devices import device_id_of
from .hub import Hub
from .need_trigger import NeedChannel, NeedTrigger
from .site import Site

#: A need that comes again within this is the same one: it is told every few seconds while it lasts.
_SAME_WITHIN = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class BalanceNeeded:
    """A need of a site; ``repeated`` when it was told of shortly before."""

    site: Site
    reason: Need
    repeated: bool

    @property
    def subentry_id(self) -> str:
        """Return the site's."""
        return self.site.config.subentry_id

    @property
    def description(self) -> str:
        """Return it in words."""
        need = self.reason.replace("_", " ")
        return f"need for load balancing at {self.site.config.name}: {need}"

    def variables(self, hass: HomeAssistant) -> dict[str, Any]:
        """Return the site's lines and chargers; currents in A, None while not known."""
        site = self.site
        return {
            "site": site.config.name,
            "repeated": self.repeated,
            "lines": {
                line.upper(): {
                    "current": _rounded(site.current(line)),
                    "headroom": _rounded(site.headroom(line)),
                }
                for line in site.config.grid.phases
            },
            "chargers": [
                {
                    "name": connector.charger.config.name,
                    "device_id": device_id_of(hass, connector.charger.config.subentry_id),
                    "connector": connector.connector_id,
                    "allocated": _rounded(connector.allocated),
                }
                for connector in site.balancing.connectors
            ],
        }


_CHANNEL: NeedChannel[BalanceNeeded] = NeedChannel("balance", Need)


@callback
def async_announce_needs(hub: Hub) -> None:
    """Let the triggers hear of every need of the hub's sites, which have none once it stops."""
    _CHANNEL.open(
        hub,
        lambda site: site.balancing.async_on_need(_Announcer(hub.hass, site).announce),
        lambda site: site.balancing.ask(),
    )


class _Announcer:
    """Tells the triggers of one site's needs."""

    def __init__(self, hass: HomeAssistant, site: Site) -> None:
        self._hass = hass
        self._site = site
        self._last: tuple[Need, datetime] | None = None

    @callback
    def announce(self, need: Need) -> None:
        last, now = self._last, dt_util.utcnow()
        repeated = last is not None and last[0] is need and now - last[1] <= _SAME_WITHIN
        self._last = need, now
        _CHANNEL.tell(self._hass, BalanceNeeded(self._site, need, repeated))


class BalanceNeededTrigger(NeedTrigger):
    """Fires, every few seconds while nobody acts, when the chargers of a site want other limits."""

    channel = _CHANNEL


def _rounded(amperes: float | None) -> float | None:
    return None if amperes is None else round(amperes, 1)
