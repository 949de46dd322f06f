"""The COSEM date-time (DLMS UA Blue Book, clause 4.1.6.1)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self, override

LENGTH = 12
_NOT_SPECIFIED = 0xFF
_DEVIATION_NOT_SPECIFIED = -0x8000


@dataclass(frozen=True, slots=True, kw_only=True)
class CosemDateTime:
    """What the meter's clock shows, in its own local time.

    Deliberately not a ``datetime``: most meters do not state the ``deviation`` (the minutes from
    local time to UTC), some state 0 and show local time, and then 02:30 in the night in which the
    clocks go back happens twice.
    """

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    deviation: int | None = None

    @classmethod
    def from_octets(cls, octets: bytes) -> Self | None:
        """Read the twelve octets; ``None`` when they are no time of the calendar.

        A meter that has lost its time still measures, so that is no reason to drop its list.
        """
        if len(octets) != LENGTH:
            return None
        hour, minute, second = (0 if octet == _NOT_SPECIFIED else octet for octet in octets[5:8])
        year, month, day = int.from_bytes(octets[0:2]), octets[2], octets[3]
        try:
            datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        except ValueError:
            return None
        deviation = int.from_bytes(octets[9:11], signed=True)
        return cls(
            year=year,
            month=month,
            day=day,
            hour=hour,
            minute=minute,
            second=second,
            deviation=None if deviation == _DEVIATION_NOT_SPECIFIED else deviation,
        )

    @override
    def __str__(self) -> str:
        return (
            f"{self.year:04}-{self.month:02}-{self.day:02} "
            f"{self.hour:02}:{self.minute:02}:{self.second:02}"
        )
