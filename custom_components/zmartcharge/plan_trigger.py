"""The trigger of smart charging: a car should be planned for."""

from dataclasses import dataclass
from typing import Any, cast, override

from homeassistant.const import ATTR_DEVICE_ID, CONF_OPTIONS
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.dispatcher import async_dispatcher_connect, async_dispatcher_send
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util
from homeassistant.util.signal_type import SignalType
import voluptuous as vol

from .charger import Charger
from .connector import Connector
from .const import DOMAIN
from .devices import device_id_of
from .hub import Hub
from .plan import ReplanReason
from .site import Site

CONF_REASON = "reason"


@dataclass(frozen=True, slots=True)
class PlanNeeded:
    """A connector whose charging should be planned."""

    connector: Connector
    reason: ReplanReason


#: Between the sites, which come and go with their hub, and the triggers, which outlive it.
_SIGNAL: SignalType[PlanNeeded] = SignalType(f"{DOMAIN}_plan_needed")
#: Somebody has begun to listen.
_ATTACHED: SignalType[()] = SignalType(f"{DOMAIN}_plan_attached")

_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_OPTIONS, default=dict): {
            vol.Optional(ATTR_DEVICE_ID, default=list): vol.All(cv.ensure_list, [cv.string]),
            vol.Optional(CONF_REASON, default=list): vol.All(
                cv.ensure_list,
                [vol.All(vol.In([reason.value for reason in ReplanReason]), ReplanReason)],
            ),
        }
    }
)


@callback
def async_announce_plans(hub: Hub) -> None:
    """Let the triggers hear of every need of the hub's chargers, which have none once it stops."""
    heard: dict[str, Site] = {}

    @callback
    def announce(connector: Connector, reason: ReplanReason) -> None:
        async_dispatcher_send(hub.hass, _SIGNAL, PlanNeeded(connector, reason))

    @callback
    def listen(sites: list[Site], _chargers: list[Charger], _connectors: list[Connector]) -> None:
        for site in sites:
            # A site comes again each time that its configuration has changed.
            if heard.get(site.config.subentry_id) is not site:
                heard[site.config.subentry_id] = site
                site.planning.async_on_need(announce)

    @callback
    def ask() -> None:
        for site in hub.sites.values():
            site.planning.ask()

    hub.async_on_new_things(listen)
    hub.entry.async_on_unload(async_dispatcher_connect(hub.hass, _ATTACHED, ask))


class PlanNeededTrigger(Trigger):
    """Fires when a car came, or something changed that another plan may be better for.

    While nobody makes a plan, it fires again each minute.
    """

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Validate the options; an empty list of chargers or reasons means all of them."""
        return cast("ConfigType", _SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take the chargers and the reasons."""
        super().__init__(hass, config)
        options = config.options or {}
        self._device_ids = frozenset(options[ATTR_DEVICE_ID])
        self._reasons = frozenset(options[CONF_REASON]) or frozenset(ReplanReason)

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Listen to all chargers, whether the integration is loaded yet or not."""

        @callback
        def hear(needed: PlanNeeded) -> None:
            charger = needed.connector.charger.config
            device_id = device_id_of(self._hass, charger.subentry_id)
            if needed.reason in self._reasons and (
                not self._device_ids or device_id in self._device_ids
            ):
                reason = needed.reason.replace("_", " ")
                run_action(
                    _variables(needed, device_id), f"need for a plan of {charger.name}: {reason}"
                )

        remove = async_dispatcher_connect(self._hass, _SIGNAL, hear)
        # An automation that was changed has other options now: it is asked once, when it is ready.
        self._hass.loop.call_soon(async_dispatcher_send, self._hass, _ATTACHED)
        return remove


def _variables(needed: PlanNeeded, device_id: str | None) -> dict[str, Any]:
    """Return what automations find in ``trigger``; energy in kWh."""
    connector = needed.connector
    ready_by = connector.smart.needs.ready_by(dt_util.utcnow())
    return {
        "charger": connector.charger.config.name,
        "device_id": device_id,
        "connector": connector.connector_id,
        "reason": needed.reason.value,
        "energy": connector.smart.watch.taken / 1000,
        "ready_by": ready_by and dt_util.as_local(ready_by),
    }
