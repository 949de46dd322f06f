"""What listens on MQTT: with Home Assistant's own client, which gathers subscriptions."""

import asyncio
from collections.abc import Callable

from homeassistant.components.mqtt.models import ReceiveMessage
from homeassistant.core import callback
import pytest
from pytest_homeassistant_custom_component.common import async_fire_mqtt_message
from pytest_homeassistant_custom_component.typing import MqttMockHAClient, MqttMockPahoClient

from custom_components.zmartcharge.mqtt_listener import MqttListener

from .house import House, wait_until


class Ear:
    """Listens below one topic."""

    def __init__(self, house: House, topic: str) -> None:
        self.heard: list[str] = []
        self.listener = MqttListener(
            house.hass, house.hass.async_create_task, {f"{topic}/#": self._came}
        )

    @callback
    def _came(self, message: ReceiveMessage) -> None:
        self.heard.append(message.topic)


@pytest.fixture
def ears(house: House, mqtt_mock: MqttMockHAClient) -> tuple[Ear, Ear]:
    """Return two that listen to different topics."""
    return Ear(house, "one"), Ear(house, "two")


def _topics(mock: object) -> list[str]:
    """Return what the client has asked the broker for, or taken back there."""
    topics: list[str] = []
    for asked in mock.call_args_list:  # type: ignore[attr-defined]
        first = asked.args[0]
        topics += [first] if isinstance(first, str) else [str(item) for item in first]
    return topics


async def _come_about(house: House, holds: Callable[[], object]) -> None:
    """Let the client gather, ask and be answered until something holds."""
    for _ in range(1000):
        if holds():
            return
        await house.pass_time(0.1)
        await asyncio.sleep(0.002)
    raise TimeoutError


async def test_listener_that_is_closed_at_once_leaves_the_others_alone(
    house: House, ears: tuple[Ear, Ear], mqtt_client_mock: MqttMockPahoClient
) -> None:
    closed, open_ = ears
    closed.listener.open()
    open_.listener.open()
    await wait_until(lambda: closed.listener.listening and open_.listener.listening)
    mqtt_client_mock.subscribe.reset_mock()

    closed.listener.close()
    await _come_about(house, lambda: "two/#" in _topics(mqtt_client_mock.subscribe))

    async_fire_mqtt_message(house.hass, "one/status", "online")
    async_fire_mqtt_message(house.hass, "two/status", "online")
    assert (closed.heard, open_.heard) == ([], ["two/status"])
    await _come_about(house, lambda: "one/#" in _topics(mqtt_client_mock.unsubscribe))


async def test_listener_that_is_closed_later_is_taken_back_at_the_broker(
    house: House, ears: tuple[Ear, Ear], mqtt_client_mock: MqttMockPahoClient
) -> None:
    ear, _ = ears
    ear.listener.open()
    await _come_about(house, lambda: "one/#" in _topics(mqtt_client_mock.subscribe))

    ear.listener.close()
    await _come_about(house, lambda: _topics(mqtt_client_mock.unsubscribe) == ["one/#"])

    assert not ear.listener.listening
