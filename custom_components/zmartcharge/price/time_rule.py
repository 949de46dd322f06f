"""When a rate holds: hours, days and months as the clock and the calendar on the wall show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, Self

from .holidays import is_norwegian_holiday
from .numbers import contract_numbers, decimal_of


class DayType(StrEnum):
    """A kind of day, as fri-nettleie's format tells them apart (tariff-eksempel.yml)."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"
    #: Monday to Friday, holidays too.
    WEEKDAY = "weekday"
    #: Saturday and Sunday.
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    #: Weekend or holiday.
    DAY_OFF = "day_off"
    #: Neither weekend nor holiday.
    WORKDAY = "workday"


_WEEK = tuple(DayType)[:7]


@lru_cache(maxsize=1000)
def day_types(day: date, *, holidays: bool = True) -> frozenset[DayType]:
    """Return every kind that a day is of; without ``holidays`` only the week counts."""
    holiday = holidays and is_norwegian_holiday(day)
    weekend = day.weekday() >= 5
    found = {_WEEK[day.weekday()], DayType.WEEKEND if weekend else DayType.WEEKDAY}
    found.add(DayType.DAY_OFF if weekend or holiday else DayType.WORKDAY)
    if holiday:
        found.add(DayType.HOLIDAY)
    return frozenset(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRule:
    """Hours 0 to 23, kinds of day and months 1 to 12; an empty one means all.

    Hour 6 is 06:00 to 06:59:59. When the clocks change hour 2 comes twice or not at all.
    """

    hours: frozenset[int] = frozenset()
    days: frozenset[DayType] = frozenset()
    months: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        """Raise ``PriceError`` for an hour or month that there is not."""
        contract_numbers("hours", self.hours, 0, 23)
        contract_numbers("months", self.months, 1, 12)

    def matches(self, local: datetime, *, holidays: bool = True) -> bool:
        """Return whether it holds at a local time."""
        return (
            (not self.hours or local.hour in self.hours)
            and (not self.months or local.month in self.months)
            and (not self.days or bool(self.days & day_types(local.date(), holidays=holidays)))
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON; what means all is left out."""
        lists: dict[str, list[Any]] = {
            "hours": sorted(self.hours),
            "days": sorted(self.days),
            "months": sorted(self.months),
        }
        return {name: values for name, values in lists.items() if values}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return what ``to_dict`` gave. Raises ``ValueError`` or ``TypeError`` for another."""
        return cls(
            hours=frozenset(stored.get("hours", ())),
            days=frozenset(DayType(day) for day in stored.get("days", ())),
            months=frozenset(stored.get("months", ())),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedRate:
    """An amount per kWh that holds by a rule; ``name`` is the one who set it gave it."""

    name: str
    amount: Decimal
    when: TimeRule = TimeRule()

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {"name": self.name, "amount": str(self.amount), **self.when.to_dict()}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return what ``to_dict`` gave. Raises ``PriceError``, ``KeyError`` or ``ValueError``."""
        return cls(
            name=str(stored["name"]),
            amount=decimal_of("amount", stored["amount"]),
            when=TimeRule.from_dict(stored),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyRates:
    """A grid company's energy fee per kWh: ``base``, and exceptions of which the last one holds.

    Units are those of who made it: NOK per kWh in a contract, øre per kWh without VAT in the data.
    """

    base: Decimal
    exceptions: tuple[TimedRate, ...] = ()

    def at(self, local: datetime, *, holidays: bool = True) -> Decimal:
        """Return the rate at a local time."""
        return next(
            (
                rate.amount
                for rate in reversed(self.exceptions)
                if rate.when.matches(local, holidays=holidays)
            ),
            self.base,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {
            "base": str(self.base),
            "exceptions": [rate.to_dict() for rate in self.exceptions],
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return what ``to_dict`` gave. Raises ``PriceError``, ``KeyError`` or ``ValueError``."""
        return cls(
            base=decimal_of("base", stored["base"]),
            exceptions=tuple(TimedRate.from_dict(each) for each in stored.get("exceptions", ())),
        )
