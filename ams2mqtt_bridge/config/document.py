"""Reads a YAML or TOML file and remembers on which line each setting is."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
import re
import tomllib
from typing import Any

import yaml

from .problems import ConfigError, Problem

type SettingPath = tuple[str, ...]

# A setting is at most one section deep.
_DEPTH = 2
_TOML_TABLE = re.compile(r"^\s*\[\s*([\w.-]+)\s*\]")
_TOML_KEY = re.compile(r"^\s*([\w.-]+)\s*=")


@dataclass(frozen=True, slots=True)
class Document:
    """The settings as they are written, and where: file and line, or environment variable."""

    settings: dict[str, Any]
    origin: str
    places: dict[SettingPath, str] = field(default_factory=dict)

    def where(self, path: SettingPath) -> str:
        """Return where the setting is written; for one that is missing, where its section is."""
        for end in range(len(path), 0, -1):
            if (place := self.places.get(path[:end])) is not None:
                return place
        return self.origin


def read_document(path: Path) -> Document:
    """Read the file; its suffix tells YAML (``.yaml``, ``.yml``) from TOML (``.toml``).

    Raises ``ConfigError`` when it cannot be read or is not what its suffix says. The messages never
    quote the file, which may hold a password.
    """
    name = str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            Problem(name, f"cannot be read ({error.strerror}); check the path and its permissions")
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(Problem(name, "is not UTF-8 text; save it as UTF-8")) from error
    match path.suffix.lower():
        case ".yaml" | ".yml":
            return _read_yaml(name, text)
        case ".toml":
            return _read_toml(name, text)
        case _:
            raise ConfigError(Problem(name, "is neither .yaml, .yml nor .toml; rename it"))


def _read_yaml(name: str, text: str) -> Document:
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        settings = {} if node is None else loader.construct_document(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = name if mark is None else f"{name}:{mark.line + 1}"
        problem = getattr(error, "problem", None) or "unreadable"
        raise ConfigError(Problem(where, f"is not valid YAML here: {problem}")) from error
    if not isinstance(settings, dict):
        raise ConfigError(
            Problem(f"{name}:1", "has no settings; begin with a line such as source:")
        )
    places: dict[SettingPath, str] = {}
    for path, line in _yaml_lines(node, ()):
        if path in places:
            raise ConfigError(
                Problem(f"{name}:{line}", f"{'.'.join(path)} is set twice; remove one of them")
            )
        places[path] = f"{name}:{line}"
    return Document(settings, f"{name}:1", places)


def _yaml_lines(node: yaml.Node | None, above: SettingPath) -> Iterator[tuple[SettingPath, int]]:
    if not isinstance(node, yaml.MappingNode) or len(above) == _DEPTH:
        return
    for key, value in node.value:
        path = (*above, str(key.value))
        yield path, key.start_mark.line + 1
        yield from _yaml_lines(value, path)


def _read_toml(name: str, text: str) -> Document:
    try:
        settings = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            Problem(f"{name}:{error.lineno}", f"is not valid TOML here: {error.msg}")
        ) from error
    places = {path: f"{name}:{line}" for path, line in _toml_lines(text)}
    return Document(settings, f"{name}:1", places)


def _toml_lines(text: str) -> Iterator[tuple[SettingPath, int]]:
    table: SettingPath = ()
    for number, line in enumerate(text.splitlines(), 1):
        if (header := _TOML_TABLE.match(line)) is not None:
            table = tuple(header[1].split("."))
            yield table, number
        elif (key := _TOML_KEY.match(line)) is not None:
            yield (*table, *key[1].split(".")), number
