"""Parsers of what price sources send. Every one raises ``PriceError``, and nothing else."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from .errors import PriceError, PriceProblem
from .period import Period, Resolution
from .publication import MARKET_ZONE
from .reading import moment, number, per_kwh, rows_of, series_of_rows, without_vat
from .series import PriceSeries, SpotPrice

_PER_MWH = Decimal("0.001")
#: Attributes in which sensors keep their lists; those of one line belong together.
_LISTS = (
    ("raw_today", "raw_tomorrow"),
    ("prices_today", "prices_tomorrow"),
    ("today", "tomorrow"),
    ("prices",),
    ("data",),
    ("rates",),
)
#: The amsreader firmware's mark for an hour without a price, before it sent null.
_NO_VALUE = Decimal(-127)
_MOST_INDICES = 200


def parse_open_spot_prices(payload: object, currency: str) -> PriceSeries:
    """Read a day of hvakosterstrommen.no, elprisetjustnu.se or elprisenligenu.dk (the same format).

    ``payload`` is a list of ``{"NOK_per_kWh", "EUR_per_kWh", "EXR", "time_start", "time_end"}``, per
    kWh without VAT; 204 and 404 mean that the day is not published.
    """
    rows = rows_of(payload)
    if not rows:
        raise PriceError(PriceProblem.NOT_PUBLISHED)
    return series_of_rows(rows, currency, value_names=(f"{currency}_per_kWh",))


def parse_nord_pool(response: object, area: str, currency: str) -> PriceSeries:
    """Read the response of an action of Home Assistant's Nord Pool integration.

    ``get_price_indices_for_date`` and ``get_prices_for_date`` both answer
    ``{area: [{"start", "end", "price"}]}``, per **MWh** without VAT, in the currency asked for. An
    empty list is a day that is not published yet (Nord Pool's 204).
    """
    if not isinstance(response, Mapping):
        raise PriceError(PriceProblem.NOT_A_LIST, value=response)
    if area not in response:
        raise PriceError(PriceProblem.UNKNOWN_AREA, area=area)
    rows = rows_of(response[area])
    if not rows:
        raise PriceError(PriceProblem.NOT_PUBLISHED)
    return series_of_rows(rows, currency, factor=_PER_MWH, value_names=("price",))


def parse_price_list(
    attributes: object, *, unit: str | None, currency: str, vat: Decimal = Decimal()
) -> PriceSeries:
    """Read the price list in a sensor's attributes or an action's response.

    Known are the lists of the Nord Pool, ENTSO-E, Energi Data Service and EPEX custom integrations, of
    Tibber's action ``get_prices``, and any ``[{"start", "end", "value" | "price"}]``. ``unit`` is the
    sensor's, such as ``NOK/kWh``, ``øre/kWh`` or ``EUR/MWh``. ``vat`` (0.25) is taken off when the list
    is with VAT; what else is in it (grid, mark-up) must then not be in the contract.
    """
    factor = per_kwh(unit, currency)
    rows = list(_found_rows(attributes))
    if not rows:
        raise PriceError(PriceProblem.NO_PRICES)
    return series_of_rows(rows, currency, factor=factor, vat=vat)


def parse_current_price(
    state: object,
    *,
    at: datetime,
    unit: str | None,
    currency: str,
    resolution: Resolution = Resolution.HOUR,
    vat: Decimal = Decimal(),
) -> PriceSeries:
    """Read a sensor that tells only the price of now; it is taken for the whole period of ``at``."""
    value = number(state) * per_kwh(unit, currency)
    return PriceSeries.of(currency, [SpotPrice(Period.of(at, resolution), without_vat(value, vat))])


def parse_reader_prices(
    payload: object, *, received: datetime, currency: str, vat: Decimal = Decimal()
) -> PriceSeries:
    """Read the prices of an amsreader (Pow-U): its MQTT ``/prices``, or its ``/energyprice.json``.

    They are counted from the period in which they were sent: hours in ``{"prices": {"0": 0.98, ...}}``,
    ``{"pr_0": ...}`` or ``{"currency": "NOK", "00": ...}``, hours or quarters in
    ``{"prices": {"import": [...]}}``, per kWh. Null and -127 are no price. A list reaches to the end of a
    delivery day: by that its periods are told. The message is retained: ``t`` tells when it was sent.
    """
    if not isinstance(payload, Mapping):
        raise PriceError(PriceProblem.NOT_A_LIST, value=payload)
    if (named := payload.get("currency", currency)) != currency:
        raise PriceError(PriceProblem.WRONG_CURRENCY, expected=currency, found=named)
    prices = payload.get("prices", payload)
    if not isinstance(prices, Mapping):
        raise PriceError(PriceProblem.NOT_A_LIST, value=prices)
    sent = moment(told) if isinstance(told := payload.get("t"), str) else received
    resolution = _reader_resolution(prices, sent)
    first = Period.of(sent, resolution).start
    found = [
        SpotPrice(
            Period.of(first + index * resolution.duration, resolution), without_vat(value, vat)
        )
        for index, value in _indexed(prices)
        if value != _NO_VALUE
    ]
    if not found:
        raise PriceError(PriceProblem.NO_PRICES)
    return PriceSeries.of(currency, found)


def _reader_resolution(prices: Mapping[str, Any], sent: datetime) -> Resolution:
    """Return the length of a reader's periods: the one with which its list ends at midnight."""
    if "import" not in prices:
        return Resolution.HOUR
    if not isinstance(listed := prices["import"], list):
        raise PriceError(PriceProblem.NOT_A_LIST, value=listed)
    fitting = [
        resolution
        for resolution in (Resolution.QUARTER, Resolution.HOUR)
        if _ends_a_day(Period.of(sent, resolution).start + len(listed) * resolution.duration)
    ]
    if len(fitting) != 1:
        raise PriceError(PriceProblem.WRONG_PERIOD, start=sent, minutes=len(listed))
    return fitting[0]


def _ends_a_day(ends: datetime) -> bool:
    local = ends.astimezone(MARKET_ZONE)
    return (local.hour, local.minute) == (0, 0)


def _indexed(prices: Mapping[str, Any]) -> Iterator[tuple[int, Decimal]]:
    listed = prices.get("import") or {
        digits: value
        for name, value in prices.items()
        if (digits := str(name).removeprefix("pr_")).isdecimal()
    }
    pairs = enumerate(listed) if isinstance(listed, list) else listed.items()
    for index, value in ((int(index), value) for index, value in pairs):
        if value is not None and index < _MOST_INDICES:
            yield index, number(value)


def _found_rows(attributes: object) -> Iterator[Mapping[str, object]]:
    if isinstance(attributes, list):
        yield from rows_of(attributes)
        return
    if not isinstance(attributes, Mapping):
        raise PriceError(PriceProblem.NOT_A_LIST, value=attributes)
    for names in _LISTS:
        found = [_unwrapped(attributes[name]) for name in names if attributes.get(name)]
        if found and all(_is_list_of_rows(each) for each in found):
            yield from chain.from_iterable(rows_of(each) for each in found)
            return


def _unwrapped(value: object) -> object:
    """Return the only list in an object: Tibber's response has one for each home."""
    if isinstance(value, Mapping):
        if len(value) != 1:
            raise PriceError(PriceProblem.MISSING_VALUE, name=", ".join(map(str, value)))
        return next(iter(value.values()))
    return value


def _is_list_of_rows(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(row, Mapping) for row in value)
