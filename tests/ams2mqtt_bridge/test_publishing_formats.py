from datetime import UTC, datetime
import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ams2mqtt_bridge.accounting import EnergyAccounting, Period, Periods, Quality, Realtime
from ams2mqtt_bridge.config import AccountingConfig, DeviceConfig, Grid
from ams2mqtt_bridge.estimate import CurrentEstimate
from ams2mqtt_bridge.meter_list import Manufacturer, MeterList
from ams2mqtt_bridge.pipeline import Pipeline
from ams2mqtt_bridge.publishers import AnnotatingPublisher, Reading, Report
from ams2mqtt_bridge.publishers.base import Message
from ams2mqtt_bridge.publishers.json_classic import json_classic, json_flat, json_multi_topic
from ams2mqtt_bridge.publishers.raw import raw

from .helpers import octets

AT = datetime(2026, 11, 18, 10, tzinfo=UTC)
DEVICE = DeviceConfig(id="AA:BB", name="ams-test")


def periods(hour: int, day: int, month: int) -> Periods:
    return Periods(
        hour=Period(energy=hour, quality=Quality.GOOD),
        day=Period(energy=day, quality=Quality.ESTIMATED),
        month=Period(energy=month, quality=Quality.INCOMPLETE),
    )


REALTIME = Realtime(
    imported=periods(112, 3450, 210_100),
    exported=periods(0, 0, 0),
    projected_hour=500,
    peaks=(4510, 4200, 3900),
)
LIST_2 = MeterList(
    manufacturer=Manufacturer.AIDON,
    list_version="AIDON_V0001",
    meter_id="1",
    meter_type="6525",
    power_import=280,
    current_l1=1.3,
    current_l3=0.9,
)
ESTIMATE = CurrentEstimate(value=0.47, maximum=2.2, clamped=False)


def report(
    meter_list: MeterList = LIST_2,
    *,
    realtime: Realtime | None = REALTIME,
    estimate: CurrentEstimate | None = ESTIMATE,
    meter_clock: datetime | None = None,
) -> Report:
    return Report(
        meter_list=meter_list,
        received=AT,
        estimate=estimate,
        realtime=realtime,
        meter_clock=meter_clock,
        device=DEVICE,
        uptime=5021,
        sequence=7,
    )


def bodies(messages: tuple[Message, ...]) -> dict[str, Any]:
    return {message.subtopic: json.loads(message.payload) for message in messages}


HEAD = {"id": "AA:BB", "name": "ams-test", "up": 5021, "t": int(AT.timestamp()), "seq": 7}
DATA = {
    "lv": "AIDON_V0001",
    "meterId": "1",
    "type": "6525",
    "P": 280,
    "I1": 1.3,
    "I3": 0.9,
    "I2e": 0.47,
    "I2max": 2.2,
    "I2c": 0,
}
FIGURES = {
    "h": 0.112,
    "d": 3.45,
    "m": 210.1,
    "t": 5,
    "x": 4.203,
    "he": 0.0,
    "de": 0.0,
    "me": 0.0,
    "hp": 0.5,
    "hq": "good",
    "dq": "estimated",
    "mq": "incomplete",
    "peaks": [4.51, 4.2, 3.9],
}


def test_json_has_the_list_and_the_accounts_and_never_an_estimate_as_i2() -> None:
    assert bodies(json_classic(report())) == {"": {**HEAD, "data": DATA, "realtime": FIGURES}}


def test_multi_topic_has_the_same_on_a_topic_for_each_list() -> None:
    assert bodies(json_multi_topic(report())) == {
        "list2": {**HEAD, "data": DATA},
        "realtime": FIGURES,
    }


@pytest.mark.parametrize(
    ("meter_list", "topic"),
    [
        (MeterList(manufacturer=Manufacturer.AIDON, power_import=1), "list1"),
        (MeterList(manufacturer=Manufacturer.AIDON, power_import=1, energy_import=1), "list3"),
        (MeterList(manufacturer=Manufacturer.AIDON, power_import=1, power_import_l1=1), "list4"),
    ],
)
def test_the_topic_tells_what_kind_of_list_it_is(meter_list: MeterList, topic: str) -> None:
    assert [m.subtopic for m in json_multi_topic(report(meter_list, realtime=None))] == [topic]


def test_flat_has_everything_at_the_top() -> None:
    figures = {f"rt_{key}": value for key, value in FIGURES.items()}
    assert bodies(json_flat(report())) == {"": {**HEAD, **DATA, **figures}}


def test_raw_has_a_topic_for_each_value_and_the_time_first() -> None:
    messages = raw(report())
    assert messages[0] == Message(str(HEAD["t"]), "reading/time")
    assert messages[1] == Message("7", "reading/sequence")
    found = {message.subtopic: message.payload for message in messages}
    assert len(found) == len(messages)
    assert found["meter/import/active"] == "280"
    assert found["meter/l1/current"] == "1.3"
    assert found["meter/l2/current/estimated"] == "0.47"
    assert "meter/l2/current" not in found
    assert found["meter/id"] == "1"
    assert found["realtime/import/hour"] == "0.112"
    assert found["realtime/import/peak/3"] == "3.9"


def test_without_estimate_and_accounts_none_are_published() -> None:
    bare = report(realtime=None, estimate=None)
    (body,) = bodies(json_classic(bare)).values()
    assert "realtime" not in body
    assert not {"I2", "I2e", "I2max", "I2c"} & body["data"].keys()
    assert not any("realtime" in message.subtopic for message in raw(bare))
    assert [message.subtopic for message in json_multi_topic(bare)] == ["list2"]


def test_counters_and_phases_have_their_names() -> None:
    full = MeterList(
        manufacturer=Manufacturer.AIDON,
        power_factor=0.98,
        power_import_l2=5,
        power_export_l3=6,
        energy_import=22_721_380,
        energy_export=0,
        reactive_energy_import=582_430,
        reactive_energy_export=1,
    )
    clock = datetime(2020, 1, 21, 17, tzinfo=ZoneInfo("Europe/Oslo"))
    (body,) = bodies(
        json_flat(report(full, realtime=None, estimate=None, meter_clock=clock))
    ).values()
    assert {key: value for key, value in body.items() if key not in HEAD} == {
        "P2": 5,
        "PO3": 6,
        "PF": 0.98,
        "tPI": 22721.38,
        "tPO": 0.0,
        "tQI": 582.43,
        "tQO": 0.001,
        "rtc": 1_579_622_400,
    }


@pytest.mark.parametrize(
    ("peaks", "step"),
    [((), 2), ((1999,), 2), ((2000,), 5), ((99_000, 99_000), 100), ((100_000,), None)],
)
def test_the_step_of_the_capacity_fee_is_the_one_that_the_mean_is_in(
    peaks: tuple[int, ...], step: int | None
) -> None:
    realtime = Realtime(
        imported=REALTIME.imported, exported=REALTIME.exported, projected_hour=0, peaks=peaks
    )
    (body,) = bodies(json_classic(report(realtime=realtime))).values()
    assert body["realtime"].get("t") == step


class Sink:
    def __init__(self) -> None:
        self.readings: list[Reading] = []

    async def start(self) -> None:
        pass

    def publish(self, reading: Reading) -> None:
        self.readings.append(reading)

    async def stop(self) -> None:
        pass


async def annotated(name: str, grid: Grid = Grid.AUTO) -> Reading:
    sink = Sink()
    publisher = AnnotatingPublisher(sink, grid, AccountingConfig(time_zone=ZoneInfo("Europe/Oslo")))
    await publisher.start()
    for found in Pipeline().feed(octets(name)):
        publisher.publish(found, AT)
    await publisher.stop()
    (reading,) = sink.readings
    return reading


async def test_a_list_is_published_with_what_can_be_worked_out_from_it() -> None:
    reading = await annotated("mit-aidon-IT-hdlc-amshan-no_list_3")
    assert reading.estimate is not None
    assert reading.realtime is not None
    assert reading.received == AT
    # It states that it has no deviation from UTC, and shows local time all the same.
    assert reading.meter_clock == datetime(2020, 1, 21, 16, tzinfo=ZoneInfo("Europe/Oslo"))


async def test_a_tn_net_gets_no_estimate() -> None:
    assert (await annotated("mit-aidon-IT-hdlc-amshan-no_list_3", Grid.TN)).estimate is None


def test_the_accounts_of_a_list_alone_are_nothing_yet() -> None:
    realtime = EnergyAccounting(ZoneInfo("Europe/Oslo")).add(LIST_2, AT)
    assert realtime is not None
    (body,) = bodies(json_classic(report(realtime=realtime))).values()
    assert (body["realtime"]["h"], body["realtime"]["peaks"], body["realtime"]["x"]) == (0, [], 0)
