from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
import json

from hypothesis import given, settings, strategies as st
import pytest

from ams2mqtt_bridge.config import DeviceConfig
from ams2mqtt_bridge.decoders import decode
from ams2mqtt_bridge.meter_list import Manufacturer, MeterList
from ams2mqtt_bridge.publishers import Report
from ams2mqtt_bridge.publishers.json_classic import json_classic
from custom_components.zmartcharge.meter import (
    PartialReading,
    PayloadError,
    PayloadProblem,
    ReaderAccount,
    parse,
    parse_availability,
    to_watt_hours,
    to_watts,
)
from custom_components.zmartcharge.units import Phase
from tests.ams2mqtt_bridge.helpers import octets

RECEIVED = datetime(2026, 11, 21, 12, 0, 3, tzinfo=UTC)
SOURCE_TIME = datetime(2026, 11, 21, 12, 0, 1, tzinfo=UTC)
T = int(SOURCE_TIME.timestamp())

# As a Pow-U sends it, except for the numbers.
POW_U = {
    "id": "AA:BB:CC:DD:EE:FF",
    "name": "ams-1234",
    "up": 5021,
    "t": T,
    "vcc": 3.31,
    "rssi": -58,
    "temp": 21.5,
    "data": {
        "lv": "AIDON_V0001",
        "meterId": "7359992892587665",
        "type": "6525",
        "P": 280,
        "Q": 0,
        "PO": 0,
        "QO": 128,
        "I1": 1.30,
        "I2": 0.00,
        "I3": 0.90,
        "U1": 227.40,
        "U2": 230.10,
        "U3": 230.80,
        "tPI": 22721.38,
        "tPO": 0.0,
    },
    "realtime": {"h": 0.112, "d": 3.45, "peaks": [4.51, 4.20]},
}


def read(payload: object, *, retained: bool = False) -> PartialReading:
    text = payload if isinstance(payload, str | bytes) else json.dumps(payload)
    reading = parse(text, received=RECEIVED, retained=retained)
    assert reading is not None
    return reading


def refused(payload: object) -> PayloadError:
    with pytest.raises(PayloadError) as caught:
        read(payload)
    return caught.value


def test_reads_everything_that_a_pow_u_says_of_the_meter() -> None:
    assert read(POW_U, retained=True) == PartialReading(
        received=RECEIVED,
        retained=True,
        source_time=SOURCE_TIME,
        currents={Phase.L1: 1.3, Phase.L2: 0.0, Phase.L3: 0.9},
        voltages={Phase.L1: 227.4, Phase.L2: 230.1, Phase.L3: 230.8},
        power_import=280,
        power_export=0,
        reactive_import=0,
        reactive_export=128,
        account=ReaderAccount(hour=112, peaks=(4510, 4200)),
        signal=-58,
        energy_import=22_721_380,
        energy_export=0,
        meter_id="7359992892587665",
        meter_type="6525",
    )


def test_list_1_has_only_the_power() -> None:
    found = read({"t": T, "seq": 7, "data": {"P": 280}})
    assert (found.power_import, found.sequence) == (280, 7)
    assert not found.currents
    assert found.energy_import is None


def test_the_flat_variant_and_bytes_are_read_too() -> None:
    found = read(b'{"t":%d,"P":280,"I1":1.5,"I2":null}' % T)
    assert (found.source_time, found.currents) == (SOURCE_TIME, {Phase.L1: 1.5})


@pytest.mark.parametrize("t", [0, 5021, -1, 1_500_000_000, None])
def test_a_clock_that_is_not_set_yet_tells_nothing(t: int | None) -> None:
    found = read({"t": t, "data": {"P": 1}})
    assert found.source_time is None
    assert found.measured_at == RECEIVED


def test_a_value_is_as_old_as_the_earlier_of_both_times() -> None:
    assert read({"t": T, "P": 1}).measured_at == SOURCE_TIME
    assert read({"t": T + 30, "P": 1}).measured_at == RECEIVED


@pytest.mark.parametrize(
    ("payload", "key", "placeholders"),
    [
        ("", PayloadProblem.NOT_JSON, {"start": ""}),
        ("P=280", PayloadProblem.NOT_JSON, {"start": "P=280"}),
        ('{"data":{"P":28', PayloadProblem.NOT_JSON, {"start": '{"data":{"P":28'}),
        (b"\xff\xfe", PayloadProblem.NOT_JSON, {"start": "fffe"}),
        ("[" * 60_000, PayloadProblem.NOT_JSON, {"start": "[" * 39 + "…"}),
        ("280", PayloadProblem.NOT_AN_OBJECT, {"start": "280"}),
        ('[{"P":1}]', PayloadProblem.NOT_AN_OBJECT, {"start": '[{"P":1}]'}),
        ('{"data":[1]}', PayloadProblem.NOT_AN_OBJECT, {"start": '{"data":[1]}'}),
        ('{"data":{}}', PayloadProblem.NO_KNOWN_VALUES, {"start": '{"data":{}}'}),
        ('{"temp":21.5}', PayloadProblem.NO_KNOWN_VALUES, {"start": '{"temp":21.5}'}),
        ('{"P":null}', PayloadProblem.NO_KNOWN_VALUES, {"start": '{"P":null}'}),
        ('{"I1":"6.5"}', PayloadProblem.NOT_A_NUMBER, {"name": "I1", "value": "6.5"}),
        ('{"I1":true}', PayloadProblem.NOT_A_NUMBER, {"name": "I1", "value": "bool"}),
        ('{"P":[[1]]}', PayloadProblem.NOT_A_NUMBER, {"name": "P", "value": "list"}),
        ('{"t":"now","P":1}', PayloadProblem.NOT_A_NUMBER, {"name": "t", "value": "now"}),
        ('{"I1":NaN}', PayloadProblem.NOT_FINITE, {"name": "I1", "value": "NaN"}),
        ('{"P":-Infinity}', PayloadProblem.NOT_FINITE, {"name": "P", "value": "-Infinity"}),
        (
            '{"P":1e99999999999999999999}',
            PayloadProblem.NOT_FINITE,
            {"name": "P", "value": "Infinity"},
        ),
        ('{"I2":1e5}', PayloadProblem.ABSURD, {"name": "I2", "value": "1E+5"}),
        ('{"U1":-2000}', PayloadProblem.ABSURD, {"name": "U1", "value": "-2000"}),
        (
            '{"P":1e999999999}',
            PayloadProblem.ABSURD,
            {"name": "P", "value": "1E+999999999"},
        ),
        ('{"tPI":-1}', PayloadProblem.ABSURD, {"name": "tPI", "value": "-1"}),
        ('{"t":1e12,"P":1}', PayloadProblem.ABSURD, {"name": "t", "value": "1E+12"}),
        ("x" * 70_000, PayloadProblem.TOO_LARGE, {"size": "70000", "limit": "65536"}),
    ],
)
def test_a_payload_that_gives_no_reading_says_why(
    payload: str | bytes, key: PayloadProblem, placeholders: dict[str, str]
) -> None:
    error = refused(payload)
    assert (error.key, error.placeholders) == (key, placeholders)


def test_what_a_message_quotes_is_short_and_printable() -> None:
    error = refused('{"I1":"' + "\\u0007" * 5 + "x" * 100 + '"}')
    assert error.placeholders["value"] == "�" * 5 + "x" * 34 + "…"
    assert str(error).startswith("payload_not_a_number")


@pytest.mark.parametrize("sequence", ['"7"', "-1", "1e999999999", "NaN", "null", "[]"])
def test_a_sequence_number_that_is_none_is_left_out(sequence: str) -> None:
    assert read(f'{{"seq":{sequence},"P":1}}').sequence is None


def test_names_are_made_printable_and_may_be_missing() -> None:
    found = read('{"data":{"P":1,"meterId":"\\ud8001","type":6525}}')
    assert (found.meter_id, found.meter_type) == ("�1", None)


@settings(max_examples=300)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200)))
def test_no_payload_makes_it_raise_anything_else(payload: bytes | str) -> None:
    try:
        read(payload)
    except PayloadError:
        pass


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
NAMES = st.sampled_from(["P", "PO", "I1", "I2", "U3", "tPI", "t", "seq", "meterId", "data"])


@settings(max_examples=300)
@given(st.dictionaries(NAMES, JSON_VALUES), st.booleans())
def test_no_values_make_it_raise_anything_else(values: dict[str, object], nested: bool) -> None:
    try:
        found = read({"data": values} if nested else values)
    except PayloadError:
        return
    assert all(abs(current) <= 10_000 for current in found.currents.values())


@given(st.integers(0, 4_000_000_000), st.integers(-9999, 9999), st.integers(0, 10_000_000))
def test_what_the_bridge_publishes_is_what_the_site_reads(
    watt_hours: int, deciamperes: int, watts: int
) -> None:
    meter_list = MeterList(
        manufacturer=Manufacturer.AIDON,
        meter_id="1",
        power_import=watts,
        current_l1=deciamperes / 10,
        voltage_l2=230.1,
        energy_import=watt_hours,
    )
    assert_published(meter_list)


@pytest.mark.parametrize(
    "name", ["aidon-IT-llcpdu-amshan-no_list_3", "kamstrup-llcpdu-amshan-se_list_real_sample"]
)
def test_a_recorded_list_comes_through_whole(name: str) -> None:
    meter_list = decode(octets(name))
    assert isinstance(meter_list, MeterList)
    assert_published(meter_list)


def assert_published(meter_list: MeterList) -> None:
    device = DeviceConfig(id="id", name="name")
    report = Report(
        meter_list=meter_list, received=SOURCE_TIME, device=device, uptime=1, sequence=2
    )
    (message,) = json_classic(report)
    found = read(message.payload)
    currents = {Phase(line): getattr(meter_list, f"current_{line}") for line in Phase}
    voltages = {Phase(line): getattr(meter_list, f"voltage_{line}") for line in Phase}
    assert found.currents == {line: value for line, value in currents.items() if value is not None}
    assert found.voltages == {line: value for line, value in voltages.items() if value is not None}
    assert found.power_import == meter_list.power_import
    assert found.energy_import == meter_list.energy_import
    assert (found.meter_id, found.sequence) == (meter_list.meter_id, 2)
    assert found.source_time == SOURCE_TIME


@pytest.mark.parametrize(
    ("payload", "online"), [(b"online", True), ("offline", False), (bytearray(b" Online\n"), True)]
)
def test_reads_the_availability_of_a_reader(payload: bytes | bytearray | str, online: bool) -> None:
    assert parse_availability(payload) is online


@pytest.mark.parametrize("payload", ["", "on", b"\xff", "x" * 70_000])
def test_another_availability_is_refused(payload: bytes | str) -> None:
    with pytest.raises(PayloadError):
        parse_availability(payload)


def test_conversions_are_exact() -> None:
    assert to_watts(Decimal("1.1"), "kW") == 1100.0
    assert to_watts(Decimal("0.00123"), "MW") == 1230.0
    assert to_watt_hours(Decimal("0.29"), "kWh") == 290
    assert to_watt_hours(Decimal("12.3456789"), "MWh") == 12_345_679
    assert to_watt_hours(Decimal("2.5"), "Wh") == 2
    with pytest.raises(KeyError):
        to_watts(Decimal(1), "hp")


def test_the_night_in_which_the_clocks_go_back_has_no_doubt() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=timezone(timedelta(hours=2)))
    second = datetime(2026, 10, 25, 2, 30, tzinfo=timezone(timedelta(hours=1)))
    times = [read({"t": int(moment.timestamp()), "P": 1}).source_time for moment in (first, second)]
    assert times == [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    ]
