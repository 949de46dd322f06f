"""Keeps the accounts over a restart, in a file."""

import asyncio
from datetime import UTC, datetime, timedelta
import json
import logging
import os
from pathlib import Path

from ..config import AccountingConfig
from ..meter_list import MeterList
from .energy import EnergyAccounting, Realtime
from .state import StateError

_LOGGER = logging.getLogger(__name__)

_INTERVAL = timedelta(minutes=1)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class Bookkeeper:
    """The accounts, and the file that has them.

    It is written at most once a minute, when an hour ends, and at the end; never half, because it
    is replaced whole. Without a file the accounts are in memory only.
    """

    def __init__(self, config: AccountingConfig) -> None:
        self._time_zone = config.time_zone
        self._path = config.state_file
        self._accounting = EnergyAccounting(config.time_zone)
        # Only once it has been read, so that it is never overwritten by accounts without it.
        self._file: Path | None = None
        self._saved_at = _BEGINNING
        self._saving: asyncio.Task[None] | None = None
        self._failed = False

    async def start(self) -> None:
        """Go on where the file ends; one that cannot be used is set aside, with a warning."""
        if self._path is None:
            _LOGGER.info(
                "Energies of the day and month, and the highest hours, are lost when this stops; "
                "set accounting.state_file to keep them"
            )
            return
        try:
            state = await asyncio.to_thread(_read, self._path)
        except OSError as error:
            _LOGGER.warning(
                "The accounts cannot be read from %s (%s), and are not kept",
                self._path,
                error.strerror,
            )
            return
        self._file = self._path
        if state is None:
            return
        try:
            self._accounting = EnergyAccounting.from_state(json.loads(state), self._time_zone)
        except (StateError, ValueError, RecursionError) as error:
            await asyncio.to_thread(_set_aside, self._path, str(error))

    def add(self, meter_list: MeterList, received: datetime) -> Realtime | None:
        """Take a list into the accounts; see ``EnergyAccounting.add``."""
        realtime = self._accounting.add(meter_list, received)
        if self._file is not None and self._is_due(received):
            self._saved_at = received
            self._saving = asyncio.create_task(self._save(self._file))
        return realtime

    async def stop(self) -> None:
        """Write what is not written yet."""
        if self._saving is not None:
            await self._saving
        if self._file is not None:
            await self._save(self._file)

    def _is_due(self, now: datetime) -> bool:
        if self._saving is not None and not self._saving.done():
            return False
        # In any time zone an hour ends at some full quarter of an hour.
        turned = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0) > self._saved_at
        return turned or abs(now - self._saved_at) >= _INTERVAL

    async def _save(self, path: Path) -> None:
        text = json.dumps(self._accounting.to_state(), separators=(",", ":"))
        try:
            await asyncio.to_thread(_replace, path, text)
        except OSError as error:
            if not self._failed:
                _LOGGER.warning("The accounts cannot be saved in %s: %s", path, error.strerror)
            self._failed = True
        else:
            self._failed = False


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _set_aside(path: Path, reason: str) -> None:
    aside = path.with_name(f"{path.name}.unusable")
    try:
        path.replace(aside)
    except OSError as error:
        _LOGGER.warning("The accounts in %s cannot be used (%s): %s", path, reason, error.strerror)
    else:
        _LOGGER.warning(
            "The accounts in %s cannot be used (%s); they begin anew, the file is now %s",
            path,
            reason,
            aside,
        )


def _replace(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.part")
    with part.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
