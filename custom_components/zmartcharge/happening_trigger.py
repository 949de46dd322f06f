"""The triggers for what happens at sites and chargers."""

from typing import Any, ClassVar, cast, override

from homeassistant.const import ATTR_DEVICE_ID, CONF_OPTIONS
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .devices import device_id_of
from .happening import SIGNAL, Happened, Happening

ATTR_MINUTES = "minutes"
#: For so long a cable is said to be forgotten; the event's ``minutes`` count up to this.
LONGEST_FORGOTTEN = 24 * 60

_DEVICES = {vol.Optional(ATTR_DEVICE_ID, default=list): vol.All(cv.ensure_list, [cv.string])}
_CABLE = {
    **_DEVICES,
    vol.Optional(ATTR_MINUTES, default=30): vol.All(
        vol.Coerce(int), vol.Range(min=1, max=LONGEST_FORGOTTEN)
    ),
}


class HappeningTrigger(Trigger):
    """Fires once each time that something happens, at the chosen devices or at all."""

    what: ClassVar[Happening]
    schema: ClassVar[vol.Schema] = vol.Schema({vol.Required(CONF_OPTIONS, default=dict): _DEVICES})

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Validate the options; an empty list of devices means all of them."""
        return cast("ConfigType", cls.schema(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take the devices."""
        super().__init__(hass, config)
        options = config.options or {}
        self._device_ids = frozenset(options[ATTR_DEVICE_ID])

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Listen to everybody, whether the integration is loaded yet or not."""

        @callback
        def hear(happened: Happened) -> None:
            if happened.what is not self.what or not self._is_meant(happened):
                return
            device_id = device_id_of(self._hass, happened.subentry_id)
            if not self._device_ids or device_id in self._device_ids:
                variables: dict[str, Any] = {"device_id": device_id, "name": happened.name}
                description = f"{self.what.replace('_', ' ')}: {happened.name}"
                run_action(variables | happened.told, description)

        return async_dispatcher_connect(self._hass, SIGNAL, hear)

    def _is_meant(self, happened: Happened) -> bool:
        """Tell whether it is worth telling."""
        return True


class CableForgottenTrigger(HappeningTrigger):
    """Fires once when a cable has been in for so many minutes since charging ended."""

    what = Happening.CABLE_FORGOTTEN
    schema = vol.Schema({vol.Required(CONF_OPTIONS, default=dict): _CABLE})

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Take the devices and the minutes."""
        super().__init__(hass, config)
        self._minutes: int = (config.options or {})[ATTR_MINUTES]

    @override
    def _is_meant(self, happened: Happened) -> bool:
        return bool(happened.told["minutes_before"] < self._minutes <= happened.told["minutes"])


def trigger_of(happening: Happening) -> type[HappeningTrigger]:
    """Return the trigger for one thing that happens."""
    return type(f"{happening.name.title()}Trigger", (HappeningTrigger,), {"what": happening})
