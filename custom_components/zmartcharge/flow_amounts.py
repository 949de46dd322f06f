"""The amounts that people type: with a decimal comma or point, within what can be."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
import re
from typing import Any

_CROWNS = {"NOK", "SEK", "DKK"}
_EUROS = {"EUR", "GBP", "CHF", "USD"}
#: Digits with a decimal point or comma: no thousands separator, no exponent.
_AMOUNT = re.compile(r"[+-]?(?:\d{1,7}(?:[.,]\d{0,8})?|[.,]\d{1,8})", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}")
_PERCENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Limits:
    """The least and the most that an amount can be, to catch øre that were meant as kroner."""

    least: Decimal
    most: Decimal


def percents(_currency: str) -> Limits:
    """Return the limits of a VAT in per cent."""
    return Limits(Decimal(0), Decimal(100))


def price_limits(currency: str) -> Limits:
    """Return the limits of a price per kWh."""
    return Limits(Decimal(0), _scaled(currency, Decimal(2)))


def addition_limits(currency: str) -> Limits:
    """Return the limits of what a supplier or a tax adds per kWh; it may be a rebate."""
    most = _scaled(currency, Decimal("0.3"))
    return Limits(-most, most)


def monthly_limits(currency: str) -> Limits:
    """Return the limits of a fee per month."""
    return Limits(Decimal(0), _scaled(currency, Decimal(1000)))


def unit_of(currency: str) -> str:
    """Return what people call a currency."""
    return "kr" if currency in _CROWNS else currency


def is_currency(text: str) -> bool:
    """Return whether a text can be a code of ISO 4217."""
    return _CURRENCY.fullmatch(text) is not None


def read_amounts(
    user_input: Mapping[str, Any], limits: Mapping[str, Limits], needed: Collection[str] = ()
) -> tuple[dict[str, Decimal], dict[str, str]]:
    """Return the amounts that were typed, 0 for an empty one, and what is wrong, by field."""
    amounts: dict[str, Decimal] = {}
    errors: dict[str, str] = {}
    for name, limit in limits.items():
        text = str(user_input.get(name, "")).strip().replace("\N{MINUS SIGN}", "-")
        if (text or name in needed) and not _AMOUNT.fullmatch(text):
            errors[name] = "amount_invalid"
            continue
        amount = Decimal(text.replace(",", ".") or 0)
        if limit.least <= amount <= limit.most:
            amounts[name] = amount
        else:
            errors[name] = "amount_range"
    return amounts, errors


def percent_of(share: Decimal) -> Decimal:
    """Return a share in per cent."""
    return share / _PERCENT


def share_of(percent: Decimal) -> Decimal:
    """Return per cent as a share."""
    return percent * _PERCENT


def _scaled(currency: str, amount: Decimal) -> Decimal:
    """Return an amount of euros in the order of magnitude of another currency."""
    if currency in _EUROS:
        return amount
    return amount * 10 if currency in _CROWNS else Decimal(1_000_000)
