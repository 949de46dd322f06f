"""Keeps the sites' spot prices over a restart, and what each home had consumed when its month began."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from homeassistant.core import HomeAssistant

from .kept_values import KeptValues
from .price import PriceSeries
from .units import WattHour

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

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Return what ``to_dict`` gave. Raises KeyError, TypeError or ValueError when it is damaged."""
        series, register, step = kept["series"], kept["register"], kept["step"]
        return cls(
            series=PriceSeries.from_dict(series) if series else None,
            month=kept["month"],
            register=None if register is None else int(register),
            step=None if step is None else int(step),
        )


class PricesStore(KeptValues[KeptPrices]):
    """By the sites' subentry ids; what is damaged is fetched anew."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare to keep them."""
        super().__init__(
            hass,
            "prices",
            read=KeptPrices.from_dict,
            write=KeptPrices.to_dict,
            save_after=_SAVE_AFTER,
        )

    def of(self, subentry_id: str) -> KeptPrices:
        """Return what is kept of a site."""
        return self.values.setdefault(subentry_id, KeptPrices())
