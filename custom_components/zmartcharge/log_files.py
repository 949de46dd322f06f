"""The logs that chargers have sent, as files: their names, and how many are kept.

Everything that touches the disk blocks, so it belongs in an executor. Nothing of a file's name
comes from a charger.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
import re
import secrets
import shutil

from .csms import LogKind

#: Beside Home Assistant's configuration. Its backups hold it too.
LOG_FOLDER = "zmartcharge_logs"
KEPT_PER_CHARGER = 10
KIND_NAMES = {LogKind.DIAGNOSTICS: "diagnostics", LogKind.SECURITY: "security"}
#: As ``new_name`` makes them: they sort by time, in the night the clocks change too.
_NAME = re.compile(r"\d{8}T\d{6}Z-(?:diagnostics|security)-[0-9a-f]{8}\.log")
_TIME = "%Y%m%dT%H%M%SZ"
_PART = ".part"
#: How packed files begin (RFC 1952; PKWARE's APPNOTE, 4.3.7), and what they are called then.
_PACKED = {b"\x1f\x8b": ".log.gz", b"PK\x03\x04": ".zip"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFile:
    """A log that a charger sent; ``size`` in octets, ``asked_at`` is when it was asked for."""

    name: str
    size: int
    asked_at: datetime


def new_name(kind: LogKind, now: datetime) -> str:
    """Return the name of a log that is to come."""
    return f"{now.astimezone(UTC):{_TIME}}-{KIND_NAMES[kind]}-{secrets.token_hex(4)}.log"


class LogFiles:
    """Of all chargers; each has a folder, called by its subentry."""

    def __init__(self, root: Path) -> None:
        """Take the folder that holds them; it is made when the first log comes."""
        self._root = root

    def path(self, charger_id: str, name: str) -> Path | None:
        """Return where a log is; None where there is none of this name."""
        if not _NAME.fullmatch(name):
            return None
        path = self._root / charger_id / name
        return path if path.is_file() else None

    def begin(self, charger_id: str, name: str) -> Path:
        """Return where a log that comes now is written to; raises OSError."""
        folder = self._root / charger_id
        folder.mkdir(parents=True, exist_ok=True)
        return folder / (name + _PART)

    def finish(self, part: Path) -> LogFile:
        """Keep a log that came whole, and the newest beside it; raises OSError."""
        path = part.with_suffix("")
        part.replace(path)
        for old in sorted(self._names(path.parent), reverse=True)[KEPT_PER_CHARGER:]:
            (path.parent / old).unlink(missing_ok=True)
        return _describe(path)

    def tidy(self) -> None:
        """Remove what a restart left half written; raises OSError."""
        for part in self._root.glob(f"*/*{_PART}"):
            part.unlink(missing_ok=True)

    def all_of(self, charger_id: str) -> list[LogFile]:
        """Return a charger's logs, the newest first; raises OSError."""
        folder = self._root / charger_id
        return [_describe(folder / name) for name in sorted(self._names(folder), reverse=True)]

    def forget(self, charger_id: str) -> None:
        """Remove all that a charger sent."""
        shutil.rmtree(self._root / charger_id, ignore_errors=True)

    def forget_all(self) -> None:
        """Remove all that any charger sent."""
        shutil.rmtree(self._root, ignore_errors=True)

    @staticmethod
    def _names(folder: Path) -> list[str]:
        if not folder.is_dir():
            return []
        return [path.name for path in folder.iterdir() if _NAME.fullmatch(path.name)]


def download_name(path: Path) -> str:
    """Return what a log is to be called by who downloads it: chargers send packed ones too."""
    with path.open("rb") as file:
        head = file.read(4)
    for magic, suffix in _PACKED.items():
        if head.startswith(magic):
            return path.with_suffix(suffix).name
    return path.name


def _describe(path: Path) -> LogFile:
    asked_at = datetime.strptime(path.name.partition("-")[0], _TIME).replace(tzinfo=UTC)
    return LogFile(name=path.name, size=path.stat().st_size, asked_at=asked_at)
