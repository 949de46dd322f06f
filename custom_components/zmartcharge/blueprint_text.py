"""Blueprints in the language of the house: their names, descriptions and choices.

What is shipped is English. The texts of the other languages are in ``blueprints/<language>.json``, by
the blueprints' names; what several blueprints have in common is under ``common``. The messages that a
blueprint writes are not among them: those are in the blueprint in all languages.
"""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
from typing import Any

from homeassistant.util.yaml import dump, parse_yaml

_FOLDER = Path(__file__).parent / "blueprints"
_COMMON = "common"
#: The input by which a blueprint knows in what language to write.
_LANGUAGE = "language"


def read_texts(language: str) -> dict[str, Any]:
    """Return the texts of a language, none of English; blocks. Raises OSError."""
    path = _FOLDER / f"{language}.json"
    if not path.exists():
        return {}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def translated(text: str, name: str, language: str, texts: Mapping[str, Any]) -> str:
    """Return a blueprint with its head in a language; all that is below the head stays as it is."""
    if not texts:
        return text
    head, rest = _split(text)
    blueprint: dict[str, Any] = _plain(parse_yaml(head))["blueprint"]
    own: Mapping[str, Any] = texts.get(name, {})
    _put(blueprint, own)
    inputs = {**texts.get(_COMMON, {}), **own.get("input", {})}
    for key, each in inputs_of(blueprint):
        _put(each, inputs.get(key, {}))
        if key == _LANGUAGE:
            each["default"] = language
    return dump({"blueprint": blueprint}) + rest


def inputs_of(blueprint: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return the inputs of a blueprint and its sections by their keys."""
    for key, each in blueprint["input"].items():
        yield key, each
        if "input" in each:
            yield from inputs_of(each)


def options_of(each: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the choices of an input that have labels; none where it has no choices."""
    select = (each.get("selector") or {}).get("select") or {}
    return [option for option in select.get("options", []) if isinstance(option, dict)]


def _put(into: dict[str, Any], texts: Mapping[str, Any]) -> None:
    for part in ("name", "description"):
        if part in into and part in texts:
            into[part] = texts[part]
    for option in options_of(into):
        option["label"] = texts.get("options", {}).get(option["value"], option["label"])


def _split(text: str) -> tuple[str, str]:
    """Return the head of a blueprint and what is below it."""
    lines = text.splitlines(keepends=True)
    begin = next(n for n, line in enumerate(lines) if line.startswith("blueprint:"))
    below = (
        n for n, line in enumerate(lines) if n > begin and line.strip() and not line.startswith(" ")
    )
    end = next(below, len(lines))
    while not lines[end - 1].strip():
        end -= 1
    return "".join(lines[begin:end]), "".join(lines[end:])


def _plain(node: Any) -> Any:
    """Return a tree of plain dictionaries and lists, which can be changed and written."""
    if isinstance(node, dict):
        return {str(key): _plain(each) for key, each in node.items()}
    if isinstance(node, list):
        return [_plain(each) for each in node]
    return str(node) if isinstance(node, str) else node
