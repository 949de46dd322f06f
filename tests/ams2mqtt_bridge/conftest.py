"""A real broker, and a listener to it."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from dataclasses import dataclass, field
import getpass
import json
import os
from pathlib import Path
import shutil
import signal
import subprocess
from typing import Any
from uuid import uuid4

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
import pytest

from ams2mqtt_bridge.config import MqttConfig
from script.lib.demo import processes

TIMEOUT = 20.0


@dataclass
class Broker:
    """Mosquitto on a port of its own; what it has to keep outlives a restart."""

    executable: str
    folder: Path
    port: int
    settings: str = "allow_anonymous true"
    process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        config = self.folder / "mosquitto.conf"
        config.write_text(
            f"user {getpass.getuser()}\nlistener {self.port} 127.0.0.1\n{self.settings}\n"
            f"persistence true\npersistence_location {self.folder}/\nqueue_qos0_messages true\n"
        )
        self.process = subprocess.Popen(
            [self.executable, "-c", str(config)], stderr=subprocess.PIPE, text=True
        )
        assert self.process.stderr is not None
        seen = []
        for line in self.process.stderr:
            seen.append(line)
            if line.rstrip().endswith(" running"):
                return
        pytest.fail("".join(seen))

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(TIMEOUT)
            except subprocess.TimeoutExpired:
                # It is not the broker that is tested.
                self.process.kill()
                self.process.wait(TIMEOUT)
            assert self.process.stderr is not None
            self.process.stderr.close()
            self.process = None

    def config(self, **settings: Any) -> MqttConfig:
        return MqttConfig(**{"host": "127.0.0.1", "port": self.port, "topic": "ams/t", **settings})


@pytest.fixture
def free_port(socket_enabled: None) -> int:
    return processes.free_port()


@pytest.fixture
def broker(tmp_path: Path, free_port: int) -> Generator[Broker]:
    executable = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if executable is None:
        if os.environ.get("CI"):
            pytest.fail("mosquitto is missing: apt-get install mosquitto")
        pytest.skip("mosquitto is missing: apt-get install mosquitto")
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    broker = Broker(executable, folder, free_port)
    yield broker
    broker.stop()


@dataclass
class Listener:
    """Subscribes to everything, also while it is away, and waits for what is to come."""

    client: paho.Client
    messages: list[paho.MQTTMessage] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    subscribed: bool = False

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(TIMEOUT):
            while not condition():
                self.changed.clear()
                await self.changed.wait()

    def bodies(self) -> list[dict[str, Any]]:
        return [
            json.loads(message.payload)
            for message in self.messages
            if not message.topic.endswith("/status")
        ]

    def statuses(self) -> list[str]:
        return [
            message.payload.decode()
            for message in self.messages
            if message.topic.endswith("/status")
        ]

    async def readings(self, count: int) -> list[dict[str, Any]]:
        await self.until(lambda: len(self.bodies()) >= count)
        return self.bodies()

    async def status(self, wanted: str) -> None:
        await self.until(lambda: self.statuses()[-1:] == [wanted])


@pytest.fixture
async def listen(broker: Broker) -> AsyncGenerator[Callable[[], Any]]:
    clients = []

    async def start(prepare: Callable[[paho.Client], None] = lambda _: None) -> Listener:
        loop = asyncio.get_running_loop()
        client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=f"listener-{uuid4()}", clean_session=False
        )
        prepare(client)
        listener = Listener(client)

        def note(message: paho.MQTTMessage | None) -> None:
            if message is None:
                listener.subscribed = True
            else:
                listener.messages.append(message)
            listener.changed.set()

        client.on_connect = lambda *_: client.subscribe("ams/#", 1)
        client.on_subscribe = lambda *_: loop.call_soon_threadsafe(note, None)
        client.on_message = lambda _client, _userdata, message: loop.call_soon_threadsafe(
            note, message
        )
        client.connect_async("127.0.0.1", broker.port)
        client.loop_start()
        clients.append(client)
        await listener.until(lambda: listener.subscribed)
        return listener

    yield start
    for client in clients:
        client.disconnect()
        client.loop_stop()
