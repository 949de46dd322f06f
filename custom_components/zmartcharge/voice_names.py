"""Whether what somebody said is what something is called, in the languages that we understand."""

from collections.abc import Iterable
import re
from typing import Final

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

#: Little words that sentences have around a name, and words for a charger or a car.
_FILLERS: Final = frozenset({
    "the", "a", "an", "my", "our", "at", "in", "on", "by", "with", "for", "please", "it", "i",
    "på", "ved", "hos", "til", "den", "det", "en", "et", "min", "mitt", "vår", "vårt", "nå",
    "vid", "för", "ett", "nu", "snälla", "vores", "mit", "venligst", "charger", "chargers",
    "wallbox", "station", "charging", "car", "ev", "lader", "laderen", "ladeboks", "ladeboksen",
    "ladestasjon", "ladestasjonen", "elbillader", "elbilladeren", "bil", "bilen", "elbilen",
    "laddare", "laddaren", "laddbox", "laddboxen", "laddstation", "laddstationen",
    "elbilsladdaren", "oplader", "opladeren", "ladestander", "ladestanderen", "ladestation",
    "ladestationen",
})  # fmt: skip
#: As in garasjeladeren, garageladdaren, garageopladeren.
_COMPOUND: Final = re.compile(
    r"(?<=..)(opladeren|oplader|laddaren|laddare|laderen|lader|ladestanderen|laddboxen|ladeboksen)$"
)
_NUMBERS: Final = {
    "one": "1", "two": "2", "three": "3", "four": "4",
    "én": "1", "to": "2", "tre": "3", "fire": "4", "två": "2", "fyra": "4",
}  # fmt: skip
#: The definite form and the genitive: garasjen, garaget, hytta, hjemmet, Olas.
_ENDINGS: Final = frozenset({
    "s", "'s", "’s", "n", "t", "a", "en", "et", "ns", "ens", "ets", "e", "me", "men", "met",
})  # fmt: skip
#: Shorter words have no endings that could be told from other words.
_SHORTEST = 3


def is_nothing(said: str) -> bool:
    """Tell whether something names nothing, such as "the charger"."""
    return not _words(said)


def is_called(said: str, names: Iterable[str]) -> bool:
    """Tell whether something that was said is one of the names: "garasjen" is Garasje."""
    words = _words(said) or _all_words(said)
    return any(_same(words, _words(name) or _all_words(name)) for name in names)


def is_spelled(said: str, names: Iterable[str]) -> bool:
    """Tell whether something that was said is one of the names as they are written."""
    words = _all_words(said)
    return bool(words) and any(words == _all_words(name) for name in names)


def _same(said: tuple[str, ...], name: tuple[str, ...]) -> bool:
    return (
        bool(name)
        and len(said) == len(name)
        and all(_same_word(each, known) for each, known in zip(said, name, strict=True))
    )


def _same_word(said: str, known: str) -> bool:
    if said == known:
        return True
    if len(known) < _SHORTEST:
        return False
    stems = {known, known[:-1]} if known[-1] in "ea" else {known}
    return any(said.startswith(stem) and said[len(stem) :] in _ENDINGS for stem in stems)


def _words(text: str) -> tuple[str, ...]:
    """Return the words that name something."""
    return tuple(_COMPOUND.sub("", word) for word in _all_words(text) if word not in _FILLERS)


def _all_words(text: str) -> tuple[str, ...]:
    return tuple(_NUMBERS.get(word, word) for word in _WORD.findall(text.casefold()))
