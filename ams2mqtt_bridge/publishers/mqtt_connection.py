"""A connection to an MQTT broker with paho-mqtt, which runs its network in a thread of its own."""

import asyncio
from collections.abc import Callable, Sequence
import logging
from pathlib import Path
import time
from typing import Any, override

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from ..config import MqttConfig, Protocol
from .connection_trouble import TakeoverDetector, describe_refusal

_LOGGER = logging.getLogger(__name__)

STATUS_SUBTOPIC = "status"
ONLINE, OFFLINE = "online", "offline"

_FIRST_CONNECTION_TIMEOUT = 6.0
_GOODBYE_TIMEOUT = 3.0
_RECONNECT_DELAY = (1, 30)
# Two clients with one id throw each other out for ever: let them not do so every second.
_RECONNECT_DELAY_OF_RIVALS = (15, 30)
# Older readings are of no use to anyone who was away meanwhile (MQTT 5, clause 3.3.2.3.3); seconds.
_READING_EXPIRES = 30

type MessageListener = Callable[[str, bytes], None]


class _Client(paho.Client):
    """Remembers why a connection failed, which paho does not tell its callbacks."""

    failure = OSError("unknown reason")

    @override
    def reconnect(self) -> MQTTErrorCode:
        try:
            return super().reconnect()
        except OSError as error:
            self.failure = error
            raise


class MqttConnection:
    """Stays connected, and says so: ``online`` or ``offline``, retained, on ``<topic>/status``.

    ``offline`` is also the last will. ``on_connected`` is called in the event loop, each time, after
    the ``subscriptions`` (whole topics) have been sent; ``on_message`` gets what comes on them.
    """

    def __init__(
        self,
        config: MqttConfig,
        on_connected: Callable[[], None],
        subscriptions: Sequence[str] = (),
        on_message: MessageListener = lambda _topic, _payload: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare everything, opening nothing.

        Raises ``OSError`` or ``ValueError`` when the TLS files cannot be used.
        """
        self._config = config
        self._on_connected = on_connected
        self._subscriptions = subscriptions
        self._on_message = on_message
        self._takeovers = TakeoverDetector(config.client_id is not None, monotonic)
        self._connected = False
        self._problem: str | None = None
        self._settled = asyncio.Event()
        self._client = self._create_client()

    @property
    def connected(self) -> bool:
        """Return whether the broker has accepted us and has not gone away since."""
        return self._connected

    async def start(self) -> None:
        """Connect in the background; return when that has succeeded or failed once."""
        loop = asyncio.get_running_loop()
        self._bind(loop)
        config = self._config
        if config.protocol is Protocol.V5:
            self._client.connect_async(config.host, config.port, config.keepalive, clean_start=True)
        else:
            self._client.connect_async(config.host, config.port, config.keepalive)
        self._client.loop_start()
        try:
            async with asyncio.timeout(_FIRST_CONNECTION_TIMEOUT):
                await self._settled.wait()
        except TimeoutError:
            self._lost("it does not answer")

    def send(self, subtopic: str, payload: str) -> bool:
        """Publish a reading with QoS 0 under the configured topic; return whether it was on its way."""
        info = self._client.publish(
            self.topic(subtopic), payload, properties=self._expiry(_READING_EXPIRES)
        )
        return info.rc == MQTTErrorCode.MQTT_ERR_SUCCESS

    def retain(self, topic: str, payload: str, expires: int | None = None) -> None:
        """Have the broker keep a message on a whole topic, for ``expires`` seconds if it can.

        An empty payload removes what it has kept.
        """
        properties = None if expires is None else self._expiry(expires)
        self._client.publish(topic, payload, qos=1, retain=True, properties=properties)

    def topic(self, subtopic: str) -> str:
        """Return the whole topic; an empty subtopic is the configured topic itself."""
        return "/".join(filter(None, (self._config.topic, subtopic)))

    async def stop(self) -> None:
        """Say ``offline``, because a clean disconnect does not send the last will, and disconnect."""
        if self._connected:
            await asyncio.to_thread(self._say_goodbye)
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)

    def _say_goodbye(self) -> None:
        try:
            self._publish_status(OFFLINE).wait_for_publish(_GOODBYE_TIMEOUT)
        except RuntimeError as error:
            _LOGGER.warning("Could not say goodbye to the broker: %s", error)

    def _publish_status(self, status: str) -> paho.MQTTMessageInfo:
        return self._client.publish(self.topic(STATUS_SUBTOPIC), status, qos=1, retain=True)

    def _expiry(self, seconds: int) -> Properties | None:
        if self._config.protocol is not Protocol.V5:
            return None
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        properties.MessageExpiryInterval = seconds
        return properties

    def _create_client(self) -> _Client:
        config = self._config
        is_v5 = config.protocol is Protocol.V5
        client = _Client(
            CallbackAPIVersion.VERSION2,
            client_id=config.client_id or "",
            protocol=MQTTProtocolVersion.MQTTv5 if is_v5 else MQTTProtocolVersion.MQTTv311,
        )
        will = None
        if is_v5:
            will = Properties(PacketTypes.WILLMESSAGE)  # type: ignore[no-untyped-call]
            will.WillDelayInterval = 0
        client.will_set(self.topic(STATUS_SUBTOPIC), OFFLINE, qos=1, retain=True, properties=will)
        client.reconnect_delay_set(*_RECONNECT_DELAY)
        if config.username is not None:
            client.username_pw_set(config.username, config.password)
        if config.tls:
            client.tls_set(
                _text(config.tls_ca_file),
                _text(config.tls_certificate_file),
                _text(config.tls_key_file),
            )
        return client

    def _bind(self, loop: asyncio.AbstractEventLoop) -> None:
        """Carry paho's callbacks from its thread over to the event loop."""

        def on_connect(
            _client: paho.Client,
            _userdata: Any,
            _flags: paho.ConnectFlags,
            reason: ReasonCode,
            _properties: Properties | None,
        ) -> None:
            loop.call_soon_threadsafe(self._answered, reason)

        def on_connect_fail(_client: paho.Client, _userdata: Any) -> None:
            loop.call_soon_threadsafe(self._lost, _reason(self._client.failure))

        def on_disconnect(
            _client: paho.Client,
            _userdata: Any,
            _flags: paho.DisconnectFlags,
            reason: ReasonCode,
            _properties: Properties | None,
        ) -> None:
            loop.call_soon_threadsafe(self._disconnected, reason)

        def on_message(_client: paho.Client, _userdata: Any, message: paho.MQTTMessage) -> None:
            loop.call_soon_threadsafe(self._on_message, message.topic, message.payload)

        self._client.on_connect = on_connect
        self._client.on_connect_fail = on_connect_fail
        self._client.on_disconnect = on_disconnect
        self._client.on_message = on_message

    def _answered(self, reason: ReasonCode) -> None:
        if reason.is_failure:
            self._lost(describe_refusal(reason))
            return
        _LOGGER.info("Connected to the broker %s:%d", self._config.host, self._config.port)
        self._connected = True
        self._takeovers.connected()
        if not self._takeovers.suspected:
            self._problem = None
        self._publish_status(ONLINE)
        if self._subscriptions:
            self._client.subscribe([(topic, 1) for topic in self._subscriptions])
        self._on_connected()
        self._settled.set()

    def _disconnected(self, reason: ReasonCode) -> None:
        if self._connected and reason.is_failure:
            self._takeovers.disconnected(reason)
            if self._takeovers.suspected:
                self._client.reconnect_delay_set(*_RECONNECT_DELAY_OF_RIVALS)
                self._lost(self._takeovers.advice)
            else:
                self._lost(str(reason))
        self._connected = False

    def _lost(self, problem: str) -> None:
        """Note that there is no connection, and say so once for each reason."""
        self._connected = False
        if problem != self._problem:
            _LOGGER.warning(
                "No connection to the broker %s:%d: %s; trying again",
                self._config.host,
                self._config.port,
                problem,
            )
        self._problem = problem
        self._settled.set()


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _reason(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__
