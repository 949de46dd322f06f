"""Lets other threads have their turn while a long plan is made."""

from collections.abc import Iterable, Iterator
import threading
from time import perf_counter, sleep

#: After how long another thread has a turn, and how long that is at least, in s.
_EVERY, _TURN = 0.001, 0.0001


class _Own(threading.local):
    """When this thread last gave others a turn; of a clock that any moment may be zero of."""

    at = 0.0


_own = _Own()


def breathe() -> None:
    """Let another thread run that waits to, such as one with an event loop; to be called often.

    It has to be a sleep: who gives up the interpreter's lock for a moment only has it back before the
    thread that waits for it has woken up, and each time that this happens, the waiting thread begins
    anew to wait for the interpreter's switch interval (5 ms, ``sys.setswitchinterval``) after which it
    would have been given its turn. So it waits far longer than without any of this.
    """
    if perf_counter() - _own.at >= _EVERY:
        sleep(_TURN)
        _own.at = perf_counter()


def unhurried[Each](those: Iterable[Each]) -> Iterator[Each]:
    """Yield each of those, and let other threads have their turn before it."""
    for each in those:
        breathe()
        yield each
