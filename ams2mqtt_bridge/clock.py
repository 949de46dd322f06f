"""The host's clock, as an argument, so that tests and simulations bring their own."""

from collections.abc import Callable
from datetime import UTC, datetime

type Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time now, aware and in UTC."""
    return datetime.now(UTC)
