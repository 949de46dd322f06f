"""What browsers load of the bundle."""

from dataclasses import dataclass
import gzip
from pathlib import Path
import re

from script.lib.frontend_rules import BUILT

_ENTRY = "zmartcharge.js"
#: What a file needs beside it at once; what it loads later is written ``import("./…")``.
_STATIC = re.compile(r"""(?:from|import)\s*["']\./([\w.-]+\.js)["']""")


@dataclass(frozen=True, slots=True)
class Size:
    """Bytes as they lie on the disk and as they are sent."""

    raw: int
    gzip: int

    def __add__(self, other: Size) -> Size:
        """Return both together."""
        return Size(self.raw + other.raw, self.gzip + other.gzip)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """``home``: all that is loaded until the home card is shown in English."""

    files: dict[str, Size]
    entry: Size
    home: Size
    whole: Size


def size_of(path: Path) -> Size:
    """Return the size of a file."""
    content = path.read_bytes()
    return Size(len(content), len(gzip.compress(content, 9)))


def bundle_sizes(folder: Path = BUILT) -> Sizes:
    """Return the sizes of the built bundle."""
    files = {path.name: size_of(path) for path in sorted(folder.glob("*.js"))}
    card = next(name for name in files if name.startswith("home-card"))
    needed = _needs(folder, card) | _needs(folder, _ENTRY)
    nothing = Size(0, 0)
    return Sizes(
        files=files,
        entry=files[_ENTRY],
        home=sum((files[name] for name in needed), nothing),
        whole=sum(files.values(), nothing),
    )


def _needs(folder: Path, name: str) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting += _STATIC.findall((folder / current).read_text())
    return found
