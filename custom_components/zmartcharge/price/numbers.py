"""Numbers that people and data files give."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from .errors import PriceError, PriceProblem

#: No amount of a contract is larger, be it per kWh or per month.
_LARGEST = Decimal(1_000_000)


def decimal_of(name: str, value: object) -> Decimal:
    """Return an amount of a contract. Raises ``PriceError`` naming the field."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise PriceError(PriceProblem.INVALID_CONTRACT, name=name, value=value)
    try:
        # A float is taken as people read it: 0.1, not what its 53 bits are.
        found = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        raise PriceError(PriceProblem.INVALID_CONTRACT, name=name, value=value) from None
    return contract_amount(name, found)


def contract_amount(name: str, value: Decimal) -> Decimal:
    """Return an amount if it is one. Raises ``PriceError`` naming the field."""
    if not value.is_finite() or abs(value) > _LARGEST:
        raise PriceError(PriceProblem.INVALID_CONTRACT, name=name, value=value)
    return value


def contract_numbers(name: str, values: Iterable[object], least: int, most: int) -> None:
    """Raise ``PriceError`` for a value that is no whole number in a range."""
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise PriceError(PriceProblem.INVALID_CONTRACT, name=name, value=value)
