"""Against a real Mosquitto: both versions of MQTT, what stays on the broker, and rivals."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
import json
import logging
import subprocess
from typing import Any
from uuid import uuid4

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
import pytest

from ams2mqtt_bridge.config import DeviceConfig, MqttConfig, Protocol
from ams2mqtt_bridge.publishers import MqttPublisher, Reading
from ams2mqtt_bridge.publishers.connection_trouble import TakeoverDetector

from .conftest import TIMEOUT, Broker
from .test_publishing_formats import AT, LIST_2
from .tls import create_certificates

DEVICE = DeviceConfig(id="meter-1", name="House meter")
CONFIG_TOPIC = "homeassistant/device/meter-1/config"


@dataclass
class Watcher:
    """Subscribes to everything with MQTT 5, whose messages tell when they expire."""

    client: paho.Client
    messages: list[paho.MQTTMessage] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def on(self, topic: str) -> list[paho.MQTTMessage]:
        return [message for message in self.messages if message.topic == topic]

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(TIMEOUT):
            while not condition():
                self.changed.clear()
                await self.changed.wait()

    async def next(self, topic: str, count: int = 1) -> paho.MQTTMessage:
        await self.until(lambda: len(self.on(topic)) >= count)
        return self.on(topic)[count - 1]


type Watch = Callable[[], Awaitable[Watcher]]


@pytest.fixture
async def watch(broker: Broker) -> AsyncGenerator[Watch]:
    clients = []

    async def start() -> Watcher:
        loop = asyncio.get_running_loop()
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"watcher-{uuid4()}",
            protocol=MQTTProtocolVersion.MQTTv5,
        )
        watcher = Watcher(client)
        subscribed = asyncio.Event()

        def note(message: paho.MQTTMessage) -> None:
            watcher.messages.append(message)
            watcher.changed.set()

        client.on_connect = lambda *_: client.subscribe("#", 1)
        client.on_subscribe = lambda *_: loop.call_soon_threadsafe(subscribed.set)
        client.on_message = lambda _c, _u, message: loop.call_soon_threadsafe(note, message)
        client.connect_async("127.0.0.1", broker.port)
        client.loop_start()
        clients.append(client)
        async with asyncio.timeout(TIMEOUT):
            await subscribed.wait()
        return watcher

    yield start
    for client in clients:
        client.disconnect()
        client.loop_stop()


def publisher_for(config: MqttConfig, device: DeviceConfig = DEVICE) -> MqttPublisher:
    return MqttPublisher(config, device, lambda: AT)


def reading(**changes: Any) -> Reading:
    return Reading(meter_list=LIST_2, received=AT, **changes)


def expiry(message: paho.MQTTMessage) -> int | None:
    return getattr(message.properties, "MessageExpiryInterval", None)


async def test_version_5_lets_readings_expire_but_not_the_status(
    broker: Broker, watch: Watch
) -> None:
    broker.start()
    watcher = await watch()
    publisher = publisher_for(broker.config(protocol=Protocol.V5))
    await publisher.start()
    publisher.publish(reading())
    message = await watcher.next("ams/t")
    await publisher.stop()
    await watcher.next("ams/t/status", 2)

    assert json.loads(message.payload)["data"]["P"] == 280
    assert (expiry(message), message.retain) == (30, False)
    assert [m.payload for m in watcher.on("ams/t/status")] == [b"online", b"offline"]
    assert expiry(watcher.on("ams/t/status")[0]) is None


@pytest.mark.parametrize("protocol", Protocol)
async def test_either_version_survives_a_restart_of_the_broker(
    broker: Broker, watch: Watch, protocol: Protocol
) -> None:
    broker.start()
    publisher = publisher_for(broker.config(protocol=protocol))
    await publisher.start()
    broker.stop()
    async with asyncio.timeout(TIMEOUT):
        while publisher.connected:
            await asyncio.sleep(0.01)
    publisher.publish(reading())
    broker.start()
    watcher = await watch()
    async with asyncio.timeout(TIMEOUT):
        while not publisher.connected:
            await asyncio.sleep(0.01)
    publisher.publish(reading())
    await watcher.next("ams/t")
    await publisher.stop()


@pytest.mark.parametrize("protocol", Protocol)
async def test_login_over_tls_and_a_wrong_password_in_either_version(
    broker: Broker, protocol: Protocol, caplog: pytest.LogCaptureFixture
) -> None:
    certificates = create_certificates(broker.folder)
    passwords = broker.folder / "passwords"
    subprocess.run(
        ["mosquitto_passwd", "-b", "-c", str(passwords), "ams", "s3cret-word"], check=True
    )
    broker.settings = (
        f"allow_anonymous false\npassword_file {passwords}\ncafile {certificates.authority}\n"
        f"certfile {certificates.certificate}\nkeyfile {certificates.key}"
    )
    broker.start()
    caplog.set_level(logging.DEBUG)
    login = {"protocol": protocol, "tls": True, "tls_ca_file": certificates.authority}
    for password, accepted in (("s3cret-word", True), ("wrong-word", False)):
        publisher = publisher_for(broker.config(username="ams", password=password, **login))
        await publisher.start()
        assert publisher.connected is accepted
        await publisher.stop()
    assert "check mqtt.username and mqtt.password" in caplog.text
    assert "-word" not in caplog.text


async def test_announces_itself_for_whoever_looks_for_a_bridge_and_stays_announced(
    broker: Broker, watch: Watch
) -> None:
    broker.start()
    publisher = publisher_for(broker.config(), DeviceConfig(id="a/b", name="Måler"))
    await publisher.start()
    await publisher.stop()

    watcher = await watch()
    await watcher.until(lambda: len(watcher.messages) == 2)
    (announcement,) = (m for m in watcher.messages if m.topic != "ams/t/status")
    assert announcement.retain
    assert announcement.topic.startswith("ams2mqtt/discovery/a_b_")
    body = json.loads(announcement.payload)
    assert body.pop("sw")
    assert body == {"topic": "ams/t", "name": "Måler", "id": "a/b", "format": "json"}


async def test_the_description_for_home_assistant_comes_before_what_it_describes(
    broker: Broker, watch: Watch
) -> None:
    broker.start()
    watcher = await watch()
    publisher = publisher_for(broker.config(discovery=True))
    await publisher.start()
    publisher.publish(reading())
    await watcher.next("ams/t")
    topics = [message.topic for message in watcher.messages]
    assert topics.index(CONFIG_TOPIC) < topics.index("ams/t")

    publisher.publish(reading())
    await watcher.next("ams/t", 2)
    assert len(watcher.on(CONFIG_TOPIC)) == 1
    watcher.client.publish("homeassistant/status", "online")
    again = await watcher.next(CONFIG_TOPIC, 2)
    await publisher.stop()
    assert again.payload == watcher.on(CONFIG_TOPIC)[0].payload


async def test_a_restarted_bridge_describes_what_the_one_before_had_seen(
    broker: Broker, watch: Watch
) -> None:
    broker.start()
    first = publisher_for(broker.config(discovery=True))
    await first.start()
    first.publish(reading())
    await first.stop()

    watcher = await watch()
    kept = await watcher.next(CONFIG_TOPIC)
    second = publisher_for(broker.config(discovery=True))
    await second.start()
    described = await watcher.next(CONFIG_TOPIC, 2)
    await second.stop()
    assert kept.retain
    assert (
        json.loads(described.payload)["components"].keys()
        == json.loads(kept.payload)["components"].keys()
    )


async def test_without_discovery_what_is_kept_of_it_is_removed(
    broker: Broker, watch: Watch
) -> None:
    broker.start()
    with_it = publisher_for(broker.config(discovery=True))
    await with_it.start()
    with_it.publish(reading())
    await with_it.stop()

    watcher = await watch()
    await watcher.next(CONFIG_TOPIC)
    without = publisher_for(broker.config())
    await without.start()
    without.publish(reading())
    removed = await watcher.next(CONFIG_TOPIC, 2)
    await without.stop()
    assert removed.payload == b""

    late = await watch()
    await late.next("ams/t/status")
    assert not late.on(CONFIG_TOPIC)


async def test_two_bridges_with_one_client_id_are_told_so(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    broker.start()
    config = broker.config(protocol=Protocol.V5, client_id="bridge")
    first, second = publisher_for(config), publisher_for(config)
    await first.start()
    await second.start()
    async with asyncio.timeout(TIMEOUT):
        while "another client uses the same client id" not in caplog.text:
            await asyncio.sleep(0.01)
    await asyncio.gather(first.stop(), second.stop())


class Reason:
    value = 0x80


def test_in_version_3_rivals_are_suspected_when_connections_end_soon_time_after_time() -> None:
    now = [0.0]
    detector = TakeoverDetector(True, lambda: now[0])
    unnamed = TakeoverDetector(False, lambda: now[0])
    suspicions = []
    for lasted in (1.0, 1.0, 1.0, 61.0):
        for each in (detector, unnamed):
            each.connected()
        now[0] += lasted
        for each in (detector, unnamed):
            each.disconnected(Reason())
        suspicions.append(detector.suspected)
        assert not unnamed.suspected
    assert suspicions == [False, False, True, False]
