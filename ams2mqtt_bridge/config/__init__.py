"""The configuration: one YAML or TOML file, and environment variables that override it."""

from .load import CONFIG_VARIABLE, load_config
from .model import (
    Config,
    DeviceConfig,
    FileConfig,
    FileFormat,
    MqttConfig,
    Parity,
    SerialConfig,
    SourceConfig,
    TcpConfig,
)
from .problems import ConfigError, Problem

__all__ = [
    "CONFIG_VARIABLE",
    "Config",
    "ConfigError",
    "DeviceConfig",
    "FileConfig",
    "FileFormat",
    "MqttConfig",
    "Parity",
    "Problem",
    "SerialConfig",
    "SourceConfig",
    "TcpConfig",
    "load_config",
]
