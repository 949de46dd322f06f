"""The capacity fee of a site: the step its month has come to, and what an hour may still take."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from .happening import Happened, Happening, announce
from .price import CapacityTariff, DailyPeak, local_date
from .units import WattHour

if TYPE_CHECKING:
    from .hub import Hub
    from .site import Site

_SETTLES = timedelta(minutes=5)


class SiteCapacity:
    """Of one site; it has a meaning where there is a meter, and a fee by the highest hours."""

    def __init__(self, hub: Hub, site: Site) -> None:
        """Keep no step yet."""
        self.site = site
        self._hub = hub
        #: The hour of which was told that it comes to too much.
        self._told_of: datetime | None = None

    @property
    def tariff(self) -> CapacityTariff | None:
        """Return the fee, None where there is none that charging can mind."""
        tariff = self.site.pricing.capacity
        return tariff if tariff and tariff.supported and self.site.config.meter else None

    @property
    def peaks(self) -> tuple[DailyPeak, ...]:
        """Return the month's highest hours of each day."""
        zone = dt_util.get_default_time_zone()
        return tuple(DailyPeak(local_date(p.start, zone), p.energy) for p in self.site.peaks)

    @property
    def step(self) -> int | None:
        """Return the number of the step that the month has come to."""
        return self.tariff.step(self.peaks) if self.tariff else None

    @property
    def kept_step(self) -> int | None:
        """Return the step that the month is to keep, None when nobody minds."""
        return self._hub.prices.of(self.site.config.subentry_id).step

    @property
    def fee(self) -> Decimal | None:
        """Return what the step of the month costs."""
        tariff, step = self.tariff, self.step
        return tariff.steps[step].fee if tariff and step is not None else None

    @property
    def next_step_cost(self) -> Decimal | None:
        """Return what the step above would cost more."""
        tariff, step = self.tariff, self.step
        return tariff.next_step_cost(step) if tariff and step is not None else None

    @callback
    def keep(self, step: int | None) -> None:
        """Let no hour come to more than what keeps the month on a step; None for no limit."""
        kept = self._hub.prices.of(self.site.config.subentry_id)
        if kept.step == step:
            return
        kept.step = step
        self._hub.prices.changed()
        self.site.async_notify()
        self.site.planning.headroom_changed()
        self.site.balancing.look()

    @callback
    def look(self, now: datetime) -> None:
        """Tell automations, once an hour, when the hour comes to more than the month's step allows."""
        tariff, estimate, step = self.tariff, self.site.hour_estimate, self.step
        hour = now.replace(minute=0, second=0, microsecond=0)
        # Of the first minutes of an hour nobody can tell what it will come to.
        if self._told_of == hour or now - hour < _SETTLES:
            return
        if tariff is None or estimate is None or step is None:
            return
        today = local_date(now, dt_util.get_default_time_zone())
        allowed = tariff.hour_budget(step, self.peaks, today)
        if allowed is None or estimate <= allowed:
            return
        self._told_of = hour
        cost = self.next_step_cost
        told = {
            "estimate": estimate / 1000,
            "allowed": allowed / 1000,
            "next_step_cost": None if cost is None else float(cost),
        }
        config = self.site.config
        happened = Happened(Happening.CAPACITY_STEP_AT_RISK, config.subentry_id, config.name, told)
        announce(self._hub.hass, happened)

    def budget(self, now: datetime) -> WattHour | None:
        """Return what each hour of today may come to in Wh; None without a limit."""
        tariff, kept = self.tariff, self.kept_step
        if tariff is None or kept is None:
            return None
        step = max(min(kept, len(tariff.steps) - 1), tariff.step(self.peaks))
        today = local_date(now, dt_util.get_default_time_zone())
        return tariff.hour_budget(step, self.peaks, today)
