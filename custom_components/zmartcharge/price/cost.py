"""What energy has cost, frozen with the price that held.

Rounding: a period's lines are each kept to a millionth of the currency's unit, half to even, and its cost
is their sum, so that lines and cost always agree. A sum that someone pays is rounded once, at the end, to
the minor unit (øre), half away from zero, as invoices are: ``rounded``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any, Self

from ..units import WattHour
from .errors import PriceError, PriceProblem
from .model import ComponentKey, PriceBreakdown, PriceComponent, PriceModel, components
from .numbers import decimal_of
from .period import Period, local_date
from .series import SpotPrice

_KEPT = Decimal("0.000001")
_MINOR_UNIT = Decimal("0.01")
_WH_PER_KWH = 1000


def cost(breakdown: PriceBreakdown, energy: WattHour) -> Decimal:
    """Return what energy (Wh) costs with a period's price, with VAT, to a millionth."""
    return sum(
        (each.amount for each in cost_lines(breakdown, energy)),
        Decimal(),
    )


def cost_lines(breakdown: PriceBreakdown, energy: WattHour) -> tuple[PriceComponent, ...]:
    """Return the cost's lines; here ``amount`` is of all the energy, not per kWh."""
    return tuple(
        PriceComponent(
            each.key,
            (each.amount * energy / _WH_PER_KWH).quantize(_KEPT, ROUND_HALF_EVEN),
            each.name,
        )
        for each in breakdown.components
    )


def rounded(amount: Decimal) -> Decimal:
    """Return a sum to be paid, to two decimals; do this once, not for each period."""
    return amount.quantize(_MINOR_UNIT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenCost:
    """What energy in a period has cost; nothing that changes later changes it.

    ``lines`` are of all the energy, with VAT. ``estimated`` tells that the price was a forecast, or
    preliminary, when it was frozen, so that it may be worked out again once.
    """

    period: Period
    energy: WattHour
    currency: str
    lines: tuple[PriceComponent, ...]
    estimated: bool = False

    @property
    def cost(self) -> Decimal:
        """Return the sum of the lines."""
        return sum((line.amount for line in self.lines), Decimal())

    @property
    def price(self) -> Decimal | None:
        """Return the average price per kWh; ``None`` without energy."""
        return self.cost * _WH_PER_KWH / self.energy if self.energy else None

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {
            "start": self.period.start.isoformat(),
            "end": self.period.end.isoformat(),
            "energy": self.energy,
            "currency": self.currency,
            "lines": [[line.key, str(line.amount), line.name] for line in self.lines],
            "estimated": self.estimated,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return what ``to_dict`` gave. Raises ``KeyError``, ``TypeError`` or ``ValueError``."""
        return cls(
            period=Period(
                datetime.fromisoformat(stored["start"]), datetime.fromisoformat(stored["end"])
            ),
            energy=int(stored["energy"]),
            currency=str(stored["currency"]),
            lines=tuple(
                PriceComponent(ComponentKey(key), decimal_of("amount", amount), name)
                for key, amount, name in stored["lines"]
            ),
            estimated=bool(stored["estimated"]),
        )


def charges(
    model: PriceModel,
    period: Period,
    spot: SpotPrice | None,
    consumed_this_month: WattHour,
    energy: WattHour,
    *,
    hour_spot: Decimal | None = None,
) -> tuple[tuple[PriceBreakdown, WattHour], ...]:
    """Return the prices of energy taken in a period, and how many Wh each one is of.

    Two when the month's limit of strømstøtte or Norgespris is crossed in it, in the order of
    consumption. Raises ``PriceError`` as ``components`` does.
    """
    if energy < 0 or consumed_this_month < 0:
        raise PriceError(PriceProblem.ABSURD, value=min(energy, consumed_this_month))
    limit = model.limit(local_date(period.start, model.zone))
    below = energy if limit is None else min(energy, max(0, limit - consumed_this_month))
    parts = [(consumed_this_month, below), (consumed_this_month + below, energy - below)]
    return tuple(
        (components(model, period, spot, consumed, hour_spot=hour_spot), part)
        for consumed, part in parts
        if part
    )


def freeze(
    model: PriceModel,
    period: Period,
    spot: SpotPrice | None,
    consumed_this_month: WattHour,
    energy: WattHour,
    *,
    hour_spot: Decimal | None = None,
) -> FrozenCost:
    """Return what energy (Wh, 0 or more) taken in a period costs, to be kept.

    ``consumed_this_month`` is what the home had taken before the period. Raises ``PriceError`` as
    ``components`` does; then try again when the price is known.
    """
    parts = charges(model, period, spot, consumed_this_month, energy, hour_spot=hour_spot)
    totals: dict[tuple[ComponentKey, str | None], Decimal] = {}
    for breakdown, part in parts:
        for line in cost_lines(breakdown, part):
            key = (line.key, line.name)
            totals[key] = totals.get(key, Decimal()) + line.amount
    return FrozenCost(
        period=period,
        energy=energy,
        currency=model.contract.currency,
        lines=tuple(PriceComponent(key, amount, name) for (key, name), amount in totals.items()),
        estimated=any(breakdown.forecast or breakdown.preliminary for breakdown, _ in parts),
    )
