"""What the configuration says, once it has been found to be right."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo


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
    """A HAN port on a serial adapter, with 8 data bits and 1 stop bit.

    A ``baudrate`` or ``parity`` of ``None`` is to be found out by listening.
    """

    port: str
    baudrate: int | None
    parity: Parity | None
    idle_timeout: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicConfig:
    """Frames as hexadecimal dumps on a topic; the password never shows in a representation."""

    host: str
    port: int
    topic: str
    idle_timeout: float
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    tls_ca_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileConfig:
    """A recorded file: how it is written, and how many seconds to wait between its lines.

    An ``interval`` of ``None`` is the time that passed when it was recorded.
    """

    path: Path
    format: FileFormat
    interval: float | None
    repeat: bool


type SourceConfig = TcpConfig | SerialConfig | TopicConfig | FileConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceConfig:
    """What this bridge calls itself in what it publishes."""

    id: str
    name: str


class Grid(StrEnum):
    """The supply system that the meter measures (IEC 60364-1, clause 312.2)."""

    AUTO = "auto"
    TN = "tn"
    IT = "it"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterConfig:
    """What must be known of the meter: its supply, and the keys (16 octets) when it encrypts.

    ``watt_hours_per_count`` (1 or 10) is what a Kamstrup's counters count, where its type number does
    not tell.
    """

    grid: Grid = Grid.AUTO
    watt_hours_per_count: int | None = None
    encryption_key: bytes | None = field(default=None, repr=False)
    authentication_key: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountingConfig:
    """Whose hours, days and months are counted, and the file that keeps them over a restart."""

    time_zone: ZoneInfo
    state_file: Path | None = None


class Protocol(StrEnum):
    """The version of MQTT."""

    V3_1_1 = "3.1.1"
    V5 = "5"


class Format(StrEnum):
    """The form of what is published."""

    JSON = "json"
    MULTI_TOPIC = "multi_topic"
    FLAT = "flat"
    RAW = "raw"


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttConfig:
    """The broker, and the topic to publish on; the password never shows in a representation."""

    host: str
    port: int
    topic: str
    protocol: Protocol = Protocol.V3_1_1
    format: Format = Format.JSON
    discovery: bool = False
    discovery_prefix: str = "homeassistant"
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
    meter: MeterConfig
    accounting: AccountingConfig
    mqtt: MqttConfig | None
    log_level: str
    report_interval: float
