"""Chooses the source that is configured."""

from ..config import FileConfig, SerialConfig, SourceConfig, TcpConfig, TopicConfig
from .base import Source
from .detection import PipelineFactory
from .recording import RecordedSource
from .serial_port import SerialSource
from .tcp import TcpSource
from .topic import TopicSource


def create_source(config: SourceConfig, create_pipeline: PipelineFactory) -> Source:
    """Return the source; nothing is opened before its chunks are asked for.

    ``create_pipeline`` makes the pipelines by which a serial port finds its baud rate and parity.
    Raises ``OSError`` or ``ValueError`` when a TLS file cannot be used.
    """
    match config:
        case TcpConfig():
            return TcpSource(config)
        case SerialConfig():
            return SerialSource(config, create_pipeline)
        case TopicConfig():
            return TopicSource(config)
        case FileConfig():
            return RecordedSource(config)
