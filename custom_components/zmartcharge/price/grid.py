"""The grid companies' tariffs, compiled from kraftsystemet/fri-nettleie (CC BY 4.0).

``script/compile_tariffs`` makes ``data/grid_tariffs.json``; its head tells source, date and licence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self

from .capacity import CapacityTariff
from .errors import PriceError, PriceProblem
from .time_rule import EnergyRates


class Dwelling(StrEnum):
    """What is supplied; grid companies, Norgespris and strømstøtte tell them apart."""

    HOME = "home"
    #: A holiday home.
    CABIN = "cabin"


@dataclass(frozen=True, slots=True, kw_only=True)
class GridTariff:
    """A tariff from a local date on, for some dwellings.

    ``energy`` is in øre per kWh, ``capacity`` in NOK per **year**, both without VAT and taxes.
    """

    since: date
    dwellings: frozenset[Dwelling]
    energy: EnergyRates
    capacity: CapacityTariff

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return a tariff of the compiled file. Raises ``ValueError`` when it is damaged."""
        return cls(
            since=date.fromisoformat(stored["since"]),
            dwellings=frozenset(Dwelling(each) for each in stored["dwellings"]),
            energy=EnergyRates.from_dict(stored["energy"]),
            capacity=CapacityTariff.from_dict(stored["capacity"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCompany:
    """A grid company, or a part of its grid with tariffs of its own."""

    id: str
    name: str
    updated: date
    sources: tuple[str, ...]
    tariffs: tuple[GridTariff, ...]

    def serves(self, dwelling: Dwelling) -> bool:
        """Return whether it has a tariff for such a dwelling now."""
        return any(dwelling in tariff.dwellings for tariff in self.tariffs)

    def tariff(self, day: date, dwelling: Dwelling) -> GridTariff:
        """Return the tariff of a local date. Raises ``PriceError`` when there is none.

        The last known one goes on until a newer one is compiled in.
        """
        found = [
            tariff
            for tariff in self.tariffs
            if tariff.since <= day and dwelling in tariff.dwellings
        ]
        if not found:
            raise PriceError(
                PriceProblem.NO_GRID_TARIFF, company=self.name, day=day, dwelling=dwelling
            )
        return max(found, key=lambda tariff: tariff.since)


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCatalogue:
    """All grid companies by id, and where the data comes from."""

    source: str
    attribution: str
    license: str
    updated: date
    companies: Mapping[str, GridCompany]

    def company(self, company_id: str) -> GridCompany:
        """Return a company. Raises ``PriceError`` for an unknown id."""
        if (found := self.companies.get(company_id)) is None:
            raise PriceError(PriceProblem.UNKNOWN_GRID_COMPANY, company=company_id)
        return found

    def names(self, dwelling: Dwelling) -> dict[str, str]:
        """Return id and name of every company with a tariff for a dwelling, by name."""
        serving = (each for each in self.companies.values() if each.serves(dwelling))
        return {each.id: each.name for each in sorted(serving, key=lambda each: each.name)}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return the compiled file's contents."""
        return cls(
            source=stored["source"],
            attribution=stored["attribution"],
            license=stored["license"],
            updated=date.fromisoformat(stored["updated"]),
            companies={
                company_id: GridCompany(
                    id=company_id,
                    name=each["name"],
                    updated=date.fromisoformat(each["updated"]),
                    sources=tuple(each["sources"]),
                    tariffs=tuple(GridTariff.from_dict(tariff) for tariff in each["tariffs"]),
                )
                for company_id, each in stored["companies"].items()
            },
        )
