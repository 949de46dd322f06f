"""The parts that parsers of price lists share: strict about numbers, times, units and lengths."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from .errors import PriceError, PriceProblem
from .period import Period, Resolution
from .series import PriceSeries, SpotPrice

#: What a price list calls things, in the order in which they are looked for.
_STARTS = ("start", "start_time", "time_start", "startsAt", "starts_at", "hour", "time", "datetime")
_ENDS = ("end", "end_time", "time_end", "endsAt", "ends_at")
_VALUES = ("value", "price", "price_per_kwh", "total")

_ENERGY = {"kwh": Decimal(1), "mwh": Decimal(1000)}
_MINOR = Decimal("0.01")
_CROWNS = {"NOK", "SEK", "DKK"}
_KNOWN_CURRENCIES = {"nok", "sek", "dkk", "eur", "pln", "gbp", "chf", "usd", "czk", "huf", "ron"}
_KEPT = Decimal("0.00000001")


def number(value: object) -> Decimal:
    """Return a number. Raises ``PriceError`` for anything else, and for NaN and infinity."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise PriceError(PriceProblem.NOT_A_NUMBER, value=value)
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        raise PriceError(PriceProblem.NOT_A_NUMBER, value=value) from None
    if not found.is_finite():
        raise PriceError(PriceProblem.NOT_A_NUMBER, value=value)
    return found


def moment(value: object) -> datetime:
    """Return an aware moment, from ISO 8601 text or a ``datetime``. Raises ``PriceError``."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise PriceError(PriceProblem.NOT_A_TIME, value=value) from None
    if not isinstance(value, datetime):
        raise PriceError(PriceProblem.NOT_A_TIME, value=value)
    if value.tzinfo is None:
        raise PriceError(PriceProblem.NO_TIME_ZONE, value=value)
    return value


def per_kwh(unit: str | None, currency: str) -> Decimal:
    """Return what a price in a unit, such as ``øre/kWh``, is multiplied with.

    Raises ``PriceError`` for another currency, or a unit that is no price of energy.
    """
    money, slash, energy = (unit or "").strip().lower().partition("/")
    divisor = _ENERGY.get(energy.strip())
    if not slash or divisor is None:
        raise PriceError(PriceProblem.WRONG_UNIT, unit=unit)
    money = money.strip()
    if money in _majors(currency):
        return 1 / divisor
    if money in _minors(currency):
        return _MINOR / divisor
    if money in _KNOWN_CURRENCIES:
        raise PriceError(PriceProblem.WRONG_CURRENCY, expected=currency, found=money.upper())
    raise PriceError(PriceProblem.WRONG_UNIT, unit=unit)


def without_vat(value: Decimal, vat: Decimal) -> Decimal:
    """Return a price without VAT (0.25), to eight decimals."""
    return value if not vat else (value / (1 + vat)).quantize(_KEPT)


def period_of(start: object, end: object) -> Period:
    """Return a market period. Raises ``PriceError`` when it has another length."""
    begins, ends = moment(start), moment(end)
    minutes = (ends - begins) / timedelta(minutes=1)
    if minutes not in set(Resolution):
        raise PriceError(PriceProblem.WRONG_PERIOD, start=start, minutes=minutes)
    found = Period(begins, ends)
    if found != Period.of(begins, Resolution(int(minutes))):
        raise PriceError(PriceProblem.WRONG_PERIOD, start=start, minutes=minutes)
    return found


def rows_of(value: object) -> Sequence[Mapping[str, object]]:
    """Return a list of objects. Raises ``PriceError`` when it is something else."""
    if not isinstance(value, list | tuple) or not all(isinstance(row, Mapping) for row in value):
        raise PriceError(PriceProblem.NOT_A_LIST, value=value)
    return value


def required(row: Mapping[str, object], *names: str) -> object:
    """Return the first value that there is. Raises ``PriceError`` when there is none."""
    for name in names:
        if name in row:
            return row[name]
    raise PriceError(PriceProblem.MISSING_VALUE, name=names[0])


def series_of_rows(
    rows: Iterable[Mapping[str, object]],
    currency: str,
    *,
    factor: Decimal = Decimal(1),
    vat: Decimal = Decimal(),
    value_names: Sequence[str] = _VALUES,
) -> PriceSeries:
    """Return the prices of rows with a start, a value and perhaps an end.

    Rows whose value is null are left out: the market has not told them. Without ends all periods are
    as long as the shortest step from one to the next. Raises ``PriceError``.
    """
    found = [
        (row, number(value) * factor)
        for row in rows
        if (value := required(row, *value_names)) is not None
    ]
    if not found:
        raise PriceError(PriceProblem.NO_PRICES)
    ends = _ends([row for row, _ in found])
    return PriceSeries.of(
        currency,
        (
            SpotPrice(period_of(required(row, *_STARTS), end), without_vat(value, vat))
            for (row, value), end in zip(found, ends, strict=True)
        ),
    )


def _ends(rows: Sequence[Mapping[str, object]]) -> list[object]:
    if all(any(name in row for name in _ENDS) for row in rows):
        return [required(row, *_ENDS) for row in rows]
    starts = [moment(required(row, *_STARTS)) for row in rows]
    steps = [later - earlier for earlier, later in pairwise(sorted(set(starts)))]
    if not steps:
        raise PriceError(PriceProblem.WRONG_PERIOD, start=starts[0], minutes="?")
    return [start + min(steps) for start in starts]


def _majors(currency: str) -> set[str]:
    names = {currency.lower()}
    if currency in _CROWNS:
        names.add("kr")
    if currency == "EUR":
        names.add("€")
    return names


def _minors(currency: str) -> set[str]:
    if currency in _CROWNS:
        return {"øre", "ore", "öre"}
    return {"ct", "cent", "cents", "c", "¢"} if currency == "EUR" else set()
