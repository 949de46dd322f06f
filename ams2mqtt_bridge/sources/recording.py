"""A recorded file."""

import asyncio
from collections.abc import AsyncGenerator
from itertools import batched
import logging
from typing import override

from ..config import FileConfig, FileFormat
from .base import Source

_LOGGER = logging.getLogger(__name__)
_CHUNK = 1024
_COMMENT = "#"
_TEXT = frozenset(b"\t\n\r" + bytes(range(0x20, 0x7F)))


class RecordedSource(Source):
    """Plays a file: lines of hexadecimal digits (``#`` begins a comment), or the octets themselves.

    Waits ``interval`` seconds between the lines, or between pieces of 1 KiB when it is binary, and
    begins again at the end when it is to repeat.
    """

    def __init__(self, config: FileConfig) -> None:
        self._config = config

    @property
    @override
    def description(self) -> str:
        return str(self._config.path)

    @override
    async def chunks(self) -> AsyncGenerator[bytes]:
        pieces = await asyncio.to_thread(self._read)
        if not pieces:
            _LOGGER.warning("%s holds no frames", self.description)
        while pieces:
            for piece in pieces:
                yield piece
                await asyncio.sleep(self._config.interval)
            if not self._config.repeat:
                return

    def _read(self) -> list[bytes]:
        try:
            content = self._config.path.read_bytes()
        except OSError as error:
            _LOGGER.error("Cannot read %s: %s", self.description, error.strerror)
            return []
        if self._is_hex(content):
            return self._from_hex(content.decode("ascii", errors="replace"))
        return [bytes(piece) for piece in batched(content, _CHUNK, strict=False)]

    def _is_hex(self, content: bytes) -> bool:
        if self._config.format is FileFormat.AUTO:
            return _TEXT.issuperset(content)
        return self._config.format is FileFormat.HEX

    def _from_hex(self, text: str) -> list[bytes]:
        pieces = []
        for number, line in enumerate(text.splitlines(), 1):
            digits = line.partition(_COMMENT)[0].strip()
            try:
                piece = bytes.fromhex(digits)
            except ValueError:
                _LOGGER.warning(
                    "%s:%d: skipped, because it is not hexadecimal", self.description, number
                )
                continue
            if piece:
                pieces.append(piece)
        return pieces
