"""Sources yield the octets of a HAN port as they come."""

from .base import Source
from .create import create_source
from .detection import PipelineFactory
from .reconnecting import Backoff, ReconnectingSource
from .recorder import RecorderSource
from .recording import RecordedSource
from .serial_port import SerialSource
from .tcp import TcpSource
from .topic import TopicSource

__all__ = [
    "Backoff",
    "PipelineFactory",
    "ReconnectingSource",
    "RecordedSource",
    "RecorderSource",
    "SerialSource",
    "Source",
    "TcpSource",
    "TopicSource",
    "create_source",
]
