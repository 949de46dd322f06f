"""What an idTag is, when two are the same, and how to show one."""

from string import ascii_lowercase, ascii_uppercase

#: Characters of an IdToken of OCPP 1.6 (clause 7.28).
MAX_LENGTH_16 = 20
#: Characters of an idToken of OCPP 2.0.1 (part 2, IdTokenType).
MAX_LENGTH_201 = 36

_UPPER = str.maketrans(ascii_lowercase, ascii_uppercase)
#: So many characters at the end tell a household's cards apart.
_SHOWN = 4


def normalised(id_tag: str) -> str:
    """Return what is the same for all spellings of an idTag: it is case-insensitive ASCII.

    Takes any text, also such as no charger should send; only ASCII letters have a case.
    """
    return id_tag.strip().translate(_UPPER)


def is_id_tag(text: str) -> bool:
    """Tell whether a text can be an idTag: 1 to 36 printable ASCII characters, no space around."""
    return (
        0 < len(text) <= MAX_LENGTH_201
        and text.isascii()
        and text.isprintable()
        and text == text.strip()
    )


def masked(id_tag: str) -> str:
    """Return at most the last four characters of an idTag, and never more than half of it."""
    text = id_tag.strip()
    shown = min(_SHOWN, len(text) // 2)
    end = text[len(text) - shown :]
    return "…" + "".join(each if each.isascii() and each.isprintable() else "?" for each in end)
