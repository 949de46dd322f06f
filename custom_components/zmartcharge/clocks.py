"""Notices when the computer's clock was set."""

from datetime import datetime

#: Seconds by which a clock is corrected now and then.
_CORRECTED = 5.0


class Clocks:
    """Our clock beside one that only goes forward."""

    def __init__(self) -> None:
        """Start with neither having been looked at."""
        self._before: tuple[datetime, float] | None = None

    def jumped(self, now: datetime, ticks: float) -> float:
        """Return by how many s our clock jumped since it was looked at last, 0 if it did not.

        ``ticks``: the clock that only goes forward, in s.
        """
        before, self._before = self._before, (now, ticks)
        if before is None:
            return 0.0
        jump = (now - before[0]).total_seconds() - (ticks - before[1])
        return jump if abs(jump) > _CORRECTED else 0.0
