"""What every publisher and every payload format does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ..accounting import Realtime
from ..config import DeviceConfig
from ..estimate import CurrentEstimate
from ..meter_list import MeterList


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A list with what could be worked out from it.

    ``received`` is when the frame arrived, by the host's clock (aware UTC). ``estimate`` is there for
    a list of an IT net without I2, ``realtime`` once the host's clock is set, and ``meter_clock`` is
    what the meter's own clock says, which dates nothing.
    """

    meter_list: MeterList
    received: datetime
    estimate: CurrentEstimate | None = None
    realtime: Realtime | None = None
    meter_clock: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Reading):
    """A reading with what a payload says about its sending.

    ``uptime`` is in seconds; ``sequence`` counts from 1 since the start, so that a reader can tell a
    repeated message.
    """

    device: DeviceConfig
    uptime: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Message:
    """A payload, and its topic relative to the configured one (empty: that one itself)."""

    payload: str
    subtopic: str = ""


type PayloadFormat = Callable[[Report], tuple[Message, ...]]


class Publisher(Protocol):
    """Where lists go."""

    async def start(self) -> None:
        """Begin to connect; return when that has succeeded or failed once."""
        ...

    def publish(self, meter_list: MeterList, received: datetime) -> None:
        """Send a list now, or keep it for a moment while there is no connection. Never blocks."""
        ...

    async def stop(self) -> None:
        """Say goodbye and disconnect."""
        ...


class ReadingPublisher(Protocol):
    """Where lists go when everything has been worked out from them."""

    async def start(self) -> None:
        """Begin to connect; return when that has succeeded or failed once."""
        ...

    def publish(self, reading: Reading) -> None:
        """Send a reading now, or keep it for a moment while there is no connection."""
        ...

    async def stop(self) -> None:
        """Say goodbye and disconnect."""
        ...
