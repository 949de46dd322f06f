"""Looks on MQTT for readers that nobody has given to a site yet."""

import asyncio
from collections.abc import Callable
import json
import logging
from typing import TYPE_CHECKING

from homeassistant.components import mqtt
from homeassistant.components.mqtt.models import ReceiveMessage
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from .meter import PartialReading, PayloadError, parse, parse_availability

if TYPE_CHECKING:
    from .hub import Hub

_LOGGER = logging.getLogger(__name__)

#: ams2mqtt_bridge announces itself here, retained: a JSON object with its ``topic`` and ``name``.
ANNOUNCEMENTS = "ams2mqtt/discovery/+"
#: All readers say ``online`` below their topic; so do many other things, which are listened to for a
#: while to see whether they are a meter.
_STATUS_TOPICS = ("+/status", "+/+/status")
_LISTEN_FOR = 60.0
_MAX_SUSPECTS = 50
_MQTT_RETRY = 30.0
_LONGEST_TOPIC = 200


class MeterSearch:
    """Finds the topics of readers; each is told once."""

    def __init__(self, hub: Hub, on_found: Callable[[str], None]) -> None:
        """Prepare to look."""
        self.found: list[str] = []
        self._hub = hub
        self._on_found = on_found
        self._subscriptions: list[CALLBACK_TYPE] = []
        self._suspects: dict[str, CALLBACK_TYPE] = {}
        self._task: asyncio.Task[None] | None = None

    @callback
    def start(self) -> None:
        """Begin to look, as soon as Home Assistant has MQTT."""
        self._task = self._hub.create_task(self._subscribe(), "meter search")

    @callback
    def stop(self) -> None:
        """Stop looking."""
        if self._task:
            self._task.cancel()
        for stop in (*self._subscriptions, *self._suspects.values()):
            stop()
        self._subscriptions = []
        self._suspects = {}

    async def _subscribe(self) -> None:
        hass = self._hub.hass
        while not await mqtt.async_wait_for_mqtt_client(hass):
            await asyncio.sleep(_MQTT_RETRY)
        topics = ((ANNOUNCEMENTS, self._announced), *((t, self._status) for t in _STATUS_TOPICS))
        try:
            for topic, listener in topics:
                self._subscriptions.append(await mqtt.async_subscribe(hass, topic, listener))
        except HomeAssistantError as err:
            _LOGGER.debug("MQTT went away: %s", err)

    @callback
    def _announced(self, message: ReceiveMessage) -> None:
        try:
            topic = json.loads(message.payload)["topic"]
        except ValueError, TypeError, KeyError:
            return
        if isinstance(topic, str) and _is_topic(topic):
            self._find(topic)

    @callback
    def _status(self, message: ReceiveMessage) -> None:
        topic = message.topic.removesuffix("/status")
        try:
            online = parse_availability(message.payload)
        except PayloadError:
            return
        if not online or topic in self._suspects or topic in self.found or self._hub.has_meter(topic):
            return
        if len(self._suspects) < _MAX_SUSPECTS:
            self._suspects[topic] = lambda: None
            self._hub.create_task(self._listen(topic), "meter suspect")

    async def _listen(self, topic: str) -> None:
        @callback
        def came(message: ReceiveMessage) -> None:
            subtopic = message.topic.removeprefix(topic).removeprefix("/")
            if _is_meter(message, subtopic):
                self._find(topic)

        try:
            unsubscribe = await mqtt.async_subscribe(self._hub.hass, f"{topic}/#", came)
        except HomeAssistantError:
            self._suspects.pop(topic, None)
            return
        if topic not in self._suspects:  # the search was stopped meanwhile
            unsubscribe()
            return

        @callback
        def give_up(_now: object) -> None:
            # It stays known, so that its next "online" does not start over.
            self._suspects[topic] = lambda: None
            unsubscribe()

        cancel = async_call_later(self._hub.hass, _LISTEN_FOR, give_up)

        @callback
        def stop() -> None:
            cancel()
            unsubscribe()

        self._suspects[topic] = stop

    @callback
    def _find(self, topic: str) -> None:
        if stop := self._suspects.pop(topic, None):
            stop()
        if topic not in self.found:
            self.found.append(topic)
            self._on_found(topic)


def _is_topic(topic: str) -> bool:
    return 0 < len(topic) <= _LONGEST_TOPIC and topic.isprintable() and not set(topic) & set("#+")


def _is_meter(message: ReceiveMessage, subtopic: str) -> bool:
    """Tell whether a payload is a meter's: many things have a power, few currents of lines."""
    try:
        reading: PartialReading | None = parse(
            message.payload,
            received=dt_util.utcnow(),
            retained=message.retain,
            subtopic=subtopic,
        )
    except PayloadError:
        return False
    return reading is not None and bool(reading.currents or reading.meter_id)
