"""Frames as dumps on an MQTT topic, as a Pow-U sends them when it is set to HEX dump."""

import asyncio
from collections.abc import AsyncGenerator
import logging
import re
import sys
from typing import Any, override

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from ..config import TopicConfig
from .reconnecting import Backoff, LostError, ReconnectingSource

_LOGGER = logging.getLogger(__name__)

_KEEPALIVE = 30
_HEX = re.compile(rb"[0-9A-Fa-f\s]*")
# A line ends a dump; between the octets of one there may be spaces.
_LINE_ENDS = re.compile(rb"[\r\n]+")

type _Event = bytes | OSError


class Dumps:
    """Reads payloads: hexadecimal digits, a dump on each line, or the octets themselves."""

    def __init__(self) -> None:
        self.odd = 0

    def octets(self, payload: bytes) -> bytes:
        """Return the octets of a payload; of a dump with an odd number of digits, all but the last.

        Such dumps are counted in ``odd``.
        """
        if _HEX.fullmatch(payload) is None:
            return payload
        return b"".join(map(self._dump, _LINE_ENDS.split(payload)))

    def _dump(self, line: bytes) -> bytes:
        digits = b"".join(line.split()).decode("ascii")
        if len(digits) % 2:
            self.odd += 1
            digits = digits[:-1]
        return bytes.fromhex(digits)


class TopicSource(ReconnectingSource):
    """Reads from the topic of a broker; what the broker has retained is old and not read."""

    def __init__(self, config: TopicConfig, backoff: Backoff | None = None) -> None:
        """Prepare everything, opening nothing.

        Raises ``OSError`` or ``ValueError`` when the TLS file cannot be used.
        """
        super().__init__(backoff)
        self._config = config
        self._dumps = Dumps()
        self._create_client()

    @property
    @override
    def description(self) -> str:
        config = self._config
        return f"{config.topic} on the broker {config.host}:{config.port}"

    @override
    async def _session(self) -> AsyncGenerator[bytes]:
        events: asyncio.Queue[_Event] = asyncio.Queue()
        client = self._create_client()
        self._bind(client, events)
        client.connect_async(self._config.host, self._config.port, _KEEPALIVE)
        client.loop_start()
        try:
            while True:
                yield await self._next(events)
        finally:
            client.disconnect()
            await asyncio.to_thread(client.loop_stop)

    async def _next(self, events: asyncio.Queue[_Event]) -> bytes:
        idle_timeout = self._config.idle_timeout
        try:
            async with asyncio.timeout(idle_timeout):
                event = await events.get()
        except TimeoutError as error:
            raise LostError(
                f"nothing came for {idle_timeout:g} s; check the topic and that it carries HEX dumps"
            ) from error
        if isinstance(event, OSError):
            raise event
        if event.lstrip().startswith(b"{"):
            raise LostError(
                "it carries readings (JSON), not frames: give its topic to Home Assistant directly, "
                "or set the reader to send HEX dumps"
            )
        before = self._dumps.odd
        octets = self._dumps.octets(event)
        # Powers of two only, so that a broken sender does not flood the log.
        if (odd := self._dumps.odd) != before and odd & (odd - 1) == 0:
            _LOGGER.warning(
                "%s: dumps with an odd number of digits so far: %d", self.description, odd
            )
        return octets

    def _create_client(self) -> paho.Client:
        config = self._config
        client = paho.Client(CallbackAPIVersion.VERSION2, reconnect_on_failure=False)
        if config.username is not None:
            client.username_pw_set(config.username, config.password)
        if config.tls:
            client.tls_set(None if config.tls_ca_file is None else str(config.tls_ca_file))
        return client

    def _bind(self, client: paho.Client, events: asyncio.Queue[_Event]) -> None:
        """Carry paho's callbacks from its thread over to the event loop."""
        loop = asyncio.get_running_loop()

        def tell(event: _Event) -> None:
            loop.call_soon_threadsafe(events.put_nowait, event)

        def on_connect(
            _client: paho.Client,
            _userdata: Any,
            _flags: paho.ConnectFlags,
            reason: ReasonCode,
            _properties: Properties | None,
        ) -> None:
            if reason.is_failure:
                tell(LostError(f"{reason}; check source.username and source.password"))
                return
            _LOGGER.info("Opened %s", self.description)
            client.subscribe(self._config.topic)

        def on_connect_fail(_client: paho.Client, _userdata: Any) -> None:
            # paho calls this while it handles the error, and does not hand it over.
            error = sys.exception()
            tell(error if isinstance(error, OSError) else LostError("the broker does not answer"))
            # Otherwise paho's thread waits to try again, and cannot be ended meanwhile.
            client.disconnect()

        def on_subscribe(
            _client: paho.Client,
            _userdata: Any,
            _id: int,
            reasons: list[ReasonCode],
            _properties: Properties | None,
        ) -> None:
            if any(reason.is_failure for reason in reasons):
                tell(LostError("the broker does not let us read it; check the login's permissions"))

        def on_message(_client: paho.Client, _userdata: Any, message: paho.MQTTMessage) -> None:
            if not message.retain:
                tell(message.payload)

        def on_disconnect(
            _client: paho.Client,
            _userdata: Any,
            _flags: paho.DisconnectFlags,
            reason: ReasonCode,
            _properties: Properties | None,
        ) -> None:
            tell(LostError(f"the broker went away ({reason})"))

        client.on_connect = on_connect
        client.on_connect_fail = on_connect_fail
        client.on_subscribe = on_subscribe
        client.on_message = on_message
        client.on_disconnect = on_disconnect
