"""The action that works out anew what charging has cost."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import DOMAIN
from .devices import site_of_device
from .hub import Hub
from .ledger import HeldPrice, LedgerError, Recalculation
from .site import Site
from .targets import running_hub

ATTR_END = "end"
ATTR_REASON = "reason"
ATTR_START = "start"

SERVICE_RECALCULATE_COSTS = "recalculate_costs"

_SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_DEVICE_ID): cv.string,
        vol.Required(ATTR_START): cv.datetime,
        vol.Required(ATTR_END): cv.datetime,
        vol.Optional(ATTR_REASON, default=""): vol.All(cv.string, vol.Length(max=200)),
    }
)
#: The ledger answers everybody else in between.
_AT_ONCE = timedelta(days=7)

#: Returns what a site's prices were, or are now said to have been, in [start, end), both UTC.
type PricesOf = Callable[[Site, datetime, datetime], Awaitable[Sequence[HeldPrice]]]


@callback
def async_setup_cost_services(
    hass: HomeAssistant, prices_of: PricesOf, recalculated: Callable[[Hub], object]
) -> None:
    """Register the action; ``recalculated`` is called when it has changed the ledger."""

    async def recalculate(call: ServiceCall) -> ServiceResponse:
        hub = running_hub(call.hass)
        site = site_of_device(hub, call.data[ATTR_DEVICE_ID])
        if site is None:
            raise _refusal("not_a_site")
        start, end = _span(call)
        try:
            done = await _recalculate(hub, site, start, end, call.data[ATTR_REASON], prices_of)
            await hub.refresh_costs(site)
        except LedgerError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key=f"ledger_{err.key}",
                translation_placeholders={"error": str(err)},
            ) from err
        finally:
            # What was done before something went wrong stays done.
            recalculated(hub)
        return _response(site, done) if call.return_response else None

    async_register_admin_service(
        hass,
        DOMAIN,
        SERVICE_RECALCULATE_COSTS,
        recalculate,
        schema=_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )


def _span(call: ServiceCall) -> tuple[datetime, datetime]:
    """Return the wanted time in UTC, no longer than until now; naive times are local ones."""
    start, end = (dt_util.as_utc(call.data[name]) for name in (ATTR_START, ATTR_END))
    now = dt_util.utcnow()
    if start >= end:
        raise _refusal("recalculate_end_before_start")
    if start >= now:
        raise _refusal("recalculate_future")
    return start, min(end, now)


async def _recalculate(
    hub: Hub, site: Site, start: datetime, end: datetime, reason: str, prices_of: PricesOf
) -> list[Recalculation]:
    """Recalculate week by week; raises a translated error when there are no prices at all."""
    site_id = site.config.subentry_id
    first = await hub.ledger.first_hour(site_id=site_id)
    start = end if first is None else max(start, first)
    done: list[Recalculation] = []
    priced = start >= end
    while start < end:
        until = min(start + _AT_ONCE, end)
        prices = await prices_of(site, start, until)
        priced |= bool(prices)
        done.append(
            await hub.ledger.recalculate(site_id, start, until, prices, reason, dt_util.utcnow())
        )
        start = until
    if not priced:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="recalculate_no_prices",
            translation_placeholders={"site": site.config.name},
        )
    return done


def _response(site: Site, done: list[Recalculation]) -> dict[str, Any]:
    """Return how many sessions cost something else now, and how much more in all.

    The difference is None when no session changed, or the currency did.
    """
    changed = [each for each in done if each.sessions]
    currencies = {each.currency for each in changed}
    known = len(currencies) == 1 and None not in currencies
    difference = sum((each.difference or Decimal(0) for each in changed), Decimal(0))
    return {
        "site": site.config.name,
        "sessions": len({session for each in changed for session in each.sessions}),
        "difference": float(round(difference, 2)) if known else None,
        "currency": next(iter(currencies)) if known else None,
    }


def _refusal(key: str) -> ServiceValidationError:
    return ServiceValidationError(translation_domain=DOMAIN, translation_key=key)
