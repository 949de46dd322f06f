"""A wall clock that the demo's programs share and that can be set, the machine's own left alone."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
import shutil
import struct
import subprocess
from typing import Self

from .processes import ProgramError

_SOURCE = Path(__file__).with_name("wall_clock.c")
_MICROSECOND = timedelta(microseconds=1)


class WallClock:
    """An offset in a file that programs with this ``environment`` add to the machine's wall clock.

    They follow at once when it is set. Their monotonic time is the machine's: what waits goes on
    waiting for as long as it meant to.
    """

    def __init__(self, folder: Path) -> None:
        """Begin with the machine's time; the path of ``folder`` holds no space and no colon."""
        self._library = folder / "wall_clock.so"
        self._file = folder / "wall_clock"
        self._write(timedelta())

    @classmethod
    async def make(cls, folder: Path) -> Self:
        """Compile what is preloaded. Raises ProgramError without a C compiler."""
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is None:
            raise ProgramError("a clock that can be set needs a C compiler: apt-get install g++")
        clock = cls(folder)
        command: list[str | Path] = [
            compiler, "-std=c11", "-O2", "-shared", "-fPIC", "-o", clock._library, _SOURCE, "-ldl"
        ]  # fmt: skip
        done = await asyncio.to_thread(
            lambda: subprocess.run(command, capture_output=True, check=False, text=True)
        )
        if done.returncode:
            raise ProgramError(f"{_SOURCE.name}: {done.stderr.strip()}")
        return clock

    @property
    def environment(self) -> Mapping[str, str]:
        """Return the environment of programs that go by this clock."""
        return {"LD_PRELOAD": str(self._library), "ZMARTCHARGE_CLOCK": str(self._file)}

    def now(self) -> datetime:
        """Return the time it shows, in UTC."""
        return datetime.now(UTC) + self._offset

    def set(self, now: datetime) -> None:
        """Let it show another time from now on; ``now`` is aware."""
        self._write(now - datetime.now(UTC))

    def _write(self, offset: timedelta) -> None:
        self._offset = offset
        content = struct.pack("=q", offset // _MICROSECOND * 1000)
        # The file that programs have mapped is written to, never replaced.
        with self._file.open("r+b" if self._file.exists() else "wb") as file:
            file.write(content)
