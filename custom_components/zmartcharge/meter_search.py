"""Looks on MQTT for readers that nobody has given to a site yet."""

from collections.abc import Callable
import json
from typing import TYPE_CHECKING

from homeassistant.components.mqtt.models import ReceiveMessage
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from .meter import PartialReading, PayloadError, parse, parse_availability
from .mqtt_listener import MqttListener, is_topic

if TYPE_CHECKING:
    from .hub import Hub

#: ams2mqtt_bridge announces itself here, retained: a JSON object with its ``topic`` and ``name``.
ANNOUNCEMENTS = "ams2mqtt/discovery/+"
#: All readers say ``online`` below their topic; so do many other things, which are listened to for a
#: while to see whether they are a meter.
_STATUS_TOPICS = ("+/status", "+/+/status")
_LISTEN_FOR = 60.0
_MAX_SUSPECTS = 50
#: Home Assistant says of itself on ``homeassistant/status`` that it is there, and below that topic
#: lie the descriptions of everything.
_HOME_ASSISTANT = "homeassistant"


class MeterSearch:
    """Finds the topics of readers; each is told once."""

    def __init__(self, hub: Hub, on_found: Callable[[str], None]) -> None:
        """Prepare to look."""
        self.found: list[str] = []
        self._hub = hub
        self._on_found = on_found
        self._listener = MqttListener(
            hub.hass,
            hub.create_task,
            {ANNOUNCEMENTS: self._announced, **dict.fromkeys(_STATUS_TOPICS, self._status)},
        )
        #: What ends the listening to each; None for those that turned out to be something else.
        self._suspects: dict[str, CALLBACK_TYPE | None] = {}

    @callback
    def start(self) -> None:
        """Begin to look, as soon as Home Assistant has MQTT."""
        self._listener.open()

    @callback
    def stop(self) -> None:
        """Stop looking."""
        self._listener.close()
        for stop in self._suspects.values():
            if stop:
                stop()
        self._suspects = {}

    @callback
    def _announced(self, message: ReceiveMessage) -> None:
        try:
            topic = json.loads(message.payload)["topic"]
        except ValueError, TypeError, KeyError, RecursionError:
            return
        if isinstance(topic, str) and is_topic(topic):
            self._find(topic)

    @callback
    def _status(self, message: ReceiveMessage) -> None:
        topic = message.topic.removesuffix("/status")
        try:
            online = parse_availability(message.payload)
        except PayloadError:
            return
        if not online or topic == _HOME_ASSISTANT or topic in self._suspects:
            return
        if topic in self.found or self._hub.has_meter(topic):
            return
        if sum(stop is not None for stop in self._suspects.values()) < _MAX_SUSPECTS:
            self._listen(topic)

    @callback
    def _listen(self, topic: str) -> None:
        @callback
        def came(message: ReceiveMessage) -> None:
            subtopic = message.topic.removeprefix(topic).removeprefix("/")
            if _is_meter(message, subtopic):
                self._find(topic)

        listener = MqttListener(self._hub.hass, self._hub.create_task, {f"{topic}/#": came})

        @callback
        def give_up(_now: object) -> None:
            # It stays known, so that its next "online" does not start over.
            self._suspects[topic] = None
            listener.close()

        cancel = async_call_later(self._hub.hass, _LISTEN_FOR, give_up)

        @callback
        def stop() -> None:
            cancel()
            listener.close()

        self._suspects[topic] = stop
        listener.open()

    @callback
    def _find(self, topic: str) -> None:
        if stop := self._suspects.pop(topic, None):
            stop()
        if topic not in self.found:
            self.found.append(topic)
            self._on_found(topic)


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
