"""Chooses the source that is configured."""

from ..config import FileConfig, SerialConfig, SourceConfig, TcpConfig
from .base import Source
from .recording import RecordedSource
from .serial_port import SerialSource
from .tcp import TcpSource


def create_source(config: SourceConfig) -> Source:
    """Return the source; nothing is opened before its chunks are asked for."""
    match config:
        case TcpConfig():
            return TcpSource(config)
        case SerialConfig():
            return SerialSource(config)
        case FileConfig():
            return RecordedSource(config)
