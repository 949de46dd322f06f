"""Keeps the sites' spot prices over a restart, and what each home had consumed when its month began."""

from dataclasses import dataclass
import logging
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from .const import DOMAIN
from .price import PriceError, PriceSeries
from .units import WattHour

_LOGGER = logging.getLogger(__name__)

_VERSION = 1
_KEY = f"{DOMAIN}.prices"
_SAVE_AFTER = 60


@dataclass(slots=True)
class KeptPrices:
    """Of one site.

    ``month`` is a local month, as 2026-11, and ``register`` what the meter showed when it was first
    read in it, in Wh. ``step`` of the capacity fee is the one that the month is to keep.
    """

    series: PriceSeries | None = None
    month: str | None = None
    register: WattHour | None = None
    step: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {
            "series": self.series.to_dict() if self.series else None,
            "month": self.month,
            "register": self.register,
            "step": self.step,
        }


class PricesStore:
    """One file for all sites, by their subentry ids."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare to keep them."""
        self._store: Store[dict[str, Any]] = Store(hass, _VERSION, _KEY)
        self._kept: dict[str, KeptPrices] = {}
        self._changed = False

    async def load(self) -> None:
        """Read what was kept; what is damaged is fetched anew."""
        for subentry_id, kept in (await self._store.async_load() or {}).items():
            try:
                self._kept[subentry_id] = _of(kept)
            except (AttributeError, KeyError, TypeError, PriceError) as err:
                _LOGGER.warning("Kept prices cannot be read and are fetched anew: %r", err)

    def of(self, subentry_id: str) -> KeptPrices:
        """Return what is kept of a site."""
        return self._kept.setdefault(subentry_id, KeptPrices())

    @callback
    def changed(self) -> None:
        """Save some time soon."""
        if not self._changed:
            self._changed = True
            self._store.async_delay_save(self._data, _SAVE_AFTER)

    async def save(self) -> None:
        """Save now, as when the hub stops."""
        if self._changed:
            await self._store.async_save(self._data())

    async def remove(self) -> None:
        """Remove what was kept."""
        await self._store.async_remove()

    def _data(self) -> dict[str, Any]:
        self._changed = False
        return {subentry_id: kept.to_dict() for subentry_id, kept in self._kept.items()}


def _of(kept: dict[str, Any]) -> KeptPrices:
    series, register, step = kept["series"], kept["register"], kept["step"]
    return KeptPrices(
        series=PriceSeries.from_dict(series) if series else None,
        month=kept["month"],
        register=None if register is None else int(register),
        step=None if step is None else int(step),
    )
