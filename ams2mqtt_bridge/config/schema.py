"""Every setting: its name, its default and what is allowed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import voluptuous as vol

from .values import (
    choice,
    existing_file,
    host,
    key,
    one_of,
    port,
    seconds,
    subscription,
    switch,
    text,
    time_zone,
    topic,
    unless,
    whole_number,
    writable_file,
)

type Settings = dict[vol.Marker, Callable[[Any], Any]]

_LOG_LEVELS = ("debug", "info", "warning", "error")
# Kamstrup, the slowest, sends every 10 s: after a minute of silence the connection is dead.
_IDLE_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Section:
    """The settings of a section; some also depend on what its ``type`` is."""

    settings: Settings
    by_type: Mapping[str, Settings] = field(default_factory=dict)

    @property
    def keys(self) -> frozenset[str]:
        """Return every setting that the section can have."""
        return frozenset(
            str(marker)
            for settings in (self.settings, *self.by_type.values())
            for marker in settings
        )

    def keys_for(self, given: Mapping[Any, Any]) -> frozenset[str]:
        """Return the settings that go with the type that was given."""
        if self.by_type and _type_of(given) not in self.by_type:
            return self.keys
        return frozenset(map(str, self._settings_for(given)))

    def schema(self, given: Mapping[Any, Any]) -> vol.Schema:
        """Return the schema for the type that was given."""
        return vol.Schema(self._settings_for(given), extra=vol.REMOVE_EXTRA)

    def _settings_for(self, given: Mapping[Any, Any]) -> Settings:
        return self.settings | self.by_type.get(_type_of(given), {})


def _type_of(given: Mapping[Any, Any]) -> str:
    return str(given.get("type")).lower()


def sections(directory: Path) -> dict[str, Section]:
    """Return the sections by name, and under the empty name the settings that are in none.

    Relative paths begin in ``directory``.
    """
    file = existing_file(directory)
    idle_timeout: Settings = {vol.Optional("idle_timeout", default=_IDLE_TIMEOUT): seconds(1, 3600)}
    tcp: Settings = {
        vol.Required("host", msg="is missing; add the address of the TCP server"): host,
        vol.Required("port", msg="is missing; add the port of the TCP server"): port,
        **idle_timeout,
    }
    serial: Settings = {
        vol.Required("port", msg="is missing; add the device, such as /dev/ttyUSB0"): text,
        vol.Optional("baudrate", default="auto"): unless(
            "auto", whole_number(300, 921600, "a baud rate")
        ),
        vol.Optional("parity", default="auto"): unless("auto", choice("none", "even", "odd")),
        **idle_timeout,
    }
    recording: Settings = {
        vol.Required("path", msg="is missing; add the recorded file"): file,
        vol.Optional("format", default="auto"): choice("auto", "hex", "binary"),
        vol.Optional("interval", default=0.0): unless("original", seconds(0, 3600)),
        vol.Optional("repeat", default=False): switch,
    }
    by_type = {
        "tcp": tcp,
        "serial": serial,
        "mqtt": _hex_dumps(file, idle_timeout),
        "file": recording,
    }
    kind: Settings = {
        vol.Required("type", msg=f"is missing; add one of: {', '.join(by_type)}"): choice(*by_type)
    }
    return {
        "": Section(
            {
                vol.Optional("log_level", default="info"): choice(*_LOG_LEVELS),
                vol.Optional("report_interval", default=60.0): seconds(1, 86400),
            }
        ),
        "device": Section({vol.Optional("id"): text, vol.Optional("name", default="ams"): text}),
        "source": Section(kind, by_type),
        "meter": Section(
            {
                vol.Optional("grid", default="auto"): choice("auto", "tn", "it"),
                vol.Optional("watt_hours_per_count", default="auto"): unless("auto", one_of(1, 10)),
                vol.Optional("encryption_key"): key,
                vol.Optional("authentication_key"): key,
            }
        ),
        "accounting": Section(
            {
                vol.Optional("time_zone", default="Europe/Oslo"): time_zone,
                vol.Optional("state_file"): writable_file(directory),
            }
        ),
        "mqtt": Section(_mqtt(file)),
    }


def _mqtt(file: Callable[[Any], Path]) -> Settings:
    return {
        vol.Required("host", msg="is missing; add the address of the MQTT broker"): host,
        vol.Optional("port", default=1883): port,
        vol.Optional("topic", default="ams"): topic,
        vol.Optional("protocol", default="3.1.1"): choice("3.1.1", "5"),
        vol.Optional("format", default="json"): choice("json", "multi_topic", "flat", "raw"),
        vol.Optional("discovery", default=False): switch,
        vol.Optional("discovery_prefix", default="homeassistant"): topic,
        vol.Optional("username"): text,
        vol.Optional("password"): text,
        vol.Optional("client_id"): text,
        vol.Optional("keepalive", default=30): whole_number(5, 3600, "a time in seconds"),
        vol.Optional("tls", default=False): switch,
        vol.Optional("tls_ca_file"): file,
        vol.Optional("tls_certificate_file"): file,
        vol.Optional("tls_key_file"): file,
    }


def _hex_dumps(file: Callable[[Any], Path], idle_timeout: Settings) -> Settings:
    return {
        vol.Required("host", msg="is missing; add the address of the MQTT broker"): host,
        vol.Optional("port", default=1883): port,
        vol.Required("topic", msg="is missing; add the topic of the dumps"): subscription,
        vol.Optional("username"): text,
        vol.Optional("password"): text,
        vol.Optional("tls", default=False): switch,
        vol.Optional("tls_ca_file"): file,
        **idle_timeout,
    }
