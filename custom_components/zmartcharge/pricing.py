"""What a site's power costs: fetched, kept, settled as the contract says, and held for the costs."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
import logging
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, callback
from homeassistant.helpers.event import (
    async_track_point_in_utc_time,
    async_track_state_change_event,
)
from homeassistant.util import dt as dt_util
from homeassistant.util.json import json_loads

from .known_prices import AHEAD, PriceList, held, planned_on, settled
from .ledger import HeldPrice, LedgerError
from .plan import PricedPeriod
from .price import (
    CapacityTariff,
    FetchState,
    Period,
    PriceBreakdown,
    PriceError,
    PriceModel,
    PriceProblem,
    PriceSeries,
    Resolution,
    SourceChain,
    load_price_data,
    local_date,
    market_day,
    missing_since,
    next_look,
    parse_reader_prices,
)
from .price_config import PriceConfig, PriceSource
from .price_moments import PriceMoments
from .price_sources import create_sources, prices_of_state
from .prices_store import KeptPrices

if TYPE_CHECKING:
    from .hub import Hub
    from .site import Site

_LOGGER = logging.getLogger(__name__)

#: What is told of the past.
_BEHIND = timedelta(days=3)
#: A repair comes when a price has been missing for so long: a source may be down for a moment.
_REPAIR_AFTER = timedelta(minutes=30)
#: Spot prices are kept for so long: the forecast looks back four weeks.
_KEPT = timedelta(weeks=5)
#: When a month's limit was reached is kept until the costs of that month are long known.
_REACHED_KEPT = timedelta(days=62)


class Pricing:
    """Of one site."""

    def __init__(self, hub: Hub, site: Site) -> None:
        """Know no price yet."""
        self.site = site
        self.prices = PriceList()
        self.model: PriceModel | None = None
        #: Why there is no price at all, such as a grid company without a tariff.
        self.problem: PriceError | None = None
        #: Which source gave the newest prices.
        self.source: str | None = None
        self._hub = hub
        self._chain = SourceChain(())
        self._state = FetchState()
        self._next_look: CALLBACK_TYPE | None = None
        self._sensor: CALLBACK_TYPE | None = None
        self._refreshing: asyncio.Task[None] | None = None
        self._again = False
        self._reader_prices: PriceSeries | None = None
        self.moments = PriceMoments(hub, self)

    @property
    def config(self) -> PriceConfig | None:
        """Return what the user described."""
        return self.site.config.price

    @property
    def configured(self) -> bool:
        """Tell whether the user described a price."""
        return self.config is not None

    @property
    def currency(self) -> str | None:
        """Return the currency of every price, as ISO 4217 names it."""
        return self.config.contract.currency if self.config else None

    @property
    def current(self) -> PriceBreakdown | None:
        """Return the price of this moment."""
        return self.prices.at(dt_util.utcnow())

    @property
    def known_until(self) -> datetime | None:
        """Return until when there are prices that are no estimates."""
        known = [each.period.end for each in self.prices.breakdowns if not each.forecast]
        return known[-1] if known else None

    @property
    def capacity(self) -> CapacityTariff | None:
        """Return the capacity fee of today, None without one."""
        if self.model is None:
            return None
        return self.model.capacity(local_date(dt_util.utcnow(), self.model.zone))

    def periods(self, start: datetime, end: datetime) -> tuple[PricedPeriod, ...]:
        """Return the prices for a plan."""
        return tuple(
            PricedPeriod(each.period.start, each.period.end, each.total, each.forecast)
            for each in self.prices.between(start, end)
        )

    async def held(self, start: datetime, end: datetime) -> tuple[HeldPrice, ...]:
        """Return what each period costs by the contract as it is now, as far as it is known."""
        if self.model is None:
            return ()
        now = dt_util.utcnow()
        window = Period(
            Period.of(start, Resolution.HOUR).start,
            Period.of(end - timedelta(microseconds=1), Resolution.HOUR).end,
        )
        found = await self._hub.hass.async_add_executor_job(
            settled, self.model, self._series, window, now, self._limits_reached(now)
        )
        return tuple(held(each) for each in found.breakdowns if not each.forecast)

    # Life -------------------------------------------------------------------------------------

    @callback
    def open(self) -> None:
        """Begin to follow prices."""
        config = self.config
        if self.site.config.price_damaged:
            self._hub.issues.price_impossible(
                self.site, PriceError(PriceProblem.INVALID_CONTRACT, name="price", value="?")
            )
        if config is None:
            return
        self._kept.origin = _origin(config)
        self._chain = SourceChain(
            create_sources(self._hub.hass, config, lambda: self._reader_prices)
        )
        if config.sensor:
            self._sensor = async_track_state_change_event(
                self._hub.hass, config.sensor, self._sensor_changed
            )
        self.refresh()

    @callback
    def close(self) -> None:
        """Stop."""
        for cancel in (self._next_look, self._sensor):
            if cancel:
                cancel()
        self._next_look = self._sensor = None
        if self._refreshing:
            self._refreshing.cancel()
            self._refreshing = None

    @callback
    def apply(self) -> None:
        """Begin anew with another contract; spot prices of the same area stay."""
        self.close()
        config, kept = self.config, self._kept
        if config is None or (kept.series and kept.series.currency != config.contract.currency):
            kept.series = None
        if config and kept.origin not in (None, _origin(config)):
            kept.series = None
        self.prices, self.model, self.problem = PriceList(), None, None
        self.moments.forget()
        self._state = FetchState()
        self._hub.issues.prices_known(self.site)
        self._hub.issues.price_possible(self.site)
        self.open()
        self.site.planning.contract_changed()

    @callback
    def reader_told(self, payload: str | bytes | bytearray, at: datetime) -> None:
        """Take the prices that the meter's reader told, where the user has chosen those."""
        config = self.config
        if config is None or config.source is not PriceSource.READER:
            return
        try:
            told = json_loads(payload)
            series = parse_reader_prices(
                told, received=at, currency=config.contract.currency, vat=config.sensor_vat
            )
        except ValueError as err:
            _LOGGER.debug(
                "%s: the reader's prices are not understood: %s", self.site.config.name, err
            )
            return
        self._reader_prices = series
        self._state = FetchState()
        self.refresh()

    @callback
    def refresh(self) -> None:
        """Fetch what is due, and settle anew; once more when that is going on already."""
        if self._refreshing and not self._refreshing.done():
            self._again = True
            return
        self._refreshing = self._hub.create_task(self._refresh(), "prices")

    # Following prices -------------------------------------------------------------------------

    @property
    def _kept(self) -> KeptPrices:
        return self._hub.prices.of(self.site.config.subentry_id)

    @property
    def _series(self) -> PriceSeries:
        return self._kept.series or PriceSeries(self.currency or "")

    def _limits_reached(self, now: datetime) -> Mapping[date, datetime]:
        """Return since when the home takes more than strømstøtte or Norgespris holds for.

        By the first day of the local month. Until the meter was read again after a restart, what is
        known from before holds.
        """
        kept, before = self._kept, replace(self._kept, reached=dict(self._kept.reached))
        month = local_date(now, dt_util.get_default_time_zone()).replace(day=1)
        if (register := self.site.energy_import) is not None:
            other = kept.month != f"{month:%Y-%m}"
            if other or kept.register is None or register < kept.register:
                kept.month, kept.register = f"{month:%Y-%m}", register
            kept.consumed = register - kept.register
        limit = self.model.limit(month) if self.model else None
        if kept.month == f"{month:%Y-%m}":
            if limit is None or kept.consumed < limit:
                kept.reached.pop(month, None)
            else:
                kept.reached.setdefault(month, now)
        kept.reached = {day: at for day, at in kept.reached.items() if now - at < _REACHED_KEPT}
        if kept != before:
            self._hub.prices.changed()
        return dict(kept.reached)

    async def _refresh(self) -> None:
        try:
            self._again = True
            while self._again and (config := self.config):
                self._again = False
                if self.model is None and not await self._load(config):
                    return
                await self._fetch()
                await self._settle()
        finally:
            # Whatever went wrong it is tried again, unless it was ended.
            if self.model and self._refreshing is asyncio.current_task():
                self._look_again()

    async def _load(self, config: PriceConfig) -> bool:
        data = await self._hub.hass.async_add_executor_job(load_price_data)
        try:
            self.model = PriceModel(config.contract, data)
        except PriceError as problem:
            self._cannot_price(problem)
            return False
        return True

    async def _fetch(self) -> None:
        now = dt_util.utcnow()
        before = self._series
        update = await self._chain.update(before, self._state, now, _behind(now))
        self._state = update.state
        for source in update.fetched.values():
            self.source = source
        if update.series != before:
            self._kept.series = update.series.between(now - _KEPT, now + 2 * AHEAD)
            self._hub.prices.changed()
        self._check_missing(now)

    @callback
    def _check_missing(self, now: datetime) -> None:
        since = missing_since(self._series, now) if self._chain.sources else None
        if since is None or now - since < _REPAIR_AFTER:
            self._hub.issues.prices_known(self.site)
        else:
            problems = self._state.of(local_date(now, dt_util.get_default_time_zone())).problems
            self._hub.issues.prices_missing(self.site, problems)

    async def _settle(self) -> None:
        model, now = self.model, dt_util.utcnow()
        assert model is not None, "it was loaded"
        window = Period(
            Period.of(now - _BEHIND, Resolution.HOUR).start,
            Period.of(now + AHEAD, Resolution.HOUR).end,
        )
        before = self.prices
        try:
            self.prices = await self._hub.hass.async_add_executor_job(
                settled, model, self._series, window, now, self._limits_reached(now)
            )
        except PriceError as problem:
            self._cannot_price(problem)
            return
        self.problem = None
        self._hub.issues.price_possible(self.site)
        await self._hold(now)
        self.moments.tell(self._series, now)
        self.site.async_notify()
        if planned_on(before, now) != planned_on(self.prices, now):
            self.site.planning.prices_changed()

    def _cannot_price(self, problem: PriceError) -> None:
        self.problem = problem
        self.prices = PriceList()
        self._hub.issues.price_impossible(self.site, problem)
        self.site.async_notify()

    async def _hold(self, now: datetime) -> None:
        """Keep the prices of what has begun: they are what it costs, whatever is changed later."""
        begun = [
            held(each)
            for each in self.prices.between(now - _BEHIND, Period.of(now, Resolution.QUARTER).end)
            if not each.forecast and each.period.start <= now
        ]
        try:
            if await self._hub.ledger.hold_prices(self.site.config.subentry_id, begun, now):
                await self._hub.refresh_costs(self.site)
        except LedgerError as err:
            self._hub.issues.ledger_failed(err)

    @callback
    def _look_again(self) -> None:
        """Look again when the next period begins, or something is to be fetched."""
        if self._next_look:
            self._next_look()
        now = dt_util.utcnow()
        times = [Period.of(now, Resolution.QUARTER).end]
        if self._chain.sources:
            times.append(next_look(self._series, self._state, now, _behind(now)))
        self._next_look = async_track_point_in_utc_time(
            self._hub.hass, self._time_to_look, max(min(times), now + timedelta(seconds=1))
        )

    @callback
    def _time_to_look(self, _now: datetime) -> None:
        self._next_look = None
        self.refresh()

    @callback
    def _sensor_changed(self, event: Event[EventStateChangedData]) -> None:
        """Take a new price list at once; what cannot be read is told when it is asked for."""
        state, config = event.data["new_state"], self.config
        if state is None or config is None:
            return
        try:
            told = prices_of_state(state, config.contract.currency, config.sensor_vat)
            merged = self._series.merge(told)
        except PriceError:
            return
        if merged != self._series:
            self._kept.series = merged
            self._hub.prices.changed()
            self.refresh()


def _origin(config: PriceConfig) -> str:
    """Return whose prices are fetched; those of another are no use."""
    if config.source in (PriceSource.SENSOR, PriceSource.READER):
        return f"{config.contract.area} {config.sensor} {config.sensor_vat}"
    return f"{config.contract.area}"


def _behind(now: datetime) -> tuple[date, ...]:
    """Return the days behind whose prices a cost may wait for."""
    return tuple(market_day(now) - timedelta(days=days) for days in range(1, _BEHIND.days))
