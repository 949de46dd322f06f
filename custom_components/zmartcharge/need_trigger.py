"""What the triggers for automations that take decisions have in common: somebody needs one."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, ClassVar, Protocol, cast, override

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
from homeassistant.util.signal_type import SignalType
import voluptuous as vol

from .charger import Charger
from .connector import Connector
from .const import DOMAIN
from .devices import device_id_of
from .hub import Hub
from .site import Site

CONF_REASON = "reason"


class Needed(Protocol):
    """A decision that is needed."""

    @property
    def reason(self) -> StrEnum:
        """Return why."""

    @property
    def subentry_id(self) -> str:
        """Return whose device it is about."""

    @property
    def description(self) -> str:
        """Return what the automation's trace says."""

    def variables(self, hass: HomeAssistant) -> dict[str, Any]:
        """Return what automations find in ``trigger`` besides device and reason."""


class NeedChannel[NeededT: Needed]:
    """Between the sites, which come and go with their hub, and the triggers, which outlive it."""

    def __init__(self, name: str, reasons: type[StrEnum]) -> None:
        """Name it, and say which reasons there are."""
        self.reasons = reasons
        self.schema = vol.Schema(
            {
                vol.Required(CONF_OPTIONS, default=dict): {
                    vol.Optional(ATTR_DEVICE_ID, default=list): vol.All(
                        cv.ensure_list, [cv.string]
                    ),
                    vol.Optional(CONF_REASON, default=list): vol.All(
                        cv.ensure_list, [vol.All(vol.In([each.value for each in reasons]), reasons)]
                    ),
                }
            }
        )
        self._told: SignalType[NeededT] = SignalType(f"{DOMAIN}_{name}_needed")
        self._attached: SignalType[()] = SignalType(f"{DOMAIN}_{name}_attached")

    @callback
    def tell(self, hass: HomeAssistant, needed: NeededT) -> None:
        """Tell the triggers."""
        async_dispatcher_send(hass, self._told, needed)

    @callback
    def listen(self, hass: HomeAssistant, hear: Callable[[NeededT], None]) -> CALLBACK_TYPE:
        """Call back for each need, whether the integration is loaded yet or not."""
        remove = async_dispatcher_connect(hass, self._told, hear)
        # An automation that was changed has other options now: it is asked once, when it is ready.
        hass.loop.call_soon(async_dispatcher_send, hass, self._attached)
        return remove

    @callback
    def open(
        self, hub: Hub, announce: Callable[[Site], object], ask: Callable[[Site], object]
    ) -> None:
        """Announce what each of the hub's sites needs, and ask all when somebody begins to listen."""
        heard: dict[str, Site] = {}

        @callback
        def attend(
            sites: list[Site], _chargers: list[Charger], _connectors: list[Connector]
        ) -> None:
            for site in sites:
                # A site comes again each time that its configuration has changed.
                if heard.get(site.config.subentry_id) is not site:
                    heard[site.config.subentry_id] = site
                    announce(site)

        @callback
        def ask_all() -> None:
            for site in hub.sites.values():
                ask(site)

        hub.async_on_new_things(attend)
        hub.entry.async_on_unload(async_dispatcher_connect(hub.hass, self._attached, ask_all))


class NeedTrigger(Trigger):
    """Fires when a decision is needed. While nobody takes one, it fires again."""

    channel: ClassVar[NeedChannel[Any]]

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Validate the options; an empty list of devices or reasons means all of them."""
        return cast("ConfigType", cls.channel.schema(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take the devices and the reasons."""
        super().__init__(hass, config)
        options = config.options or {}
        self._device_ids = frozenset(options[ATTR_DEVICE_ID])
        self._reasons = frozenset(options[CONF_REASON]) or frozenset(self.channel.reasons)

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Listen to everybody."""

        @callback
        def hear(needed: Needed) -> None:
            device_id = device_id_of(self._hass, needed.subentry_id)
            if needed.reason in self._reasons and (
                not self._device_ids or device_id in self._device_ids
            ):
                variables = {"device_id": device_id, "reason": needed.reason.value}
                run_action(variables | needed.variables(self._hass), needed.description)

        return self.channel.listen(self._hass, hear)
