"""Lets other threads have their turn while a long plan is made."""

from collections.abc import Iterable, Iterator
from select import select


def breathe() -> None:
    """Let another thread run that waits to, such as one with an event loop.

    Otherwise that has to wait for the interpreter's switch interval, 5 ms each time that it wakes
    (``sys.getswitchinterval``), for as long as the plan is made. A look at no files at all gives up
    the interpreter's lock for a moment and takes 1 µs; ``sleep(0)`` takes 50 times as long.
    """
    select((), (), (), 0)


def unhurried[Each](those: Iterable[Each]) -> Iterator[Each]:
    """Yield each of those, and let other threads have their turn before it."""
    for each in those:
        breathe()
        yield each
