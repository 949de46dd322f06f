"""Listens on MQTT, also where Home Assistant has no MQTT yet."""

import asyncio
from collections.abc import Callable, Mapping

from homeassistant.components import mqtt
from homeassistant.components.mqtt.models import ReceiveMessage
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later

#: Seconds between looks for Home Assistant's MQTT while it is not there.
_MQTT_RETRY = 30.0

_LONGEST_TOPIC = 200

type CreateTask = Callable[..., asyncio.Task[None]]


class MqttListener:
    """Subscribes as soon as Home Assistant has MQTT: chargers do not wait for a broker.

    Payloads come as the octets that they are: what is no text is to be told, not dropped.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        create_task: CreateTask,
        topics: Mapping[str, Callable[[ReceiveMessage], None]],
    ) -> None:
        """Prepare to listen; each topic has its own listener."""
        self._hass = hass
        self._create_task = create_task
        self._topics = topics
        self._subscriptions: list[_Subscription] = []
        self._subscribing: asyncio.Task[None] | None = None
        self._again: CALLBACK_TYPE | None = None

    @property
    def listening(self) -> bool:
        """Tell whether messages can come."""
        return bool(self._subscriptions)

    @callback
    def open(self, _now: object = None) -> None:
        """Begin to listen."""
        self._again = None
        self._subscribing = self._create_task(self._subscribe(), "mqtt")

    @callback
    def close(self) -> None:
        """Stop listening."""
        if self._subscribing:
            self._subscribing.cancel()
        if self._again:
            self._again()
        self._unsubscribe()
        self._subscribing = self._again = None

    async def _subscribe(self) -> None:
        # Not async_wait_for_mqtt_client: all that wait share one future there, and the first to give
        # up, or to be cancelled, cancels it for the others for good.
        if self._hass.config_entries.async_loaded_entries(mqtt.DOMAIN):
            try:
                for topic, listener in self._topics.items():
                    subscription = _Subscription(listener)
                    await subscription.make(self._hass, topic)
                    self._subscriptions.append(subscription)
            except HomeAssistantError:  # it was unloaded at this very moment
                self._unsubscribe()
            else:
                return
        self._again = async_call_later(self._hass, _MQTT_RETRY, self.open)

    @callback
    def _unsubscribe(self) -> None:
        for subscription in self._subscriptions:
            subscription.take_back()
        self._subscriptions = []


class _Subscription:
    """A subscription that is taken back only when the broker has taken it.

    Home Assistant's client gathers subscriptions for up to half a second. One with a wildcard that is
    taken back in that time makes it fail, and forget those of others that it had gathered.
    """

    def __init__(self, listener: Callable[[ReceiveMessage], None]) -> None:
        self._listener: Callable[[ReceiveMessage], None] | None = listener
        self._made = False
        self._unsubscribe: CALLBACK_TYPE
        self._no_longer_wait: CALLBACK_TYPE

    async def make(self, hass: HomeAssistant, topic: str) -> None:
        """Subscribe; HomeAssistantError says that MQTT was unloaded at this very moment."""
        self._unsubscribe = await mqtt.async_subscribe(hass, topic, self._came, encoding=None)
        self._no_longer_wait = mqtt.async_on_subscribe_done(
            hass, topic, mqtt.DEFAULT_QOS, self._is_made
        )

    @callback
    def take_back(self) -> None:
        """Hear no more."""
        self._listener = None
        if self._made:
            self._unsubscribe()

    @callback
    def _came(self, message: ReceiveMessage) -> None:
        if self._listener:
            self._listener(message)

    @callback
    def _is_made(self) -> None:
        self._no_longer_wait()
        if self._made:
            return
        self._made = True
        if self._listener is None:
            self._unsubscribe()


def is_topic(topic: str) -> bool:
    """Tell whether a reader can publish below a topic (MQTT 3.1.1, clause 4.7)."""
    sound = topic.isprintable() and not set(topic) & set("#+")
    return sound and bool(topic.strip("/ ")) and len(topic) <= _LONGEST_TOPIC
