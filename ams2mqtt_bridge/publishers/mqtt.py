"""Publishes lists on an MQTT broker."""

from collections.abc import Callable
from datetime import datetime, timedelta
import time
from typing import override

from ..clock import Clock
from ..config import DeviceConfig, MqttConfig
from ..meter_list import MeterList
from .base import PayloadFormat, Publisher, Report
from .json_classic import json_classic
from .mqtt_connection import MqttConnection

# A list that waited longer for the broker is older than the next one that the meter sends. Currents
# of then, published now, could let a charger take what the house no longer has to spare.
_KEEP = timedelta(seconds=10)


class MqttPublisher(Publisher):
    """Publishes each list at once, not retained.

    While the broker is away it keeps the newest of each kind of list, and on return sends only what
    is younger than ten seconds.
    """

    def __init__(
        self,
        config: MqttConfig,
        device: DeviceConfig,
        clock: Clock,
        *,
        payload_format: PayloadFormat = json_classic,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare everything, opening nothing.

        Raises ``OSError`` or ``ValueError`` when the TLS files cannot be used.
        """
        self._device = device
        self._clock = clock
        self._format = payload_format
        self._monotonic = monotonic
        self._started = monotonic()
        self._sequence = 0
        self._pending: dict[int, tuple[MeterList, datetime]] = {}
        self._connection = MqttConnection(config, self._send_pending)

    @property
    def connected(self) -> bool:
        """Return whether the broker has accepted us and has not gone away since."""
        return self._connection.connected

    @override
    async def start(self) -> None:
        await self._connection.start()

    @override
    def publish(self, meter_list: MeterList, received: datetime) -> None:
        if not self._send(meter_list, received):
            self._pending[meter_list.number] = (meter_list, received)

    @override
    async def stop(self) -> None:
        await self._connection.stop()

    def _send_pending(self) -> None:
        pending, self._pending = self._pending, {}
        oldest = self._clock() - _KEEP
        for meter_list, received in sorted(pending.values(), key=lambda waiting: waiting[1]):
            if received >= oldest:
                self._send(meter_list, received)

    def _send(self, meter_list: MeterList, received: datetime) -> bool:
        if not self._connection.connected:
            return False
        self._sequence += 1
        report = Report(
            meter_list=meter_list,
            received=received,
            device=self._device,
            uptime=int(self._monotonic() - self._started),
            sequence=self._sequence,
        )
        return all(
            self._connection.send(message.subtopic, message.payload)
            for message in self._format(report)
        )
