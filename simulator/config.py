"""The configuration of ``python -m simulator``, as a YAML or JSON file has it.

Units are in the names of the keys: ``_w`` watts, ``_a`` amperes, ``_s`` seconds, ``_kwh``; ``soc``
is in percent.
"""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import voluptuous as vol
import yaml  # type: ignore[import-untyped, unused-ignore]

from .car import Car
from .charging_profile import Kind, Purpose, RateUnit
from .connector import Pilot
from .evse import Behaviour, Evse
from .grid import GridType, Phase
from .house import Appliance, House
from .security import Tls
from .uplink import Backoff, Nameplate


class ConfigError(ValueError):
    """The configuration cannot be used; the message says what and where."""


_POSITIVE = vol.All(vol.Coerce(float), vol.Range(min=0, min_included=False))
_NOT_NEGATIVE = vol.All(vol.Coerce(float), vol.Range(min=0))
_PORT = vol.All(int, vol.Range(min=0, max=65535))
_TEXT = vol.All(str, vol.Length(min=1))


def _option(value: bool | float | str) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _set_of(kind: type[Enum]) -> Any:
    return vol.All([vol.Coerce(kind)], vol.Coerce(frozenset))


CAR = vol.Schema(
    {
        "name": _TEXT,
        "battery_kwh": _POSITIVE,
        "soc": vol.All(vol.Coerce(float), vol.Range(min=0, max=100)),
        "phases": vol.In((1, 3)),
        "max_current_a": _POSITIVE,
        "min_current_a": _POSITIVE,
        "target_soc": vol.All(vol.Coerce(float), vol.Range(min=0, max=100)),
        "taper_from_soc": vol.All(vol.Coerce(float), vol.Range(min=0, max=100)),
        "ramp_s": _NOT_NEGATIVE,
        "efficiency": vol.All(vol.Coerce(float), vol.Range(min=0.01, max=1)),
        "paused": bool,
    }
)
_BEHAVIOUR = vol.Schema(
    {
        "pilot_interval_s": _NOT_NEGATIVE,
        "response_delay_s": _NOT_NEGATIVE,
        "ignore_limits": bool,
        "profile_answer": vol.In(("Accepted", "Rejected", "NotSupported")),
        "relative_from_installation": bool,
        "rate_units": _set_of(RateUnit),
        "max_stack_level": vol.All(int, vol.Range(min=0)),
        "refused_purposes": _set_of(Purpose),
        "profile_kinds": _set_of(Kind),
        "whole_amperes": bool,
        "ignored_units": _set_of(RateUnit),
        "told_units": _set_of(RateUnit),
        "shortest_meter_interval_s": vol.All(int, vol.Range(min=0)),
        "restarts_on": vol.All([_TEXT], vol.Coerce(frozenset)),
        "shows_no_power": bool,
    }
)
_CHARGER = vol.Schema(
    {
        vol.Required("id"): _TEXT,
        vol.Required("url"): vol.All(str, vol.Match(r"wss?://\S+$")),
        "key": vol.Any(None, str),
        vol.Optional("connectors", default=1): vol.All(int, vol.Range(min=1, max=8)),
        "phases": vol.In((1, 3)),
        vol.Optional("max_current_a", default=32.0): vol.All(
            vol.Coerce(float), vol.Range(min=6, max=125)
        ),
        vol.Optional("first_phase", default=Phase.L1): vol.Coerce(Phase),
        "state_file": vol.Coerce(Path),
        "free_vend_id_tag": _TEXT,
        vol.Optional("resume_after_power_loss", default=True): bool,
        vol.Optional("boot_on_reconnect", default=False): bool,
        vol.Optional("configuration", default=dict): {
            _TEXT: vol.All(vol.Any(str, bool, int, float), _option)
        },
        vol.Optional("behaviour", default=dict): _BEHAVIOUR,
        vol.Optional("reconnect", default=dict): vol.Schema(
            {"first_s": _NOT_NEGATIVE, "factor": _POSITIVE, "longest_s": _NOT_NEGATIVE}
        ),
        vol.Optional("nameplate", default=dict): vol.Schema(
            {"vendor": _TEXT, "model": _TEXT, "serial_number": _TEXT, "firmware_version": _TEXT}
        ),
        vol.Optional("car", default=dict): CAR,
        vol.Optional("plugged_in", default=False): bool,
        "tls": vol.Schema(
            {
                "trusted": [vol.Coerce(Path)],
                vol.Inclusive("certificate", "certificate"): vol.Coerce(Path),
                vol.Inclusive("key", "certificate"): vol.Coerce(Path),
                "url": vol.All(str, vol.Match(r"wss://\S+$")),
            }
        ),
        vol.Optional("ocpp", default="1.6"): vol.In(("1.6", "2.0.1", "2.1")),
    }
)
_APPLIANCE = vol.Schema(
    {
        vol.Required("name"): _TEXT,
        vol.Required("watts"): vol.Coerce(float),
        vol.Required("wiring"): _TEXT,
        "power_factor": vol.All(vol.Coerce(float), vol.Range(min=0.1, max=1)),
        # Not "on", which YAML 1.1 reads as true.
        "switched_on": bool,
    }
)
_ENDPOINT = {
    vol.Optional("host", default="127.0.0.1"): _TEXT,
    vol.Optional("port", default=0): _PORT,
}
_SIMULATION = vol.Schema(
    {
        vol.Optional("grid", default=GridType.TN_400): vol.Coerce(GridType),
        vol.Optional("seed", default=0): int,
        vol.Optional("speed", default=1.0): _POSITIVE,
        vol.Optional("tick_s", default=0.5): _POSITIVE,
        vol.Optional("house", default=dict): vol.Schema(
            {
                "base_w": vol.All([vol.Coerce(float)], vol.Length(min=1, max=3)),
                "constant": bool,
                "appliances": [_APPLIANCE],
            }
        ),
        vol.Optional("meter", default=dict): vol.Schema(
            {
                **_ENDPOINT,
                vol.Optional("speed", default=1.0): _POSITIVE,
                vol.Optional("id", default="7359992890000001"): vol.All(str, vol.Length(1, 32)),
            }
        ),
        vol.Optional("control", default=dict): vol.Schema({vol.Optional("port", default=0): _PORT}),
        vol.Optional("chargers", default=list): [_CHARGER],
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargerConfig:
    """One charger and the car that belongs to it."""

    identity: str
    url: str
    key: str | None
    evse: Evse
    car: Car
    plugged_in: bool
    nameplate: Nameplate
    backoff: Backoff
    configuration: dict[str, str]
    state_file: Path | None
    free_vend_id_tag: str | None
    resume_after_power_loss: bool
    boot_on_reconnect: bool
    ocpp: str
    tls: Tls | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationConfig:
    """Everything that ``python -m simulator`` runs."""

    house: House
    speed: float
    tick_s: float
    meter_id: str
    meter_host: str
    meter_port: int
    meter_speed: float
    control_port: int
    chargers: tuple[ChargerConfig, ...]


def read_config(path: Path) -> dict[str, Any]:
    """Return the content of a YAML or JSON file. Raises ``ConfigError``."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: {error}") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise ConfigError(f"{path}: not a mapping")
    return content


def parse_config(content: dict[str, Any]) -> SimulationConfig:
    """Return the configuration that ``content`` describes. Raises ``ConfigError``."""
    try:
        values = _SIMULATION(content)
    except vol.Invalid as error:
        place = ".".join(str(part) for part in error.path)
        raise ConfigError(f"{place or 'configuration'}: {error.msg}") from error
    try:
        return _build(values)
    except ValueError as error:
        raise ConfigError(str(error)) from error


def _build(values: dict[str, Any]) -> SimulationConfig:
    grid: GridType = values["grid"]
    house = dict(values["house"])
    if (appliances := house.pop("appliances", None)) is not None:
        house["appliances"] = [_appliance(appliance) for appliance in appliances]
    chargers = tuple(_charger(charger, grid) for charger in values["chargers"])
    if len({charger.identity for charger in chargers}) != len(chargers):
        raise ConfigError("chargers: two of them have the same id")
    return SimulationConfig(
        house=House(grid=grid, seed=values["seed"], **house),
        speed=values["speed"],
        tick_s=values["tick_s"],
        meter_id=values["meter"]["id"],
        meter_host=values["meter"]["host"],
        meter_port=values["meter"]["port"],
        meter_speed=values["meter"]["speed"],
        control_port=values["control"]["port"],
        chargers=chargers,
    )


def _appliance(values: dict[str, Any]) -> Appliance:
    settings = dict(values)
    return Appliance(on=settings.pop("switched_on", False), **settings)


def _charger(values: dict[str, Any], grid: GridType) -> ChargerConfig:
    behaviour = dict(values["behaviour"])
    default = Pilot()
    pilot = Pilot(
        interval_s=behaviour.pop("pilot_interval_s", default.interval_s),
        delay_s=behaviour.pop("response_delay_s", default.delay_s),
    )
    return ChargerConfig(
        identity=values["id"],
        url=values["url"],
        key=values.get("key"),
        evse=Evse(
            connectors=values["connectors"],
            phases=values.get("phases", len(grid.phases)),
            max_current_a=values["max_current_a"],
            grid=grid,
            first_phase=values["first_phase"],
            behaviour=Behaviour(pilot=pilot, **behaviour),
        ),
        car=Car(**values["car"]),
        plugged_in=values["plugged_in"],
        nameplate=Nameplate(**values["nameplate"]),
        backoff=Backoff(**values["reconnect"]),
        configuration=values["configuration"],
        state_file=values.get("state_file"),
        free_vend_id_tag=values.get("free_vend_id_tag"),
        resume_after_power_loss=values["resume_after_power_loss"],
        boot_on_reconnect=values["boot_on_reconnect"],
        ocpp=values["ocpp"],
        tls=_tls(values["tls"]) if "tls" in values else None,
    )


def _tls(values: dict[str, Any]) -> Tls:
    paths: list[Path] = values.pop("trusted", [])
    try:
        trusted = tuple(path.read_text(encoding="ascii") for path in paths)
    except OSError as error:
        raise ConfigError(f"tls: {error}") from error
    return Tls(trusted=trusted, **values)
