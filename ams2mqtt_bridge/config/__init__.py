"""The configuration: one YAML or TOML file, and environment variables that override it."""

from .load import CONFIG_VARIABLE, load_config
from .model import (
    AccountingConfig,
    Config,
    DeviceConfig,
    FileConfig,
    FileFormat,
    Format,
    Grid,
    MeterConfig,
    MqttConfig,
    Parity,
    Protocol,
    SerialConfig,
    SourceConfig,
    TcpConfig,
    TopicConfig,
)
from .problems import ConfigError, Problem

__all__ = [
    "CONFIG_VARIABLE",
    "AccountingConfig",
    "Config",
    "ConfigError",
    "DeviceConfig",
    "FileConfig",
    "FileFormat",
    "Format",
    "Grid",
    "MeterConfig",
    "MqttConfig",
    "Parity",
    "Problem",
    "Protocol",
    "SerialConfig",
    "SourceConfig",
    "TcpConfig",
    "TopicConfig",
    "load_config",
]
