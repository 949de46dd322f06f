"""The blueprints that are shipped, and their copies where Home Assistant looks for blueprints.

All of this blocks, so it belongs into an executor.
"""

from collections.abc import Collection, Mapping
import logging
from pathlib import Path
from typing import Any

from homeassistant.components.blueprint.const import BLUEPRINT_FOLDER
from homeassistant.util.file import WriteError

from .automation_file import CannotAddError, Obstacle
from .blueprint_text import read_texts, translated
from .const import DOMAIN
from .marked_file import Written, write_marked

_LOGGER = logging.getLogger(__name__)

_SHIPPED = Path(__file__).parent / BLUEPRINT_FOLDER / "automation"


def blueprint_path(name: str) -> str:
    """Return a blueprint's path as automations name it, below the folder of those for automations."""
    return f"{DOMAIN}/{name}"


def shipped_blueprints() -> set[str]:
    """Return the names of the blueprints that are shipped."""
    return {shipped.name for shipped in _shipped()}


def install_blueprints(config: Path, *, create: Collection[str], language: str) -> bool:
    """Write the shipped blueprints below ``config``; returns whether an older copy was replaced.

    A copy that a user has changed stays as it is, and one that is not there stays away unless its
    name is in ``create``. Raises CannotAddError when one of those in ``create`` cannot be written, after
    all others; what else cannot be written stays as it is.
    """
    folder = config / BLUEPRINT_FOLDER / "automation"
    try:
        texts = read_texts(language)
    except (OSError, ValueError) as err:
        raise CannotAddError(Obstacle.NOT_WRITABLE, str(err)) from err
    replaced, obstacles = False, list[CannotAddError]()
    for shipped in _shipped():
        create_it = shipped.name in create
        try:
            written = _install(shipped, folder, create=create_it, language=language, texts=texts)
        except (OSError, UnicodeDecodeError, WriteError) as err:
            if create_it:
                obstacles.append(CannotAddError(Obstacle.NOT_WRITABLE, str(err)))
            else:
                _LOGGER.warning("The blueprint %s could not be updated: %s", shipped.name, err)
        else:
            replaced |= written is Written.REPLACED
    if obstacles:
        raise obstacles[0]
    return replaced


def _shipped() -> list[Path]:
    return sorted(_SHIPPED.glob("*.yaml"))


def _install(
    shipped: Path, folder: Path, *, create: bool, language: str, texts: Mapping[str, Any]
) -> Written:
    text = translated(shipped.read_text(encoding="utf-8"), shipped.stem, language, texts)
    return write_marked(folder / blueprint_path(shipped.name), text, create=create)
