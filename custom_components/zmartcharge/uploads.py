"""Where chargers send their logs: one-time addresses on Home Assistant's own server.

An address is as good as a password for one file: 32 random octets, for ten minutes, used up by the
file that comes whole.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from pathlib import Path
import secrets

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.network import get_url
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .csms import LogKind
from .log_files import LOG_FOLDER, LogFile, LogFiles, new_name

UPLOAD_PATH = f"/api/{DOMAIN}/upload"
#: How long a charger has for its upload.
UPLOAD_WITHIN = timedelta(minutes=10)
#: Octets. Logs of chargers are far smaller; it is a limit for what is none.
LARGEST_LOG = 20 * 2**20
#: A charger whose network is bad tries again; one that breaks off more often is not served.
_TRIES = 5
_TOKEN_OCTETS = 32
#: Characters of base64 that those come to.
_TOKEN_LENGTH = 43
#: The disk is bothered once for as many octets.
_PIECE = 256 * 2**10


class TooLargeError(Exception):
    """A file has more than LARGEST_LOG octets."""


@dataclass(slots=True, kw_only=True, eq=False)
class ExpectedLog:
    """A log that a charger was asked to send."""

    charger_id: str
    kind: LogKind
    name: str
    until: datetime
    #: Called with the file when it came, with None when it is too large to come ever.
    came: Callable[[LogFile | None], None]
    token: str = field(repr=False)
    receiving: bool = False
    tries_left: int = _TRIES


class Uploads:
    """Of all chargers."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Expect nothing yet."""
        self.files = LogFiles(Path(hass.config.path(LOG_FOLDER)))
        self._hass = hass
        self._expected: list[ExpectedLog] = []

    @callback
    def expect(
        self, charger_id: str, kind: LogKind, came: Callable[[LogFile | None], None]
    ) -> ExpectedLog:
        """Wait for a log of a charger, in the place of one that has not come yet."""
        self.forget(charger_id)
        now = dt_util.utcnow()
        expected = ExpectedLog(
            charger_id=charger_id,
            kind=kind,
            name=new_name(kind, now),
            until=now + UPLOAD_WITHIN,
            came=came,
            token=secrets.token_urlsafe(_TOKEN_OCTETS),
        )
        self._expected.append(expected)
        return expected

    @callback
    def forget(self, charger_id: str) -> None:
        """Wait for no log of a charger any more."""
        self._expected = [each for each in self._expected if each.charger_id != charger_id]

    @callback
    def find(self, tail: str) -> ExpectedLog | None:
        """Return what is expected at the end of a path, None for a wrong or an old one.

        It begins with the token. What chargers append, with or without a slash, does not count.
        """
        token, now = tail[:_TOKEN_LENGTH].encode(), dt_util.utcnow()
        found = None
        for expected in self._expected:
            # All are compared, so that the time tells nothing.
            if compare_digest(expected.token.encode(), token) and now < expected.until:
                found = expected
        return found

    async def receive(self, expected: ExpectedLog, pieces: AsyncIterator[bytes]) -> LogFile:
        """Keep what a charger sends. Raises TooLargeError, OSError, and whatever ``pieces`` raise.

        The caller has checked that nothing is being received for it.
        """
        expected.receiving = True
        expected.tries_left -= 1
        try:
            file = await self._write(expected, pieces)
        except TooLargeError:
            self._end(expected)
            expected.came(None)
            raise
        finally:
            expected.receiving = False
            if not expected.tries_left:
                self._end(expected)
        self._end(expected)
        expected.came(file)
        return file

    async def _write(self, expected: ExpectedLog, pieces: AsyncIterator[bytes]) -> LogFile:
        run = self._hass.async_add_executor_job
        part = await run(self.files.begin, expected.charger_id, expected.name)
        waiting = bytearray()
        async with AsyncExitStack() as undo:
            # A cancelled one too: half a log is of no use to anybody.
            undo.push_async_callback(run, part.unlink, True)
            file = await run(part.open, "wb")
            try:
                async for piece in _at_most(LARGEST_LOG, pieces):
                    waiting += piece
                    if len(waiting) >= _PIECE:
                        await run(file.write, bytes(waiting))
                        waiting.clear()
                await run(file.write, bytes(waiting))
            finally:
                await run(file.close)
            undo.pop_all()
        return await run(self.files.finish, part)

    @callback
    def _end(self, expected: ExpectedLog) -> None:
        self._expected = [each for each in self._expected if each is not expected]


async def _at_most(octets: int, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for piece in pieces:
        octets -= len(piece)
        if octets < 0:
            raise TooLargeError
        yield piece


def upload_url(hass: HomeAssistant, expected: ExpectedLog) -> str:
    """Return the address for a log, within the house if there is one; raises NoURLAvailableError."""
    return f"{get_url(hass, prefer_external=False)}{UPLOAD_PATH}/{expected.token}"
