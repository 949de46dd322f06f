"""Norway's taxes and support schemes by date, from ``data/norway.json``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol, Self

from ..units import WattHour
from .errors import PriceError, PriceProblem
from .grid import Dwelling

#: The data tells øre, prices are in NOK.
ORE = Decimal("0.01")
_PERCENT = Decimal("0.01")


class _Dated(Protocol):
    @property
    def since(self) -> date: ...


@dataclass(frozen=True, slots=True)
class Rate:
    """An amount that holds from a local date on."""

    since: date
    value: Decimal


@dataclass(frozen=True, slots=True)
class SupportRate:
    """Strømstøtte: ``share`` (0 to 1) of what the spot price exceeds ``threshold`` by.

    ``threshold`` is in NOK per kWh without VAT, ``limit`` in Wh per month.
    """

    since: date
    threshold: Decimal
    share: Decimal
    limit: WattHour

    def per_kwh(self, hour_spot: Decimal) -> Decimal:
        """Return what is paid back of an hour's mean spot price, in NOK per kWh without VAT."""
        return max(Decimal(), hour_spot - self.threshold) * self.share


@dataclass(frozen=True, slots=True)
class NorgesprisRate:
    """Norgespris: ``price`` in NOK per kWh without VAT, up to ``limits`` in Wh per month.

    ``until`` is the first local date for which nothing is decided yet.
    """

    since: date
    until: date
    price: Decimal
    limits: Mapping[Dwelling, WattHour]


@dataclass(frozen=True, slots=True, kw_only=True)
class NorwegianRates:
    """All of Norway's rates; amounts in NOK per kWh without VAT."""

    checked: date
    vat: tuple[Rate, ...]
    consumption_tax: tuple[Rate, ...]
    enova: tuple[Rate, ...]
    support: tuple[SupportRate, ...]
    norgespris: tuple[NorgesprisRate, ...]
    counties: Mapping[str, str]
    vat_exempt_counties: frozenset[str]
    action_zone_counties: frozenset[str]
    action_zone_municipalities: Mapping[str, tuple[str, ...]]

    def vat_on(self, day: date, county: str) -> Decimal:
        """Return the VAT that a household pays, as 0.25. Raises ``PriceError``."""
        if county not in self.counties:
            raise PriceError(PriceProblem.UNKNOWN_COUNTY, county=county)
        if county in self.vat_exempt_counties:
            return Decimal()
        return rate_on(self.vat, day, "vat").value

    def consumption_tax_on(self, day: date, *, action_zone: bool) -> Decimal:
        """Return forbruksavgift; 0 in the action zone. Raises ``PriceError``."""
        if action_zone:
            return Decimal()
        return rate_on(self.consumption_tax, day, "consumption_tax").value

    def in_action_zone(self, county: str, municipality: str | None = None) -> bool | None:
        """Return whether a place is in the action zone; ``None`` when the municipality decides."""
        if county in self.action_zone_counties:
            return True
        names = self.action_zone_municipalities.get(county)
        if names is None:
            return False
        return None if municipality is None else municipality in names

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return the data file's contents."""
        return cls(
            checked=date.fromisoformat(stored["checked"]),
            vat=_rates(stored["vat"], _PERCENT),
            consumption_tax=_rates(stored["consumption_tax"], ORE),
            enova=_rates(stored["enova"], ORE),
            support=tuple(
                SupportRate(
                    date.fromisoformat(each["since"]),
                    Decimal(each["threshold"]) * ORE,
                    Decimal(each["percent"]) * _PERCENT,
                    each["limit"] * 1000,
                )
                for each in stored["support"]["values"]
            ),
            norgespris=tuple(
                NorgesprisRate(
                    date.fromisoformat(each["since"]),
                    date.fromisoformat(each["until"]),
                    Decimal(each["price"]) * ORE,
                    {dwelling: each[dwelling] * 1000 for dwelling in Dwelling},
                )
                for each in stored["norgespris"]["values"]
            ),
            counties=stored["counties"]["names"],
            vat_exempt_counties=frozenset(stored["vat"]["exempt_counties"]),
            action_zone_counties=frozenset(stored["action_zone"]["counties"]),
            action_zone_municipalities={
                county: tuple(names)
                for county, names in stored["action_zone"]["municipalities"].items()
            },
        )


def rate_on[R: _Dated](rates: Sequence[R], day: date, name: str) -> R:
    """Return the last rate that began on a day or before. Raises ``PriceError`` before the first."""
    found = [rate for rate in rates if rate.since <= day]
    if not found:
        raise PriceError(PriceProblem.UNKNOWN_RATE, name=name, day=day)
    return max(found, key=lambda rate: rate.since)


def _rates(stored: Mapping[str, Any], unit: Decimal) -> tuple[Rate, ...]:
    return tuple(
        Rate(date.fromisoformat(each["since"]), Decimal(each["value"]) * unit)
        for each in stored["values"]
    )
