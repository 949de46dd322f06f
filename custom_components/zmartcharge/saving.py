"""What a connector's charging of this month cost less than charging at once would have."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from .ledger import CostLine, HeldPrice, Ledger, LedgerError, Session, SessionCost
from .price import Period, Resolution
from .units import Watt, WattHour

if TYPE_CHECKING:
    from .connector import Connector

#: More sessions than any charger has in a month.
_MOST_SESSIONS = 1000
_QUARTERS_AN_HOUR = 4
_HOUR = timedelta(hours=1)
_MICROSECOND = timedelta(microseconds=1)
#: What the rounding of a power leaves of an energy, in Wh.
_ROUNDING = Decimal("0.001")

type QuarterPrices = Mapping[datetime, Decimal]


def month_start(now: datetime, zone: tzinfo) -> datetime:
    """Return when the month of a moment began in a time zone, in UTC."""
    local = now.astimezone(zone)
    first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    return first.astimezone(dt_util.UTC)


def next_month(now: datetime, zone: tzinfo) -> datetime:
    """Return when the month after that of a moment begins in a time zone, in UTC."""
    # No month has more than 31 days, and none begins in the middle of a day.
    local = month_start(now, zone).astimezone(zone) + timedelta(days=32)
    return month_start(local, zone)


def cost_at_once(
    energy_wh: WattHour, watts: Watt, start: datetime, prices: QuarterPrices
) -> Decimal | None:
    """Return what an energy costs that is charged from a moment on at a steady power.

    ``prices``: per kWh, by the start (UTC) of their quarter-hours. The first quarter-hour counts
    only from ``start`` on, the last only until the energy is there. None when one of them has no
    price. Raises ValueError for a power that is not above 0 W.
    """
    if not watts > 0:
        raise ValueError(f"{watts} W charges nothing")
    cost, remaining, power = Decimal(0), Decimal(energy_wh), Decimal(watts)
    moment = start
    while remaining > 0:
        quarter = Period.of(moment, Resolution.QUARTER)
        price = prices.get(quarter.start)
        if price is None:
            return None
        hours = Decimal((quarter.end - moment) // _MICROSECOND) / (_HOUR // _MICROSECOND)
        charged = power * hours
        part = remaining if remaining <= charged + _ROUNDING else charged
        cost += price * part / 1000
        remaining -= part
        moment = quarter.end
    return cost


def saving_of(
    session: Session, cost: SessionCost, held: Iterable[HeldPrice], usual: Watt | None
) -> Decimal | None:
    """Return what a session that is over cost less than if it had charged at once.

    ``usual``: the power in W that the connector's cars reach, where that is known. Negative: it cost
    more. None when it took no time, or not all of its energy has a price in one currency, be it when
    it was charged or when it would have been.
    """
    stopped = session.stopped_at
    if not cost.lines:
        return Decimal(0)
    if cost.amount is None or cost.energy_without_price or stopped is None:
        return None
    took = stopped - session.started_at
    if took <= timedelta(0):
        return None
    energy = sum(line.wh for line in cost.lines)
    # At once is never later than what was: that would ask for prices which did not hold yet.
    watts = max(_fastest(cost.lines, usual), energy / (took / _HOUR))
    prices = {
        quarter: price.price
        for price in held
        if price.currency == cost.currency
        for quarter in price.quarters()
    }
    at_once = cost_at_once(energy, watts, session.started_at, prices)
    return None if at_once is None else at_once - cost.amount


def _fastest(lines: tuple[CostLine, ...], usual: Watt | None) -> Watt:
    """Return the power that the car could charge with.

    Of the quarter-hours between the first and the last it is known that they were whole; without
    any, what is usual may tell more.
    """
    if whole := lines[1:-1]:
        return float(max(line.wh for line in whole) * _QUARTERS_AN_HOUR)
    return max(float(max(line.wh for line in lines) * _QUARTERS_AN_HOUR), usual or 0.0)


@dataclass(frozen=True, slots=True)
class _Saved:
    """What was saved in the month that began then."""

    month: datetime
    currency: str | None
    amount: Decimal


class Savings:
    """Of one connector: reckoned anew in the background when a session ends or prices change."""

    def __init__(self, connector: Connector) -> None:
        """Know nothing yet."""
        self._connector = connector
        self._saved: _Saved | None = None
        self._reckoning: asyncio.Task[None] | None = None
        self._again = False
        self._month_over: CALLBACK_TYPE | None = None
        self._closed = False

    @property
    def amount(self) -> Decimal | None:
        """Return what was saved since this month began, in the site's currency.

        Negative when it cost more; None while it is not known.
        """
        saved = self._saved
        return saved.amount if saved and self._holds(saved) else None

    @callback
    def begin(self) -> None:
        """Take up what the ledger knows; also after ``close``."""
        self._closed = False
        self.refresh()

    @callback
    def look(self) -> None:
        """Reckon when nothing is known of this month; cheap enough for each message."""
        busy = self._reckoning and not self._reckoning.done()
        if self.amount is None and not busy:
            self.refresh()

    @callback
    def refresh(self) -> None:
        """Reckon anew; once more when that is going on already. Without a price there is nothing."""
        if self._closed or self._currency is None:
            return
        if self._reckoning and not self._reckoning.done():
            self._again = True
            return
        self._reckoning = self._connector.charger.create_task(self._reckon(), "savings")
        self._await_month(dt_util.utcnow())

    @callback
    def close(self) -> None:
        """Stop, and forget what is known."""
        self._closed = True
        self._saved = None
        if self._month_over:
            self._month_over()
            self._month_over = None
        if self._reckoning:
            self._reckoning.cancel()
            self._reckoning = None

    def _holds(self, saved: _Saved) -> bool:
        month = month_start(dt_util.utcnow(), dt_util.get_default_time_zone())
        return saved.month == month and saved.currency == self._currency

    @property
    def _currency(self) -> str | None:
        site = self._connector.charger.site
        return site.pricing.currency if site else None

    @callback
    def _await_month(self, now: datetime) -> None:
        if self._month_over:
            self._month_over()
        self._month_over = async_track_point_in_utc_time(
            self._connector.charger.hass,
            self._month_turned,
            next_month(now, dt_util.get_default_time_zone()),
        )

    @callback
    def _month_turned(self, _now: datetime) -> None:
        self._month_over = None
        self.refresh()

    async def _reckon(self) -> None:
        charger = self._connector.charger
        self._again = True
        while self._again:
            self._again = False
            month = month_start(dt_util.utcnow(), dt_util.get_default_time_zone())
            currency = self._currency
            try:
                amount = await self._saved_since(charger.ledger, month, currency)
            except LedgerError as err:
                charger.ledger_failed(err)
                # What holds no more must not be shown any longer.
                self._connector.async_notify()
                return
            self._saved = _Saved(month, currency, amount)
        self._connector.async_notify()

    async def _saved_since(self, ledger: Ledger, month: datetime, currency: str | None) -> Decimal:
        """Return the sum over the sessions that are over; raises LedgerError."""
        connector = self._connector
        found = await ledger.sessions(
            charge_point_id=connector.charger.config.charge_point_id,
            since=month,
            limit=_MOST_SESSIONS,
        )
        amount = Decimal(0)
        for session in found:
            if session.connector_id == connector.connector_id and session.stopped_at is not None:
                amount += await self._saved_by(ledger, session, session.stopped_at, currency)
        return amount

    async def _saved_by(
        self, ledger: Ledger, session: Session, stopped: datetime, currency: str | None
    ) -> Decimal:
        """Return what a session saved, nothing where that is not known; raises LedgerError."""
        cost = await ledger.session_cost(session.id)
        if cost is None or cost.currency != currency or session.site_id is None:
            return Decimal(0)
        held = await ledger.held_prices(session.site_id, session.started_at, stopped)
        usual = self._connector.smart.needs.history.fastest
        return saving_of(session, cost, held, usual) or Decimal(0)
