"""The sentences that are shipped, their copies where Assist looks for sentences, and the names in them.

All of this blocks, so it belongs into an executor.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from homeassistant.util.file import WriteError

from .const import DOMAIN
from .marked_file import Written, remove_marked, write_marked
from .voice_lists import SpokenNames
from .voice_text import LANGUAGES

#: Where Assist looks for sentences, below the configuration's folder, by language.
_FOLDER: Final = "custom_sentences"
_SHIPPED: Final = Path(__file__).parent / "custom_sentences"


class CannotWriteError(Exception):
    """A file cannot be read or written."""

    def __init__(self, path: str, detail: str) -> None:
        """Take its path below the configuration's folder, and what was said about it."""
        super().__init__(detail)
        self.path = path


def sentence_path(language: str) -> str:
    """Return the path of a language's sentences below the configuration's folder."""
    return f"{_FOLDER}/{language}/{DOMAIN}.yaml"


def names_path(language: str) -> str:
    """Return the path of a list of names below the configuration's folder, by its language."""
    return f"{_FOLDER}/{language}/{DOMAIN}_names.yaml"


def install_sentences(
    config: Path, languages: Iterable[str] = LANGUAGES, *, create: bool
) -> Mapping[str, Written]:
    """Write the sentences of languages; returns what became of each.

    A file that a user has changed stays as it is, and without ``create`` none is made. Raises
    CannotWriteError.
    """
    return {language: _install(config, language, create=create) for language in languages}


def write_names(config: Path, names: SpokenNames) -> bool:
    """Write what chargers are called beside the sentences; returns whether anything changed.

    Names without sentences are removed. Raises CannotWriteError.
    """
    changed = {language: _write_names(config, language, names) for language in LANGUAGES}
    return any(changed.values())


def remove_sentences(config: Path) -> bool:
    """Remove the files that nobody has changed; returns whether there were any.

    Raises CannotWriteError.
    """
    paths = [path for each in LANGUAGES for path in (names_path(each), sentence_path(each))]
    removed = {path: _remove(config, path) for path in paths}
    return any(removed.values())


def _write_names(config: Path, language: str, names: SpokenNames) -> bool:
    path = names_path(language)
    if not (config / sentence_path(language)).is_file():
        return _remove(config, path)
    try:
        written = write_marked(config / path, names.text(language), create=True)
    except (OSError, WriteError) as err:
        raise CannotWriteError(path, str(err)) from err
    return written in (Written.NEW, Written.REPLACED)


def _remove(config: Path, path: str) -> bool:
    try:
        return remove_marked(config / path)
    except OSError as err:
        raise CannotWriteError(path, str(err)) from err


def _install(config: Path, language: str, *, create: bool) -> Written:
    path = sentence_path(language)
    try:
        text = (_SHIPPED / f"{language}.yaml").read_text(encoding="utf-8")
        return write_marked(config / path, text, create=create)
    except (OSError, UnicodeDecodeError, WriteError) as err:
        raise CannotWriteError(path, str(err)) from err
