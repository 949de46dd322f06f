"""Phone numbers as ITU-T E.164 writes them: a plus sign, the country's code, at most 15 digits."""

import re
import unicodedata

#: The codes of countries (ISO 3166-1 alpha-2), whether a 0 before a national number is dropped, and how
#: many digits the number of a mobile phone then has (ITU-T E.123, E.129 national numbering plans).
_COUNTRIES: dict[str, tuple[str, bool, tuple[int, ...]]] = {
    "NO": ("47", False, (8,)), "SE": ("46", True, (9,)), "DK": ("45", False, (8,)),
    "FI": ("358", True, (8, 9, 10)), "IS": ("354", False, (7,)), "FO": ("298", False, (6,)),
    "GL": ("299", False, (6,)), "DE": ("49", True, (10, 11)), "NL": ("31", True, (9,)),
    "BE": ("32", True, (9,)), "LU": ("352", False, (9,)), "FR": ("33", True, (9,)),
    "GB": ("44", True, (10,)), "IE": ("353", True, (9,)), "AT": ("43", True, (10, 11)),
    "CH": ("41", True, (9,)), "IT": ("39", False, (9, 10)), "ES": ("34", False, (9,)),
    "PT": ("351", False, (9,)), "PL": ("48", False, (9,)), "CZ": ("420", False, (9,)),
    "EE": ("372", False, (7, 8)), "LV": ("371", False, (8,)), "LT": ("370", True, (8,)),
}  # fmt: skip
_BETWEEN_DIGITS = re.compile(r"[\s().\-/\u2010-\u2015\u00a0]+")
_INTERNATIONAL = re.compile(r"\+[1-9][0-9]{6,14}")
_NATIONAL = re.compile(r"[0-9]{5,14}")
_LONGEST_TEXT = 40
_SHOWN = 2


def phone_number(text: str, country: str | None) -> str | None:
    """Return a phone number in E.164, None when the text is none.

    One without a country's code is taken for one of ``country`` (ISO 3166-1 alpha-2), of Norway
    where that is None; the plus sign before the code of that country may be missing, as some gateways
    leave it out. Names of senders, such as "BANK", and short numbers are none.
    """
    if len(text) > _LONGEST_TEXT:
        return None
    plain = _BETWEEN_DIGITS.sub("", unicodedata.normalize("NFKC", text).strip())
    if plain.startswith("00"):
        plain = f"+{plain[2:]}"
    if not plain.startswith("+"):
        known = _COUNTRIES.get((country or "NO").upper())
        if known is None or not _NATIONAL.fullmatch(plain):
            return None
        code, drops_zero, digits = known
        if plain.startswith(code) and len(plain) - len(code) in digits:
            plain = f"+{plain}"
        else:
            plain = f"+{code}{plain.removeprefix('0') if drops_zero else plain}"
    return plain if _INTERNATIONAL.fullmatch(plain) else None


def masked_number(number: str) -> str:
    """Return a number as it may be logged: its last two digits."""
    return f"…{number[-_SHOWN:]}" if number[-_SHOWN:].isdigit() else "…"
