"""The forms in which readers publish, and what the bridge sends in each of them."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
import json
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from ams2mqtt_bridge.config import AccountingConfig, DeviceConfig, Grid
from ams2mqtt_bridge.decoders import decode
from ams2mqtt_bridge.meter_list import MeterList
from ams2mqtt_bridge.publishers import AnnotatingPublisher, Reading, ReadingPublisher, Report
from ams2mqtt_bridge.publishers.base import Message
from ams2mqtt_bridge.publishers.json_classic import json_classic, json_flat, json_multi_topic
from ams2mqtt_bridge.publishers.raw import raw
from custom_components.zmartcharge.meter import (
    MeterState,
    PartialReading,
    PayloadError,
    PayloadProblem,
    ReaderAccount,
    is_availability,
    parse,
)
from custom_components.zmartcharge.units import GridType, Phase
from tests.ams2mqtt_bridge.helpers import octets

NOW = datetime(2026, 11, 21, 12, 0, 1, tzinfo=UTC)
T = int(NOW.timestamp())
FORMATS = [json_classic, json_multi_topic, json_flat, raw]
FRAMES = [
    "aidon-IT-llcpdu-amshan-no_list_2",
    "aidon-IT-llcpdu-amshan-no_list_3",
    "aidon-llcpdu-amshan-no_list_1",
    "aidon-llcpdu-amshan-se_list",
    "kaifa-IT-llcpdu-amshan-no_list_2",
    "kaifa-IT-llcpdu-amshan-no_list_3",
    "kaifa-llcpdu-amshan-no_list_1",
    "kaifa-llcpdu-amshan-se_list",
    "kamstrup-llcpdu-amshan-no_list_1_three_phase",
    "kamstrup-llcpdu-amshan-no_list_2_three_phase",
    "kamstrup-llcpdu-amshan-no_list_2_single_phase_real_sample",
    "kamstrup-llcpdu-amshan-se_list_real_sample",
]


def read(subtopic: str, payload: object, *, retained: bool = False) -> PartialReading | None:
    text = payload if isinstance(payload, str | bytes) else json.dumps(payload)
    return parse(text, received=NOW, retained=retained, subtopic=subtopic)


class Caught(ReadingPublisher):
    """Keeps what the bridge would send."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []

    async def start(self) -> None:
        """Nothing to connect to."""

    def publish(self, reading: Reading) -> None:
        self.readings.append(reading)

    async def stop(self) -> None:
        """Nothing to disconnect from."""


def report_of(name: str, grid: Grid) -> Report:
    meter_list = decode(octets(name))
    assert isinstance(meter_list, MeterList)
    caught = Caught()
    accounting = AccountingConfig(time_zone=ZoneInfo("Europe/Oslo"))
    AnnotatingPublisher(caught, grid, accounting).publish(meter_list, NOW)
    (reading,) = caught.readings
    return Report(
        meter_list=reading.meter_list,
        received=reading.received,
        estimate=reading.estimate,
        realtime=reading.realtime,
        meter_clock=reading.meter_clock,
        device=DeviceConfig(id="id", name="name"),
        uptime=1,
        sequence=2,
    )


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("grid", [Grid.AUTO, Grid.IT])
def test_each_frame_comes_through_each_form_of_the_bridge(
    name: str, form: Callable[[Report], tuple[Message, ...]], grid: Grid
) -> None:
    report = report_of(name, grid)
    state = MeterState(grid=GridType.IT_230 if grid is Grid.IT else GridType.TN_400)
    for message in form(report):
        if partial := read(message.subtopic, message.payload):
            state = state.merge(partial)
            assert state.rejection is None
    found, said = state.reading, report.meter_list
    assert found is not None
    for phase in Phase:
        current, voltage = (
            getattr(said, f"current_{phase}"),
            getattr(said, f"voltage_{phase}"),
        )
        # What is 0 in an IT net is not measured.
        unmeasured = grid is Grid.IT and phase is Phase.L2
        if current is not None and not (unmeasured and not current):
            assert found.currents[phase].value == current
            assert found.currents[phase].margin is None
        if voltage is not None and not (unmeasured and not voltage):
            assert found.voltages[phase].value == voltage
    power = found.power_import
    assert (power and power.value) == said.power_import
    energy = found.energy_import
    assert (energy and energy.value) == said.energy_import
    if report.realtime is not None and form is not raw:
        assert found.account is not None
        assert found.account.value.hour == report.realtime.imported.hour.energy


@pytest.mark.parametrize("form", [json_classic, json_multi_topic, json_flat])
def test_the_bridges_estimate_of_l2_comes_through_with_a_margin(
    form: Callable[[Report], tuple[Message, ...]],
) -> None:
    report = report_of("aidon-IT-llcpdu-amshan-no_list_2", Grid.IT)
    assert report.estimate is not None
    found = read(form(report)[0].subtopic, form(report)[0].payload)
    assert found is not None
    assert found.currents[Phase.L2] == report.estimate.value
    assert found.margins[Phase.L2] == pytest.approx(
        min(1.0, report.estimate.maximum - report.estimate.value)
    )


@pytest.mark.parametrize(
    ("values", "margin"),
    [
        ({"I2e": 4.0, "I2max": 4.5}, 0.5),
        ({"I2e": 4.0, "I2max": 8.0}, 1.0),
        ({"I2e": 4.0, "I2max": 50.0}, 6.0),
        ({"I2e": 4.0, "I2max": 50.0, "I2c": 1}, 46.0),
        ({"I2e": 4.0, "I2max": 3.0}, 0.0),
        ({"I2e": 4.0}, 1.0),
    ],
)
def test_an_estimate_may_be_that_much_more(values: dict[str, float], margin: float) -> None:
    found = read("", {"I1": 3.0, "I3": 2.0, **values})
    assert found is not None
    assert found.currents[Phase.L2] == 4.0
    assert found.margins == {Phase.L2: margin}


def test_a_measured_l2_goes_before_an_estimate() -> None:
    found = read("", {"I2": 3.0, "I2e": 4.0})
    assert found is not None
    assert (found.currents, found.margins) == ({Phase.L2: 3.0}, {})


@pytest.mark.parametrize("subtopic", ["list1", "list2", "list3", "list4"])
def test_one_topic_for_each_list(subtopic: str) -> None:
    found = read(subtopic, {"t": T, "data": {"P": 280, "I1": 1.5, "tPI": 5.25}})
    assert found is not None
    assert (found.power_import, found.currents) == (280, {Phase.L1: 1.5})
    assert found.energy_import == 5250


def test_the_topics_made_for_home_assistant() -> None:
    power = read("power", {"P": 280, "Q": 1, "PO": 0, "QO": 0, "I1": 1.3, "U1": 227.4})
    energy = read("energy", {"tPI": 22721.38, "tPO": 0.5, "rtc": T})
    account = read("realtime", {"h": 0.112, "d": 3.45, "t": 5, "x": 4.3, "peaks": [4.2, 4.51, 3]})
    assert power is not None and energy is not None and account is not None
    assert (power.power_import, power.currents) == (280, {Phase.L1: 1.3})
    assert (energy.energy_import, energy.energy_export) == (22_721_380, 500)
    assert account.account == ReaderAccount(hour=112, peaks=(4510, 4200, 3000))
    # The short names of an account mean other things elsewhere: t is the step of the tariff.
    assert account.source_time is None


def test_the_account_of_the_flat_form() -> None:
    found = read("", {"P": 1, "rt_h": 0.5, "rt_peaks": [1.5, "x", None, -1, 1e99, 2.5, 3.5, 4.5]})
    assert found is not None
    assert found.account == ReaderAccount(hour=500, peaks=(4500, 3500, 2500))


@pytest.mark.parametrize("hour", [-0.1, None])
def test_an_account_without_an_hour_is_none(hour: float | None) -> None:
    found = read("", {"P": 1, "realtime": {"h": hour, "peaks": [1]}})
    assert found is not None
    assert found.account is None


@pytest.mark.parametrize("rssi", [0, 5, -121, "strong", None, True])
def test_readers_without_a_radio_have_no_signal(rssi: object) -> None:
    found = read("", {"P": 1, "rssi": rssi})
    assert found is not None
    assert found.signal is None


@pytest.mark.parametrize(
    ("subtopic", "payload", "expected"),
    [
        ("meter/import/active", "1520", {"power_import": 1520}),
        ("meter/export/active", "20", {"power_export": 20}),
        ("meter/import/reactive", b"5", {"reactive_import": 5}),
        ("meter/export/reactive", "6", {"reactive_export": 6}),
        ("meter/l1/current", " 1.50\n", {"currents": {Phase.L1: 1.5}}),
        ("meter/l3/voltage", "230.1", {"voltages": {Phase.L3: 230.1}}),
        ("meter/import/active/accumulated", "22721.38", {"energy_import": 22_721_380}),
        ("meter/export/active/accumulated", "0", {"energy_export": 0}),
    ],
)
def test_one_topic_for_each_value(
    subtopic: str, payload: str | bytes, expected: dict[str, object]
) -> None:
    found = read(subtopic, payload, retained=True)
    assert found == PartialReading(received=NOW, retained=True, on_change=True, **expected)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("subtopic", "payload", "problem"),
    [
        ("meter/l1/current", "", PayloadProblem.NOT_A_NUMBER),
        ("meter/l1/current", "1,5", PayloadProblem.NOT_A_NUMBER),
        ("meter/l1/current", "nan", PayloadProblem.NOT_FINITE),
        ("meter/l1/current", "10001", PayloadProblem.ABSURD),
        ("meter/l1/current", b"\xff", PayloadProblem.NOT_JSON),
        ("meter/import/active", "-inf", PayloadProblem.NOT_FINITE),
        ("meter/import/active/accumulated", "-1", PayloadProblem.ABSURD),
    ],
)
def test_a_value_that_cannot_be_is_refused(
    subtopic: str, payload: str | bytes, problem: PayloadProblem
) -> None:
    with pytest.raises(PayloadError) as err:
        read(subtopic, payload)
    assert err.value.key is problem


@pytest.mark.parametrize(
    "payload",
    [
        "7EA0E22B2113239AE6E7000F000000000C07E3",
        "7e a0 e2 2b 21 13 23 9a e6 e7 00 0f 00 00 00 00\n",
        "68 FA FA 68 53 FF 00 01 67 DB 08 4B 46 4D",
        "e6e7000f40000000090c07e4",
        "0f00000000090c07e40b150c",
        "DB084B464D675000000981F8200000",
    ],
)
@pytest.mark.parametrize("subtopic", ["", "power"])
def test_frames_that_were_not_decoded_are_told_apart(payload: str, subtopic: str) -> None:
    with pytest.raises(PayloadError) as err:
        read(subtopic, payload)
    assert err.value.key is PayloadProblem.HEX_DUMP


@pytest.mark.parametrize(
    "subtopic",
    [
        "prices",
        "system",
        "temperatures",
        "state",
        "version",
        "cmd",
        "list5",
        "dimmer/power",
        "meter/id",
        "meter/l4/current",
        "reading/time",
        "realtime/import/hour",
        "solar/list2",
    ],
)
@pytest.mark.parametrize("payload", ["10.0.0.5", "online", '{"P": 99, "I1": 99}', b"\xff", ""])
def test_what_else_lies_below_the_topic_is_none_of_the_meters(
    subtopic: str, payload: str | bytes
) -> None:
    assert read(subtopic, payload) is None


def test_only_the_status_is_an_availability() -> None:
    assert is_availability("status")
    assert not is_availability("")
    assert not is_availability("list2/status")


subtopics = st.sampled_from(
    ["", "list1", "power", "energy", "realtime", "meter/l1/current", "meter/import/active", "x"]
)


@given(
    subtopics,
    st.binary(max_size=300) | st.text(max_size=300) | st.floats().map(str) | st.decimals().map(str),
)
def test_no_payload_on_any_topic_makes_it_raise_anything_else(
    subtopic: str, payload: bytes | str
) -> None:
    with suppress(PayloadError):
        read(subtopic, payload)


values = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.lists(st.floats() | st.text(max_size=3), max_size=4)
    | st.dictionaries(st.sampled_from(["h", "peaks", "I1"]), st.floats(), max_size=3)
)
names = st.sampled_from(
    (
        *("P", "PO", "Q", "I1", "I2", "I2e", "I2max", "U1", "tPI", "t", "seq", "rssi", "data", "h"),
        *("realtime", "rt_h", "rt_peaks", "peaks", "meterId", "type"),
    )
)


@given(subtopics, st.dictionaries(names, values))
def test_no_object_on_any_topic_makes_it_raise_anything_else(
    subtopic: str, top: dict[str, object]
) -> None:
    try:
        found = read(subtopic, top)
    except PayloadError:
        return
    if found:
        assert all(abs(current) <= 10_000 for current in found.currents.values())
        assert all(0 <= margin <= 1 for margin in found.margins.values())
        for grid in GridType:
            MeterState(grid=grid, fuse=63).merge(found)
