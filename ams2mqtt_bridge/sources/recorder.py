"""Writes what comes from a source into a file that can be played again with its timing."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
import logging
import os
from pathlib import Path
from typing import TextIO, override

from ..clock import Clock
from .base import Source

_LOGGER = logging.getLogger(__name__)
_HEADER = (
    "# Recorded from {description}. It holds the meter's id and what the house used: send it only to "
    "people whom you would tell that.\n"
)


class RecorderSource(Source):
    """Passes on what comes from another source, and appends it to a file with the time.

    Each line is the time (ISO 8601, UTC) and the octets as hexadecimal digits. Only the user may read
    the file. When it cannot be written, that is told and the readings go on.
    """

    def __init__(self, source: Source, path: Path, clock: Clock) -> None:
        """Open the file; raises ``OSError`` when that fails."""
        self._source = source
        self._path = path
        self._clock = clock
        self._file: TextIO | None = os.fdopen(
            os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="ascii"
        )

    @property
    @override
    def description(self) -> str:
        return self._source.description

    @property
    @override
    def problem(self) -> str | None:
        return self._source.problem

    @override
    async def chunks(self) -> AsyncGenerator[bytes]:
        self._write(_HEADER.format(description=ascii(self.description)))
        try:
            async with aclosing(self._source.chunks()) as chunks:
                async for chunk in chunks:
                    moment = self._clock().isoformat(timespec="milliseconds")
                    self._write(f"{moment} {chunk.hex()}\n")
                    yield chunk
        finally:
            self._close()

    def _write(self, line: str) -> None:
        if self._file is None:
            return
        try:
            self._file.write(line)
            self._file.flush()
        except OSError as error:
            _LOGGER.error("Recording to %s ends: %s", self._path, error.strerror)
            self._close()

    def _close(self) -> None:
        if self._file is None:
            return
        file, self._file = self._file, None
        try:
            file.close()
        except OSError as error:
            _LOGGER.error("The end of %s was lost: %s", self._path, error.strerror)
