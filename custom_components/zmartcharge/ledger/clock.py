"""What to believe of a charger's clock, and how the ledger keeps time.

Every time in the database is an integer: microseconds since 1970-01-01T00:00:00Z.
"""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
#: A charger whose clock was never set says 1970 or its year of manufacture.
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)


def utc(moment: datetime) -> datetime:
    """Return a time in UTC; raises ValueError for a naive one."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC)


def to_microseconds(moment: datetime) -> int:
    """Return a time as microseconds since the epoch; raises ValueError for a naive one."""
    return (utc(moment) - EPOCH) // MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """Return the time of microseconds since the epoch, in UTC."""
    return EPOCH + microseconds * MICROSECOND


def possible(claimed: datetime, received: datetime) -> bool:
    """Tell whether a charger's clock can have shown this when the message came."""
    return EARLIEST <= claimed <= received + AHEAD


def believed(claimed: datetime, received: datetime) -> datetime:
    """Return the time to account with: the charger's, or when the message came."""
    return utc(claimed if possible(claimed, received) else received)
