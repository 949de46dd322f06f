"""Sources yield the octets of a HAN port as they come."""

from .base import Source
from .create import create_source
from .reconnecting import Backoff, ReconnectingSource
from .recording import RecordedSource
from .serial_port import SerialSource
from .tcp import TcpSource

__all__ = [
    "Backoff",
    "ReconnectingSource",
    "RecordedSource",
    "SerialSource",
    "Source",
    "TcpSource",
    "create_source",
]
