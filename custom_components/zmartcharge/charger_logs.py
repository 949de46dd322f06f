"""The logs of one charger: asked for, waited for, and told of."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
import logging
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.network import NoURLAvailableError

from .const import DOMAIN
from .csms import LogKind, LogProgress, LogStatus, LogUpload, LogUploadStatus
from .log_files import LogFile
from .uploads import UPLOAD_WITHIN, ExpectedLog, Uploads, upload_url

if TYPE_CHECKING:
    from .charger import Charger

_LOGGER = logging.getLogger(__name__)


class LogFailure(StrEnum):
    """Why a log did not come; each is a translated text."""

    UPLOAD_FAILED = "upload_failed"
    BAD_REQUEST = "bad_request"
    NOT_SUPPORTED = "not_supported"
    PERMISSION_DENIED = "permission_denied"
    TOO_LARGE = "too_large"
    NOTHING_CAME = "nothing_came"
    #: Another one was asked for before it came.
    REPLACED = "replaced"


_FAILURES = {
    LogStatus.UPLOAD_FAILURE: LogFailure.UPLOAD_FAILED,
    LogStatus.BAD_MESSAGE: LogFailure.BAD_REQUEST,
    LogStatus.NOT_SUPPORTED: LogFailure.NOT_SUPPORTED,
    LogStatus.PERMISSION_DENIED: LogFailure.PERMISSION_DENIED,
}
_ENDS = {LogStatus.UPLOADED, *_FAILURES}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogNews:
    """A log came (``file``), or did not (``failure``)."""

    kind: LogKind
    file: LogFile | None = None
    failure: LogFailure | None = None


@dataclass(slots=True, eq=False)
class _Pending:
    expected: ExpectedLog
    give_up: CALLBACK_TYPE
    #: None: the charger has not answered yet, or does not number uploads.
    request_id: int | None = None


class ChargerLogs:
    """Of one charger. One log is waited for at a time, as chargers send but one."""

    def __init__(self, charger: Charger, uploads: Uploads) -> None:
        """Wait for nothing."""
        self._charger = charger
        self._uploads = uploads
        self._listeners: list[Callable[[LogNews], None]] = []
        self._pending: _Pending | None = None
        #: An upload without a number was replaced, and how it ended was not heard yet.
        self._replaced = False

    @callback
    def async_listen(self, listener: Callable[[LogNews], None]) -> CALLBACK_TYPE:
        """Call ``listener`` with each log that came or did not."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def ask(
        self, kind: LogKind, oldest: datetime | None = None, latest: datetime | None = None
    ) -> str:
        """Ask for a log of a time and return the name that it will have here.

        Raises the errors of the station, and translated ones.
        """
        # Before anything is changed: one that is away cannot be asked.
        _ = self._charger.station
        expected = self._wait_for(kind)
        pending = self._pending
        with ExitStack() as undo:
            undo.callback(self._stop_waiting, pending)
            try:
                url = upload_url(self._charger.hass, expected)
            except NoURLAvailableError as err:
                raise HomeAssistantError(
                    translation_domain=DOMAIN, translation_key="no_upload_address"
                ) from err
            upload = LogUpload(kind=kind, location=url, oldest=oldest, latest=latest)
            request_id = await self._send(upload)
            undo.pop_all()
        if pending is not None:
            pending.request_id = request_id
        return expected.name

    async def ask_to_send(
        self, kind: LogKind, location: str, oldest: datetime | None, latest: datetime | None
    ) -> None:
        """Let the charger send a log elsewhere, such as to an FTP server; errors as of ``ask``."""
        await self._send(LogUpload(kind=kind, location=location, oldest=oldest, latest=latest))

    @callback
    def hear(self, progress: LogProgress) -> None:
        """Hear how far an upload is."""
        pending = self._pending
        if self._replaced and progress.request_id is None and progress.status in _ENDS:
            # The one before is told of first. If this was the new one after all, that nothing
            # comes of it is told later.
            self._replaced = False
            return
        if pending is None or (failure := _FAILURES.get(progress.status)) is None:
            return
        numbers = (pending.request_id, progress.request_id)
        if None in numbers or numbers[0] == numbers[1]:
            self._fail(pending, failure)

    @callback
    def close(self) -> None:
        """Wait no more."""
        self._stop_waiting(self._pending)

    async def _send(self, upload: LogUpload) -> int | None:
        answer = await self._charger.station.upload_log(upload)
        if answer.status is LogUploadStatus.REJECTED:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="no_such_log",
                translation_placeholders={"charger": self._charger.config.name},
            )
        return answer.request_id

    def _wait_for(self, kind: LogKind) -> ExpectedLog:
        self._replaced = self._pending is not None and self._pending.request_id is None
        if self._pending is not None:
            self._fail(self._pending, LogFailure.REPLACED)

        @callback
        def came(file: LogFile | None) -> None:
            if file is None:
                self._fail(pending, LogFailure.TOO_LARGE)
                return
            self._stop_waiting(pending)
            _LOGGER.info("%s sent a log: %s", self._charger.config.name, file.name)
            self._tell(LogNews(kind=kind, file=file))

        @callback
        def give_up(_now: datetime) -> None:
            self._fail(pending, LogFailure.NOTHING_CAME)

        expected = self._uploads.expect(self._charger.config.subentry_id, kind, came)
        later = async_call_later(self._charger.hass, UPLOAD_WITHIN, give_up)
        pending = self._pending = _Pending(expected, later)
        return expected

    @callback
    def _fail(self, pending: _Pending, failure: LogFailure) -> None:
        if pending is not self._pending:
            return
        self._stop_waiting(pending)
        _LOGGER.warning("%s sent no log: %s", self._charger.config.name, failure)
        self._tell(LogNews(kind=pending.expected.kind, failure=failure))

    @callback
    def _stop_waiting(self, pending: _Pending | None) -> None:
        """Wait no more for this one; one that was asked for since stays."""
        if pending is None or pending is not self._pending:
            return
        pending.give_up()
        self._pending = None
        self._uploads.forget(pending.expected.charger_id)

    @callback
    def _tell(self, news: LogNews) -> None:
        for listener in list(self._listeners):
            listener(news)
