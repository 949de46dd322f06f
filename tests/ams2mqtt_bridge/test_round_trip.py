"""What goes into a list comes out of it, the first time and when its form is known."""

from collections.abc import Callable

from hypothesis import given, settings, strategies as st
import pytest

from ams2mqtt_bridge.decoders import ListDecoder, Undecodable, decode
from ams2mqtt_bridge.meter_list import MeterList

from .helpers import (
    FRAMES,
    aidon_register,
    array,
    cosem_clock,
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

BARE_LISTS = sorted(path.stem for path in FRAMES.glob("*llcpdu*.hex"))
U32 = st.integers(0, 2**32 - 1)
U16 = st.integers(0, 2**16 - 1)
LINES = (1, 2, 3)

type Values = dict[str, int]
VALUES = st.fixed_dictionaries(
    {
        **dict.fromkeys(("power_import", "power_export", "energy_import", "energy_export"), U32),
        **{f"current_l{line}": U32 for line in LINES},
        **{f"voltage_l{line}": U16 for line in LINES},
    }
)
SMALL = {f"current_l{line}": st.integers(-(2**15), 2**15 - 1) for line in LINES}
CODES = {
    "power_import": "1.7.0",
    "power_export": "2.7.0",
    "energy_import": "1.8.0",
    "energy_export": "2.8.0",
    **{f"current_l{line}": f"{11 + 20 * line}.7.0" for line in LINES},
    **{f"voltage_l{line}": f"{12 + 20 * line}.7.0" for line in LINES},
}


def aidon(values: Values) -> bytes:
    def register(name: str, raw: int) -> bytes:
        code = f"1.0.{CODES[name]}.255"
        if name.startswith("current"):
            return aidon_register(code, i16(raw % 2**15), -1, 33)
        if name.startswith("voltage"):
            return aidon_register(code, u16(raw), -1, 35)
        power = name.startswith("power")
        return aidon_register(code, u32(raw), 0 if power else 1, 27 if power else 30)

    version = structure(obis("1.1.0.2.129.255"), text("AIDON_V0001"))
    return notification(array(version, *(register(*item) for item in values.items())))


def aidon_expected(name: str, raw: int) -> float:
    if name.startswith("current"):
        return raw % 2**15 / 10
    if name.startswith("voltage"):
        return raw / 10
    return raw * 10 if name.startswith("energy") else raw


def kaifa(values: Values) -> bytes:
    head = [octet_string(value) for value in (b"KFM_001", b"6970631400000000", b"MA304H4")]
    clock = cosem_clock(2026, 10, 25, 2, 30, 0)
    numbers = [
        u32(values["power_import"]),
        u32(values["power_export"]),
        *(u32(0) for _ in range(2)),
        *(u32(values[f"current_l{line}"]) for line in LINES),
        *(u32(values[f"voltage_l{line}"]) for line in LINES),
        octet_string(clock),
        u32(values["energy_import"]),
        u32(values["energy_export"]),
        *(u32(0) for _ in range(2)),
    ]
    return notification(structure(*head, *numbers), b"\x09\x0c" + clock)


def kaifa_pairs(values: Values) -> bytes:
    """Kaifa in Sweden; the meters for current transformers have counters of 64 bits."""
    items = [obis("1.0.0.2.129.255"), octet_string(b"KFM_001")]
    for name, raw in values.items():
        wide = b"\x15" + raw.to_bytes(8) if name.startswith("energy") else u32(raw)
        items += [obis(f"1.0.{CODES[name]}.255"), wide]
    return notification(structure(*items), b"\x09\x0c" + cosem_clock(2026, 10, 25, 2, 30, 0))


def kaifa_expected(name: str, raw: int) -> float:
    if name.startswith("current"):
        return raw / 1000
    return raw / 10 if name.startswith("voltage") else raw


def kamstrup(values: Values) -> bytes:
    items = [text("Kamstrup_V0001"), obis("1.1.96.1.1.255"), text("6841121BN243101040")]
    for name, raw in values.items():
        value = u16(raw % 500) if name.startswith("voltage") else u32(raw)
        items += [obis(f"1.1.{CODES[name]}.255"), value]
    return notification(structure(*items), b"\x0c" + cosem_clock(2026, 10, 25, 2, 30, 0))


def kamstrup_expected(name: str, raw: int) -> float:
    if name.startswith("current"):
        return raw / 100
    if name.startswith("voltage"):
        return raw % 500
    return raw * 10 if name.startswith("energy") else raw


def landis_gyr(values: Values) -> bytes:
    codes = ["0.0.42.0.0.255", *(f"1.0.{CODES[name]}.255" for name in values)]
    first = array(
        *(structure(u16(3), obis(code), b"\x0f\x02", u16(0)) for code in ("0.8.25.9.0.255", *codes))
    )
    numbers = [
        u16(raw % 5001) if name.startswith("voltage") else u32(raw) for name, raw in values.items()
    ]
    body = structure(first, octet_string(b"LGZ1030000000000"), *numbers)
    return notification(body, b"\x0c" + cosem_clock(2026, 10, 25, 2, 30, 0))


def landis_gyr_expected(name: str, raw: int) -> float:
    if name.startswith("current"):
        return raw / 100
    if name.startswith("voltage"):
        voltage = raw % 5001
        return voltage if voltage <= 500 else voltage / 10
    return raw


@pytest.mark.parametrize(
    ("encode", "expected"),
    [
        (aidon, aidon_expected),
        (kaifa, kaifa_expected),
        (kaifa_pairs, kaifa_expected),
        (kamstrup, kamstrup_expected),
        (landis_gyr, landis_gyr_expected),
    ],
)
@settings(max_examples=60)
@given(st.lists(VALUES, min_size=2, max_size=4))
def test_the_values_of_a_list_come_out_as_they_went_in(
    encode: Callable[[Values], bytes], expected: Callable[[str, int], float], lists: list[Values]
) -> None:
    decoder = ListDecoder()
    for values in lists:
        payload = encode(values)
        found = decoder.decode(payload)
        assert isinstance(found, MeterList), found
        for name, raw in values.items():
            assert getattr(found, name) == expected(name, raw), name
        assert found == decode(payload)


@settings(max_examples=300)
@given(st.sampled_from(BARE_LISTS), st.data())
def test_a_known_form_changes_nothing_in_what_any_list_says(name: str, data: st.DataObject) -> None:
    decoder = ListDecoder()
    payload = octets(name)
    decoder.decode(payload)
    changed = bytearray(payload)
    for _ in range(data.draw(st.integers(1, 6))):
        changed[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    assert decoder.decode(bytes(changed)) == decode(bytes(changed))


@pytest.mark.parametrize("name", BARE_LISTS)
def test_every_octet_of_a_list_counts_when_its_form_is_known(name: str) -> None:
    decoder = ListDecoder()
    payload = octets(name)
    decoder.decode(payload)
    for place in range(len(payload)):
        changed = bytearray(payload)
        changed[place] ^= 0x11
        assert decoder.decode(bytes(changed)) == decode(bytes(changed))


def test_forms_without_end_take_little_memory() -> None:
    decoder = ListDecoder()
    for number in range(2000):
        version = structure(obis("1.1.0.2.129.255"), text(f"AIDON_{number}"))
        register = aidon_register("1.0.1.7.0.255", u32(number), 0, 27)
        assert isinstance(decoder.decode(notification(array(version, register))), MeterList)
    assert sum(map(len, decoder._known.values())) <= 32


def test_a_scaler_of_two_octets_is_no_number_that_may_change() -> None:
    def payload(scaler: int) -> bytes:
        unit = structure(i16(scaler), b"\x16\x1b")
        return notification(array(structure(obis("1.0.1.7.0.255"), u32(5), unit)))

    decoder = ListDecoder()
    for scaler in (0, 0, 1, 2, 0, 1):
        found = decoder.decode(payload(scaler))
        assert not isinstance(found, Undecodable)
        assert found.power_import == 5 * 10**scaler
