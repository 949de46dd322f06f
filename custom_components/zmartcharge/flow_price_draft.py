"""What a user has answered so far of how power is paid for, and the contract that this comes to."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Self
from zoneinfo import ZoneInfo

from .price import (
    AREAS,
    Contract,
    Dwelling,
    Energy,
    EnergyKind,
    FixedPrice,
    Grid,
    NorwegianTaxes,
    OtherTaxes,
    PriceError,
    Resolution,
    Taxes,
    TimedRate,
)
from .price_config import PriceConfig, PriceSource

NORWAY = "NO"
_NORWEGIAN_ZONE = "Europe/Oslo"
#: A first fixed price has no beginning that anyone asks for: it has always held.
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)
_CURRENCIES = {area.country: area.currency for area in AREAS.values()}


def areas_of(country: str) -> list[str]:
    """Return the price areas of a country; its own code when none are known of it."""
    return [area.code for area in AREAS.values() if area.country == country] or [country]


def known_currency(country: str) -> str | None:
    """Return the currency in which a country's homes pay; ``None`` where that is not known."""
    return _CURRENCIES.get(country)


@dataclass(slots=True, kw_only=True)
class PriceDraft:
    """All that the forms ask for; amounts are per kWh or per month, with VAT.

    ``country`` is a code of ISO 3166-1. ``before`` is the energy of the contract that the site has,
    with its history of fixed prices, and ``dated`` a fixed price that is to be added to it. ``vat`` and
    ``sensor_vat`` are shares, as 0.25.
    """

    country: str | None
    currency: str
    time_zone: str
    before: Energy | None = None
    dated: FixedPrice | None = None
    kind: EnergyKind = EnergyKind.SPOT
    fixed_price: Decimal | None = None
    all_inclusive: bool = False
    area: str | None = None
    county: str | None = None
    action_zone: bool = False
    dwelling: Dwelling = Dwelling.HOME
    vat: Decimal | None = None
    energy_tax: Decimal = field(default_factory=Decimal)
    grid: Grid | None = None
    markup: Decimal = field(default_factory=Decimal)
    monthly_fee: Decimal = field(default_factory=Decimal)
    adders: tuple[TimedRate, ...] = ()
    support: bool = True
    settlement: Resolution = Resolution.HOUR
    source: PriceSource | None = None
    sensor: str | None = None
    sensor_vat: Decimal = field(default_factory=Decimal)
    fall_back: bool = True

    @classmethod
    def of(cls, config: PriceConfig, *, country: str | None, time_zone: str, now: datetime) -> Self:
        """Return what is answered already by the contract that a site has.

        ``country`` and ``time_zone`` are taken where the contract does not tell them.
        """
        contract = config.contract
        energy, taxes = contract.energy, contract.taxes
        fixed = [price for price in energy.fixed if price.since <= now]
        draft = cls(
            country=NORWAY if isinstance(taxes, NorwegianTaxes) else country,
            currency=contract.currency,
            time_zone=time_zone,
            before=energy,
            kind=energy.kind,
            fixed_price=fixed[-1].value if fixed else None,
            all_inclusive=energy.all_inclusive,
            area=contract.area,
            dwelling=contract.dwelling,
            grid=None if energy.all_inclusive else contract.grid,
            markup=contract.markup,
            monthly_fee=contract.monthly_fee,
            adders=contract.adders,
            settlement=contract.settlement,
            source=config.source,
            sensor=config.sensor,
            sensor_vat=config.sensor_vat,
            fall_back=config.fall_back,
        )
        match taxes:
            case NorwegianTaxes():
                draft.county, draft.action_zone = taxes.county, taxes.action_zone
            case OtherTaxes() if not energy.all_inclusive:
                draft.vat, draft.energy_tax = taxes.vat, taxes.energy_tax
        # Where there can be none, nobody was asked.
        draft.support = contract.support or not draft.may_have_support
        return draft

    @property
    def norwegian(self) -> bool:
        """Return whether Norway's taxes, grid companies and schemes hold."""
        return self.country == NORWAY

    @property
    def everything_included(self) -> bool:
        """Return whether a fixed price is all that is paid, so that nothing else matters."""
        return self.kind is EnergyKind.FIXED and self.all_inclusive

    @property
    def may_have_support(self) -> bool:
        """Return whether strømstøtte is possible: in homes, but not beside Norgespris."""
        return (
            self.norwegian
            and self.dwelling is Dwelling.HOME
            and self.kind is not EnergyKind.NORGESPRIS
            and not self.everything_included
        )

    def live_in(self, country: str, own_currency: str) -> None:
        """Take another country; what depends on it is asked for anew."""
        if country == self.country:
            return
        self.country = country
        self.pay_in(known_currency(country) or own_currency)
        self.area = self.county = self.grid = self.vat = self.source = None
        self.energy_tax = Decimal()
        if country != NORWAY and self.kind is EnergyKind.NORGESPRIS:
            self.kind = EnergyKind.SPOT

    def pay_in(self, currency: str) -> None:
        """Take another currency; fixed prices of the past have no meaning in it."""
        if currency != self.currency:
            self.currency = currency
            self.before = self.dated = self.fixed_price = None

    def contract(self, now: datetime) -> Contract:
        """Return the contract. Raises ``PriceError`` naming what does not fit.

        A fixed price that is another one than before holds from ``now`` on.
        """
        if self.everything_included:
            return Contract(
                energy=self._energy(now),
                taxes=OtherTaxes(),
                currency=self.currency,
                time_zone=self._zone,
            )
        return Contract(
            energy=self._energy(now),
            taxes=self._taxes(),
            area=self.area,
            currency=self.currency,
            time_zone=self._zone,
            grid=self.grid or Grid(),
            markup=self.markup,
            monthly_fee=self.monthly_fee,
            adders=self.adders,
            support=self.support and self.may_have_support,
            dwelling=self.dwelling,
            settlement=self.settlement,
        )

    def config(self, now: datetime) -> PriceConfig:
        """Return what a site's subentry keeps. Raises ``PriceError`` as ``contract`` does."""
        contract = self.contract(now)
        if not contract.needs_spot:
            return PriceConfig(contract=contract)
        sensor = self.source is PriceSource.SENSOR
        return PriceConfig(
            contract=contract,
            source=self.source,
            sensor=self.sensor if sensor else None,
            sensor_vat=self.sensor_vat if sensor else Decimal(),
            fall_back=self.fall_back,
        )

    def take_area(self, area: str | None) -> None:
        """Take a price area; a country with only one has that."""
        if area:
            self.area = area.strip().upper()
        elif self.kind is EnergyKind.SPOT and self.country:
            self.area = areas_of(self.country)[0]

    @property
    def zone(self) -> ZoneInfo:
        """Return the time zone in which dates are meant."""
        return ZoneInfo(self._zone)

    @property
    def _zone(self) -> str:
        return _NORWEGIAN_ZONE if self.norwegian else self.time_zone

    def _taxes(self) -> Taxes:
        if self.norwegian:
            return NorwegianTaxes(county=self.county or "", action_zone=self.action_zone)
        return OtherTaxes(vat=self.vat or Decimal(), energy_tax=self.energy_tax)

    def _energy(self, now: datetime) -> Energy:
        if self.kind is not EnergyKind.FIXED:
            return Energy(kind=self.kind)
        value = self.fixed_price or Decimal()
        if self.before is None or self.before.kind is not EnergyKind.FIXED:
            history: tuple[FixedPrice, ...] = (FixedPrice(ALWAYS, value),)
            return Energy(kind=EnergyKind.FIXED, fixed=history, all_inclusive=self.all_inclusive)
        kept = Energy(
            kind=EnergyKind.FIXED, fixed=self.before.fixed, all_inclusive=self.all_inclusive
        )
        if self.dated:
            return kept.with_fixed(self.dated)
        return kept if _holds(kept, value, now) else kept.with_fixed(FixedPrice(now, value))


def _holds(energy: Energy, value: Decimal, now: datetime) -> bool:
    try:
        return energy.fixed_at(now) == value
    except PriceError:
        # A history that begins later.
        return False
