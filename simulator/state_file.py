"""A JSON file that is either the old or the new state, never half of one."""

import json
from pathlib import Path
from typing import Any


class StateFileError(RuntimeError):
    """The file is there and cannot be read as a state."""


def read_state(path: Path) -> dict[str, Any] | None:
    """Return the state, or ``None`` where there is no file. Raises ``StateFileError``."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        state = json.loads(text)
    except ValueError as error:
        raise StateFileError(f"{path} is not JSON: {error}") from error
    if not isinstance(state, dict):
        raise StateFileError(f"{path} does not hold a JSON object")
    return state


def write_state(path: Path, state: dict[str, Any]) -> None:
    """Replace the state. Raises ``OSError`` where the file cannot be written."""
    beside = path.with_name(f"{path.name}.new")
    beside.touch(mode=0o600)
    beside.write_text(json.dumps(state), encoding="utf-8")
    beside.replace(path)
