"""What a charger with a display shows of prices: what a kWh costs now, and what each session does."""

import asyncio
from collections.abc import Awaitable
from datetime import datetime, timedelta
from decimal import Decimal
import logging
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_track_time_interval

from .csms import (
    CURRENCY,
    AuthorizationStatus,
    CallRejectedError,
    CsmsError,
    IdTagInfo,
    PersonalMessage,
    Station,
    Tariff,
    TariffStatus,
)
from .ledger import LedgerError, Session, SessionCost, SessionFlag
from .plan_text import unit
from .reasons import number_text

if TYPE_CHECKING:
    from .charger import Charger
    from .connector import Connector
    from .price import PriceBreakdown

_LOGGER = logging.getLogger(__name__)

#: How often the charger is told what has changed.
EVERY = timedelta(minutes=1)
#: Decimals of a price per kWh and of a cost, in the currency's main unit.
_PRICE_UNIT, _COST_UNIT = Decimal("0.0001"), Decimal("0.01")
#: Characters of a MessageContentType's language.
_LANGUAGE_LENGTH = 8
#: Seconds that the answer to a charger waits for what a session cost.
_COST_WITHIN = 1.0
#: What makes it uncertain how much a session took, or when, so that its cost is no final one.
_UNCERTAIN = {
    SessionFlag.CLOCK,
    SessionFlag.INTERRUPTED,
    SessionFlag.REGISTER_JUMP,
    SessionFlag.REGISTER_RESET,
    SessionFlag.STOP_BELOW_START,
}


class CostDisplay:
    """Keeps one charger's display right, where it can show prices or costs. Harms nothing else."""

    def __init__(self, charger: Charger) -> None:
        """Have told nothing yet."""
        self._charger = charger
        self._timer: CALLBACK_TYPE | None = None
        self._telling: asyncio.Task[None] | None = None
        #: What it was told to show amounts in; it keeps that over a lost connection.
        self._currency: str | None = None
        self._forget()

    @callback
    def begin(self) -> None:
        """Begin to tell a charger that was set up what changes, if it can show any of it."""
        self.stop()
        self._currency = None
        abilities = self._charger.abilities
        if abilities.tariffs or abilities.running_cost:
            self._timer = async_track_time_interval(self._charger.hass, self._look, EVERY)
            self._tell()

    @callback
    def stop(self) -> None:
        """Stop: the connection is gone, and what the charger keeps is not known."""
        if self._timer:
            self._timer()
            self._timer = None
        if self._telling:
            self._telling.cancel()
            self._telling = None
        self._forget()

    def message(self, info: IdTagInfo) -> PersonalMessage | None:
        """Return what the display tells whoever was let in: the price of now, where it is known."""
        charger = self._charger
        price = charger.site.pricing.current if charger.site else None
        if price is None or price.forecast or info.status is not AuthorizationStatus.ACCEPTED:
            return None
        if not charger.abilities.price_text or self._shows_tariff:
            return None
        return PersonalMessage(text=self._text_of(price), language=self._language)

    async def cost_of(self, transaction_id: int, *, ended: bool) -> float | None:
        """Return what a session cost for the answer to its charger, None where that is not known.

        Not known is what leaves some of its energy out, or what the charger would show in another
        currency. Where a session ended that is not the last one, the ledger is asked.
        """
        abilities = self._charger.abilities
        if not (abilities.final_cost if ended else abilities.running_cost):
            return None
        for connector in self._charger.connectors.values():
            session, cost = connector.session, connector.cost
            if session and session.transaction_id == transaction_id:
                if cost is None or cost.session_id != session.id:
                    return None
                return self._told_cost(session, cost)
        if not ended:
            return None
        ledger, charge_point_id = self._charger.ledger, self._charger.config.charge_point_id
        try:
            async with asyncio.timeout(_COST_WITHIN):
                session = await ledger.session_by_transaction(charge_point_id, transaction_id)
                cost = await ledger.session_cost(session.id) if session else None
        except (LedgerError, TimeoutError) as err:
            _LOGGER.info("%s hears of no cost: %r", self._charger.config.name, err)
            return None
        return self._told_cost(session, cost) if session and cost else None

    def _told_cost(self, session: Session, cost: SessionCost) -> float | None:
        measured = session.stopped_at or session.last_register_wh is not None
        if cost.amount is None or cost.energy_without_price or not measured:
            return None
        if _UNCERTAIN.intersection(session.flags) or cost.currency != self._shown(cost.currency):
            return None
        return float(cost.amount.quantize(_COST_UNIT))

    def _shown(self, default: str | None = None) -> str | None:
        """Return the currency of the charger's display, or the default where it does not say."""
        told = self._currency or self._charger.abilities.configuration.get(CURRENCY)
        return told or default

    @callback
    def _forget(self) -> None:
        self._tariff: Tariff | None = None
        #: It has taken that, and shows its description by itself.
        self._shows_tariff = False
        #: The sessions that have the tariff already.
        self._priced: set[str] = set()
        self._costs: dict[str, Decimal] = {}

    @callback
    def _look(self, _now: datetime) -> None:
        self._tell()

    @callback
    def _tell(self) -> None:
        if self._telling is None or self._telling.done():
            self._telling = self._charger.create_task(self._tell_changes(), "cost display")

    async def _tell_changes(self) -> None:
        charger = self._charger
        if not charger.connected:
            return
        try:
            station, site = charger.station, charger.site
            if charger.abilities.running_cost and site and site.pricing.currency:
                # Before the first session ends, whose cost is in the answer to its end.
                await self._use_currency(station, site.pricing.currency)
            if charger.abilities.tariffs:
                await self._tell_price(station)
            if charger.abilities.running_cost:
                for connector in charger.connectors.values():
                    await self._tell_cost(station, connector)
        except CsmsError as err:
            # It goes on charging, and is told again at its next connection.
            _LOGGER.info("%s does not show prices: %s", charger.config.name, err)
            if self._timer:
                self._timer()
                self._timer = None

    async def _tell_price(self, station: Station) -> None:
        tariff = self._present_tariff()
        if tariff != self._tariff:
            await self._set_default(station, tariff)
        if self._tariff is None:
            return
        for connector in self._charger.connectors.values():
            session = connector.session
            if session is None or not connector.in_session or session.id in self._priced:
                continue
            self._priced.add(session.id)
            # I11: what runs keeps the tariff that it began with until it is told another one.
            await self._unless_refused(station.change_tariff(session.transaction_id, self._tariff))

    async def _set_default(self, station: Station, tariff: Tariff | None) -> None:
        """Let the price of now hold from now on, or none where it is not known."""
        self._priced.clear()
        if tariff is None:
            self._tariff, self._shows_tariff = None, False
            await station.clear_tariffs()
            return
        await self._use_currency(station, tariff.currency)
        status = await station.set_default_tariff(tariff)
        self._shows_tariff = status is TariffStatus.ACCEPTED
        if status is not TariffStatus.ACCEPTED:
            _LOGGER.info("%s did not take a tariff: %s", self._charger.config.name, status)
        # One that was refused is not tried again before the price is another one.
        self._tariff = tariff

    async def _tell_cost(self, station: Station, connector: Connector) -> None:
        session, cost = connector.session, connector.cost
        if session is None or cost is None or not connector.in_session:
            return
        if cost.session_id != session.id or cost.amount is None or cost.currency is None:
            return
        amount = cost.amount.quantize(_COST_UNIT)
        if self._costs.get(session.id) == amount:
            return
        await self._use_currency(station, cost.currency)
        self._costs = {**self._costs, session.id: amount}
        await self._unless_refused(station.cost_updated(session.transaction_id, float(amount)))

    async def _use_currency(self, station: Station, currency: str) -> None:
        """Let amounts be shown in their currency. Raises the errors of the station."""
        if self._shown() != currency:
            await station.configure(CURRENCY, currency)
        self._currency = currency

    async def _unless_refused(self, told: Awaitable[object]) -> None:
        try:
            await told
        except CallRejectedError:
            _LOGGER.debug("%s does not know the transaction", self._charger.config.name)

    def _present_tariff(self) -> Tariff | None:
        site = self._charger.site
        price = site.pricing.current if site else None
        return None if price is None else self._tariff_of(price)

    def _tariff_of(self, price: PriceBreakdown) -> Tariff:
        amount = price.total.quantize(_PRICE_UNIT)
        return Tariff(
            # The same price has the same name, so that nothing is told twice.
            tariff_id=f"zmartcharge-{price.currency}-{amount}",
            currency=price.currency,
            price_kwh=amount,
            description=self._text_of(price),
            language=self._language,
        )

    def _text_of(self, price: PriceBreakdown) -> str:
        """Return a price in words that need no translation, such as "1,23 kr/kWh"."""
        amount = number_text(self._charger.hass, float(price.total.quantize(_COST_UNIT)), 2)
        return f"{amount} {unit(price.currency)}/kWh"

    @property
    def _language(self) -> str:
        return self._charger.hass.config.language[:_LANGUAGE_LENGTH]
