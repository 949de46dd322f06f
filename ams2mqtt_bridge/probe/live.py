"""Reads a source and keeps its picture up to date."""

import asyncio
from contextlib import aclosing, suppress
import logging
from typing import override

from ..clock import Clock, utc_now
from ..pipeline import Pipeline
from ..reporting import diagnose
from ..sources import Source
from .state import ProbeState
from .terminal import Screen

_REFRESH = 1.0
_MESSAGES = 3


class _Messages(logging.Handler):
    """Keeps the last warnings for the table, which they would tear apart on the terminal."""

    def __init__(self, state: ProbeState) -> None:
        super().__init__(logging.WARNING)
        self._state = state

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self._state.messages = [*self._state.messages, record.getMessage()][-_MESSAGES:]


async def probe(
    source: Source,
    pipeline: Pipeline,
    screen: Screen,
    state: ProbeState,
    clock: Clock = utc_now,
) -> None:
    """Show what a source says until it ends or this is cancelled; ``state`` has the result."""
    changed = asyncio.Event()
    root = logging.getLogger()
    others = root.handlers[:]
    if screen.live:
        root.handlers = [_Messages(state)]
    try:
        async with asyncio.TaskGroup() as group, aclosing(source.chunks()) as chunks:
            drawing = group.create_task(_keep_drawn(source, screen, state, changed, clock))
            async for chunk in chunks:
                for meter_list in pipeline.feed(chunk):
                    state.take(meter_list, clock())
                    screen.heard(meter_list)
                state.counts = pipeline.counts
                state.diagnosis = None if state.counts.frames.good else diagnose(pipeline.recent)
                changed.set()
            drawing.cancel()
    finally:
        _look(source, state)
        screen.draw(state, clock())
        screen.close()
        root.handlers = others


async def _keep_drawn(
    source: Source, screen: Screen, state: ProbeState, changed: asyncio.Event, clock: Clock
) -> None:
    """Draw when something has come, and each second, because ages grow and ports go away."""
    while True:
        _look(source, state)
        screen.draw(state, clock())
        changed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(_REFRESH):
                await changed.wait()


def _look(source: Source, state: ProbeState) -> None:
    state.source = source.description
    state.problem = source.problem
