"""How large others' cards are, of those that npm's registry has."""

from pathlib import Path
import shutil
import subprocess
import tarfile
import tempfile

from ..report import Figure
from .sizes import Size, size_of

#: Cards for chargers and for evcc, by the names that they have elsewhere.
_NAMES = ("charger-card", "evcc-card")
#: Seconds to wait for the registry.
_PATIENCE = 60


def peer_sizes() -> list[Figure]:
    """Return the size of each card, or that it is not there, or that this cannot be told."""
    figures = []
    for name in _NAMES:
        found = _packed(name)
        if isinstance(found, str):
            figures.append(Figure(f"{name}: packages", 0, found))
            continue
        figures += [
            Figure(f"{name}, raw", found.raw / 1000, "kB"),
            Figure(f"{name}, gzip", found.gzip / 1000, "kB"),
        ]
    return figures


def _packed(name: str) -> Size | str:
    npm = shutil.which("npm")
    if npm is None:
        return "there is no npm here"
    with tempfile.TemporaryDirectory(prefix="zmartcharge-bench-") as folder:
        try:
            done = subprocess.run(
                [npm, "pack", name, "--pack-destination", folder],
                capture_output=True,
                text=True,
                timeout=_PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "npm does not answer"
        if done.returncode:
            return "not on npm" if "E404" in done.stderr else "npm cannot be asked"
        archive = next(Path(folder).glob("*.tgz"))
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        scripts = [size_of(path) for path in Path(folder).rglob("*.js")]
    return sum(scripts, Size(0, 0))
