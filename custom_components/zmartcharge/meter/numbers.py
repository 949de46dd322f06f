"""Numbers out of foreign text: exact, finite and within what a house can have."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
import json
from typing import Any

from .errors import PayloadError, PayloadProblem

# Far beyond any fuse box with a HAN port; what a certain house can have is judged by its fuse.
MAX_CURRENT = Decimal(10_000)
MAX_VOLTAGE = Decimal(1_000)
MAX_POWER = Decimal(10_000_000)
MAX_ENERGY = Decimal(10_000_000_000)


def load_object(text: str) -> dict[str, Any]:
    """Read a JSON object with every number as a ``Decimal``; raise ``PayloadError``."""
    try:
        top = json.loads(text, parse_float=_decimal, parse_int=_decimal, parse_constant=Decimal)
    except (ValueError, RecursionError) as error:
        raise PayloadError(PayloadProblem.NOT_JSON, start=text) from error
    if not isinstance(top, dict):
        raise PayloadError(PayloadProblem.NOT_AN_OBJECT, start=text)
    return top


def check(name: str, value: Decimal, limit: Decimal) -> Decimal:
    """Return the value if it is finite and not beyond the limit; raise ``PayloadError``."""
    if not value.is_finite():
        raise PayloadError(PayloadProblem.NOT_FINITE, name=name, value=value)
    # Not abs(), which overflows at an exponent of nine digits.
    if value.copy_abs() > limit:
        raise PayloadError(PayloadProblem.ABSURD, name=name, value=value)
    return value


def parse_decimal(name: str, text: str, limit: Decimal) -> Decimal:
    """Read a number that was sent as text; raise ``PayloadError``."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation as error:
        raise PayloadError(PayloadProblem.NOT_A_NUMBER, name=name, value=text) from error
    return check(name, value, limit)


def number(data: Mapping[str, Any], name: str, limit: Decimal) -> Decimal | None:
    """Return a value of an object, ``None`` when it is absent or null; raise ``PayloadError``."""
    value = data.get(name)
    if value is None:
        return None
    if not isinstance(value, Decimal):
        given = value if isinstance(value, str) else type(value).__name__
        raise PayloadError(PayloadProblem.NOT_A_NUMBER, name=name, value=given)
    return check(name, value, limit)


def counter(data: Mapping[str, Any], name: str) -> Decimal | None:
    """Return an energy register, which is never negative; raise ``PayloadError``."""
    value = number(data, name, MAX_ENERGY)
    return None if value is None else not_negative(name, value)


def not_negative(name: str, value: Decimal) -> Decimal:
    """Return the value unless it is negative; raise ``PayloadError``."""
    if value < 0:
        raise PayloadError(PayloadProblem.ABSURD, name=name, value=value)
    return value


def _decimal(digits: str) -> Decimal:
    try:
        return Decimal(digits)
    except InvalidOperation:  # an exponent of twenty digits
        return Decimal("Infinity")
