"""Whether what somebody said is what something is called, in the languages that we understand."""

from collections.abc import Iterable
import re
from typing import Final
from unicodedata import combining, normalize

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

#: Little words that sentences have around a name.
LITTLE: Final = frozenset({
    "the", "a", "an", "my", "our", "at", "in", "on", "by", "with", "for", "please", "it", "i",
    "på", "ved", "hos", "til", "den", "det", "en", "et", "min", "mitt", "vår", "vårt", "nå",
    "vid", "för", "ett", "nu", "snälla", "vores", "mit", "venligst", "of", "now", "av", "till",
    "af", "os", "oss",
})  # fmt: skip
#: Words for a charger.
CHARGERS: Final = frozenset({
    "charger", "wallbox", "lader", "laderen", "ladeboks", "ladeboksen", "ladestasjon",
    "ladestasjonen", "elbillader", "elbilladeren", "laddare", "laddaren", "laddbox", "laddboxen",
    "laddstation", "laddstationen", "elbilsladdaren", "oplader", "opladeren", "ladestander",
    "ladestanderen", "ladestation", "ladestationen",
})  # fmt: skip
_FILLERS: Final = LITTLE | CHARGERS | {
    "chargers", "ladere", "laderne", "laddarna", "opladere", "opladerne", "all", "alle", "alla",
    "station", "charging", "car", "ev", "bil", "bilen", "elbilen", "zmartcharge",
}  # fmt: skip
#: As in garasjeladeren, garageladdaren, garageopladeren.
COMPOUNDS: Final = (
    "opladeren", "oplader", "laddaren", "laddare", "laderen", "lader", "ladestanderen", "laddboxen",
    "ladeboksen",
)  # fmt: skip
_COMPOUND: Final = re.compile(rf"(?<=..)({'|'.join(COMPOUNDS)})$")
NUMBERS: Final = {
    "one": "1", "two": "2", "three": "3", "four": "4",
    "én": "1", "to": "2", "tre": "3", "fire": "4", "två": "2", "fyra": "4",
}  # fmt: skip
#: The definite form and the genitive: garasjen, garaget, hytta, hjemmet, Olas.
ENDINGS: Final = frozenset({
    "s", "'s", "’s", "n", "t", "a", "en", "et", "ns", "ens", "ets", "e", "me", "men", "met",
})  # fmt: skip
#: Shorter words have no endings that could be told from other words.
SHORTEST = 3
#: Where a charger is, as the languages have it: people speak another one than they wrote the name in.
_PLACES: Final = (
    ("garage", "garasje"),
    ("cabin", "cottage", "hytte", "stuga", "sommerhus", "sommarstuga"),
    ("outside", "outdoor", "outdoors", "ute", "utenfor", "utendørs", "utanför", "utomhus", "ude",
     "udenfor", "udendørs"),
    ("inside", "indoor", "indoors", "inne", "innenfor", "innendørs", "inomhus", "inde", "indenfor",
     "indendørs"),
    ("driveway", "oppkjørsel", "uppfart", "indkørsel"),
    ("basement", "cellar", "kjeller", "källare", "kælder"),
    ("home", "hjem", "hem"),
    ("house", "hus"),
    ("left", "venstre", "vänster"),
    ("right", "høyre", "höger", "højre"),
)  # fmt: skip
_THIS_MONTH: Final = {
    ("this", "month"), ("denne", "måneden"), ("denne", "måned"), ("måneden",), ("månaden",),
    ("denna", "månad"), ("denna", "månaden"), ("den", "här", "månaden"),
}  # fmt: skip
_LETTERS: Final = str.maketrans({"ø": "o", "æ": "a"})
#: Not the number: "the outside one".
_THE_ONE: Final = re.compile(r"(?<=\bthe\b)(.*)\bones?\b", re.IGNORECASE)


def is_this_month(said: str) -> bool:
    """Tell whether no charger is meant, but when: "in this month", "i denne måneden"."""
    return written_words(said) in _THIS_MONTH


def is_nothing(said: str) -> bool:
    """Tell whether something names nothing, such as "the charger"."""
    return not _words(said)


def means_something(word: str) -> bool:
    """Tell whether a word of a name can tell it from others, as no number or little word does."""
    return len(word) >= SHORTEST and not word.isdigit() and fold(word) not in _UNSAID


def is_called(said: str, names: Iterable[str]) -> bool:
    """Tell whether something that was said is one of the names: "garasjen" is Garasje."""
    words = _words(said) or _all_words(said)
    return any(_same(words, _words(name) or _all_words(name)) for name in names)


def is_spelled(said: str, names: Iterable[str]) -> bool:
    """Tell whether something that was said is one of the names as they are written."""
    words = _written(said)
    return bool(words) and any(words == _written(name) for name in names)


def has_words(said: str, names: Iterable[str]) -> bool:
    """Tell whether all that was said stands in one of the names: "den utenfor" is Lader utenfor garasje."""
    known = [_words(name) for name in names]
    ways = dict.fromkeys((_words(said), _words(_THE_ONE.sub(r"\1", said))))
    return any(_stands_in(words, name) for words in ways if words for name in known)


def same_places(word: str) -> tuple[str, ...]:
    """Return a word, and the words that mean the same place in the languages that we understand."""
    for places in _PLACES:
        if any(_same_word(fold(word), fold(place)) for place in places):
            return (word, *(place for place in places if place != word))
    return (word,)


def fold(word: str) -> str:
    """Return a word as it is compared: without accents, as it is often written and understood."""
    letters = normalize("NFD", word.casefold().translate(_LETTERS))
    return normalize("NFC", "".join(each for each in letters if not combining(each)))


def _stands_in(said: tuple[str, ...], name: tuple[str, ...]) -> bool:
    return all(any(_means(each, known) for known in name) for each in said)


def _means(said: str, known: str) -> bool:
    """Tell whether two words are one, in whatever form and language each of them is."""
    return any(
        _same_word(said, each) or _same_word(each, said)
        for each in (known, *map(fold, same_places(known)))
    )


def _same(said: tuple[str, ...], name: tuple[str, ...]) -> bool:
    return (
        bool(name)
        and len(said) == len(name)
        and all(_same_word(each, known) for each, known in zip(said, name, strict=True))
    )


def _same_word(said: str, known: str) -> bool:
    if said == known:
        return True
    if len(known) < SHORTEST:
        return False
    stems = {known, known[:-1]} if known[-1] in "ea" else {known}
    return any(said.startswith(stem) and said[len(stem) :] in ENDINGS for stem in stems)


def _words(text: str) -> tuple[str, ...]:
    """Return the words that name something."""
    return tuple(_COMPOUND.sub("", word) for word in _all_words(text) if word not in _UNSAID)


def _all_words(text: str) -> tuple[str, ...]:
    return tuple(NUMBERS.get(word) or fold(word) for word in written_words(text))


def _written(text: str) -> tuple[str, ...]:
    return tuple(NUMBERS.get(word, word) for word in written_words(text))


def written_words(text: str) -> tuple[str, ...]:
    """Return the words of a text, in small letters."""
    return tuple(_WORD.findall(normalize("NFC", text.casefold())))


_UNSAID: Final = frozenset(map(fold, _FILLERS))
