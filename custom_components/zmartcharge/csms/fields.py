"""Reads the fields of a payload leniently and notes what is wrong with them.

A charger whose message is refused discards it, and kWh are lost (OCPP 1.6 errata, 3.18). So a
doubtful field is left out, its problem noted, and the message still gets its answer.
"""

from datetime import UTC, datetime, timedelta
import math
from typing import Any
import unicodedata

INT32 = 2**31 - 1
#: No clock of a working charger is before this; 1970 means that it was never set.
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)


class Fields:
    """One payload, with the problems found while reading it."""

    def __init__(self, payload: dict[str, Any], *, received: datetime) -> None:
        """Take a payload and when it came (aware UTC)."""
        self._payload = payload
        self._received = received
        self.problems: list[str] = []

    def text(self, key: str, limit: int) -> str | None:
        """Return a text of 1 to ``limit`` printable characters, or None."""
        value = self._payload.get(key)
        if value is None or value == "":
            return None
        if not isinstance(value, str | int | float):
            self._problem(key, "not text")
            return None
        text = "".join(c for c in str(value) if unicodedata.category(c)[0] != "C").strip()
        if text != str(value) or len(text) > limit:
            self._problem(key, "characters or length")
        return text[:limit] or None

    def integer(self, key: str, low: int, high: int) -> int | None:
        """Return an integer of ``low`` to ``high``, or None. ``"5"`` and ``5.0`` are integers."""
        value = self.number(key)
        if value is None:
            return None
        if not low <= value <= high:
            self._problem(key, "out of range")
            return None
        return round(value)

    def number(self, key: str) -> float | None:
        """Return a finite number, or None."""
        value = self._payload.get(key)
        if value is None or value == "":
            return None
        number = to_number(value)
        if number is None:
            self._problem(key, "not a number")
        return number

    def time(self, key: str) -> datetime:
        """Return a time in UTC; when the charger received it if it is missing or impossible."""
        value = self._payload.get(key)
        if value is None:
            return self._received
        moment = to_time(value)
        if moment is None or not EARLIEST <= moment <= self._received + AHEAD:
            self._problem(key, "impossible time")
            return self._received
        return moment

    def own_time(self, key: str) -> datetime:
        """Return the time that the charger gave, in UTC, even an impossible one.

        A message that is sent again has the same time, which is how it is known again.
        """
        credible = self.time(key)
        return to_time(self._payload.get(key)) or credible

    def has(self, key: str) -> bool:
        """Tell whether the payload says anything under a key."""
        return self._payload.get(key) is not None

    def is_true(self, key: str) -> bool:
        """Tell whether a field is true."""
        return self._payload.get(key) is True

    def object(self, key: str) -> dict[str, Any]:
        """Return an object; an empty one when it is missing or something else."""
        value = self._payload.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self._problem(key, "not an object")
            return {}
        return value

    def objects(self, key: str) -> list[dict[str, Any]]:
        """Return a list's objects; other things in it are left out."""
        value = self._payload.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self._problem(key, "not a list")
            return []
        found = [item for item in value if isinstance(item, dict)]
        if len(found) != len(value):
            self._problem(key, "not objects")
        return found

    def _problem(self, key: str, what: str) -> None:
        self.problems.append(f"{key}: {what}")


def to_number(value: Any) -> float | None:
    """Return a finite float of a number or its text, None otherwise. An empty text is no number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, str) and len(value) > 40:
        return None
    try:
        number = float(value)
    except ValueError, OverflowError:
        return None
    return number if math.isfinite(number) else None


def to_time(value: Any) -> datetime | None:
    """Return an aware UTC time of RFC 3339 text; without an offset it is taken as UTC."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except ValueError, OverflowError:
        return None
