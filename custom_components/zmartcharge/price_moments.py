"""The moments of a site's price that automations may want to act on: news, lows and peaks."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from .happening import Happened, Happening, announce
from .price import PriceSeries
from .price_level import SHARE, is_cheap, is_peak
from .prices_store import KeptPrices

if TYPE_CHECKING:
    from .hub import Hub
    from .pricing import Pricing


class PriceMoments:
    """Of one site."""

    def __init__(self, hub: Hub, pricing: Pricing) -> None:
        """Have told no more than before the restart."""
        self._hub = hub
        self._pricing = pricing

    def is_cheap(self, now: datetime, share: float = SHARE) -> bool | None:
        """Tell whether now is among the cheapest ``share`` % of the local day; None: not known."""
        price = self._pricing.prices.at(now)
        return None if price is None else is_cheap(price.total, self._day(now), share)

    def is_peak(self, now: datetime, share: float = SHARE) -> bool | None:
        """Tell whether now is among the dearest ``share`` % of the local day; None: not known."""
        price = self._pricing.prices.at(now)
        return None if price is None else is_peak(price.total, self._day(now), share)

    @callback
    def forget(self) -> None:
        """Begin anew, as with another contract."""
        kept = self._kept
        kept.told_until = kept.was_peak = None

    @callback
    def tell(self, spot: PriceSeries, now: datetime) -> None:
        """Tell automations what is new since this was last called."""
        kept = self._kept
        until, before = (spot.prices[-1].period.end if spot else None), kept.told_until
        # What is not known for a moment is not over.
        peak, was_peak = self.is_peak(now), kept.was_peak
        kept.told_until, kept.was_peak = until or before, was_peak if peak is None else peak
        if (before, was_peak) != (kept.told_until, kept.was_peak):
            self._hub.prices.changed()
        if before and until and until > before:
            self._announce(Happening.PRICES_PUBLISHED, {"until": dt_util.as_local(until)})
        if peak is None or was_peak is None or peak == was_peak:
            return
        price = self._pricing.prices.at(now)
        told = {
            "price": float(price.total) if price else None,
            "currency": self._pricing.currency,
        }
        self._announce(Happening.PRICE_PEAK_STARTED if peak else Happening.PRICE_PEAK_ENDED, told)

    @property
    def _kept(self) -> KeptPrices:
        return self._hub.prices.of(self._pricing.site.config.subentry_id)

    def _announce(self, what: Happening, told: dict[str, Any]) -> None:
        config = self._pricing.site.config
        announce(self._hub.hass, Happened(what, config.subentry_id, config.name, told))

    def _day(self, now: datetime) -> list[Decimal]:
        midnight = dt_util.start_of_local_day(dt_util.as_local(now))
        tomorrow = dt_util.start_of_local_day((midnight + timedelta(hours=36)).date())
        found = self._pricing.prices.between(dt_util.as_utc(midnight), dt_util.as_utc(tomorrow))
        return [each.total for each in found]
