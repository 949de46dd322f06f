"""The blueprints that are shipped, and their copies where Home Assistant looks for blueprints.

All of this blocks, so it belongs into an executor.
"""

from hashlib import sha256
from pathlib import Path

from homeassistant.components.blueprint.const import BLUEPRINT_FOLDER
from homeassistant.util.file import WriteError, write_utf8_file_atomic

from .automation_file import CannotAddError, Obstacle
from .const import DOMAIN

_SHIPPED = Path(__file__).parent / BLUEPRINT_FOLDER / "automation"
_MARK = "# Installed by ZmartCharge, and updated by it as long as nobody changes it: "


def blueprint_path(name: str) -> str:
    """Return a blueprint's path as automations name it, below the folder of those for automations."""
    return f"{DOMAIN}/{name}"


def install_blueprints(config: Path, *, create: bool) -> bool:
    """Write the shipped blueprints below ``config``; returns whether an older copy was replaced.

    A copy that a user has changed stays as it is, and without ``create`` one that a user has deleted
    stays away. Raises CannotAddError.
    """
    folder = config / BLUEPRINT_FOLDER / "automation"
    replaced = [_install(shipped, folder, create=create) for shipped in _shipped()]
    return any(replaced)


def _shipped() -> list[Path]:
    return sorted(_SHIPPED.glob("*.yaml"))


def _install(shipped: Path, folder: Path, *, create: bool) -> bool:
    path = folder / blueprint_path(shipped.name)
    try:
        text = shipped.read_text(encoding="utf-8")
        marked = f"{_MARK}{_digest(text)}\n{text}"
        present = path.read_text(encoding="utf-8") if path.is_file() else None
        if present == marked or not (create if present is None else _unchanged(present)):
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        write_utf8_file_atomic(str(path), marked)
    except (OSError, UnicodeDecodeError, WriteError) as err:
        raise CannotAddError(Obstacle.NOT_WRITABLE, str(err)) from err
    return present is not None


def _unchanged(present: str) -> bool:
    """Tell whether a copy still is what its first line says it was when it was written."""
    mark, _, rest = present.partition("\n")
    return mark == f"{_MARK}{_digest(rest)}"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
