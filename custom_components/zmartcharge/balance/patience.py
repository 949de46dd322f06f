"""How long headroom must have lasted before it is used.

Each overload lasts until the meter has told and the car has followed, some ten seconds. So headroom
that the house seldom takes back is used soon, and what it took back a moment ago only when it has
stayed away for longer: a hob switches each half minute for an hour, a kettle comes once.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from .situation import Timing
from .state import ChargerMemory

#: Overloads of so long ago still count.
RECENT = timedelta(hours=1)
#: So many of them are little beside an hour; with each further one the wait doubles, up to this.
_FEW = 8
LONGEST = timedelta(seconds=150)
#: Overloads closer together than this are one.
ONE = timedelta(seconds=20)


def patience(memories: Mapping[str, ChargerMemory], timing: Timing, now: datetime) -> timedelta:
    """Return how long headroom must have lasted, at least ``timing.raise_after``."""
    recent = {at for memory in memories.values() for at in memory.overloads if now - at < RECENT}
    longest = max(LONGEST, timing.raise_after)
    return min(longest, timing.raise_after * (1 << min(10, max(0, len(recent) - _FEW))))
