"""Why a payload could not be used."""

from enum import StrEnum

_LONGEST_PLACEHOLDER = 40


class PayloadProblem(StrEnum):
    """Each is also the key of a translated message."""

    TOO_LARGE = "payload_too_large"
    NOT_JSON = "payload_not_json"
    NOT_AN_OBJECT = "payload_not_an_object"
    NO_KNOWN_VALUES = "payload_no_known_values"
    NOT_A_NUMBER = "payload_not_a_number"
    NOT_FINITE = "payload_not_finite"
    ABSURD = "payload_absurd"
    WRONG_UNIT = "payload_wrong_unit"
    HEX_DUMP = "payload_hex_dump"
    NO_TOKEN = "payload_no_token"  # noqa: S105
    NOT_AN_AVAILABILITY = "payload_not_an_availability"


class PayloadError(ValueError):
    """A payload that gives no reading; nothing of it is to be used.

    ``placeholders`` fill the translated message: ``name`` and ``value`` for a single value, ``start``
    for how the payload begins. They are short, however long the payload was.
    """

    def __init__(self, key: PayloadProblem, **placeholders: object) -> None:
        self.key = key
        self.placeholders = {name: shorten(str(value)) for name, value in placeholders.items()}
        super().__init__(f"{key}: {self.placeholders}")


def shorten(text: str) -> str:
    """Return at most forty characters, all of them printable."""
    printable = "".join(letter if letter.isprintable() else "�" for letter in text[:200])
    if len(printable) <= _LONGEST_PLACEHOLDER:
        return printable
    return f"{printable[: _LONGEST_PLACEHOLDER - 1]}…"
