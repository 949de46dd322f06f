"""Why there is no price, in a form that can be translated."""

from enum import StrEnum

_LONGEST_PLACEHOLDER = 60


class PriceProblem(StrEnum):
    """What is wrong; also the key of its translation."""

    #: Of a source. ``not_published`` is no failure: the market has not told yet.
    NOT_PUBLISHED = "price_not_published"
    UNREACHABLE = "price_source_unreachable"
    #: Of what a source sent.
    NOT_A_LIST = "price_not_a_list"
    NO_PRICES = "price_none_found"
    MISSING_VALUE = "price_missing_value"
    NOT_A_NUMBER = "price_not_a_number"
    ABSURD = "price_absurd"
    NOT_A_TIME = "price_not_a_time"
    NO_TIME_ZONE = "price_no_time_zone"
    WRONG_PERIOD = "price_wrong_period"
    CONTRADICTION = "price_contradiction"
    WRONG_UNIT = "price_wrong_unit"
    WRONG_CURRENCY = "price_wrong_currency"
    UNKNOWN_AREA = "price_unknown_area"
    #: Of a contract, or of what it needs.
    INVALID_CONTRACT = "price_invalid_contract"
    SPOT_MISSING = "price_spot_missing"
    NO_FIXED_PRICE = "price_no_fixed_price"
    UNKNOWN_GRID_COMPANY = "price_unknown_grid_company"
    NO_GRID_TARIFF = "price_no_grid_tariff"
    UNKNOWN_COUNTY = "price_unknown_county"
    UNKNOWN_RATE = "price_unknown_rate"
    CAPACITY_METHOD = "price_capacity_method"


class PriceError(ValueError):
    """A price that cannot be told.

    ``key`` names the translated message, ``placeholders`` fill it; they are short text, however long
    the value was.
    """

    def __init__(self, key: PriceProblem, **placeholders: object) -> None:
        self.key = key
        self.placeholders = {name: _shorten(str(value)) for name, value in placeholders.items()}
        super().__init__(f"{key}: {self.placeholders}")


def _shorten(text: str) -> str:
    printable = "".join(letter if letter.isprintable() else "�" for letter in text[:200])
    if len(printable) <= _LONGEST_PLACEHOLDER:
        return printable
    return f"{printable[: _LONGEST_PLACEHOLDER - 1]}…"
