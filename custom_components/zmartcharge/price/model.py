"""What a kWh costs in a period, line by line.

Order of the lines: energy, supplier's mark-up, strømstøtte, grid, taxes, adders. Each is with VAT.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from ..units import WattHour
from .capacity import CapacityTariff
from .contract import Contract, EnergyKind, NorwegianTaxes, OtherTaxes
from .data_files import PriceData
from .errors import PriceError, PriceProblem
from .period import Period, Resolution, local_date
from .rates import ORE, NorgesprisRate, SupportRate, rate_on
from .series import PriceSeries, SpotPrice

_HOUR = Resolution.HOUR.duration


class ComponentKey(StrEnum):
    """A line of the price; also the key of its translation."""

    SPOT = "spot"
    FIXED = "fixed"
    NORGESPRIS = "norgespris"
    MARKUP = "markup"
    SUPPORT = "support"
    GRID_ENERGY = "grid_energy"
    CONSUMPTION_TAX = "consumption_tax"
    ENOVA = "enova"
    ENERGY_TAX = "energy_tax"
    ADDER = "adder"


@dataclass(frozen=True, slots=True)
class PriceComponent:
    """A line: ``amount`` per kWh with VAT, below 0 for what is paid back.

    ``name`` is the user's own name of an adder.
    """

    key: ComponentKey
    amount: Decimal
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceBreakdown:
    """What a kWh costs in a period: exact, not rounded; the total is the sum of the lines.

    ``forecast`` tells that a part is estimated: the spot price is, or a rate is not decided yet.
    ``preliminary`` that the spot price may still be corrected a little.
    """

    period: Period
    currency: str
    components: tuple[PriceComponent, ...]
    forecast: bool = False
    preliminary: bool = False

    @property
    def total(self) -> Decimal:
        """Return the price per kWh with VAT."""
        return sum((component.amount for component in self.components), Decimal())

    def amount(self, key: ComponentKey) -> Decimal:
        """Return what the lines of a kind come to; 0 when there is none."""
        return sum((each.amount for each in self.components if each.key is key), Decimal())


@dataclass(frozen=True, slots=True)
class PriceModel:
    """A contract with the rates and tariffs that it refers to.

    Raises ``PriceError`` when it names a county or grid company that there is not.
    """

    contract: Contract
    data: PriceData

    def __post_init__(self) -> None:
        """Find early what could never be priced."""
        taxes = self.contract.taxes
        if isinstance(taxes, NorwegianTaxes) and taxes.county not in self.data.norway.counties:
            raise PriceError(PriceProblem.UNKNOWN_COUNTY, county=taxes.county)
        if self.contract.grid.company is not None:
            self.data.grid.company(self.contract.grid.company)

    @property
    def zone(self) -> ZoneInfo:
        """Return the time zone of its hours and dates."""
        return self.contract.zone

    def vat(self, day: date) -> Decimal:
        """Return the VAT of a local date, as 0.25."""
        taxes = self.contract.taxes
        if isinstance(taxes, OtherTaxes):
            return taxes.vat
        return self.data.norway.vat_on(day, taxes.county)

    def entered(self, amount: Decimal, day: date) -> Decimal:
        """Return an amount of the contract with VAT."""
        return amount if self.contract.amounts_include_vat else amount * (1 + self.vat(day))

    def monthly_fee(self, day: date) -> Decimal:
        """Return the supplier's fee per month with VAT."""
        return self.entered(self.contract.monthly_fee, day)

    def capacity(self, day: date) -> CapacityTariff | None:
        """Return the capacity fee of a local date, per month with VAT; ``None`` when there is none.

        Raises ``PriceError`` when the grid company has no tariff then.
        """
        grid = self.contract.grid
        if grid.company is not None:
            tariff = self.data.grid.company(grid.company).tariff(day, self.contract.dwelling)
            return tariff.capacity.scaled(1 + self.vat(day), months=12)
        if grid.capacity is None:
            return None
        return grid.capacity.scaled(self.entered(Decimal(1), day))

    def limit(self, day: date) -> WattHour | None:
        """Return the month's Wh up to which strømstøtte or Norgespris holds; ``None`` without."""
        if self.contract.energy.kind is EnergyKind.NORGESPRIS:
            return self.norgespris(day).limits[self.contract.dwelling]
        return support.limit if (support := self.support(day)) else None

    def norgespris(self, day: date) -> NorgesprisRate:
        """Return Norgespris of a local date. Raises ``PriceError`` before there was one."""
        return rate_on(self.data.norway.norgespris, day, "norgespris")

    def support(self, day: date) -> SupportRate | None:
        """Return strømstøtte of a local date; ``None`` when the contract has none."""
        if not self.contract.support:
            return None
        return rate_on(self.data.norway.support, day, "support")


def components(
    model: PriceModel,
    period: Period,
    spot: SpotPrice | None,
    consumed_this_month: WattHour,
    *,
    hour_spot: Decimal | None = None,
) -> PriceBreakdown:
    """Return what the next kWh costs in a period, line by line.

    The rates are those of the period's start. ``consumed_this_month`` is all that the home has taken
    since the local month began, in Wh: it decides whether strømstøtte or Norgespris still holds. ``hour_spot`` is the mean spot price of
    the hour, by which strømstøtte goes; without it the period's own. ``spot`` may be ``None`` when the
    contract does not need it then.

    Raises ``PriceError``: ``price_spot_missing``, or what is unknown of that date.
    """
    if spot is not None and not spot.period.contains(period.start):
        raise PriceError(PriceProblem.SPOT_MISSING, start=period.start.isoformat())
    day = local_date(period.start, model.zone)
    limit = model.limit(day)
    within = limit is None or consumed_this_month < limit
    lines = [_energy(model, period, day, spot, within=within)]
    if not model.contract.energy.all_inclusive:
        lines.extend(_additions(model, period, day, spot, hour_spot, within=within))
    estimated = spot is None and within and model.contract.support
    undecided = (
        model.contract.energy.kind is EnergyKind.NORGESPRIS and day >= model.norgespris(day).until
    )
    used = spot if _uses_spot(model, within=within) else None
    return PriceBreakdown(
        period=period,
        currency=model.contract.currency,
        components=tuple(lines),
        forecast=estimated or (used is not None and used.forecast),
        # What a contract cost is told by the last rate, and corrected when the next one is known.
        preliminary=undecided or (used is not None and used.preliminary),
    )


def price_list(
    model: PriceModel,
    series: PriceSeries,
    window: Period,
    reached: Mapping[date, datetime] | None = None,
) -> tuple[PriceBreakdown, ...]:
    """Return the price of every period in a window, as the contract settles it, for a plan.

    ``reached`` tells when the home had taken as much as strømstøtte or Norgespris holds for, by the
    first day of the local month; until then they hold, and so in a month that is not in it. Periods
    without a price are left out. Raises ``PriceError`` when a currency, tariff or rate is wrong, but
    not for a missing spot price.
    """
    # An hour is settled as a whole, also when the window begins or ends within it.
    begin = Period.of(window.start, Resolution.HOUR).start
    settled, hours = settle(model, series.between(begin, window.end + _HOUR))
    found = []
    for period in window.split(model.contract.settlement):
        day = local_date(period.start, model.zone)
        since = (reached or {}).get(day.replace(day=1))
        beyond = since is not None and period.start >= since
        hour = hours.at(period.start)
        try:
            found.append(
                components(
                    model,
                    period,
                    settled.at(period.start),
                    (model.limit(day) or 0) if beyond else 0,
                    hour_spot=None if hour is None else hour.value,
                )
            )
        except PriceError as problem:
            if problem.key is not PriceProblem.SPOT_MISSING:
                raise
    return tuple(found)


def settle(model: PriceModel, series: PriceSeries) -> tuple[PriceSeries, PriceSeries]:
    """Return a series as the contract settles it, and the means of its hours.

    Raises ``PriceError`` when it is in another currency than the contract.
    """
    if series and series.currency != model.contract.currency:
        raise PriceError(
            PriceProblem.WRONG_CURRENCY, expected=model.contract.currency, found=series.currency
        )
    hours = series.resampled(Resolution.HOUR)
    if model.contract.settlement is Resolution.HOUR:
        return hours, hours
    return series.resampled(Resolution.QUARTER), hours


def _uses_spot(model: PriceModel, *, within: bool) -> bool:
    match model.contract.energy.kind:
        case EnergyKind.SPOT:
            return True
        case EnergyKind.NORGESPRIS:
            return not within
        case EnergyKind.FIXED:
            return within and model.contract.support


def _energy(
    model: PriceModel, period: Period, day: date, spot: SpotPrice | None, *, within: bool
) -> PriceComponent:
    energy = model.contract.energy
    if energy.kind is EnergyKind.FIXED:
        return PriceComponent(ComponentKey.FIXED, model.entered(energy.fixed_at(period.start), day))
    with_vat = 1 + model.vat(day)
    if energy.kind is EnergyKind.NORGESPRIS and within:
        return PriceComponent(ComponentKey.NORGESPRIS, model.norgespris(day).price * with_vat)
    if spot is None:
        raise PriceError(PriceProblem.SPOT_MISSING, start=period.start.isoformat())
    return PriceComponent(ComponentKey.SPOT, spot.value * with_vat)


def _additions(
    model: PriceModel,
    period: Period,
    day: date,
    spot: SpotPrice | None,
    hour_spot: Decimal | None,
    *,
    within: bool,
) -> Iterator[PriceComponent]:
    contract = model.contract
    if contract.markup:
        yield PriceComponent(ComponentKey.MARKUP, model.entered(contract.markup, day))
    hour = spot.value if hour_spot is None and spot is not None else hour_spot
    support = model.support(day) if within else None
    if support and hour is not None and (paid_back := support.per_kwh(hour)):
        yield PriceComponent(ComponentKey.SUPPORT, -paid_back * (1 + model.vat(day)))
    local = period.start.astimezone(model.zone)
    if (grid := _grid_energy(model, local)) is not None:
        yield PriceComponent(ComponentKey.GRID_ENERGY, grid)
    yield from _taxes(model, day)
    for adder in contract.adders:
        if adder.when.matches(local, holidays=_holidays(contract)):
            yield PriceComponent(ComponentKey.ADDER, model.entered(adder.amount, day), adder.name)


def _grid_energy(model: PriceModel, local: datetime) -> Decimal | None:
    contract, day = model.contract, local.date()
    if contract.grid.company is not None:
        tariff = model.data.grid.company(contract.grid.company).tariff(day, contract.dwelling)
        return tariff.energy.at(local) * ORE * (1 + model.vat(day))
    if contract.grid.energy is None:
        return None
    rate = contract.grid.energy.at(local, holidays=_holidays(contract))
    return model.entered(rate, day)


def _taxes(model: PriceModel, day: date) -> Iterable[PriceComponent]:
    taxes = model.contract.taxes
    if isinstance(taxes, OtherTaxes):
        if taxes.energy_tax:
            yield PriceComponent(ComponentKey.ENERGY_TAX, model.entered(taxes.energy_tax, day))
        return
    norway, with_vat = model.data.norway, 1 + model.vat(day)
    if tax := norway.consumption_tax_on(day, action_zone=taxes.action_zone):
        yield PriceComponent(ComponentKey.CONSUMPTION_TAX, tax * with_vat)
    yield PriceComponent(ComponentKey.ENOVA, rate_on(norway.enova, day, "enova").value * with_vat)


def _holidays(contract: Contract) -> bool:
    """Return whether Norway's holidays count; those of other countries are not known."""
    return isinstance(contract.taxes, NorwegianTaxes)
