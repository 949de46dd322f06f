"""Keeps the sites' spot prices over a restart, and what each home had consumed when its month began."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Self

from homeassistant.core import HomeAssistant

from .kept_values import KeptValues
from .price import PriceSeries
from .units import WattHour

_SAVE_AFTER = 60


@dataclass(slots=True)
class KeptPrices:
    """Of one site.

    ``origin``: whose prices the series are. ``month`` is a local month, as 2026-11, and ``register``
    what the meter showed when it was first read in it, in Wh; ``consumed`` what the home has taken
    since. ``reached``: when the limit of strømstøtte or Norgespris was, by the first day of the month.
    ``step`` of the capacity fee is the one that the month is to keep. ``told_until`` and ``was_peak``:
    what automations were told last of prices and of peaks.
    """

    series: PriceSeries | None = None
    origin: str | None = None
    month: str | None = None
    register: WattHour | None = None
    consumed: WattHour = 0
    reached: dict[date, datetime] = field(default_factory=dict)
    step: int | None = None
    told_until: datetime | None = None
    was_peak: bool | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {
            "series": self.series.to_dict() if self.series else None,
            "origin": self.origin,
            "month": self.month,
            "register": self.register,
            "consumed": self.consumed,
            "reached": {day.isoformat(): at.isoformat() for day, at in self.reached.items()},
            "step": self.step,
            "told_until": self.told_until.isoformat() if self.told_until else None,
            "was_peak": self.was_peak,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Return what ``to_dict`` gave. Raises KeyError, TypeError or ValueError when it is damaged."""
        series, register, step = kept["series"], kept["register"], kept["step"]
        return cls(
            series=PriceSeries.from_dict(series) if series else None,
            origin=kept.get("origin"),
            month=kept["month"],
            register=None if register is None else int(register),
            consumed=int(kept.get("consumed", 0)),
            reached={
                date.fromisoformat(day): datetime.fromisoformat(at)
                for day, at in kept.get("reached", {}).items()
            },
            step=None if step is None else int(step),
            told_until=datetime.fromisoformat(told) if (told := kept.get("told_until")) else None,
            was_peak=kept.get("was_peak"),
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
