"""Lists of OBIS-coded values, whoever made the meter."""

from ..dlms import Data
from ..meter_list import Manufacturer
from .form import Form
from .makers import identify, scalers_of
from .registers import LIST_VERSION, Entry
from .walk import is_described, walk


def understand(
    body: Data,
    *,
    is_array: bool,
    sender: Manufacturer | None,
    watt_hours_per_count: int | None,
) -> Form | None:
    """Return the form of a body, or ``None`` when there is no OBIS code in it.

    ``sender`` is the maker by the system title of a ciphered frame. Raises ``DecodeError`` for a body
    that describes itself wrongly.
    """
    if not isinstance(body, list) or not body:
        return None
    # Kamstrup's list begins with its version, without a code.
    entries = [Entry(LIST_VERSION, body[0])] if isinstance(body[0], str) else []
    entries += walk(body)
    if not any(entry.register for entry in entries):
        return None
    maker = identify(entries) or sender or _guess(body, is_array=is_array)
    return Form(maker, entries, scalers_of(maker, entries, watt_hours_per_count))


def _guess(body: list[Data], *, is_array: bool) -> Manufacturer:
    # Aidon's list 1 and its Swedish list name nobody; no other maker pushes an array. The lists that
    # describe themselves and name nobody are Landis+Gyr's.
    if is_array:
        return Manufacturer.AIDON
    return Manufacturer.LANDIS_GYR if is_described(body) else Manufacturer.UNKNOWN
