"""What the configuration says, once it has been found to be right."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Parity(StrEnum):
    """The parity bit of a serial port."""

    NONE = "none"
    EVEN = "even"
    ODD = "odd"


class FileFormat(StrEnum):
    """How a recorded file is written."""

    AUTO = "auto"
    HEX = "hex"
    BINARY = "binary"


@dataclass(frozen=True, slots=True, kw_only=True)
class TcpConfig:
    """A HAN port behind a TCP server, such as ser2net."""

    host: str
    port: int
    idle_timeout: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialConfig:
    """A HAN port on a serial adapter, with 8 data bits and 1 stop bit."""

    port: str
    baudrate: int
    parity: Parity
    idle_timeout: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FileConfig:
    """A recorded file: how it is written, and how many seconds to wait between its lines."""

    path: Path
    format: FileFormat
    interval: float
    repeat: bool


type SourceConfig = TcpConfig | SerialConfig | FileConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceConfig:
    """What this bridge calls itself in what it publishes."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttConfig:
    """The broker, and the topic to publish on; the password never shows in a representation."""

    host: str
    port: int
    topic: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    client_id: str | None = None
    keepalive: int = 30
    tls: bool = False
    tls_ca_file: Path | None = None
    tls_certificate_file: Path | None = None
    tls_key_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole configuration; without ``mqtt`` there is only ``--once``."""

    device: DeviceConfig
    source: SourceConfig
    mqtt: MqttConfig | None
    log_level: str
    report_interval: float
