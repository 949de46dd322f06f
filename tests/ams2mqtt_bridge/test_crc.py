from hypothesis import given, strategies as st

from ams2mqtt_bridge.framers.crc import crc_x25

from .helpers import crc_bit_by_bit


def test_has_the_check_value_of_the_catalogue_of_crcs() -> None:
    assert crc_x25(b"123456789") == 0x906E


@given(st.binary(max_size=300))
def test_is_what_the_standard_computes_bit_by_bit(data: bytes) -> None:
    assert crc_x25(data) == crc_bit_by_bit(data)
