"""Price areas of the day-ahead market."""

from dataclasses import dataclass
import re

from .errors import PriceError, PriceProblem

_CODE = re.compile(r"[A-Z]{2}[A-Z0-9_-]{0,8}")


@dataclass(frozen=True, slots=True)
class Area:
    """A bidding zone: its country (ISO 3166-1), and the currency its prices are asked for in."""

    code: str
    country: str
    currency: str


#: The areas that the forms offer; other codes of ENTSO-E's are taken as they are.
AREAS = {
    code: Area(code, country, currency)
    for country, currency, codes in (
        ("NO", "NOK", "NO1 NO2 NO3 NO4 NO5"),
        ("SE", "SEK", "SE1 SE2 SE3 SE4"),
        ("DK", "DKK", "DK1 DK2"),
        ("FI", "EUR", "FI"),
        ("EE", "EUR", "EE"),
        ("LV", "EUR", "LV"),
        ("LT", "EUR", "LT"),
        ("DE", "EUR", "GER"),
        ("AT", "EUR", "AT"),
        ("NL", "EUR", "NL"),
        ("BE", "EUR", "BE"),
        ("FR", "EUR", "FR"),
        ("PL", "PLN", "PL"),
    )
    for code in codes.split()
}


def checked_area(code: str) -> str:
    """Return an area's code. Raises ``PriceError`` for what cannot be one."""
    if not _CODE.fullmatch(code):
        raise PriceError(PriceProblem.UNKNOWN_AREA, area=code)
    return code
