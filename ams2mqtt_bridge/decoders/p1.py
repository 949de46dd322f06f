"""The telegrams of a P1 port: the Netherlands, Belgium, Luxembourg, Ireland, and Sweden's H1.

Sources: DSMR P1 companion standard 5.0.2, clause 6.12; e-MUCS P1, edition 1.7.1 (Belgium);
Energiföretagen, "Branschrekommendation för lokalt kundgränssnitt", 2.0 (Sweden).
"""

from collections.abc import Iterator
from functools import lru_cache
import re

from ..dlms import DecodeError
from ..meter_list import Manufacturer, MeterList
from .makers import find_maker
from .registers import CLOCK, ELECTRICITY, LIST_VERSION, METER_ID, METER_TYPE, Entry, Register, Unit
from .values import build_list

_IDENTIFICATION = re.compile(r"/([A-Za-z]{3})[0-9A-Za-z-](?:\\[0-9A-Za-z]|\x02)?([ -~]*)")
# A line of one value; those of several, such as the peaks of past months, are not for us.
_LINE = re.compile(
    r"^([01])-(\d{1,3}):(\d+\.\d+\.\d+)\(([^()*]*)(?:\*([A-Za-z]+))?\)[ \t]*\r?$", re.MULTILINE
)
_TIME = re.compile(r"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)[SW]?")
_HEX_TEXT = re.compile(r"(?:[2-7][0-9A-F]){4,}")
_ABSTRACT, _CENTURY, _MAX_DIGITS = "0", 2000, 15

_IDENTITIES: dict[str, Register] = {
    "0-0:96.1.1": METER_ID,
    "0-0:96.1.0": METER_ID,
    "0-0:1.0.0": CLOCK,
    "1-3:0.2.8": LIST_VERSION,
}
# Each unit with its power of ten, however its case is written.
_UNITS: dict[str, tuple[Unit | None, int]] = {
    "W": (Unit.WATT, 0),
    "KW": (Unit.WATT, 3),
    "WH": (Unit.WATT_HOUR, 0),
    "KWH": (Unit.WATT_HOUR, 3),
    "VAR": (Unit.VAR, 0),
    "KVAR": (Unit.VAR, 3),
    "VARH": (Unit.VAR_HOUR, 0),
    "KVARH": (Unit.VAR_HOUR, 3),
    "V": (Unit.VOLT, 0),
    "A": (Unit.AMPERE, 0),
}
_NOT_SPECIFIED = 0xFF
_NO_DEVIATION = bytes.fromhex("800000")


def decode(telegram: bytes) -> MeterList:
    """Return the list of a telegram; lines that are malformed or of another meter are left out.

    Raises ``DecodeError`` when not one quantity could be read.
    """
    text = telegram.decode("ascii", errors="replace")
    identification = _IDENTIFICATION.match(text)
    if identification is None:
        raise DecodeError("a telegram without identification")
    letters, name = identification.groups()
    entries = [*_entries(text), Entry(METER_TYPE, name)]
    maker = find_maker(letters) or Manufacturer.UNKNOWN
    try:
        return build_list(maker, entries, None, {})
    except DecodeError:
        raise DecodeError("a telegram without one register of electricity") from None


def _entries(text: str) -> Iterator[Entry]:
    for medium, channel, code, value, unit in _LINE.findall(text):
        register, sent_unit, power = _meaning(medium, channel, code, unit)
        if register is None:
            continue
        if medium == _ABSTRACT or register is LIST_VERSION:
            yield _identity(register, value)
            continue
        whole, _, decimals = value.partition(".")
        digits = whole + decimals
        raw = int(digits) if digits.isdecimal() and len(digits) <= _MAX_DIGITS else None
        yield Entry(register, raw if sent_unit else None, power - len(decimals), sent_unit)


@lru_cache(maxsize=256)
def _meaning(
    medium: str, channel: str, code: str, unit: str
) -> tuple[Register | None, Unit | None, int]:
    """Return the register of a line, and the unit of its value with its power of ten.

    A meter repeats the same few dozens for years.
    """
    if (identity := _IDENTITIES.get(f"{medium}-{channel}:{code}")) is not None:
        return identity, None, 0
    register = ELECTRICITY.get(code) if medium != _ABSTRACT else None
    return register, *_UNITS.get(unit.upper(), (None, 0))


def _identity(register: Register, value: str) -> Entry:
    if register is CLOCK:
        return Entry(register, _clock(value))
    # DSMR has texts as hexadecimal digits (clause 6.4); others write them as they are.
    return Entry(register, bytes.fromhex(value) if _HEX_TEXT.fullmatch(value) else value)


def _clock(value: str) -> bytes | None:
    if (found := _TIME.fullmatch(value)) is None:
        return None
    year, month, day, hour, minute, second = map(int, found.groups())
    date = (_CENTURY + year).to_bytes(2) + bytes([month, day, _NOT_SPECIFIED])
    return date + bytes([hour, minute, second, _NOT_SPECIFIED]) + _NO_DEVIATION
