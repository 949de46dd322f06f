"""Home Assistant's file of automations: appended to as its own editor does, never losing one.

All of this blocks, so it belongs into an executor.
"""

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
    try:
        # Read without secrets, which must not be written out here.
        plain: Any = load_yaml(path) or []
    except HomeAssistantError as err:
        raise CannotAddError(Obstacle.BROKEN, str(err)) from err
    return dump([*plain, automation])


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
