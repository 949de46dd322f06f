"""Home Assistant's file of automations: changed as its own editor does, never losing one of a user's.

All of this blocks, so it belongs into an executor.
"""

from collections.abc import Sequence
import contextlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
import re
from tempfile import NamedTemporaryFile
from typing import Any

from homeassistant.config import YAML_CONFIG_FILE
from homeassistant.const import CONF_ID
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.file import WriteError, write_utf8_file_atomic
from homeassistant.util.yaml import Secrets, dump, load_yaml

_EMPTY_LIST = re.compile(r"^\[\s*\]\s*$", re.MULTILINE)
#: A list whose items begin in the first column, after comments and the document's start.
_PLAIN_LIST = re.compile(r"(\s*(#.*|---)?\n)*- ")
#: Where an item of such a list begins.
_ITEM = re.compile(r"^(?=- )", re.MULTILINE)

#: What can only be told by trying: a folder may hold the file, or another one that includes it.
_MAY_INCLUDE = re.compile(r"!include(_dir_|\s+\S*automations\.yaml)")


class Obstacle(StrEnum):
    """Why an automation cannot be added; each is the end of a repair's key."""

    #: The configuration does not include the file, or it is not there.
    NOT_INCLUDED = "not_included"
    #: The file, or the configuration that it belongs to, cannot be read.
    BROKEN = "broken"
    NOT_WRITABLE = "not_writable"


class CannotAddError(Exception):
    """An automation cannot be added; nothing was changed."""

    def __init__(self, obstacle: Obstacle, detail: str = "") -> None:
        """Take what is in the way, and what was said about it."""
        super().__init__(detail)
        self.obstacle = obstacle


@dataclass(frozen=True, slots=True)
class Written:
    """The file's text before and after it was written."""

    before: str
    after: str


def append(path: Path, automation: dict[str, Any]) -> Written | None:
    """Append an automation unless there is one of its id; returns what was written.

    Comments and tags stay where the file is a plain list; otherwise they are lost as in Home
    Assistant's own editor. Raises CannotAddError.
    """
    text, automations = _read(path)
    if any(each.get(CONF_ID) == automation[CONF_ID] for each in automations):
        return None
    written = Written(text, _appended(path, text, automations, automation))
    _write(path, written.after)
    return written


def take_back(path: Path, written: Written) -> None:
    """Undo what was written, unless somebody has changed the file since, or it cannot be done."""
    with contextlib.suppress(OSError, UnicodeDecodeError, CannotAddError):
        if path.read_text(encoding="utf-8") == written.after:
            _write(path, written.before)


def read(path: Path) -> list[dict[str, Any]]:
    """Return the automations that are in the file. Raises CannotAddError."""
    return _read(path)[1]


def take_out(path: Path, unwanted: Sequence[dict[str, Any]]) -> None:
    """Remove automations that are still as they were read; comments stay as in ``append``.

    Raises CannotAddError.
    """
    text, automations = _read(path)
    kept = [each for each in automations if each not in unwanted]
    if len(kept) < len(automations):
        _write(path, _shortened(path, text, automations, kept))


def _read(path: Path) -> tuple[str, list[dict[str, Any]]]:
    try:
        configuration = path.with_name(YAML_CONFIG_FILE).read_text(encoding="utf-8")
        if not path.is_file() or not _MAY_INCLUDE.search(configuration):
            raise CannotAddError(Obstacle.NOT_INCLUDED)
        text = path.read_text(encoding="utf-8")
        found: Any = load_yaml(path, Secrets(path.parent)) or []
    except FileNotFoundError as err:
        raise CannotAddError(Obstacle.NOT_INCLUDED) from err
    except OSError as err:
        raise CannotAddError(Obstacle.NOT_WRITABLE, str(err)) from err
    except (HomeAssistantError, UnicodeDecodeError) as err:
        raise CannotAddError(Obstacle.BROKEN, str(err)) from err
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise CannotAddError(Obstacle.BROKEN, "not a list of automations")
    return text, found


def _appended(
    path: Path, text: str, automations: list[dict[str, Any]], automation: dict[str, Any]
) -> str:
    """Return the text with one automation more; that it holds all of them is proved by reading it."""
    kept = text if automations else _EMPTY_LIST.sub("", text)
    longer = f"{kept.rstrip()}\n{dump([automation])}".lstrip("\n")
    if _PLAIN_LIST.match(longer) and _read_as(longer, path.parent) == [*automations, automation]:
        return longer
    return dump([*_read_plainly(path), automation])


def _shortened(
    path: Path, text: str, automations: list[dict[str, Any]], kept: list[dict[str, Any]]
) -> str:
    """Return the text without some automations; that it holds all others is proved by reading it."""
    head, *blocks = _ITEM.split(text)
    if _PLAIN_LIST.match(text) and len(blocks) == len(automations):
        parts = [
            block if automation in kept else _trailing_comments(block)
            for block, automation in zip(blocks, automations, strict=True)
        ]
        shorter = head + "".join(parts) + ("" if kept else "[]\n")
        if _read_as(shorter, path.parent) == kept:
            return shorter
    plain = _read_plainly(path)
    gone = [index for index, each in enumerate(automations) if each not in kept]
    return dump([each for index, each in enumerate(plain) if index not in gone])


def _trailing_comments(block: str) -> str:
    """Return what stands behind an item in the first column, which belongs to the next one."""
    lines = block.splitlines(keepends=True)
    own = [index for index, line in enumerate(lines) if line.strip() and not line.startswith("#")]
    return "".join(lines[own[-1] + 1 :])


def _read_plainly(path: Path) -> list[Any]:
    """Return what the file holds, without secrets, which must not be written out."""
    try:
        plain: list[Any] = load_yaml(path) or []  # type: ignore[assignment]
    except HomeAssistantError as err:
        raise CannotAddError(Obstacle.BROKEN, str(err)) from err
    return plain


def _read_as(text: str, folder: Path) -> object:
    """Return what a file of this text would hold; includes and secrets go by where it lies."""
    try:
        with NamedTemporaryFile("w", encoding="utf-8", dir=folder, suffix=".tmp") as file:
            file.write(text)
            file.flush()
            return load_yaml(file.name, Secrets(folder))
    except OSError as err:
        raise CannotAddError(Obstacle.NOT_WRITABLE, str(err)) from err
    except HomeAssistantError:
        return None


def _write(path: Path, text: str) -> None:
    try:
        write_utf8_file_atomic(str(path), text)
    except WriteError as err:
        raise CannotAddError(Obstacle.NOT_WRITABLE, str(err)) from err
