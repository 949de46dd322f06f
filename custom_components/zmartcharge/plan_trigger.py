"""The trigger of smart charging: a car should be planned for."""

from dataclasses import dataclass
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .connector import Connector
from .hub import Hub
from .need_trigger import NeedChannel, NeedTrigger
from .plan import ReplanReason
from .site import Site


@dataclass(frozen=True, slots=True)
class PlanNeeded:
    """A connector whose charging should be planned."""

    connector: Connector
    reason: ReplanReason

    @property
    def subentry_id(self) -> str:
        """Return the charger's."""
        return self.connector.charger.config.subentry_id

    @property
    def description(self) -> str:
        """Return it in words."""
        reason = self.reason.replace("_", " ")
        return f"need for a plan of {self.connector.charger.config.name}: {reason}"

    def variables(self, hass: HomeAssistant) -> dict[str, Any]:
        """Return whose it is, what it took in kWh, and when it has to be ready."""
        connector = self.connector
        ready_by = connector.smart.needs.ready_by(dt_util.utcnow())
        return {
            "charger": connector.charger.config.name,
            "connector": connector.connector_id,
            "energy": connector.smart.watch.taken / 1000,
            "ready_by": ready_by and dt_util.as_local(ready_by),
        }


_CHANNEL: NeedChannel[PlanNeeded] = NeedChannel("plan", ReplanReason)


@callback
def async_announce_plans(hub: Hub) -> None:
    """Let the triggers hear of every need of the hub's chargers, which have none once it stops."""

    @callback
    def announce(connector: Connector, reason: ReplanReason) -> None:
        _CHANNEL.tell(hub.hass, PlanNeeded(connector, reason))

    def attend(site: Site) -> None:
        site.planning.async_on_need(announce)

    _CHANNEL.open(hub, attend, lambda site: site.planning.ask())


class PlanNeededTrigger(NeedTrigger):
    """Fires, each minute while nobody plans, when a car came or another plan may be better."""

    channel = _CHANNEL
