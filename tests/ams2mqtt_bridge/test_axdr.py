from hypothesis import given, strategies as st
import pytest

from ams2mqtt_bridge.dlms import CosemDateTime, Data, DecodeError, parse_data, parse_notification

from .helpers import cosem_clock


@pytest.mark.parametrize(
    ("octets", "value"),
    [
        ("00", None),
        ("0301", True),
        ("0300", False),
        ("0409ff80", b"\xff\x80"),
        ("05ffffffff", -1),
        ("06ffffffff", 4294967295),
        ("0902abcd", b"\xab\xcd"),
        ("0a03414243", "ABC"),
        ("0c02c3a5", "å"),
        ("0fff", -1),
        ("10fffe", -2),
        ("11ff", 255),
        ("12ffff", 65535),
        ("14ffffffffffffffff", -1),
        ("15ffffffffffffffff", 2**64 - 1),
        ("161b", 27),
        ("173fc00000", 1.5),
        ("183ff8000000000000", 1.5),
        ("19" + "00" * 12, bytes(12)),
        ("0102110111ff", [1, 255]),
        ("02020011050102", [None, 5]),
        ("0981820102" + "00" * 0x80, b"\x01\x02" + bytes(0x80)),
        ("0a82000141", "A"),
    ],
)
def test_reads_every_type(octets: str, value: Data) -> None:
    assert parse_data(bytes.fromhex(octets)) == value


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        ("", "cut off at octet 0"),
        ("0600", "cut off at octet 2, 3 missing"),
        ("0905ab", "cut off"),
        ("0202", "cut off"),
        ("ff", "unknown data type 0xff"),
        ("0983000001ff", "a length of 3 octets"),
        ("0201" * 9 + "00", "nested more than 8 deep"),
    ],
)
def test_says_what_is_wrong(octets: str, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        parse_data(bytes.fromhex(octets))


@given(st.binary(max_size=200))
def test_raises_nothing_but_its_own_error(octets: bytes) -> None:
    try:
        parse_data(octets)
    except DecodeError:
        pass


@pytest.mark.parametrize("tag", ["", "09"])
def test_reads_the_time_of_a_notification_with_and_without_a_tag(tag: str) -> None:
    clock = bytes.fromhex(tag + "0c") + cosem_clock(2026, 10, 25, 2, 30, 0)
    found = parse_notification(bytes.fromhex("0f40000000") + clock + b"\x00")
    assert str(found.clock) == "2026-10-25 02:30:00"


def test_a_clock_that_has_lost_its_time_is_no_reason_to_drop_the_list() -> None:
    found = parse_notification(bytes.fromhex("0f400000000c" + "ff" * 12 + "1105"))
    assert (found.clock, found.body) == (None, 5)


def test_unspecified_parts_of_a_time_are_zero_and_the_deviation_is_kept() -> None:
    octets = bytes.fromhex("07ea0119ffffffffffffc400")
    assert CosemDateTime.from_octets(octets) == CosemDateTime(
        year=2026, month=1, day=25, hour=0, minute=0, second=0, deviation=-60
    )
    assert CosemDateTime.from_octets(octets[:-1]) is None


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ("", "no content"),
        ("e6e700", "no content"),
        ("e6e700c001", "not a data-notification but 0xc0"),
        ("e6e700db08", "the frame is encrypted"),
        ("0f40000000", "cut off before the date-time"),
        ("0f4000000003aabbcc00", "a date-time of 3 octets"),
    ],
)
def test_says_why_a_payload_is_no_list(payload: str, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        parse_notification(bytes.fromhex(payload))
