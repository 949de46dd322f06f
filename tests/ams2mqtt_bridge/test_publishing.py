import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import logging
from pathlib import Path
import ssl
import subprocess
from typing import Any

import pytest

from ams2mqtt_bridge.config import DeviceConfig, MqttConfig
from ams2mqtt_bridge.meter_list import Manufacturer, MeterList
from ams2mqtt_bridge.publishers import MqttPublisher, Reading

from .conftest import Broker, Listener
from .tls import create_certificates

DEVICE = DeviceConfig(id="AA:BB", name="ams-test")
START = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
LIST_1 = MeterList(manufacturer=Manufacturer.AIDON, power_import=280)
LIST_2 = MeterList(manufacturer=Manufacturer.AIDON, meter_id="1", power_import=300, current_l1=1.3)


def reading(meter_list: MeterList, received: datetime = START) -> Reading:
    return Reading(meter_list=meter_list, received=received)


type Listen = Callable[..., Any]


@dataclass
class FakeClock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


async def connected(publisher: MqttPublisher, wanted: bool = True) -> None:
    async with asyncio.timeout(20):
        while publisher.connected is not wanted:
            await asyncio.sleep(0.01)


def publisher_for(config: MqttConfig, clock: FakeClock | None = None) -> MqttPublisher:
    return MqttPublisher(
        config, DEVICE, FakeClock() if clock is None else clock, monotonic=lambda: 5021.5
    )


async def test_a_list_reaches_a_listener_as_json(broker: Broker, listen: Listen) -> None:
    broker.start()
    listener: Listener = await listen()
    publisher = publisher_for(broker.config())
    await publisher.start()
    publisher.publish(reading(LIST_1, START))
    publisher.publish(reading(LIST_2, START + timedelta(seconds=1)))
    first, second = await listener.readings(2)
    await publisher.stop()

    assert first == {
        "id": "AA:BB",
        "name": "ams-test",
        "up": 0,
        "t": int(START.timestamp()),
        "seq": 1,
        "data": {"P": 280},
    }
    assert (second["seq"], second["t"]) == (2, first["t"] + 1)
    assert second["data"] == {"meterId": "1", "P": 300, "I1": 1.3}
    assert not any(message.retain for message in listener.messages if message.payload[:1] == b"{")


async def test_says_online_and_on_a_clean_stop_offline_and_both_stay(
    broker: Broker, listen: Listen
) -> None:
    broker.start()
    listener: Listener = await listen()
    publisher = publisher_for(broker.config())
    await publisher.start()
    await listener.status("online")
    await publisher.stop()
    await listener.status("offline")

    late: Listener = await listen()
    await late.status("offline")
    assert late.messages[0].topic == "ams/t/status"
    assert late.messages[0].retain


async def test_survives_a_restart_of_the_broker_and_replays_nothing_stale(
    broker: Broker, listen: Listen
) -> None:
    broker.start()
    listener: Listener = await listen()
    clock = FakeClock()
    publisher = publisher_for(broker.config(), clock)
    await publisher.start()
    publisher.publish(reading(LIST_1, clock.now))
    await listener.readings(1)
    await listener.status("online")

    broker.stop()
    await connected(publisher, wanted=False)
    for watts in (1000, 2000):
        newer = MeterList(manufacturer=Manufacturer.KAIFA, power_import=watts)
        publisher.publish(reading(newer, clock.now))
    publisher.publish(reading(LIST_2, clock.now - timedelta(seconds=11)))
    clock.now += timedelta(seconds=10)
    broker.start()

    bodies = await listener.readings(2)
    publisher.publish(reading(LIST_2, clock.now))
    bodies = await listener.readings(3)
    await publisher.stop()

    assert [body["data"]["P"] for body in bodies] == [280, 2000, 300]
    assert bodies[1]["t"] == int(START.timestamp())


async def test_a_broker_that_is_down_does_not_hold_up_reading(
    free_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    publisher = publisher_for(MqttConfig(host="127.0.0.1", port=free_port, topic="ams/t"))
    await publisher.start()
    publisher.publish(reading(LIST_1, START))
    await publisher.stop()
    assert not publisher.connected
    assert f"No connection to the broker 127.0.0.1:{free_port}: Connection refused" in caplog.text


async def test_a_broker_that_starts_later_is_found(broker: Broker, listen: Listen) -> None:
    publisher = publisher_for(broker.config())
    await publisher.start()
    publisher.publish(reading(LIST_1, START))
    broker.start()
    listener: Listener = await listen()
    await listener.status("online")
    await publisher.stop()


async def test_a_peer_that_accepts_and_says_nothing_does_not_hold_up_reading(
    socket_enabled: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(
        "ams2mqtt_bridge.publishers.mqtt_connection._FIRST_CONNECTION_TIMEOUT", 0.05
    )
    closed = asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        closed.set()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    publisher = publisher_for(MqttConfig(host="127.0.0.1", port=port, topic="ams/t"))
    await publisher.start()
    assert "it does not answer" in caplog.text
    await publisher.stop()
    server.close()
    await server.wait_closed()


@pytest.fixture
def broker_with_login(broker: Broker) -> Broker:
    passwords = broker.folder / "passwords"
    subprocess.run(
        ["mosquitto_passwd", "-b", "-c", str(passwords), "ams", "s3cret-word"], check=True
    )
    broker.settings = f"allow_anonymous false\npassword_file {passwords}"
    broker.start()
    return broker


async def test_logs_in(broker_with_login: Broker, listen: Listen) -> None:
    listener: Listener = await listen(lambda client: client.username_pw_set("ams", "s3cret-word"))
    config = broker_with_login.config(username="ams", password="s3cret-word", client_id="bridge")
    publisher = publisher_for(config)
    await publisher.start()
    assert publisher.connected
    await listener.status("online")
    await publisher.stop()


async def test_a_wrong_password_says_what_to_check_and_never_the_password(
    broker_with_login: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    config = broker_with_login.config(username="ams", password="wrong-word")
    publisher = publisher_for(config)
    await publisher.start()
    await publisher.stop()
    assert not publisher.connected
    assert "check mqtt.username and mqtt.password" in caplog.text
    assert "wrong-word" not in caplog.text + repr(config)


async def test_speaks_tls_and_checks_the_certificate(
    broker: Broker, listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    certificates = create_certificates(broker.folder)
    broker.settings = (
        f"allow_anonymous true\ncafile {certificates.authority}\n"
        f"certfile {certificates.certificate}\nkeyfile {certificates.key}"
    )
    broker.start()
    listener: Listener = await listen(lambda client: client.tls_set(str(certificates.authority)))
    publisher = publisher_for(broker.config(tls=True, tls_ca_file=certificates.authority))
    await publisher.start()
    await listener.status("online")
    await publisher.stop()

    distrusting = publisher_for(broker.config(tls=True))
    await distrusting.start()
    await distrusting.stop()
    assert not distrusting.connected
    assert "certificate" in caplog.text.lower()


def test_unusable_tls_files_are_refused_before_anything_is_opened(tmp_path: Path) -> None:
    junk = tmp_path / "ca.pem"
    junk.write_text("junk")
    with pytest.raises(ssl.SSLError):
        publisher_for(MqttConfig(host="127.0.0.1", port=1, topic="t", tls=True, tls_ca_file=junk))


async def test_a_broker_that_goes_away_during_the_goodbye_is_no_error(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broker.start()
    publisher = publisher_for(broker.config())
    await publisher.start()

    def gone(_info: object, _timeout: float | None = None) -> None:
        raise RuntimeError("the connection is lost")

    monkeypatch.setattr("paho.mqtt.client.MQTTMessageInfo.wait_for_publish", gone)
    await publisher.stop()
    assert "Could not say goodbye" in caplog.text
