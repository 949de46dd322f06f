import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from ams2mqtt_bridge.decoders import Undecodable, decode
from ams2mqtt_bridge.framers import StreamFramer
from ams2mqtt_bridge.framers.p1 import crc16
from ams2mqtt_bridge.meter_list import Manufacturer, MeterList
from ams2mqtt_bridge.pipeline import Pipeline

from . import encoders
from .encoders import telegram
from .helpers import FRAMES, hdlc, octets

TELEGRAMS = sorted(path.stem for path in FRAMES.glob("p1-*.txt"))
# Of heat alone; amshan cannot read the identification of the Irish one.
WITHOUT_ELECTRICITY = "p1-dsmrparser-telegram_unpadded_crc"
NOT_BY_AMSHAN = "p1-dsmrparser-telegram_iskra_ie"
ENERGIES = {
    "active_power_import_total": "energy_import",
    "active_power_export_total": "energy_export",
    "reactive_power_import_total": "reactive_energy_import",
    "reactive_power_export_total": "reactive_energy_export",
}


def raw(name: str) -> bytes:
    return (FRAMES / f"{name}.txt").read_bytes()


def read(stream: bytes) -> MeterList:
    (found,) = Pipeline().feed(stream)
    return found


def expected(name: str) -> dict[str, Any]:
    values = json.loads((FRAMES / f"{name}.json").read_text())["decoded_amshan_2.1.1"]
    return values if isinstance(values, dict) else {}


def ours(name: str) -> str:
    name = ENERGIES.get(name, name)
    return name.removeprefix("active_") if name.startswith("active_") else name


@pytest.mark.parametrize("name", sorted({*TELEGRAMS} - {WITHOUT_ELECTRICITY, NOT_BY_AMSHAN}))
def test_a_telegram_has_the_values_that_amshan_reads(name: str) -> None:
    found = read(raw(name))
    for theirs, value in expected(name).items():
        if theirs == "meter_datetime":
            assert str(found.clock) == value
        elif isinstance(value, int | float) and hasattr(found, ours(theirs)):
            # amshan multiplies as a float and cuts: 518.309 kvarh are 518308 there.
            assert getattr(found, ours(theirs)) == pytest.approx(value, abs=1.01), theirs


@pytest.mark.parametrize(
    ("name", "imported", "exported"),
    [
        ("p1-amshan-example_data_a_landisgyr_360", 896_020, 48_792),
        ("p1-amshan-example_data_b", 11_522_839 + 10_310_991, 0),
        ("p1-dsmrparser-telegram_fluvius_v171", 34 + 15_758, 11),
        ("p1-dsmrparser-telegram_iskra_ie", 10_181 + 10_182, 10_281 + 10_282),
        ("p1-dsmrparser-telegram_sagemcom_t210_d_r", 6_545_766, 58),
        ("p1-dsmrparser-telegram_v2_2", 2_002, 2_002),
        ("p1-dsmrparser-telegram_v5", 4_426 + 2_399, 2_444),
    ],
)
def test_counters_are_exact_watt_hours_and_the_sum_of_the_tariffs_where_there_is_no_total(
    name: str, imported: int, exported: int
) -> None:
    found = read(raw(name))
    assert (found.energy_import, found.energy_export) == (imported, exported)


@pytest.mark.parametrize(
    ("name", "maker", "meter_id", "meter_type"),
    [
        ("p1-amshan-example_data_a_landisgyr_360", Manufacturer.LANDIS_GYR, None, "E360"),
        ("p1-amshan-example_data_kamstrup", Manufacturer.KAMSTRUP, None, None),
        ("p1-amshan-example_data_c", Manufacturer.UNKNOWN, None, "53833635_A"),
        ("p1-dsmrparser-telegram_iskra_ie", Manufacturer.ISKRAEMECO, "09610", "MIE5T-200"),
        (
            "p1-dsmrparser-telegram_v5",
            Manufacturer.ISKRAEMECO,
            "K8EG004046395507",
            "MT382-1000",
        ),
    ],
)
def test_a_telegram_names_its_meter(
    name: str, maker: Manufacturer, meter_id: str | None, meter_type: str | None
) -> None:
    found = read(raw(name))
    assert (found.manufacturer, found.meter_id, found.meter_type) == (maker, meter_id, meter_type)


def test_a_telegram_of_heat_alone_is_told_from_a_damaged_one() -> None:
    pipeline = Pipeline()
    assert pipeline.feed(raw(WITHOUT_ELECTRICITY)) == []
    assert pipeline.counts.frames.p1 == 1
    assert pipeline.counts.reason == "a telegram without one register of electricity"


@pytest.mark.parametrize("name", TELEGRAMS)
@pytest.mark.parametrize("size", [1, 13, 700])
def test_a_telegram_is_found_however_it_is_cut(name: str, size: int) -> None:
    stream = raw(name)
    framer = StreamFramer()
    found = [
        message
        for at in range(0, len(stream), size)
        for message in framer.feed(stream[at : at + size])
    ]
    assert len(found) == 1
    assert (framer.counts.bad, framer.counts.noise) == (0, 0)


def test_a_wrong_crc_is_noticed_and_costs_no_other_telegram() -> None:
    good = telegram(["1-0:1.7.0(00.500*kW)"])
    pipeline = Pipeline()
    bad = good.replace(b"0.500", b"0.501")
    assert [found.power_import for found in pipeline.feed(bad + good + bad + good)] == [500, 500]
    assert pipeline.counts.frames.bad == 2


def test_a_crc_is_right_too_when_a_reader_between_has_changed_the_line_ends() -> None:
    good = telegram(["1-0:1.7.0(00.500*kW)"])
    assert read(good.replace(b"\r\n", b"\n")).power_import == 500
    assert read(telegram(["1-0:1.7.0(00.500*kW)"], end="\n")).power_import == 500


def test_a_telegram_without_crc_is_read_and_not_joined_with_the_next() -> None:
    one = b"/KAM5\r\n\r\n1-0:1.7.0(00.500*kW)\r\n!\r\n"
    assert read(one).power_import == 500
    cut = b"/KAM5\r\n\r\n1-0:1.7.0(00.900*kW)\r\n1-0:2.7"
    assert [found.power_import for found in Pipeline().feed(cut + one)] == [500]
    without_end = one.removesuffix(b"\r\n")
    found = Pipeline().feed(without_end + one)
    assert [meter_list.power_import for meter_list in found] == [500, 500]


def test_lines_that_are_malformed_or_of_other_meters_are_left_out() -> None:
    found = read(
        telegram(
            [
                "1-0:1.7.0(00.500*kW)",
                "1-0:2.7.0(-0.100*kW)",
                "1-0:21.7.0(ab.cde*kW)",
                "1-0:41.7.0(00.1.0*kW)",
                "1-0:61.7.0(00.100*kWh)",
                "1-0:31.7.0(*A)",
                "1-0:51.7.0(6*V)",
                "1-0:71.7.0(6)",
                "1-0 32.7.0(230.1*V)",
                "1-0:52.7.0 230.1*V",
                "0-1:24.2.1(161129200000W)(00981.443*m3)",
                "0-1:96.1.0(4819)",
                "0-1:1.8.0(00001.000*kWh)",
                "0-0:1.0.0(991399999999W)",
                "1-0:1.8.0(123456789012345678.000*kWh)",
            ]
        )
    )
    assert found == MeterList(
        manufacturer=Manufacturer.LANDIS_GYR, meter_type="E360", power_import=500
    )


@pytest.mark.parametrize(
    "lines",
    [
        ["1-0:1.8.2(000010.182*kWh)"],
        ["1-0:1.8.1(000010.182*kWh)", "1-0:1.8.3(000010.182*kWh)"],
        ["1-0:1.8.1(000010.182*kWh)", "1-0:1.8.2(junk*kWh)"],
    ],
)
def test_tariffs_with_a_gap_have_no_sum(lines: list[str]) -> None:
    assert read(telegram([*lines, "1-0:1.7.0(1*kW)"])).energy_import is None


def test_the_hour_that_comes_twice_is_as_the_meter_shows_it() -> None:
    for season in "SW":
        found = read(telegram([f"0-0:1.0.0(261025023000{season})", "1-0:1.7.0(1*kW)"]))
        assert str(found.clock) == "2026-10-25 02:30:00"


def test_seven_data_bits_with_parity_are_no_telegram() -> None:
    plain = telegram(["1-0:1.7.0(00.500*kW)"])
    assert StreamFramer().feed(bytes(octet | 0x80 for octet in plain)) == []


def test_a_port_that_is_switched_to_p1_is_read_on_at_once() -> None:
    aidon = octets("mit-aidon-IT-hdlc-amshan-no_list_2")
    kamstrup = raw("p1-amshan-example_data_kamstrup")
    pipeline = Pipeline()
    found = pipeline.feed(aidon + aidon[:70]) + pipeline.feed(kamstrup) + pipeline.feed(aidon)
    assert [meter_list.power_import for meter_list in found] == [280, 2202, 280]


def test_a_telegram_that_never_ends_takes_little_memory() -> None:
    framer = StreamFramer()
    framer.feed(b"/KAM5\r\n\r\n")
    for _ in range(500):
        framer.feed(b"1-0:1.7.0(00.500*kW)\r\n" * 10)
        assert len(framer._rest) <= 9000
    assert framer.feed(telegram(["1-0:1.7.0(00.500*kW)"]))


def test_slashes_and_marks_in_noise_cost_no_frame() -> None:
    assert StreamFramer().feed(b"/ABC5!/" + hdlc(b"good") + b"/\n!\r\n") == [b"good"]


@given(st.binary(max_size=300))
def test_the_crc_is_what_the_standard_computes_bit_by_bit(data: bytes) -> None:
    assert crc16(data) == encoders.crc16(data)


@given(
    st.integers(0, 10**12 - 1),
    st.integers(0, 10**8 - 1),
    st.lists(st.integers(0, 9999), min_size=3, max_size=3),
)
def test_any_values_come_out_as_they_went_in(energy: int, power: int, amperes: list[int]) -> None:
    lines = [
        f"1-0:1.8.0({energy // 1000}.{energy % 1000:03}*kWh)",
        f"1-0:1.7.0({power // 1000}.{power % 1000:03}*kW)",
        *(
            f"1-0:{code}.7.0({value // 100:03}.{value % 100:02}*A)"
            for code, value in zip((31, 51, 71), amperes, strict=True)
        ),
    ]
    found = read(telegram(lines))
    assert (found.energy_import, found.power_import) == (energy, power)
    assert [found.current_l1, found.current_l2, found.current_l3] == [
        float(f"{value // 100}.{value % 100:02}") for value in amperes
    ]


@given(st.text(max_size=300))
def test_no_text_makes_the_decoder_raise(text: str) -> None:
    for payload in (f"/ABC5{text}!", f"/ABC5\r\n\r\n1-0:1.7.0({text}*kW)\r\n!"):
        assert isinstance(decode(payload.encode()), MeterList | Undecodable)
