"""The capacity fee: a step by how much a house takes in its highest hours.

Most grid companies go by the mean of the three highest hours of a month, on three different days
(forskrift om kontroll av nettvirksomhet § 14-2; NVE-RME's model of steps).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from ..units import WattHour
from .errors import PriceError, PriceProblem
from .numbers import decimal_of

#: Steps are published as "2 to 4.99 kW": with two decimals, so this is the least below a threshold.
_BELOW: WattHour = 10


class CapacityMethod(StrEnum):
    """What the step goes by, as fri-nettleie names the methods (tariff-eksempel.yml)."""

    #: TRE_DØGNMAX_MND: the mean of the month's three highest daily maxima.
    THREE_DAILY_MAXIMA = "three_daily_maxima"
    #: MND_MAX: the month's highest hour.
    MONTH_MAXIMUM = "month_maximum"
    #: FEM_VEKTET_ÅR: five weighted hours of the last year.
    FIVE_WEIGHTED_OF_YEAR = "five_weighted_of_year"
    #: OV_TREFASE: the size of the main fuse, which no charging changes.
    MAIN_FUSE = "main_fuse"
    UNKNOWN = "unknown"

    @property
    def hours(self) -> int | None:
        """Return how many daily maxima of the month count; ``None`` when they do not decide."""
        return _HOURS.get(self)


_HOURS = {CapacityMethod.THREE_DAILY_MAXIMA: 3, CapacityMethod.MONTH_MAXIMUM: 1}


@dataclass(frozen=True, slots=True)
class DailyPeak:
    """The highest hour of a local day: import in Wh."""

    day: date
    energy: WattHour


@dataclass(frozen=True, slots=True)
class CapacityStep:
    """A step: its lower ``threshold`` in kW (for fuses in A), and its ``fee`` per month."""

    threshold: Decimal
    fee: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityTariff:
    """The steps of a capacity fee, lowest first; step 0 begins at 0.

    ``fee`` is per month in NOK, with VAT when it comes from ``PriceModel.capacity``.
    ``threshold_included`` tells that who is exactly at a threshold pays the higher step.
    """

    method: CapacityMethod = CapacityMethod.THREE_DAILY_MAXIMA
    threshold_included: bool = True
    steps: tuple[CapacityStep, ...]

    def __post_init__(self) -> None:
        """Raise ``PriceError`` when the steps do not begin at 0 or do not rise."""
        thresholds = [step.threshold for step in self.steps]
        if not thresholds or thresholds[0] != 0 or sorted(set(thresholds)) != thresholds:
            raise PriceError(PriceProblem.INVALID_CONTRACT, name="steps", value=thresholds)

    @property
    def supported(self) -> bool:
        """Return whether the month's hours decide the step, so that charging can mind it."""
        return self.method.hours is not None

    def scaled(self, factor: Decimal, *, months: int = 1) -> Self:
        """Return it with every fee multiplied, as by VAT, and divided by the months it is of."""
        steps = (replace(step, fee=step.fee * factor / months) for step in self.steps)
        return replace(self, steps=tuple(steps))

    def average(self, peaks: Iterable[DailyPeak]) -> Decimal | None:
        """Return the mean in kW of the hours that count so far; ``None`` before there is one.

        Raises ``PriceError`` when the company goes by something else than the month's hours.
        """
        highest = _highest(peaks)[: self._hours()]
        if not highest:
            return None
        return Decimal(sum(peak.energy for peak in highest)) / len(highest) / 1000

    def step(self, peaks: Iterable[DailyPeak]) -> int:
        """Return the number of the step that the month has come to; 0 before there is an hour.

        With fewer days than count, the mean is of those that there are. Raises ``PriceError`` when
        the company goes by something else than the month's hours.
        """
        average = self.average(peaks)
        return 0 if average is None else self.step_of(average)

    def lowest_step(self, peaks: Iterable[DailyPeak]) -> int:
        """Return the number of the lowest step on which the month can still end.

        Raises ``PriceError`` when the company goes by something else than the month's hours.
        """
        count = self._hours()
        highest = sum(peak.energy for peak in _highest(peaks)[:count])
        steps = range(len(self.steps) - 1)
        return next(
            (step for step in steps if highest <= self._most(step) * count), len(self.steps) - 1
        )

    def step_of(self, power: Decimal) -> int:
        """Return the number of the step of a power in kW."""
        reached = [
            number
            for number, step in enumerate(self.steps)
            if power > step.threshold or (self.threshold_included and power == step.threshold)
        ]
        return reached[-1] if reached else 0

    def next_step_cost(self, step: int) -> Decimal | None:
        """Return what the month costs more on the step above, in NOK; ``None`` on the highest."""
        if step + 1 >= len(self.steps):
            return None
        return self.steps[step + 1].fee - self.steps[step].fee

    def crossing_cost(self, peaks: Sequence[DailyPeak], hour: DailyPeak) -> Decimal:
        """Return what the month costs more if an hour comes to this much, in NOK; 0 if nothing.

        Raises ``PriceError`` when the company goes by something else than the month's hours.
        """
        before, after = self.step(peaks), self.step([*peaks, hour])
        return max(Decimal(), self.steps[after].fee - self.steps[before].fee)

    def hour_budget(
        self, step: int, peaks: Iterable[DailyPeak], day: date, *, used: WattHour = 0
    ) -> WattHour | None:
        """Return how many Wh an hour of ``day`` may still take, so that the month stays on a step.

        Every hour of every day left may take as much, so that the allowance of tonight is not that of
        tomorrow. ``used`` is what this hour has taken already. When the step is lost already, it is the
        budget of the lowest one that the month can still end on. ``None`` on the highest step: there is
        no limit.

        Raises ``PriceError`` when the company goes by something else than the month's hours.
        """
        count = self._hours()
        month = [peak for peak in peaks if _same_month(peak.day, day)]
        highest = [peak.energy for peak in _highest(month)[:count]]
        step = max(step, self.lowest_step(month))
        if step + 1 >= len(self.steps):
            return None
        budget = _level(highest, count, self._most(step) * count)
        today = max((peak.energy for peak in month if peak.day == day), default=0)
        return max(0, max(budget, today) - used)

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {
            "method": self.method,
            "threshold_included": self.threshold_included,
            "steps": [[str(step.threshold), str(step.fee)] for step in self.steps],
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return what ``to_dict`` gave. Raises ``PriceError``, ``KeyError`` or ``ValueError``."""
        return cls(
            method=CapacityMethod(stored["method"]),
            threshold_included=bool(stored["threshold_included"]),
            steps=tuple(
                CapacityStep(decimal_of("threshold", threshold), decimal_of("fee", fee))
                for threshold, fee in stored["steps"]
            ),
        )

    def _hours(self) -> int:
        if (hours := self.method.hours) is None:
            raise PriceError(PriceProblem.CAPACITY_METHOD, method=self.method)
        return hours

    def _most(self, step: int) -> WattHour:
        """Return the highest mean in Wh that is still of a step."""
        threshold = int(self.steps[step + 1].threshold * 1000)
        return threshold - _BELOW if self.threshold_included else threshold


def _highest(peaks: Iterable[DailyPeak]) -> list[DailyPeak]:
    """Return the highest hour of each day, highest first."""
    days: dict[date, DailyPeak] = {}
    for peak in peaks:
        known = days.get(peak.day)
        if known is None or peak.energy > known.energy:
            days[peak.day] = peak
    return sorted(days.values(), key=lambda peak: (-peak.energy, peak.day))


def _level(highest: Sequence[WattHour], count: int, most: WattHour) -> WattHour:
    """Return the highest level that any number of days may reach, so that the sum stays in bounds.

    ``highest`` are at most ``count``, falling, and in bounds. Those above the level stay; the level
    takes the other places: the most for which ``sum of those above + places x level <= most``.
    """
    above = 0
    while True:
        level = (most - sum(highest[:above])) // (count - above)
        if above == len(highest) or level >= highest[above]:
            return level
        above += 1


def _same_month(one: date, other: date) -> bool:
    return (one.year, one.month) == (other.year, other.month)
