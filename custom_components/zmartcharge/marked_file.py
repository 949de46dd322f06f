"""Files that we put into Home Assistant's folders, and update as long as nobody changes them.

The first line of such a file is a comment with a digest of the rest. All of this blocks, so it belongs
into an executor.
"""

import contextlib
from enum import Enum, auto
from hashlib import sha256
from pathlib import Path

from homeassistant.util.file import write_utf8_file_atomic

_MARK = "# Installed by ZmartCharge, and updated by it as long as nobody changes it: "


class Written(Enum):
    """What became of a file."""

    #: There was none.
    NEW = auto()
    #: It took the place of an older one of ours.
    REPLACED = auto()
    #: It is there as it should be.
    SAME = auto()
    #: A user has changed it.
    KEPT = auto()
    #: There is none, and none was to be made.
    ABSENT = auto()


def write_marked(path: Path, text: str, *, create: bool) -> Written:
    """Write a text with its mark, unless a user has changed the file that is there.

    Without ``create`` one that a user has deleted stays away. Raises OSError and WriteError.
    """
    marked = f"{_MARK}{_digest(text)}\n{text}"
    try:
        present = path.read_text(encoding="utf-8") if path.is_file() else None
    except UnicodeDecodeError:
        # Ours can be read, so a user has changed it.
        return Written.KEPT
    if present == marked:
        return Written.SAME
    if present is None and not create:
        return Written.ABSENT
    if present is not None and not _unchanged(present):
        return Written.KEPT
    path.parent.mkdir(parents=True, exist_ok=True)
    write_utf8_file_atomic(str(path), marked)
    return Written.NEW if present is None else Written.REPLACED


def remove_marked(path: Path) -> bool:
    """Remove a file that nobody has changed, and its folder when that is empty then.

    Returns whether it was there. Raises OSError.
    """
    try:
        if not path.is_file() or not _unchanged(path.read_text(encoding="utf-8")):
            return False
    except UnicodeDecodeError:
        return False
    path.unlink()
    with contextlib.suppress(OSError):
        path.parent.rmdir()
    return True


def _unchanged(present: str) -> bool:
    """Tell whether a file still is what its first line says it was when it was written."""
    mark, _, rest = present.partition("\n")
    return mark == f"{_MARK}{_digest(rest)}"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
