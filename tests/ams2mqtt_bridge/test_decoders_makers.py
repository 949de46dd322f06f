"""Lists of makers and countries of which there is no recording that may be kept here.

Their forms are those of the makers' descriptions and of what users have published; the values are
made up.
"""

import pytest

from ams2mqtt_bridge.decoders import ListDecoder, Undecodable, decode
from ams2mqtt_bridge.meter_list import Manufacturer, MeterList
from ams2mqtt_bridge.pipeline import Pipeline

from .helpers import (
    KAMSTRUP_HEADER,
    aidon_register,
    array,
    cosem_clock,
    hdlc,
    i16,
    notification,
    obis,
    octet_string,
    structure,
    text,
    u16,
    u32,
)

CLOCK = b"\x0c" + cosem_clock(2026, 11, 21, 12, 0, 10)


def decoded(payload: bytes) -> MeterList:
    found = decode(payload)
    assert isinstance(found, MeterList), found
    return found


def kamstrup(meter_type: str, *values: bytes) -> bytes:
    head = (text("Kamstrup_V0001"), obis("1.1.96.1.1.255"), text(meter_type))
    return notification(structure(*head, *values), CLOCK)


ENERGY = (obis("1.1.1.8.0.255"), u32(38_062), obis("1.1.3.8.0.255"), u32(7))


@pytest.mark.parametrize(
    ("meter_type", "watt_hours"),
    [
        ("6841121BN243101040", 380_620),
        ("6841138AN243101090", 38_062),
        ("6841138BN245101090", 38_062),
        ("000000000000000000", 380_620),
    ],
)
def test_swedish_kamstrups_count_watt_hours_and_norwegian_ones_ten(
    meter_type: str, watt_hours: int
) -> None:
    found = decoded(kamstrup(meter_type, *ENERGY))
    assert found.energy_import == watt_hours
    assert found.reactive_energy_import == 7 * watt_hours // 38_062


@pytest.mark.parametrize(("per_count", "watt_hours"), [(1, 38_062), (10, 380_620)])
def test_what_a_kamstrup_counts_can_be_set(per_count: int, watt_hours: int) -> None:
    for meter_type in ("6841121BN243101040", "6841138AN243101090"):
        frame = hdlc(kamstrup(meter_type, *ENERGY), KAMSTRUP_HEADER)
        (found,) = Pipeline(watt_hours_per_count=per_count).feed(frame)
        assert found.energy_import == watt_hours


def test_a_swedish_kamstrup_may_have_decimals_in_its_voltages() -> None:
    lines = ((32, 231), (52, 2312), (72, 23_123))
    values = [item for code, raw in lines for item in (obis(f"1.1.{code}.7.0.255"), u16(raw))]
    found = decoded(kamstrup("6841138BN245101090", *values))
    assert (found.voltage_l1, found.voltage_l2, found.voltage_l3) == (231, 231.2, 231.23)


def test_a_danish_kamstrup_has_everything_in_one_list_and_no_type() -> None:
    values = {
        "1.1.1.8.0.255": u32(6_307_498),
        "1.1.0.0.1.255": u32(12_345_678),
        "1.1.1.7.0.255": u32(1083),
        "1.1.32.7.0.255": u16(222),
        "1.1.31.7.0.255": u32(57),
        "1.1.21.7.0.255": u32(36),
        "1.1.33.7.0.255": u16(31),
        "1.1.13.7.0.255": u16(83),
        "1.1.21.8.0.255": u32(1_211_644),
    }
    items = [part for code, value in values.items() for part in (obis(code), value)]
    clock = (obis("0.1.1.0.0.255"), octet_string(cosem_clock(2026, 3, 12, 15, 24, 30)))
    found = decoded(notification(structure(text("Kamstrup_V0001"), *items, *clock), CLOCK))
    assert found == MeterList(
        manufacturer=Manufacturer.KAMSTRUP,
        list_version="Kamstrup_V0001",
        meter_id="12345678",
        clock=found.clock,
        power_import=1083,
        power_factor=0.83,
        current_l1=0.57,
        voltage_l1=222,
        power_import_l1=36,
        power_factor_l1=0.31,
        energy_import=63_074_980,
    )
    assert str(found.clock) == "2026-03-12 15:24:30"


def described(*codes: str) -> bytes:
    return array(
        *(structure(u16(3), obis(code), b"\x0f\x02", u16(0)) for code in ("0.8.25.9.0.255", *codes))
    )


def test_a_landis_gyr_describes_its_values_before_it_sends_them() -> None:
    codes = ("0.0.42.0.0.255", "1.1.1.8.0.255", "1.0.1.7.0.255", "1.0.32.7.0.255")
    values = (octet_string(b"LGZ1030000000000"), u32(21_956), u32(11), u16(2357))
    more = ("1.0.31.7.0.255", "1.0.13.7.0.255", "1.0.99.99.0.255")
    body = structure(described(*codes, *more), *values, u16(130), u16(286), u32(1))
    assert decoded(notification(body, CLOCK)) == MeterList(
        manufacturer=Manufacturer.LANDIS_GYR,
        meter_id="LGZ1030000000000",
        clock=decoded(notification(body, CLOCK)).clock,
        power_import=11,
        power_factor=0.286,
        current_l1=1.3,
        voltage_l1=235.7,
        energy_import=21_956,
    )


def test_a_description_that_does_not_fit_its_values_is_refused() -> None:
    body = structure(described("1.0.1.7.0.255", "1.0.2.7.0.255"), u32(11))
    found = decode(notification(body, CLOCK))
    assert found == Undecodable("1 values and 3 descriptions of them")


def test_other_attributes_than_the_value_are_left_out() -> None:
    body = structure(
        array(
            structure(u16(3), obis("0.8.25.9.0.255"), b"\x0f\x02", u16(0)),
            structure(u16(3), obis("1.0.1.7.0.255"), b"\x0f\x03", u16(0)),
            structure(u16(3), obis("1.0.2.7.0.255"), b"\x0f\x02", u16(0)),
        ),
        u32(11),
        u32(12),
    )
    found = decoded(notification(body, CLOCK))
    assert (found.power_import, found.power_export) == (None, 12)


def test_the_norwegian_landis_gyr_writes_some_codes_the_wrong_way_round() -> None:
    current = aidon_register("1.0.31.7.0.255", i16(244), -2, 33)
    swapped = current.replace(bytes.fromhex("0906"), bytes.fromhex("0609"), 1)
    body = array(
        structure(obis("1.1.0.2.129.255"), text("EMBRIQ_V1_1")),
        structure(obis("0.0.96.1.7.255"), text("ZMF1")),
        aidon_register("1.0.1.7.0.255", u32(560), 0, 27),
        swapped,
    )
    decoder = ListDecoder()
    for _ in range(2):
        found = decoder.decode(notification(body))
        assert isinstance(found, MeterList)
        assert found.manufacturer is Manufacturer.LANDIS_GYR
        assert (found.power_import, found.current_l1) == (560, 2.44)


def test_codes_values_and_scalers_in_one_row_as_in_austria() -> None:
    scaler_unit = structure(b"\x0f\xff", b"\x16\x23")
    body = structure(
        octet_string(cosem_clock(2026, 11, 21, 12, 0, 10)),
        *(obis("1.0.32.7.0.255"), u16(2292), scaler_unit),
        structure(obis("0.0.42.0.0.255"), octet_string(b"KFM1200200000000")),
        *(obis("1.0.1.8.0.255"), u32(1_327_456), structure(b"\x0f\x00", b"\x16\x1e")),
        aidon_register("1.0.31.7.0.255", u16(165), -2, 33),
    )
    found = decoded(notification(body, CLOCK))
    assert found.manufacturer is Manufacturer.KAIFA
    assert (found.voltage_l1, found.current_l1) == (229.2, 1.65)
    assert found.energy_import == 1_327_456


def test_a_meter_of_an_unknown_maker_is_read_but_for_currents_that_nobody_can_scale() -> None:
    body = structure(
        *(obis("1.0.1.7.0.255"), u32(280)),
        *(obis("1.0.31.7.0.255"), u16(13)),
        *(obis("1.0.32.7.0.255"), u16(2301)),
        *(obis("1.0.52.7.0.255"), u16(0)),
        *(obis("1.0.72.7.0.255"), u32(2**32 - 1)),
        *(obis("1.0.1.8.1.255"), u32(100)),
        *(obis("1.0.1.8.2.255"), u32(20)),
    )
    assert decoded(notification(body)) == MeterList(
        manufacturer=Manufacturer.UNKNOWN,
        power_import=280,
        voltage_l1=230.1,
        voltage_l2=0,
        energy_import=120,
    )


def test_a_gas_meter_in_the_list_is_not_taken_for_the_electricity() -> None:
    body = array(
        aidon_register("1.0.1.7.0.255", u32(280), 0, 27),
        aidon_register("7.0.1.7.0.255", u32(999), 0, 27),
        structure(obis("0.1.96.1.0.255"), text("GAS")),
    )
    found = decoded(notification(body))
    assert (found.power_import, found.meter_id) == (280, None)


def test_negative_powers_and_numbers_that_are_none_are_unknown() -> None:
    body = array(
        aidon_register("1.0.1.7.0.255", b"\x05\xff\xff\xff\xff", 0, 27),
        aidon_register("1.0.2.7.0.255", b"\x17\x7f\xc0\x00\x00", 0, 27),
        aidon_register("1.0.31.7.0.255", i16(-13), -1, 33),
        aidon_register("1.0.32.7.0.255", b"\x17\x43\x66\x00\x00", 0, 35),
    )
    found = decoded(notification(body))
    assert (found.power_import, found.power_export) == (None, None)
    assert (found.current_l1, found.voltage_l1) == (-1.3, 230.0)
