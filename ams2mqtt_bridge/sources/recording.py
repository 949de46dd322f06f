"""A recorded file, and how one is written."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import batched, pairwise
import logging
import math
import re
from typing import override

from ..config import FileConfig, FileFormat
from .base import Source

_LOGGER = logging.getLogger(__name__)
_CHUNK = 1024
_COMMENT = "#"
_TEXT = frozenset(b"\t\n\r" + bytes(range(0x20, 0x7F)))
_STAMP = re.compile(r"(\d{4}-\d\d-\d\dT\S+|\d+\.\d+)\s+(.*)", re.ASCII)
# Seconds. A reader that was switched off for a night is not waited for.
_LONGEST_WAIT = 60.0
# Between the end and the beginning of a recording that says nothing about it.
_REPEAT_WAIT = 1.0


@dataclass(frozen=True, slots=True)
class Piece:
    """Octets that came together, and when: seconds of any clock, or ``None`` if that is not known."""

    octets: bytes
    at: float | None = None


class RecordedSource(Source):
    """Plays a file: lines of hexadecimal digits (``#`` begins a comment), or the octets themselves.

    A line may begin with the time at which it came: ISO 8601, or seconds with a decimal point. Waits
    ``interval`` seconds between the lines, or between pieces of 1 KiB when it is binary; with ``None``
    as long as passed between them, but at most a minute. Begins again at the end when it is to repeat.
    """

    def __init__(self, config: FileConfig) -> None:
        self._config = config
        self._problem: str | None = None

    @property
    @override
    def description(self) -> str:
        return str(self._config.path)

    @property
    @override
    def problem(self) -> str | None:
        return self._problem

    @override
    async def chunks(self) -> AsyncGenerator[bytes]:
        pieces = await asyncio.to_thread(self._read)
        waits = self._waits(pieces)
        while pieces:
            for piece, wait in zip(pieces, waits, strict=True):
                yield piece.octets
                await asyncio.sleep(wait)
            if not self._config.repeat:
                return

    def _waits(self, pieces: list[Piece]) -> list[float]:
        """Return how many seconds to wait after each piece."""
        if (interval := self._config.interval) is not None:
            return [interval] * len(pieces)
        if pieces and all(piece.at is None for piece in pieces):
            _LOGGER.warning(
                "%s does not say when its octets came; played as fast as possible", self.description
            )
        waits = [_wait(earlier, later) for earlier, later in pairwise(pieces)]
        return [*waits, _REPEAT_WAIT if self._config.repeat else 0.0]

    def _read(self) -> list[Piece]:
        try:
            content = self._config.path.read_bytes()
        except OSError as error:
            self._complain(f"cannot be read: {error.strerror}")
            return []
        if self._is_hex(content):
            pieces = list(self._from_hex(content.decode("ascii", errors="replace")))
        else:
            pieces = [Piece(bytes(piece)) for piece in batched(content, _CHUNK, strict=False)]
        if not pieces:
            self._complain("holds no frames")
        return pieces

    def _complain(self, problem: str) -> None:
        self._problem = problem
        _LOGGER.warning("%s %s", self.description, problem)

    def _is_hex(self, content: bytes) -> bool:
        if self._config.format is FileFormat.AUTO:
            return _TEXT.issuperset(content)
        return self._config.format is FileFormat.HEX

    def _from_hex(self, text: str) -> Iterator[Piece]:
        for number, line in enumerate(text.splitlines(), 1):
            try:
                piece = _piece(line.partition(_COMMENT)[0].strip())
            except ValueError:
                _LOGGER.warning(
                    "%s:%d: skipped, because it is not hexadecimal", self.description, number
                )
                continue
            if piece.octets:
                yield piece


def _piece(line: str) -> Piece:
    """Read one line; raise ``ValueError`` when it is not hexadecimal or its time is none."""
    if (match := _STAMP.fullmatch(line)) is None:
        return Piece(bytes.fromhex(line))
    stamp, digits = match.groups()
    return Piece(bytes.fromhex(digits), _seconds(stamp))


def _seconds(stamp: str) -> float:
    if "T" not in stamp:
        seconds = float(stamp)
    else:
        moment = datetime.fromisoformat(stamp)
        # Without a zone only the time between two lines is of interest, and any zone will do.
        moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        seconds = moment.timestamp()
    if not math.isfinite(seconds):
        raise ValueError("not a time")
    return seconds


def _wait(earlier: Piece, later: Piece) -> float:
    if earlier.at is None or later.at is None:
        return 0.0
    return min(_LONGEST_WAIT, max(0.0, later.at - earlier.at))
