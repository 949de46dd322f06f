"""Holds back who guesses keys."""

from collections import deque
from datetime import datetime, timedelta

LIMIT = 10
WINDOW = timedelta(seconds=60)
_MAX_ADDRESSES = 1000


class FailedLogins:
    """Counts failed logins by address; more than 10 in 60 s and the address must wait."""

    def __init__(self) -> None:
        """Start with no failures."""
        self._failures: dict[str, deque[datetime]] = {}

    def add(self, remote: str, now: datetime) -> None:
        """Count a failure."""
        if len(self._failures) >= _MAX_ADDRESSES and remote not in self._failures:
            self._failures.pop(next(iter(self._failures)))
        self._failures.setdefault(remote, deque(maxlen=LIMIT)).append(now)

    def blocked(self, remote: str, now: datetime) -> bool:
        """Tell whether an address has to wait."""
        failures = self._failures.get(remote)
        if not failures:
            return False
        if now - failures[-1] > WINDOW:
            del self._failures[remote]
            return False
        return len(failures) == LIMIT and now - failures[0] <= WINDOW
