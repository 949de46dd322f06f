"""Names in the flows: no two chargers, and no two sites, are called the same."""

from collections.abc import Iterable
from itertools import count
import unicodedata

from homeassistant.config_entries import ConfigEntry


def names_of(
    entry: ConfigEntry, subentry_type: str, *, without: str | None = None
) -> frozenset[str]:
    """Return the names of an entry's sites or chargers, one aside by its subentry's id."""
    return frozenset(
        subentry.title
        for subentry in entry.get_subentries_of_type(subentry_type)
        if subentry.subentry_id != without
    )


def is_taken(name: str, others: Iterable[str], *, present: str | None = None) -> bool:
    """Tell whether somebody who says or reads a name could mean another one.

    Those who were called alike before that was refused may stay as they are: ``present`` is one's own.
    """
    own = _spelled(name)
    if present is not None and own == _spelled(present):
        return False
    return own in {_spelled(each) for each in others}


def free_name(name: str, others: Iterable[str], *, number: int | None = None) -> str:
    """Return a name that is not taken, by a number behind it: from 2, or from ``number`` at once."""
    taken = tuple(others)
    names = (f"{name} {each}" for each in count(number or 2))
    if number is None and not is_taken(name, taken):
        return name
    return next(each for each in names if not is_taken(each, taken))


def _spelled(name: str) -> str:
    """Return what is the same for names that differ only in case and blanks."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
