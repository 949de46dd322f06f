"""The one place where the simulator reads the machine's clock."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the time of the machine."""
    return datetime.now(UTC)
