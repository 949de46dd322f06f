"""The names that sentences may have without a little word before them: "start garasjeladeren".

There a sentence takes only names that are our own, or it would take those of others too: "stop music".
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
import json
import re
from typing import Final

from .voice_names import (
    CHARGERS,
    COMPOUNDS,
    ENDINGS,
    LITTLE,
    NUMBERS,
    SHORTEST,
    fold,
    is_nothing,
    means_something,
    same_places,
    written_words,
)

_ENDINGS: Final = "|".join(sorted(ending for ending in ENDINGS if ending.isalpha()))
_COMPOUNDS: Final = "|".join(COMPOUNDS)
_CHARGERS: Final = "|".join(sorted(CHARGERS))
#: What a template would read as more than letters.
_PLAIN: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class SpokenNames:
    """What chargers are called. ``words``: those that stand in names, which alone may mean anything."""

    names: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()

    @classmethod
    def of(cls, names: Iterable[str], foreign: Iterable[str]) -> SpokenNames:
        """Return names without those that something else has too, and the words in them."""
        others = {written_words(name) for name in foreign}
        own = frozenset(
            name for name in names if not is_nothing(name) and written_words(name) not in others
        )
        words = {word for name in own for word in written_words(name) if means_something(word)}
        return cls(own, frozenset(words) - own)

    def text(self, language: str) -> str:
        """Return the lists as Assist reads them."""
        return "".join(
            (
                "# What the chargers are called, for the sentences of ZmartCharge.\n",
                f"language: {language}\nlists:\n",
                *_list("zmartcharge_name", self.names),
                *_list("zmartcharge_word", self.names | self.words),
            )
        )


def template(name: str) -> str:
    """Return a name in the forms in which people say it: garasje, garasjen, garasjeladeren."""
    words = written_words(name)
    # Where nothing else could tell it, every word of it is said.
    little = LITTLE if any(map(means_something, words)) else frozenset()
    return " ".join(f"[{word}]" if word in little else _forms(word) for word in words)


def _list(key: str, names: Iterable[str]) -> Iterator[str]:
    yield f"  {key}:\n    values:"
    by_template = {template(name): name for name in sorted(names, reverse=True)}
    yield "\n" if by_template else " []\n"
    for form, name in sorted(by_template.items()):
        yield f"      - {json.dumps({'in': form, 'out': name}, ensure_ascii=False)}\n"


def _forms(word: str) -> str:
    if not _PLAIN.fullmatch(word):
        return word
    if word in CHARGERS:
        return f"({_CHARGERS})"
    number = NUMBERS.get(word, word)
    if number.isdigit():
        return f"({'|'.join((number, *(each for each in NUMBERS if NUMBERS[each] == number)))})"
    places = dict.fromkeys((*same_places(word), fold(word)))
    return f"({'|'.join(form for each in places for form in _inflected(each))})"


def _inflected(word: str) -> Iterator[str]:
    if len(word) < SHORTEST:
        yield word
        return
    yield f"{word}[{_ENDINGS}|{_COMPOUNDS}]"
    if word[-1] in "ea":
        yield f"{word[:-1]}({_ENDINGS})"
