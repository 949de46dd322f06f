"""A connection to an MQTT broker with paho-mqtt, which runs its network in a thread of its own."""

import asyncio
from collections.abc import Callable
import logging
from pathlib import Path
from typing import Any, override

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from ..config import MqttConfig

_LOGGER = logging.getLogger(__name__)

STATUS_SUBTOPIC = "status"
ONLINE, OFFLINE = "online", "offline"

_FIRST_CONNECTION_TIMEOUT = 6.0
_GOODBYE_TIMEOUT = 3.0
_RECONNECT_DELAY = (1, 30)


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

    ``offline`` is also the last will. ``on_connected`` is called in the event loop, each time.
    """

    def __init__(self, config: MqttConfig, on_connected: Callable[[], None]) -> None:
        """Prepare everything, opening nothing.

        Raises ``OSError`` or ``ValueError`` when the TLS files cannot be used.
        """
        self._config = config
        self._on_connected = on_connected
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
        self._client.connect_async(self._config.host, self._config.port, self._config.keepalive)
        self._client.loop_start()
        try:
            async with asyncio.timeout(_FIRST_CONNECTION_TIMEOUT):
                await self._settled.wait()
        except TimeoutError:
            self._lost("it does not answer")

    def send(self, subtopic: str, payload: str) -> bool:
        """Publish with QoS 0 under the configured topic; return whether it was on its way."""
        info = self._client.publish(self._topic(subtopic), payload)
        return info.rc == MQTTErrorCode.MQTT_ERR_SUCCESS

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
        return self._client.publish(self._topic(STATUS_SUBTOPIC), status, qos=1, retain=True)

    def _topic(self, subtopic: str) -> str:
        return "/".join(filter(None, (self._config.topic, subtopic)))

    def _create_client(self) -> _Client:
        config = self._config
        client = _Client(CallbackAPIVersion.VERSION2, client_id=config.client_id or "")
        client.will_set(self._topic(STATUS_SUBTOPIC), OFFLINE, qos=1, retain=True)
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

        self._client.on_connect = on_connect
        self._client.on_connect_fail = on_connect_fail
        self._client.on_disconnect = on_disconnect

    def _answered(self, reason: ReasonCode) -> None:
        if reason.is_failure:
            self._lost(f"{reason}; check mqtt.username and mqtt.password")
            return
        _LOGGER.info("Connected to the broker %s:%d", self._config.host, self._config.port)
        self._connected = True
        self._problem = None
        self._publish_status(ONLINE)
        self._on_connected()
        self._settled.set()

    def _disconnected(self, reason: ReasonCode) -> None:
        if self._connected and reason.is_failure:
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
