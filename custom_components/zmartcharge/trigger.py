"""Triggers: what happens at a site that automations take decisions on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
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

from .balance import Need
from .charger import Charger
from .connector import Connector
from .const import DOMAIN
from .devices import device_id_of
from .hub import Hub
from .plan_trigger import PlanNeededTrigger
from .site import Site

CONF_REASON = "reason"

#: A need that comes again within this is the same one: it is told every few seconds while it lasts.
_SAME_WITHIN = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Needed:
    """A need of a site; ``repeated`` when it was told of shortly before."""

    site: Site
    need: Need
    repeated: bool


#: Between the sites, which come and go with their hub, and the triggers, which outlive it.
_SIGNAL: SignalType[Needed] = SignalType(f"{DOMAIN}_balance_needed")

#: Somebody has begun to listen.
_ATTACHED: SignalType[()] = SignalType(f"{DOMAIN}_balance_attached")

_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_OPTIONS, default=dict): {
            vol.Optional(ATTR_DEVICE_ID, default=list): vol.All(cv.ensure_list, [cv.string]),
            vol.Optional(CONF_REASON, default=list): vol.All(
                cv.ensure_list, [vol.All(vol.In([need.value for need in Need]), Need)]
            ),
        }
    }
)


@callback
def async_announce_needs(hub: Hub) -> None:
    """Let the triggers hear of every need of the hub's sites, which have none once it stops."""
    heard: dict[str, Site] = {}

    @callback
    def listen(sites: list[Site], _chargers: list[Charger], _connectors: list[Connector]) -> None:
        for site in sites:
            # A site comes again each time that its configuration has changed.
            if heard.get(site.config.subentry_id) is not site:
                heard[site.config.subentry_id] = site
                site.balancing.async_on_need(_Announcer(hub.hass, site).announce)

    @callback
    def ask() -> None:
        for site in hub.sites.values():
            site.balancing.ask()

    hub.async_on_new_things(listen)
    hub.entry.async_on_unload(async_dispatcher_connect(hub.hass, _ATTACHED, ask))


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
        async_dispatcher_send(self._hass, _SIGNAL, Needed(self._site, need, repeated))


class BalanceNeededTrigger(Trigger):
    """Fires when the chargers of a site should be told something else.

    While nobody does anything about it, it fires again every few seconds.
    """

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Validate the options; an empty list of sites or reasons means all of them."""
        return cast("ConfigType", _SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take the sites and the reasons."""
        super().__init__(hass, config)
        options = config.options or {}
        self._device_ids = frozenset(options[ATTR_DEVICE_ID])
        self._reasons = frozenset(options[CONF_REASON]) or frozenset(Need)

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Listen to all sites, whether the integration is loaded yet or not."""

        @callback
        def hear(needed: Needed) -> None:
            device_id = device_id_of(self._hass, needed.site.config.subentry_id)
            if needed.need in self._reasons and (
                not self._device_ids or device_id in self._device_ids
            ):
                run_action(_variables(self._hass, needed, device_id), _description(needed))

        remove = async_dispatcher_connect(self._hass, _SIGNAL, hear)
        # An automation that was changed has other options now: it is asked once, when it is ready.
        self._hass.loop.call_soon(async_dispatcher_send, self._hass, _ATTACHED)
        return remove


TRIGGERS: dict[str, type[Trigger]] = {
    "balance_needed": BalanceNeededTrigger,
    "plan_needed": PlanNeededTrigger,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return TRIGGERS


def _description(needed: Needed) -> str:
    need = needed.need.replace("_", " ")
    return f"need for load balancing at {needed.site.config.name}: {need}"


def _variables(hass: HomeAssistant, needed: Needed, device_id: str | None) -> dict[str, Any]:
    """Return what automations find in ``trigger``; currents in A, None while not known."""
    site = needed.site
    return {
        "site": site.config.name,
        "device_id": device_id,
        "reason": needed.need.value,
        "repeated": needed.repeated,
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


def _rounded(amperes: float | None) -> float | None:
    return None if amperes is None else round(amperes, 1)
