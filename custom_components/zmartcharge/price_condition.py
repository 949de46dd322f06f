"""Conditions: whether power is cheap now, or dear, beside the rest of the day."""

from abc import abstractmethod
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
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .devices import loaded_hub, site_of_device
from .price_level import SHARE
from .price_moments import PriceMoments

CONF_SHARE = "share"

_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_OPTIONS): {
            vol.Required(ATTR_DEVICE_ID): cv.string,
            vol.Optional(CONF_SHARE, default=SHARE): vol.All(
                vol.Coerce(float), vol.Range(min=1, max=50)
            ),
        }
    }
)


class _PriceCondition(Condition):
    """Asks about the price of a site. Of a price that is not known nothing holds."""

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Validate the options."""
        return cast("ConfigType", _SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Take the site and the share of the day in %."""
        super().__init__(hass, config)
        options = config.options or {}
        self._device_id: str = options[ATTR_DEVICE_ID]
        self._share: float = options[CONF_SHARE]

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        hub = loaded_hub(self._hass)
        site = site_of_device(hub, self._device_id) if hub else None
        price = site.pricing.current if site else None
        condition_trace_update_result(price=float(price.total) if price else None)
        return site is not None and self._holds(site.pricing.moments) is True

    @abstractmethod
    def _holds(self, moments: PriceMoments) -> bool | None:
        """Tell whether the condition holds."""


class IsCheapCondition(_PriceCondition):
    """Tells whether the price is among the lowest of the day."""

    @override
    def _holds(self, moments: PriceMoments) -> bool | None:
        return moments.is_cheap(dt_util.utcnow(), self._share)


class IsPeakCondition(_PriceCondition):
    """Tells whether the price is among the highest of the day."""

    @override
    def _holds(self, moments: PriceMoments) -> bool | None:
        return moments.is_peak(dt_util.utcnow(), self._share)
