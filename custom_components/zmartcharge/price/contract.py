"""What a household has agreed on, and where it lives: all that its price depends on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
import re
from typing import Any, Self
from zoneinfo import ZoneInfo

from .areas import checked_area
from .capacity import CapacityTariff
from .errors import PriceError, PriceProblem
from .grid import Dwelling
from .numbers import contract_amount, decimal_of
from .period import Resolution
from .time_rule import EnergyRates, TimedRate

_CURRENCY = re.compile(r"[A-Z]{3}")


class EnergyKind(StrEnum):
    """How the energy itself is paid."""

    SPOT = "spot"
    FIXED = "fixed"
    NORGESPRIS = "norgespris"


@dataclass(frozen=True, slots=True)
class FixedPrice:
    """A price per kWh that holds from a moment (aware, kept in UTC) on."""

    since: datetime
    value: Decimal

    def __post_init__(self) -> None:
        """Raise ``PriceError`` for a moment without a time zone or a value that is no price."""
        if self.since.tzinfo is None:
            raise PriceError(PriceProblem.INVALID_CONTRACT, name="since", value=self.since)
        object.__setattr__(self, "since", self.since.astimezone(UTC))
        contract_amount("value", self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Energy:
    """How the energy itself is paid.

    ``fixed`` is the history of a fixed price, oldest first; a new price is added to it, so that what
    was charged before keeps the price it had. ``all_inclusive``: the fixed price is all that is paid
    per kWh, with grid and taxes, as a tenant may have it.
    """

    kind: EnergyKind
    fixed: tuple[FixedPrice, ...] = ()
    all_inclusive: bool = False

    def __post_init__(self) -> None:
        """Raise ``PriceError`` when the history does not fit the kind."""
        moments = [price.since for price in self.fixed]
        fits = bool(self.fixed) if self.kind is EnergyKind.FIXED else not self.fixed
        if not fits or sorted(set(moments)) != moments:
            raise PriceError(PriceProblem.INVALID_CONTRACT, name="fixed", value=len(moments))
        if self.all_inclusive and self.kind is not EnergyKind.FIXED:
            raise PriceError(PriceProblem.INVALID_CONTRACT, name="all_inclusive", value=self.kind)

    def fixed_at(self, moment: datetime) -> Decimal:
        """Return the fixed price that held at a moment. Raises ``PriceError`` before the first."""
        for price in reversed(self.fixed):
            if price.since <= moment:
                return price.value
        raise PriceError(PriceProblem.NO_FIXED_PRICE, moment=moment.isoformat())

    def with_fixed(self, price: FixedPrice) -> Self:
        """Return it with a new price; one of the same moment is replaced."""
        others = [each for each in self.fixed if each.since != price.since]
        history = sorted([*others, price], key=lambda each: each.since)
        return type(self)(
            kind=EnergyKind.FIXED, fixed=tuple(history), all_inclusive=self.all_inclusive
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {
            "kind": self.kind,
            "fixed": [[price.since.isoformat(), str(price.value)] for price in self.fixed],
            "all_inclusive": self.all_inclusive,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return what ``to_dict`` gave. Raises ``PriceError``, ``KeyError`` or ``ValueError``."""
        return cls(
            kind=EnergyKind(stored["kind"]),
            fixed=tuple(
                FixedPrice(datetime.fromisoformat(since), decimal_of("value", value))
                for since, value in stored.get("fixed", ())
            ),
            all_inclusive=bool(stored.get("all_inclusive", False)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The grid fee: of a company in the catalogue, or entered by hand. Both empty means none.

    By hand ``energy`` is per kWh and ``capacity`` per month, in the contract's currency and with VAT
    or without as the contract's other amounts.
    """

    company: str | None = None
    energy: EnergyRates | None = None
    capacity: CapacityTariff | None = None

    def __post_init__(self) -> None:
        """Raise ``PriceError`` when both a company and own fees are given."""
        if self.company is not None and (self.energy or self.capacity):
            raise PriceError(PriceProblem.INVALID_CONTRACT, name="grid", value=self.company)

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {
            "company": self.company,
            "energy": self.energy and self.energy.to_dict(),
            "capacity": self.capacity and self.capacity.to_dict(),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return what ``to_dict`` gave. Raises ``PriceError``, ``KeyError`` or ``ValueError``."""
        energy, capacity = stored.get("energy"), stored.get("capacity")
        return cls(
            company=stored.get("company"),
            energy=EnergyRates.from_dict(energy) if energy else None,
            capacity=CapacityTariff.from_dict(capacity) if capacity else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NorwegianTaxes:
    """Taxes of a Norwegian household: by ``county`` (two digits, Statistics Norway) and zone."""

    county: str
    action_zone: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {"county": self.county, "action_zone": self.action_zone}


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherTaxes:
    """Taxes elsewhere: ``vat`` as 0.25 (0 to 1), ``energy_tax`` per kWh.

    The energy tax is with VAT or without as the contract's other amounts.
    """

    vat: Decimal = Decimal()
    energy_tax: Decimal = Decimal()

    def __post_init__(self) -> None:
        """Raise ``PriceError`` for a VAT that is no share."""
        contract_amount("energy_tax", self.energy_tax)
        if not self.vat.is_finite() or not 0 <= self.vat <= 1:
            raise PriceError(PriceProblem.INVALID_CONTRACT, name="vat", value=self.vat)

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {"vat": str(self.vat), "energy_tax": str(self.energy_tax)}


type Taxes = NorwegianTaxes | OtherTaxes


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """All that a household's price depends on.

    ``area`` is the price area, needed for spot prices and strømstøtte. ``markup`` is per kWh,
    ``monthly_fee`` per month; these, fixed prices, own grid fees and ``adders`` (which all add up) are
    in ``currency`` and with VAT unless ``amounts_include_vat`` is off. ``support`` is strømstøtte.
    ``settlement`` tells whether the supplier counts by quarter or by the mean of the hour's quarters.
    """

    energy: Energy
    taxes: Taxes
    area: str | None = None
    currency: str = "NOK"
    time_zone: str = "Europe/Oslo"
    grid: Grid = Grid()
    markup: Decimal = Decimal()
    monthly_fee: Decimal = Decimal()
    adders: tuple[TimedRate, ...] = ()
    amounts_include_vat: bool = True
    support: bool = False
    dwelling: Dwelling = Dwelling.HOME
    settlement: Resolution = Resolution.HOUR

    def __post_init__(self) -> None:
        """Raise ``PriceError`` naming the field that does not fit the others."""
        contract_amount("markup", self.markup)
        contract_amount("monthly_fee", self.monthly_fee)
        try:
            ZoneInfo(self.time_zone)
        except (ValueError, OSError, KeyError) as problem:
            raise _invalid("time_zone", self.time_zone) from problem
        if not _CURRENCY.fullmatch(self.currency):
            raise _invalid("currency", self.currency)
        if self.area is not None:
            checked_area(self.area)
        elif self.needs_spot:
            raise _invalid("area", self.area)
        if self.settlement is Resolution.HALF_HOUR:
            raise _invalid("settlement", self.settlement)
        norwegian = isinstance(self.taxes, NorwegianTaxes)
        if self.grid.company is not None and not norwegian:
            raise _invalid("grid", self.grid.company)
        if self.energy.kind is EnergyKind.NORGESPRIS and not norwegian:
            raise _invalid("energy", self.energy.kind)
        if norwegian and self.currency != "NOK":
            raise _invalid("currency", self.currency)
        if self.support and not self._may_have_support(norwegian=norwegian):
            raise _invalid("support", self.dwelling)

    @property
    def needs_spot(self) -> bool:
        """Return whether there is no price without a spot price, at least above a limit."""
        return self.energy.kind is not EnergyKind.FIXED or self.support

    @property
    def zone(self) -> ZoneInfo:
        """Return the time zone in which its hours and dates are meant."""
        return ZoneInfo(self.time_zone)

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {
            "energy": self.energy.to_dict(),
            "taxes": self.taxes.to_dict(),
            "area": self.area,
            "currency": self.currency,
            "time_zone": self.time_zone,
            "grid": self.grid.to_dict(),
            "markup": str(self.markup),
            "monthly_fee": str(self.monthly_fee),
            "adders": [adder.to_dict() for adder in self.adders],
            "amounts_include_vat": self.amounts_include_vat,
            "support": self.support,
            "dwelling": self.dwelling,
            "settlement": int(self.settlement),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return what ``to_dict`` gave. Raises ``PriceError`` for anything else."""
        try:
            return cls._from_dict(stored)
        except PriceError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise _invalid("contract", problem) from problem

    @classmethod
    def _from_dict(cls, stored: Mapping[str, Any]) -> Self:
        return cls(
            energy=Energy.from_dict(stored["energy"]),
            taxes=_taxes(stored["taxes"]),
            area=stored.get("area"),
            currency=stored.get("currency", "NOK"),
            time_zone=stored.get("time_zone", "Europe/Oslo"),
            grid=Grid.from_dict(stored.get("grid", {})),
            markup=decimal_of("markup", stored.get("markup", 0)),
            monthly_fee=decimal_of("monthly_fee", stored.get("monthly_fee", 0)),
            adders=tuple(TimedRate.from_dict(each) for each in stored.get("adders", ())),
            amounts_include_vat=bool(stored.get("amounts_include_vat", True)),
            support=bool(stored.get("support", False)),
            dwelling=Dwelling(stored.get("dwelling", Dwelling.HOME)),
            settlement=Resolution(stored.get("settlement", Resolution.HOUR)),
        )

    def _may_have_support(self, *, norwegian: bool) -> bool:
        return (
            norwegian
            and self.dwelling is Dwelling.HOME
            and self.energy.kind is not EnergyKind.NORGESPRIS
            and not self.energy.all_inclusive
        )


def _taxes(stored: Mapping[str, Any]) -> Taxes:
    if "county" in stored:
        return NorwegianTaxes(
            county=stored["county"], action_zone=bool(stored.get("action_zone", False))
        )
    return OtherTaxes(
        vat=decimal_of("vat", stored.get("vat", 0)),
        energy_tax=decimal_of("energy_tax", stored.get("energy_tax", 0)),
    )


def _invalid(name: str, value: object) -> PriceError:
    return PriceError(PriceProblem.INVALID_CONTRACT, name=name, value=value)
