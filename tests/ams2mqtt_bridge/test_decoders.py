from typing import Any

from han.autodecoder import AutoDecoder
from hypothesis import given, settings, strategies as st
import pytest

from ams2mqtt_bridge.decoders import Undecodable, decode
from ams2mqtt_bridge.framers import StreamFramer
from ams2mqtt_bridge.meter_list import Manufacturer, MeterList

from .helpers import (
    FRAMES,
    aidon_register,
    array,
    expected,
    i16,
    notification,
    obis,
    octet_string,
    octets,
    structure,
    text,
    u16,
    u32,
)

LISTS = sorted(path.stem for path in FRAMES.glob("*.hex") if "-hdlc-amshan-" in path.stem)
BARE_LISTS = sorted(path.stem for path in FRAMES.glob("*llcpdu*.hex"))

# The names that amshan uses, and ours.
FIELDS = {
    "list_ver_id": "list_version",
    "meter_id": "meter_id",
    "meter_type": "meter_type",
    "active_power_import": "power_import",
    "active_power_export": "power_export",
    "reactive_power_import": "reactive_power_import",
    "reactive_power_export": "reactive_power_export",
    "current_l1": "current_l1",
    "current_l2": "current_l2",
    "current_l3": "current_l3",
    "voltage_l1": "voltage_l1",
    "voltage_l2": "voltage_l2",
    "voltage_l3": "voltage_l3",
    "active_power_import_l1": "power_import_l1",
    "active_power_import_l2": "power_import_l2",
    "active_power_import_l3": "power_import_l3",
    "active_power_export_l1": "power_export_l1",
    "active_power_export_l2": "power_export_l2",
    "active_power_export_l3": "power_export_l3",
    "active_power_import_total": "energy_import",
    "active_power_export_total": "energy_export",
    "reactive_power_import_total": "reactive_energy_import",
    "reactive_power_export_total": "reactive_energy_export",
}
FIELDS |= {
    f"reactive_power_{way}_l{line}": f"reactive_power_{way}_l{line}"
    for way in ("import", "export")
    for line in (1, 2, 3)
}
NOT_OURS = {"meter_manufacturer", "meter_datetime"}


def decoded(payload: bytes) -> MeterList:
    found = decode(payload)
    assert isinstance(found, MeterList), found
    return found


def assert_same(found: MeterList, oracle: dict[str, Any]) -> None:
    assert oracle.keys() <= FIELDS.keys() | NOT_OURS
    assert found.manufacturer.value == oracle["meter_manufacturer"]
    values = {name: getattr(found, ours) for name, ours in FIELDS.items()}
    known = {name: value for name, value in values.items() if value is not None}
    numbers = {name: value for name, value in oracle.items() if name not in NOT_OURS}
    assert known == pytest.approx(numbers)
    if "meter_datetime" in oracle:
        assert str(found.clock) == str(oracle["meter_datetime"])[:19]


@pytest.mark.parametrize("name", LISTS)
def test_a_framed_list_has_its_recorded_values(name: str) -> None:
    (payload,) = StreamFramer().feed(octets(name))
    assert_same(decoded(payload), expected(name))


@pytest.mark.parametrize("name", BARE_LISTS)
def test_a_list_without_a_frame_has_its_recorded_values(name: str) -> None:
    assert_same(decoded(octets(name)), expected(name))


@pytest.mark.parametrize("name", [*BARE_LISTS])
def test_decodes_what_amshan_decodes(name: str) -> None:
    oracle = AutoDecoder().decode_message_payload(octets(name))
    assert oracle is not None
    assert_same(decoded(octets(name)), oracle)


@pytest.mark.parametrize(
    ("name", "watts"),
    [
        ("hdlc-amshan-frame_with_escape_character_in_info", 1661),
        ("hdlc-amshan-frame_with_flag_sequence_character_in_info", 5502),
    ],
)
def test_special_octets_inside_a_list_are_ordinary(name: str, watts: int) -> None:
    (payload,) = StreamFramer().feed(octets(name))
    assert decoded(payload).power_import == watts


def test_current_of_l2_is_unknown_and_not_zero_in_an_aidon_it_net() -> None:
    found = decoded(octets("aidon-IT-llcpdu-amshan-no_list_2"))
    assert (found.current_l1, found.current_l2, found.current_l3) == (1.3, None, 0.9)
    assert (found.voltage_l1, found.voltage_l2, found.voltage_l3) == (227.4, 230.1, 230.8)


def test_the_hourly_list_has_exact_whole_watt_hours() -> None:
    found = decoded(octets("aidon-IT-llcpdu-amshan-no_list_3"))
    assert (found.energy_import, found.energy_export) == (22_721_380, 0)
    kamstrup = decoded(octets("kamstrup-llcpdu-amshan-no_list_2_single_phase_real_sample"))
    assert kamstrup.energy_import == 77_452_500


def test_the_other_phases_of_a_single_phase_meter_are_unknown() -> None:
    found = decoded(octets("kamstrup-llcpdu-amshan-no_list_1_single_phase_real_sample"))
    assert (found.current_l1, found.current_l2, found.current_l3) == (8.96, None, None)
    assert (found.voltage_l1, found.voltage_l2, found.voltage_l3) == (225, None, None)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("aidon-llcpdu-amshan-no_list_1", 1),
        ("aidon-IT-llcpdu-amshan-no_list_2", 2),
        ("aidon-IT-llcpdu-amshan-no_list_3", 3),
        ("kamstrup-llcpdu-amshan-no_list_1_three_phase", 2),
        ("kamstrup-llcpdu-amshan-no_list_2_three_phase", 3),
        ("kaifa-llcpdu-amshan-no_list_1", 1),
    ],
)
def test_the_number_of_a_list_is_by_what_is_in_it(name: str, number: int) -> None:
    assert decoded(octets(name)).number == number


def test_kaifa_for_it_nets_has_a_place_for_a_current_that_it_does_not_measure() -> None:
    def kaifa(meter_type: str, current_l2: int) -> MeterList:
        head = [octet_string(value) for value in (b"KFM_001", b"6970631400000000")]
        numbers = [u32(value) for value in (1000, 0, 0, 0, 2500, current_l2, 1500, 2300, 0, 2300)]
        return decoded(notification(structure(*head, octet_string(meter_type.encode()), *numbers)))

    assert kaifa("MA304T3", 0).current_l2 is None
    assert kaifa("MA304T3", 1200).current_l2 == 1.2
    assert kaifa("MA304H4", 0).current_l2 == 0


def test_kaifa_single_phase_lists_have_fewer_places() -> None:
    head = [octet_string(value) for value in (b"KFM_001", b"6970631400000000", b"MA105H2E")]
    numbers = [u32(value) for value in (1000, 0, 0, 0, 4348, 2301)]
    found = decoded(notification(structure(*head, *numbers)))
    assert (found.current_l1, found.voltage_l1, found.current_l2) == (4.348, 230.1, None)


def test_kamstrup_for_current_transformers_counts_in_milliamperes() -> None:
    body = structure(
        text("Kamstrup_V0001"),
        obis("1.1.96.1.1.255"),
        text("6851121BN145101040"),
        obis("1.1.31.7.0.255"),
        u32(90_999),
        obis("1.1.33.7.0.255"),
        u16(97),
        obis("1.1.1.8.0.255"),
        b"\x15" + (2**40).to_bytes(8),
    )
    found = decoded(notification(body))
    assert (found.current_l1, found.power_factor_l1) == (90.999, 0.97)
    assert found.energy_import == 10 * 2**40


def test_kamstrup_with_an_odd_number_of_items_gives_what_is_whole() -> None:
    body = structure(text("Kamstrup_V0001"), obis("1.1.1.7.0.255"), u32(5), obis("1.1.2.7.0.255"))
    assert decoded(notification(body)).power_import == 5


def test_a_register_in_another_unit_or_an_absurd_scale_is_unknown() -> None:
    body = array(
        aidon_register("1.0.1.7.0.255", u32(280), 0, 27),
        aidon_register("1.0.31.7.0.255", i16(13), -1, 35),
        aidon_register("1.0.71.7.0.255", i16(9), 100, 33),
        structure(obis("1.0.52.7.0.255"), b"\x00"),
        structure(obis("1.0.96.1.0.255"), u16(7)),
        structure(obis("1.0.51.7.0.255"), b"\x03\x01"),
    )
    assert decoded(notification(body)) == MeterList(
        manufacturer=Manufacturer.AIDON, power_import=280
    )


def test_a_power_with_decimals_is_rounded_to_whole_watts() -> None:
    body = array(aidon_register("1.0.1.7.0.255", u32(12_346), -1, 27))
    assert decoded(notification(body)).power_import == 1235


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\x02\x01\xff", "unknown data type"),
        (u32(5), "not supported"),
        (array(), "not supported"),
        (structure(text("Iskra"), u32(1)), "without one known register"),
        (structure(octet_string(b"KFM_001"), u32(1)), "not supported"),
        (array(structure(u32(1))), "not supported"),
        (array(structure(u32(1), u32(2))), "not supported"),
        (array(structure(obis("1.0.99.99.99.255"), u32(2))), "not supported"),
        (array(structure(obis("0.0.96.1.0.255"), text("7"))), "without one known register"),
        (structure(text("Kamstrup_V0001"), u32(1), u32(2)), "without one known register"),
    ],
)
def test_says_why_a_list_is_not_understood(body: bytes, reason: str) -> None:
    found = decode(notification(body))
    assert isinstance(found, Undecodable)
    assert reason in found.reason


WATTS = st.integers(0, 100_000)
WATT_HOURS = st.integers(0, 2**32 - 1)
AMPERES = st.integers(-1000, 1000)
VOLTS = st.integers(0, 4000)


@given(WATTS, AMPERES, AMPERES, AMPERES, VOLTS, WATT_HOURS)
def test_any_values_of_an_aidon_list_are_as_amshan_reads_them(
    power: int, one: int, two: int, three: int, voltage: int, energy: int
) -> None:
    payload = notification(
        array(
            structure(obis("1.1.0.2.129.255"), text("AIDON_V0001")),
            aidon_register("1.0.1.7.0.255", u32(power), 0, 27),
            aidon_register("1.0.31.7.0.255", i16(one), -1, 33),
            aidon_register("1.0.51.7.0.255", i16(two), -1, 33),
            aidon_register("1.0.71.7.0.255", i16(three), -1, 33),
            aidon_register("1.0.32.7.0.255", u16(voltage), -1, 35),
            aidon_register("1.0.1.8.0.255", u32(energy), 1, 30),
        )
    )
    found = decoded(payload)
    assert found.current_l1 == float(f"{one / 10:.1f}")
    oracle = AutoDecoder().decode_message_payload(payload)
    assert oracle is not None
    assert_same(found, oracle)


# Beyond 500 V Kamstrup's are cV.
@given(WATTS, WATT_HOURS, st.integers(0, 500), WATT_HOURS)
def test_any_values_of_a_kamstrup_list_are_as_amshan_reads_them(
    power: int, current: int, voltage: int, energy: int
) -> None:
    clock = b"\x0c" + bytes.fromhex("07e5010101000000ff800000")
    payload = notification(
        structure(
            text("Kamstrup_V0001"),
            obis("1.1.1.7.0.255"),
            u32(power),
            obis("1.1.31.7.0.255"),
            u32(current),
            obis("1.1.32.7.0.255"),
            u16(voltage),
            obis("1.1.1.8.0.255"),
            u32(energy),
        ),
        clock,
    )
    oracle = AutoDecoder().decode_message_payload(payload)
    assert oracle is not None
    assert_same(decoded(payload), oracle)


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_no_octets_make_the_decoder_raise(payload: bytes) -> None:
    assert isinstance(decode(payload), MeterList | Undecodable)
    assert isinstance(decode(notification(payload)), MeterList | Undecodable)


@settings(max_examples=600)
@given(st.sampled_from(BARE_LISTS), st.data())
def test_no_damage_to_a_real_list_makes_the_decoder_raise(name: str, data: st.DataObject) -> None:
    payload = bytearray(octets(name))
    for _ in range(data.draw(st.integers(1, 4))):
        payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(payload)))
    assert isinstance(decode(bytes(payload)), MeterList | Undecodable)
    assert isinstance(decode(bytes(payload[:cut])), MeterList | Undecodable)
