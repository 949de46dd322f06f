"""Conditions: what automations can ask about a site."""

from typing import Unpack, cast, override

from homeassistant.const import ATTR_DEVICE_ID, CONF_OPTIONS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.condition import (
    Condition,
    ConditionCheckParams,
    ConditionConfig,
    condition_trace_update_result,
)
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .balance import MINIMUM_CURRENT
from .devices import loaded_hub, site_of_device
from .price_condition import IsCheapCondition, IsPeakCondition
from .schemas import quantity
from .units import Phase

CONF_CURRENT = "current"
CONF_LINES = "lines"

_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_OPTIONS): {
            vol.Required(ATTR_DEVICE_ID): cv.string,
            vol.Optional(CONF_CURRENT, default=MINIMUM_CURRENT): quantity(250),
            vol.Optional(CONF_LINES, default=list): vol.All(
                cv.ensure_list, [vol.All(vol.Lower, vol.In([line.value for line in Phase]), Phase)]
            ),
        }
    }
)


class HasHeadroomCondition(Condition):
    """Tells whether the lines of a site can take some more amperes before the main fuse's rating.

    It goes by what the sensors of the headroom show. What is not known, or not fresh, is no headroom.
    """

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Validate the options; an empty list of lines means all that the site has."""
        return cast("ConfigType", _SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Take the site, the current in A and the lines."""
        super().__init__(hass, config)
        options = config.options or {}
        self._device_id: str = options[ATTR_DEVICE_ID]
        self._current: float = options[CONF_CURRENT]
        self._lines: tuple[Phase, ...] = tuple(options[CONF_LINES])

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        hub = loaded_hub(self._hass)
        site = site_of_device(hub, self._device_id) if hub else None
        if site is None:
            condition_trace_update_result(headroom=None)
            return False
        lines = self._lines or site.config.grid.phases
        headroom = {line.upper(): site.headroom(line) for line in lines}
        condition_trace_update_result(headroom=headroom)
        return all(known is not None and known >= self._current for known in headroom.values())


CONDITIONS: dict[str, type[Condition]] = {
    "has_headroom": HasHeadroomCondition,
    "is_cheap": IsCheapCondition,
    "is_peak": IsPeakCondition,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return CONDITIONS
