"""Holds back who guesses keys, and who says more than a charger has to say."""

import asyncio
from collections import deque
from datetime import datetime, timedelta

LIMIT = 10
WINDOW = timedelta(seconds=60)
_MAX_ADDRESSES = 1000
#: Frames that a charger may send at once, as one does that tells what it kept while it was offline.
BURST = 1000
#: Frames per second after that. A charger with eight connectors that measures each second has ten.
RATE = 50.0


class FailedLogins:
    """Counts failed logins by where they come from; after 10 in 60 s that has to wait.

    A source is an address, or an address and the charge point id that it came with.
    """

    def __init__(self) -> None:
        """Start with no failures."""
        self._failures: dict[str, deque[datetime]] = {}

    def add(self, source: str, now: datetime) -> None:
        """Count a failure."""
        if len(self._failures) >= _MAX_ADDRESSES and source not in self._failures:
            self._failures.pop(next(iter(self._failures)))
        self._failures.setdefault(source, deque(maxlen=LIMIT)).append(now)

    def blocked(self, source: str, now: datetime) -> bool:
        """Tell whether a source has to wait."""
        failures = self._failures.get(source)
        if not failures:
            return False
        if now - failures[-1] > WINDOW:
            del self._failures[source]
            return False
        return len(failures) == LIMIT and now - failures[0] <= WINDOW


class Pace:
    """How fast one charger's frames are read: a burst at once, then so many per second.

    Nothing is dropped. What is not read yet waits in the charger, which TCP then holds back.
    """

    def __init__(self, burst: float = BURST, rate: float = RATE) -> None:
        """Start with a whole burst; ``rate`` in frames per second."""
        self._burst = burst
        self._rate = rate
        self._left = float(burst)
        self._at = asyncio.get_running_loop().time()

    async def keep(self) -> None:
        """Count a frame, and wait for as long as the charger is too fast."""
        now = asyncio.get_running_loop().time()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate) - 1
        self._at = now
        if self._left < 0:
            await asyncio.sleep(-self._left / self._rate)
