from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
import json
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    async_fire_mqtt_message,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

from ams2mqtt_bridge.config import DeviceConfig, Format, MqttConfig
from ams2mqtt_bridge.meter_list import Manufacturer, MeterList
from ams2mqtt_bridge.publishers import Report
from ams2mqtt_bridge.publishers.discovery import Discovery, object_id
from ams2mqtt_bridge.publishers.mqtt import _FORMATS

from .test_publishing_formats import ESTIMATE, LIST_2, REALTIME, report

DEVICE = DeviceConfig(id="AA:BB", name="House meter")
LIST_1 = MeterList(manufacturer=Manufacturer.AIDON, power_import=300)
LIST_3 = replace(
    LIST_2, voltage_l1=227.4, reactive_power_import=12, energy_import=22_721_380, energy_export=0
)


def config(payload_format: Format = Format.JSON, **settings: Any) -> MqttConfig:
    return MqttConfig(
        host="127.0.0.1",
        port=1883,
        topic="ams/t",
        format=payload_format,
        discovery=True,
        **settings,
    )


@pytest.fixture
async def mocked_broker(hass: HomeAssistant, mqtt_mock: MqttMockHAClient) -> AsyncGenerator[None]:
    yield
    # The mocked broker's client looks at its connection every second until it finds none.
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=200))
    await hass.async_block_till_done()


class House:
    """Home Assistant, and a bridge whose messages it gets without a broker."""

    def __init__(self, hass: HomeAssistant, payload_format: Format) -> None:
        self.hass = hass
        self.config = config(payload_format)
        self.discovery = Discovery(self.config, DEVICE)

    async def say(self, topic: str, payload: str) -> None:
        async_fire_mqtt_message(self.hass, topic, payload)
        await self.hass.async_block_till_done()

    async def describe(self) -> None:
        description = self.discovery.payload()
        assert description is not None
        await self.say(self.discovery.config_topic, description)
        # The broker has kept it, and sends it to the entities that subscribe now.
        await self.say("ams/t/status", "online")

    async def send(self, sent: Report) -> None:
        if self.discovery.observe(sent):
            await self.describe()
        if (counters := self.discovery.counters(sent)) is not None:
            await self.say("ams/t/energy", counters)
        for message in _FORMATS[self.config.format](sent):
            topic = f"ams/t/{message.subtopic}" if message.subtopic else "ams/t"
            await self.say(topic, message.payload)

    def value(self, name: str) -> str | None:
        state = self.hass.states.get(f"sensor.house_meter_{name}")
        return None if state is None else state.state


@pytest.mark.parametrize("payload_format", Format)
async def test_in_every_format_home_assistant_shows_what_the_meter_says(
    hass: HomeAssistant,
    mocked_broker: None,
    caplog: pytest.LogCaptureFixture,
    payload_format: Format,
) -> None:
    house = House(hass, payload_format)
    await house.send(report(LIST_1, realtime=None, estimate=None))
    assert house.value("power_import") in {"300", STATE_UNKNOWN}
    assert house.value("current_l1") is None
    for found in (LIST_1, LIST_2, LIST_3, LIST_1):
        await house.send(report(found, estimate=ESTIMATE if found.current_l1 else None))
    await house.send(report(LIST_2))
    await house.send(report(LIST_1, estimate=None))

    assert house.value("power_import") in {"300", "280"}
    assert house.value("current_l1") == "1.3"
    assert house.value("current_l2") is None
    assert house.value("current_l2_estimated") == "0.47"
    assert house.value("current_l2_upper_bound") == "2.2"
    assert house.value("energy_import") == "22721.38"
    assert house.value("energy_import_this_hour") == "0.112"
    assert house.value("mean_of_the_highest_hours") == "4.203"
    assert house.value("capacity_fee_step") == "5"
    # The hourly list alone carries it, and it is the first to be described: the next one shows it.
    assert house.value("voltage_l1") in {"227.4", STATE_UNKNOWN, STATE_UNAVAILABLE}
    # In debug mode asyncio complains of a machine that has other work, too.
    complaints = [record for record in caplog.records if record.name != "asyncio"]
    assert not [record for record in complaints if record.levelname in {"WARNING", "ERROR"}]

    await house.say("ams/t/status", "offline")
    assert house.value("current_l1") == STATE_UNAVAILABLE
    await house.say("ams/t/status", "online")
    await house.send(report(LIST_2))
    assert house.value("current_l1") == "1.3"
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=100))
    await hass.async_block_till_done()
    assert house.value("current_l1") == STATE_UNAVAILABLE
    assert house.value("energy_import") == "22721.38"


async def test_the_meter_is_one_device_with_entities_for_good(
    hass: HomeAssistant,
    mocked_broker: None,
    entity_registry: er.EntityRegistry,
    device_registry: dr.DeviceRegistry,
) -> None:
    house = House(hass, Format.JSON)
    await house.send(report(LIST_3, realtime=REALTIME))
    (device,) = list(device_registry.devices)
    assert device.identifiers == {("mqtt", "ams2mqtt_AA_BB_f378d4c1")}
    assert (device.manufacturer, device.model, device.serial_number) == ("Aidon", "6525", "1")
    entries = er.async_entries_for_device(entity_registry, device.id)
    ids = {entry.unique_id: entry for entry in entries}
    assert ids["ams2mqtt_AA_BB_f378d4c1_tPI"].capabilities == {"state_class": "total_increasing"}
    assert ids["ams2mqtt_AA_BB_f378d4c1_tPI"].original_device_class == "energy"
    assert ids["ams2mqtt_AA_BB_f378d4c1_I2max"].entity_category == "diagnostic"

    # Another run, format and version: the same entities.
    again = House(hass, Format.RAW)
    await again.send(report(LIST_3, realtime=REALTIME))
    assert {
        entry.unique_id for entry in er.async_entries_for_device(entity_registry, device.id)
    } == set(ids)

    await again.say(again.discovery.config_topic, "")
    assert house.value("current_l1") is None


async def test_a_list_with_less_takes_no_entity_away(
    hass: HomeAssistant, mocked_broker: None
) -> None:
    house = House(hass, Format.JSON)
    await house.send(report(LIST_3))
    await house.send(report(LIST_3))
    restarted = House(hass, Format.JSON)
    await restarted.send(report(LIST_1, realtime=None, estimate=None))
    assert house.value("current_l1") == "1.3"


def components(discovery: Discovery) -> dict[str, Any]:
    description = discovery.payload()
    assert description is not None
    found: dict[str, Any] = json.loads(description)["components"]
    return found


def test_a_restarted_bridge_remembers_what_the_broker_has_kept() -> None:
    first = Discovery(config(Format.MULTI_TOPIC), DEVICE)
    first.observe(report(LIST_1, estimate=None))
    first.observe(report(LIST_3))
    kept = first.payload()
    assert kept is not None

    second = Discovery(config(Format.MULTI_TOPIC), DEVICE)
    second.observe(report(LIST_2))
    assert second.remember(kept.encode())
    assert not second.remember(kept.encode())
    found = components(second)
    assert found.keys() == components(first).keys()
    assert found["tPI"]["state_topic"] == "ams/t/energy"
    assert found["U1"]["state_topic"] == "ams/t/list3"
    assert found["I1"]["state_topic"] == "ams/t/list2"


def test_a_meter_without_list_1_has_its_power_in_list_2() -> None:
    discovery = Discovery(config(Format.MULTI_TOPIC), DEVICE)
    discovery.observe(report(LIST_2))
    assert components(discovery)["P"]["state_topic"] == "ams/t/list2"
    assert discovery.observe(report(LIST_1))
    assert components(discovery)["P"]["state_topic"] == "ams/t/list1"


@pytest.mark.parametrize(
    "kept",
    [b"", b"\xff", b"{}", b"[]", b'{"components":[1]}', b'{"components":{"P":1}}', b"[" * 100_000],
)
def test_nonsense_that_the_broker_has_kept_is_ignored(kept: bytes) -> None:
    discovery = Discovery(config(), DEVICE)
    assert not discovery.remember(kept)
    assert discovery.payload() is None


def test_nothing_changes_while_the_meter_says_the_same() -> None:
    discovery = Discovery(config(), DEVICE)
    assert discovery.observe(report(LIST_2))
    assert not discovery.observe(report(LIST_2))
    assert not discovery.observe(report(LIST_1, estimate=None))


def test_an_id_has_only_letters_that_a_topic_may_have_and_stays_another_than_others() -> None:
    assert object_id("meter-1_a") == "meter-1_a"
    ids = {object_id(name) for name in ("AA:BB", "AA.BB", "AA_BB", "måler", "moler", "a b/#+")}
    assert len(ids) == 6
    assert all(name.replace("_", "").replace("-", "").isalnum() for name in ids)
    assert all(name.isascii() for name in ids)
