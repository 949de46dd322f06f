"""Where the table is drawn: in place in a terminal, or as plain lines anywhere else."""

from collections.abc import Callable, Mapping
from datetime import datetime
import os
from typing import Protocol, TextIO, override

from ..meter_list import MeterList
from ..reporting import describe
from .render import render
from .state import ProbeState

_HIDE_CURSOR, _SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"
_CLEAR_LINE, _CLEAR_BELOW = "\x1b[K", "\x1b[J"


class Screen(Protocol):
    """Shows a state to a person."""

    live: bool
    """Whether it shows the messages of the log itself."""

    def heard(self, meter_list: MeterList) -> None:
        """Show a list that has just come."""
        ...

    def draw(self, state: ProbeState, now: datetime) -> None:
        """Show how it is now."""
        ...

    def close(self) -> None:
        """Leave the terminal as it was."""
        ...


class LiveScreen(Screen):
    """Draws the table over the one before (ECMA-48 control sequences)."""

    live = True

    def __init__(self, stream: TextIO, size: Callable[[], os.terminal_size]) -> None:
        """``size`` is asked before each drawing, because a window may change."""
        self._stream = stream
        self._size = size
        self._height = 0

    @override
    def heard(self, meter_list: MeterList) -> None:
        pass

    @override
    def draw(self, state: ProbeState, now: datetime) -> None:
        columns, rows = self._size()
        lines = [line[: columns - 1] for line in render(state, now, min(columns - 1, 100))]
        lines = lines[: max(1, rows - 1)]
        up = f"\x1b[{self._height}F" if self._height else _HIDE_CURSOR
        text = "".join(f"{line}{_CLEAR_LINE}\n" for line in lines)
        self._stream.write(f"{up}{text}{_CLEAR_BELOW}")
        self._stream.flush()
        self._height = len(lines)

    @override
    def close(self) -> None:
        self._stream.write(_SHOW_CURSOR)
        self._stream.flush()


class PlainLines(Screen):
    """Prints a line for each list, and one when the source or its trouble is another."""

    live = False

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._said: tuple[str, str | None] | None = None

    @override
    def heard(self, meter_list: MeterList) -> None:
        self._print(describe(meter_list))

    @override
    def draw(self, state: ProbeState, now: datetime) -> None:
        if (said := (state.source, state.problem)) == self._said:
            return
        self._said = said
        self._print(state.source if state.problem is None else f"{state.source}: {state.problem}")

    @override
    def close(self) -> None:
        pass

    def _print(self, line: str) -> None:
        print(line, file=self._stream, flush=True)


def choose_screen(stream: TextIO, environment: Mapping[str, str]) -> Screen:
    """Return the screen that suits where the output goes."""
    if not stream.isatty() or environment.get("TERM", "dumb") == "dumb":
        return PlainLines(stream)
    descriptor = stream.fileno()

    def size() -> os.terminal_size:
        columns, rows = os.get_terminal_size(descriptor)
        # A terminal that does not know its size says 0.
        return os.terminal_size((columns or 80, rows or 24))

    return LiveScreen(stream, size)
