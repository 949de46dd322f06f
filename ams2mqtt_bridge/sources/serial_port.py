"""A HAN port on a serial adapter."""

from collections.abc import AsyncGenerator, Callable
import logging
import time
from typing import override

from ..config import SerialConfig
from ..pipeline import Pipeline
from .detection import Finding, PipelineFactory, Trial, Verdict, failure, success
from .line import LineSettings, candidates
from .port import OpenPort, Port, open_port, stable_name
from .reconnecting import Backoff, LostError, ReconnectingSource

_LOGGER = logging.getLogger(__name__)


class SerialSource(ReconnectingSource):
    """Reads from a serial port with 8 data bits and 1 stop bit.

    What is not configured of baud rate and parity is found by listening, again whenever no whole frame
    has come for ``idle_timeout`` seconds. An adapter that is pulled out and put in again under the same
    name is found again.
    """

    def __init__(
        self,
        config: SerialConfig,
        create_pipeline: PipelineFactory,
        backoff: Backoff | None = None,
        *,
        open_port: OpenPort = open_port,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(backoff)
        self._config = config
        self._create_pipeline = create_pipeline
        self._open_port = open_port
        self._monotonic = monotonic
        self._name = config.port
        self._found: LineSettings | None = None
        self._state = "not open"

    @property
    @override
    def description(self) -> str:
        return f"{self._name} ({self._state})"

    @override
    async def _session(self) -> AsyncGenerator[bytes]:
        self._name = stable_name(self._config.port)
        to_try = candidates(self._config, self._found)
        if len(to_try) == 1:
            async with self._open_port(self._config.port, to_try[0]) as port:
                self._opened(str(to_try[0]))
                async for chunk in self._read(port):
                    yield chunk
            return
        findings: list[Finding] = []
        for settings in to_try:
            async with self._open_port(self._config.port, settings) as port:
                self._state = f"listening at {settings}"
                _LOGGER.debug("Opened %s", self.description)
                pipeline = self._create_pipeline()
                heard, finding = await self._try(port, settings, pipeline)
                if not finding.counts.frames.good:
                    findings.append(finding)
                    continue
                self._found = settings
                self._opened(f"found: {success(finding)}")
                yield heard
                async for chunk in self._read(port, pipeline):
                    yield chunk
            return
        self._state = "nothing found"
        raise LostError(failure(findings))

    def _opened(self, state: str) -> None:
        self._state = state
        _LOGGER.info("Opened %s", self.description)

    async def _try(
        self, port: Port, settings: LineSettings, pipeline: Pipeline
    ) -> tuple[bytes, Finding]:
        """Listen until it is clear whether the settings are right; return what was heard."""
        before = port.framing_errors()
        trial = Trial(settings, pipeline, self._monotonic())
        heard = bytearray()
        while trial.verdict(now := self._monotonic()) is Verdict.LISTEN:
            chunk = await port.read(trial.remaining(now))
            if chunk is None:
                continue
            if not chunk:
                raise LostError("it was closed at the other end")
            heard += chunk
            trial.hear(chunk, self._monotonic())
        after = port.framing_errors()
        errors = None if before is None or after is None else after - before
        return bytes(heard), trial.finding(errors)

    async def _read(self, port: Port, pipeline: Pipeline | None = None) -> AsyncGenerator[bytes]:
        """Yield what comes; with a pipeline, raise ``LostError`` when no frame in it is whole any more."""
        idle_timeout = self._config.idle_timeout
        last_frame, good = self._monotonic(), 0 if pipeline is None else pipeline.counts.frames.good
        while True:
            chunk = await port.read(idle_timeout)
            if chunk is None:
                raise LostError(f"nothing came for {idle_timeout:g} s")
            if not chunk:
                return
            if pipeline is not None:
                pipeline.feed(chunk)
                if (now_good := pipeline.counts.frames.good) != good:
                    last_frame, good = self._monotonic(), now_good
                elif self._monotonic() - last_frame >= idle_timeout:
                    raise LostError(f"no whole frame came for {idle_timeout:g} s; listening anew")
            yield chunk
