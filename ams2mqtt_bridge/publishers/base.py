"""What every publisher and every payload format does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ..config import DeviceConfig
from ..meter_list import MeterList


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A list with what a payload says about its sending.

    ``received`` is when the frame arrived, by the host's clock (aware UTC); ``uptime`` is in seconds;
    ``sequence`` counts from 1 since the start, so that a reader can tell a repeated message.
    """

    meter_list: MeterList
    received: datetime
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
