"""Publishes readings on an MQTT broker."""

from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
import json
import time
from typing import override

from .. import __version__
from ..clock import Clock
from ..config import DeviceConfig, Format, MqttConfig
from .base import PayloadFormat, Reading, ReadingPublisher, Report
from .discovery import COUNTER_EXPIRES, ENERGY_SUBTOPIC, Discovery, object_id
from .json_classic import json_classic, json_flat, json_multi_topic
from .mqtt_connection import ONLINE, MqttConnection
from .raw import raw
from .registers import list_number

# A list that waited longer for the broker is older than the next one that the meter sends. Currents
# of then, published now, could let a charger take what the house no longer has to spare.
_KEEP = timedelta(seconds=10)
_FORMATS: dict[Format, PayloadFormat] = {
    Format.JSON: json_classic,
    Format.MULTI_TOPIC: json_multi_topic,
    Format.FLAT: json_flat,
    Format.RAW: raw,
}
_ANNOUNCEMENTS = "ams2mqtt/discovery"


class MqttPublisher(ReadingPublisher):
    """Publishes each reading at once, not retained.

    While the broker is away it keeps the newest of each kind of list, and on return sends only what
    is younger than ten seconds.

    Retained are, beside the status:

    - ``ams2mqtt/discovery/<device id>``, always: ``topic``, ``name``, ``id``, ``sw`` and ``format`` of
      this bridge, for whoever looks for one. It is never removed; ``<topic>/status`` tells whether
      the bridge runs.
    - With ``mqtt.discovery``, the description for Home Assistant, which is sent again when Home
      Assistant starts, and ``<topic>/energy`` with the last counters. Without it, both are removed if
      the broker has them from earlier.
    """

    def __init__(
        self,
        config: MqttConfig,
        device: DeviceConfig,
        clock: Clock,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare everything, opening nothing.

        Raises ``OSError`` or ``ValueError`` when the TLS files cannot be used.
        """
        self._config = config
        self._device = device
        self._clock = clock
        self._format = _FORMATS[config.format]
        self._monotonic = monotonic
        self._started = monotonic()
        self._sequence = 0
        self._pending: dict[int, Reading] = {}
        self._discovery = Discovery(config, device)
        self._connection = MqttConnection(
            config,
            self._connected,
            (self._discovery.config_topic, self._discovery.birth_topic)
            if config.discovery
            else (self._discovery.config_topic,),
            self._received,
            monotonic,
        )

    @property
    def connected(self) -> bool:
        """Return whether the broker has accepted us and has not gone away since."""
        return self._connection.connected

    @override
    async def start(self) -> None:
        await self._connection.start()

    @override
    def publish(self, reading: Reading) -> None:
        if not self._send(reading):
            self._pending[list_number(reading.meter_list)] = reading

    @override
    async def stop(self) -> None:
        await self._connection.stop()

    def _connected(self) -> None:
        self._announce()
        self._describe()
        pending, self._pending = self._pending, {}
        oldest = self._clock() - _KEEP
        for reading in sorted(pending.values(), key=lambda waiting: waiting.received):
            if reading.received >= oldest:
                self._send(reading)

    def _announce(self) -> None:
        announcement = {
            "topic": self._config.topic,
            "name": self._device.name,
            "id": self._device.id,
            "sw": __version__,
            "format": self._config.format,
        }
        self._connection.retain(
            f"{_ANNOUNCEMENTS}/{object_id(self._device.id)}",
            json.dumps(announcement, ensure_ascii=False),
        )

    def _describe(self) -> None:
        if self._config.discovery and (description := self._discovery.payload()) is not None:
            self._connection.retain(self._discovery.config_topic, description)

    def _received(self, topic: str, payload: bytes) -> None:
        if topic == self._discovery.birth_topic:
            if payload == ONLINE.encode():
                self._describe()
        elif not payload:
            return
        elif not self._config.discovery:
            self._connection.retain(self._discovery.config_topic, "")
            self._connection.retain(self._connection.topic(ENERGY_SUBTOPIC), "")
        elif self._discovery.remember(payload):
            self._describe()

    def _send(self, reading: Reading) -> bool:
        if not self._connection.connected:
            return False
        self._sequence += 1
        report = Report(
            **{field.name: getattr(reading, field.name) for field in fields(Reading)},
            device=self._device,
            uptime=int(self._monotonic() - self._started),
            sequence=self._sequence,
        )
        if self._config.discovery:
            self._discover(report)
        return all(
            self._connection.send(message.subtopic, message.payload)
            for message in self._format(report)
        )

    def _discover(self, report: Report) -> None:
        if self._discovery.observe(report):
            self._describe()
        if (counters := self._discovery.counters(report)) is not None:
            self._connection.retain(
                self._connection.topic(ENERGY_SUBTOPIC), counters, COUNTER_EXPIRES
            )
