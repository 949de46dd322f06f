"""Puts file and environment together, checks every setting and builds the ``Config``."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from socket import gethostname
from typing import Any

import voluptuous as vol

from .document import Document, SettingPath, read_document
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
from .schema import Section, sections

ENVIRONMENT_PREFIX = "AMS2MQTT_"
# The command line reads it, before there is a configuration.
CONFIG_VARIABLE = f"{ENVIRONMENT_PREFIX}CONFIG"

_OPTIONAL_SECTIONS = {"mqtt"}
# Setting, and the one that it makes no sense without.
_NEEDS = (
    ("mqtt", "password", "username"),
    ("mqtt", "tls_ca_file", "tls"),
    ("mqtt", "tls_certificate_file", "tls"),
    ("mqtt", "tls_key_file", "tls_certificate_file"),
    ("meter", "authentication_key", "encryption_key"),
    ("source", "repeat", "interval"),
    ("source", "password", "username"),
    ("source", "tls_ca_file", "tls"),
)
_SOURCES: dict[str, Callable[..., SourceConfig]] = {
    "tcp": TcpConfig,
    "serial": SerialConfig,
    "mqtt": TopicConfig,
    "file": FileConfig,
}


def load_config(path: Path | None, environment: Mapping[str, str]) -> Config:
    """Read and check the configuration.

    A variable ``AMS2MQTT_<SECTION>_<SETTING>``, such as ``AMS2MQTT_MQTT_PASSWORD``, overrides the
    file, which may be left out altogether. Relative paths begin where the file is, or in the working
    directory without one. Raises ``ConfigError`` with every mistake.
    """
    directory = Path.cwd() if path is None else path.absolute().parent
    document = (
        Document({}, "no configuration file (name one with --config)")
        if path is None
        else read_document(path)
    )
    known = sections(directory)
    problems = _override(document, environment, known)
    problems += _unknown(document, (), document.settings, {*filter(None, known), *known[""].keys})
    values: dict[str, dict[str, Any]] = {}
    for name, section in known.items():
        if name in document.settings or name not in _OPTIONAL_SECTIONS:
            values[name], found = _check(document, name, section)
            problems += found
    problems += _check_together(document, values)
    if problems:
        raise ConfigError(*problems)
    return _build(values)


def _override(
    document: Document, environment: Mapping[str, str], known: Mapping[str, Section]
) -> list[Problem]:
    variables: dict[str, SettingPath] = {}
    for name, section in known.items():
        for key in section.keys:
            path = (name, key) if name else (key,)
            variables[f"{ENVIRONMENT_PREFIX}{'_'.join(path)}".upper()] = path
    problems = []
    for variable, value in environment.items():
        if not variable.startswith(ENVIRONMENT_PREFIX) or variable == CONFIG_VARIABLE:
            continue
        where = f"environment variable {variable}"
        if (found := variables.get(variable)) is None:
            problems.append(Problem(where, f"is not known{_similar(variable, variables)}"))
            continue
        _set(document.settings, found, value)
        document.places[found] = where
    return problems


def _set(settings: dict[str, Any], path: SettingPath, value: str) -> None:
    *above, key = path
    target: Any = settings
    for name in above:
        if target.get(name) is None:
            target[name] = {}
        target = target[name]
    if isinstance(target, dict):  # if not, the check of the section tells what is wrong with it
        target[key] = value


def _check(document: Document, name: str, section: Section) -> tuple[dict[str, Any], list[Problem]]:
    if not name:
        given: Any = {
            key: document.settings[key] for key in section.keys & document.settings.keys()
        }
    elif (given := document.settings.get(name)) is None:
        given = {}
    above = (name,) if name else ()
    if not isinstance(given, dict):
        return {}, [Problem(document.where(above), f"{name} has no settings below it; indent them")]
    problems = _unknown(document, above, given, section.keys_for(given))
    try:
        return section.schema(given)(given), problems
    except vol.MultipleInvalid as invalid:
        for error in invalid.errors:
            path = (*above, *map(str, error.path))
            problems.append(Problem(document.where(path), f"{'.'.join(path)} {error.msg}"))
    return {}, problems


def _unknown(
    document: Document, above: SettingPath, given: Iterable[Any], known: Iterable[str]
) -> list[Problem]:
    allowed = set(known)
    return [
        Problem(document.where(path), f"{'.'.join(path)} is not known{_similar(path[-1], allowed)}")
        for path in ((*above, str(key)) for key in given if key not in allowed)
    ]


def _similar(name: str, options: Iterable[str]) -> str:
    names = sorted(options)
    close = get_close_matches(name, names, n=1)
    return f"; did you mean {close[0]}?" if close else f"; known are: {', '.join(names)}"


def _check_together(document: Document, values: Mapping[str, Mapping[str, Any]]) -> list[Problem]:
    return [
        Problem(
            document.where((name, setting)),
            f"{name}.{setting} has no effect without {name}.{other}; add it",
        )
        for name, setting, other in _NEEDS
        if (given := values.get(name, {})).get(setting) and _is_off(given, other)
    ]


def _is_off(given: Mapping[str, Any], setting: str) -> bool:
    """Tell whether a setting is missing, false or 0; the interval of a recording is ``None``."""
    return not given.get(setting) and not (setting in given and given[setting] is None)


def _build(values: Mapping[str, dict[str, Any]]) -> Config:
    return Config(
        device=DeviceConfig(**{"id": gethostname(), **values["device"]}),
        source=_build_source(values["source"]),
        meter=MeterConfig(**values["meter"] | {"grid": Grid(values["meter"]["grid"])}),
        accounting=AccountingConfig(**values["accounting"]),
        mqtt=_build_mqtt(values["mqtt"]) if "mqtt" in values else None,
        **values[""],
    )


def _build_source(values: Mapping[str, Any]) -> SourceConfig:
    source = dict(values)
    kind = source.pop("type")
    if kind == "serial":
        source["parity"] = None if source["parity"] is None else Parity(source["parity"])
    elif kind == "file":
        source["format"] = FileFormat(source["format"])
    return _SOURCES[kind](**source)


def _build_mqtt(values: Mapping[str, Any]) -> MqttConfig:
    kinds = {"protocol": Protocol(values["protocol"]), "format": Format(values["format"])}
    return MqttConfig(**dict(values) | kinds)
