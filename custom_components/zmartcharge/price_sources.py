"""Where spot prices come from in Home Assistant: each source answers for one delivery day."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from aiohttp import ClientError, ClientTimeout
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .price import (
    AREAS,
    PriceError,
    PriceProblem,
    PriceSeries,
    Source,
    parse_current_price,
    parse_nord_pool,
    parse_open_spot_prices,
    parse_price_list,
)
from .price_config import PriceConfig, PriceSource

if TYPE_CHECKING:
    from homeassistant.core import State

_NORD_POOL = "nordpool"
_NORD_POOL_ACTION = "get_price_indices_for_date"
_TIMEOUT = ClientTimeout(total=20)
#: Open services without a key, of one format; each has the areas of its country.
_WEB = {
    "NO": "https://www.hvakosterstrommen.no/api/v1/prices",
    "SE": "https://www.elprisetjustnu.se/api/v1/prices",
    "DK": "https://www.elprisenligenu.dk/api/v1/prices",
}
#: Where they are.
WEB_COUNTRIES = frozenset(_WEB)
_NOT_PUBLISHED = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND}


class ReaderPrices(Protocol):
    """The prices that a meter's reader tells."""

    def __call__(self) -> PriceSeries | None:
        """Return what it last told."""


def create_sources(
    hass: HomeAssistant, config: PriceConfig, reader: ReaderPrices
) -> tuple[Source, ...]:
    """Return the sources of a site's prices: the chosen one first, then those that can stand in."""
    contract = config.contract
    if not contract.needs_spot or contract.area is None:
        return ()
    area, currency = contract.area, contract.currency
    fetchers: dict[PriceSource, Callable[[date], Awaitable[PriceSeries]]] = {}
    if config.sensor:
        fetchers[PriceSource.SENSOR] = _Sensor(hass, config.sensor, currency, config.sensor_vat)
    fetchers[PriceSource.NORD_POOL] = _NordPool(hass, area, currency)
    if area[:2] in _WEB:
        fetchers[PriceSource.WEB] = _Web(hass, area, currency)
    if config.source is PriceSource.READER:
        fetchers[PriceSource.READER] = _Reader(reader)
    order = sorted(fetchers, key=lambda kind: kind is not config.source)
    if not config.fall_back:
        order = [kind for kind in order if kind is config.source]
    return tuple(Source(kind, fetchers[kind]) for kind in order)


class _NordPool:
    """Home Assistant's own Nord Pool integration."""

    def __init__(self, hass: HomeAssistant, area: str, currency: str) -> None:
        self._hass = hass
        self._area = area
        self._currency = currency

    async def __call__(self, day: date) -> PriceSeries:
        entries = self._hass.config_entries.async_loaded_entries(_NORD_POOL)
        if not entries:
            raise PriceError(PriceProblem.UNREACHABLE, source=_NORD_POOL)
        try:
            response = await self._hass.services.async_call(
                _NORD_POOL,
                _NORD_POOL_ACTION,
                {
                    "config_entry": entries[0].entry_id,
                    "date": day.isoformat(),
                    "areas": [self._area],
                    "currency": self._currency,
                    "resolution": 15,
                },
                blocking=True,
                return_response=True,
            )
        except (HomeAssistantError, vol.Invalid) as err:
            raise PriceError(PriceProblem.UNREACHABLE, source=_NORD_POOL, error=err) from err
        return parse_nord_pool(response, self._area, self._currency)


class _Web:
    """A service on the web that passes the market's prices on."""

    def __init__(self, hass: HomeAssistant, area: str, currency: str) -> None:
        self._hass = hass
        self._area = area
        self._currency = currency

    async def __call__(self, day: date) -> PriceSeries:
        base = _WEB[AREAS[self._area].country]
        url = f"{base}/{day:%Y/%m-%d}_{self._area}.json"
        session = async_get_clientsession(self._hass)
        try:
            async with session.get(url, timeout=_TIMEOUT) as response:
                if response.status in _NOT_PUBLISHED:
                    raise PriceError(PriceProblem.NOT_PUBLISHED)
                response.raise_for_status()
                payload: Any = await response.json(content_type=None)
        except (ClientError, TimeoutError, ValueError) as err:
            if isinstance(err, PriceError):
                raise
            raise PriceError(PriceProblem.UNREACHABLE, source=base, error=err) from err
        return parse_open_spot_prices(payload, self._currency)


class _Sensor:
    """A sensor of another integration, with a price list or only with the price of now."""

    def __init__(self, hass: HomeAssistant, entity_id: str, currency: str, vat: Decimal) -> None:
        self._hass = hass
        self._entity_id = entity_id
        self._currency = currency
        self._vat = vat

    async def __call__(self, day: date) -> PriceSeries:
        state = self._hass.states.get(self._entity_id)
        if state is None or state.state == STATE_UNAVAILABLE:
            raise PriceError(PriceProblem.UNREACHABLE, source=self._entity_id)
        return prices_of_state(state, self._currency, self._vat)


class _Reader:
    """The reader of the site's meter, which may know prices itself."""

    def __init__(self, prices: ReaderPrices) -> None:
        self._prices = prices

    async def __call__(self, day: date) -> PriceSeries:
        if (known := self._prices()) is None:
            raise PriceError(PriceProblem.UNREACHABLE, source=PriceSource.READER)
        return known


def prices_of_state(state: State, currency: str, vat: Decimal) -> PriceSeries:
    """Return a sensor's prices: its list, or the price of now. Raises PriceError."""
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    try:
        return parse_price_list(dict(state.attributes), unit=unit, currency=currency, vat=vat)
    except PriceError as problem:
        if problem.key is not PriceProblem.NO_PRICES or state.state == STATE_UNKNOWN:
            raise
    return parse_current_price(
        state.state, at=dt_util.utcnow(), unit=unit, currency=currency, vat=vat
    )
