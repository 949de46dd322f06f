"""Home Assistant's MQTT discovery: one retained message that describes the meter as a device.

https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload
"""

from collections.abc import Mapping
from dataclasses import dataclass
import json
import re
from typing import Any
from zlib import crc32

from .. import __version__
from ..config import DeviceConfig, Format, MqttConfig
from .base import Report
from .registers import FIGURES, REGISTERS, Figure, Presentation, Register, list_number, values_of

# Counters come hourly and up to a minute late; everything else at least every ten seconds.
COUNTER_EXPIRES = 7500
_EXPIRES = 90
_ILLEGAL = re.compile(r"[^a-zA-Z0-9_-]")
_LIST = re.compile(r"/list([1-4])$")
_FIGURE_KEYS = frozenset(figure.key for figure in FIGURES)
_KEYS = (*(register.key for register in REGISTERS), *_FIGURE_KEYS)
_URL = "https://github.com/zmartcharge/home-assistant-zmartcharge"
ENERGY_SUBTOPIC = "energy"


def object_id(device_id: str) -> str:
    """Return the device's id in the letters that a discovery topic may have, unlike any other's."""
    legal = _ILLEGAL.sub("_", device_id)
    return legal if legal == device_id else f"{legal}_{crc32(device_id.encode()):08x}"


@dataclass(frozen=True, slots=True)
class _Meter:
    maker: str | None = None
    id: str | None = None
    type: str | None = None

    @classmethod
    def of(cls, report: Report, known: _Meter) -> _Meter:
        found = report.meter_list
        if found.meter_id is None:  # list 1, from which not every maker can be told
            return known
        return cls(found.manufacturer.value, found.meter_id, found.meter_type or known.type)


class Discovery:
    """Describes the values that the meter has been seen to send, and no others.

    Each entity is known by the device's id and the value's key, in every format and version. What
    another run has seen is taken from the message that the broker has kept (``remember``).
    """

    def __init__(self, config: MqttConfig, device: DeviceConfig) -> None:
        self._topic = config.topic
        self._format = config.format
        self._device = device
        self._id = object_id(device.id)
        self.config_topic = f"{config.discovery_prefix}/device/{self._id}/config"
        self.birth_topic = f"{config.discovery_prefix}/status"
        self._meter = _Meter()
        # The lowest list that a value was in, where that matters and is known.
        self._seen: dict[str, int | None] = {}

    def observe(self, report: Report) -> bool:
        """Take in what a report has; return whether the description is another one now."""
        before = dict(self._seen), self._meter
        for key in values_of(report):
            self._seen.setdefault(key, None)
            if self._format is Format.MULTI_TOPIC:
                number = list_number(report.meter_list)
                self._seen[key] = min(self._seen[key] or number, number)
        if report.realtime is not None:
            self._seen |= dict.fromkeys(
                figure.key for figure in FIGURES if figure.value(report.realtime) is not None
            )
        self._meter = _Meter.of(report, self._meter)
        return (self._seen, self._meter) != before

    def remember(self, payload: bytes) -> bool:
        """Take in a description that the broker has kept; return whether it has something new."""
        try:
            kept = json.loads(payload)
            components = dict(kept["components"])
            described = {key: str(config["state_topic"]) for key, config in components.items()}
        except ValueError, TypeError, KeyError, RecursionError:
            return False
        before = dict(self._seen)
        for key in _KEYS:
            if (component := _component_id(key)) in described:
                number = _LIST.search(described[component])
                self._seen.setdefault(key, int(number[1]) if number else None)
        return self._seen != before

    def payload(self) -> str | None:
        """Return the description; ``None`` before there is anything to describe."""
        components = dict(
            (
                *(self._register(register) for register in REGISTERS if self._is_shown(register)),
                *(self._figure(figure) for figure in FIGURES if self._is_shown(figure)),
            )
        )
        if not components:
            return None
        return json.dumps(
            {
                "device": self._device_info(),
                "origin": {
                    "name": "ams2mqtt_bridge",
                    "sw_version": __version__,
                    "support_url": _URL,
                },
                "availability_topic": f"{self._topic}/status",
                "components": components,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )

    def counters(self, report: Report) -> str | None:
        """Return the counters of a report as an object, to be kept by the broker for hours."""
        keys = {register.key for register in REGISTERS if register.counter}
        counters = {key: value for key, value in values_of(report).items() if key in keys}
        if not counters:
            return None
        return json.dumps({"t": int(report.received.timestamp()), **counters})

    def _is_shown(self, entity: Register | Figure) -> bool:
        return entity.key in self._seen and entity.shown is not None

    def _device_info(self) -> dict[str, Any]:
        info = {
            "identifiers": [f"ams2mqtt_{self._id}"],
            "name": self._device.name,
            "manufacturer": self._meter.maker,
            "model": self._meter.type,
            "serial_number": self._meter.id,
        }
        return {key: value for key, value in info.items() if value is not None}

    def _register(self, register: Register) -> tuple[str, dict[str, Any]]:
        key = register.key
        if register.counter:
            # Retained, so that Home Assistant need not wait for the next full hour.
            return self._component(
                register, f"{self._topic}/{ENERGY_SUBTOPIC}", f"value_json.{key}", COUNTER_EXPIRES
            )
        match self._format:
            case Format.RAW:
                return self._component(register, f"{self._topic}/{register.topic}", None, _EXPIRES)
            case Format.FLAT:
                return self._component(register, self._topic, f"value_json.{key}", _EXPIRES)
            case Format.JSON:
                return self._component(
                    register, self._topic, f"(value_json.data | default({{}})).{key}", _EXPIRES
                )
            case Format.MULTI_TOPIC:
                topic = f"{self._topic}/list{self._seen[key] or 2}"
                return self._component(
                    register, topic, f"(value_json.data | default({{}})).{key}", _EXPIRES
                )

    def _figure(self, figure: Figure) -> tuple[str, dict[str, Any]]:
        key = figure.key
        match self._format:
            case Format.RAW:
                return self._component(figure, f"{self._topic}/{figure.topic}", None, _EXPIRES)
            case Format.FLAT:
                return self._component(figure, self._topic, f"value_json.rt_{key}", _EXPIRES)
            case Format.JSON:
                path = f"(value_json.realtime | default({{}})).{key}"
                return self._component(figure, self._topic, path, _EXPIRES)
            case Format.MULTI_TOPIC:
                topic = f"{self._topic}/realtime"
                return self._component(figure, topic, f"value_json.{key}", _EXPIRES)

    def _component(
        self, entity: Register | Figure, topic: str, path: str | None, expires: int
    ) -> tuple[str, dict[str, Any]]:
        component = _component_id(entity.key)
        config: dict[str, Any] = {
            "platform": "sensor",
            "unique_id": f"ams2mqtt_{self._id}_{component}",
            "state_topic": topic,
            "expire_after": expires,
            **_presentation(entity.shown),
        }
        if path is not None:
            # A payload without the value renders to nothing, which leaves the state as it is.
            safe = path.replace("value_json", "(value_json | default({}))")
            config["value_template"] = f"{{{{ {safe} | default('') }}}}"
        return component, config


def _component_id(key: str) -> str:
    return f"rt_{key}" if key in _FIGURE_KEYS else key


def _presentation(shown: Presentation | None) -> Mapping[str, Any]:
    if shown is None:
        return {}
    config = {
        "name": shown.name,
        "device_class": shown.device_class,
        "unit_of_measurement": shown.unit or None,
        "state_class": shown.state_class,
        "suggested_display_precision": shown.precision,
        "entity_category": "diagnostic" if shown.diagnostic else None,
    }
    return {key: value for key, value in config.items() if value is not None}
