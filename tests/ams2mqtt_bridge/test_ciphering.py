from hypothesis import given, strategies as st
import pytest

from ams2mqtt_bridge.dlms import DecodeError, Keys, decipher
from ams2mqtt_bridge.meter_list import Manufacturer
from ams2mqtt_bridge.pipeline import Pipeline
from ams2mqtt_bridge.reporting import Reporter

from .encoders import LANDIS_GYR_HEADER, LLC, blocks, ciphered, mbus_frames, telegram
from .helpers import KAMSTRUP_HEADER, hdlc, notification, obis, octets, structure, u16, u32

KEY = bytes.fromhex("000102030405060708090a0b0c0d0e0f")
AUTHENTICATION_KEY = bytes.fromhex("d0d1d2d3d4d5d6d7d8d9dadbdcdddedf")
LIST = octets("kamstrup-llcpdu-amshan-se_list_real_sample").removeprefix(LLC)
KEYS = Keys(KEY, AUTHENTICATION_KEY)


def test_is_what_the_green_book_has_as_its_example() -> None:
    """DLMS UA Green Book, clause 9.2.7: a get-request, authenticated and encrypted."""
    sent = bytes.fromhex(
        "db084d4d4d0000bc614e1e3001234567411312ff935a47566827c467bc7d825c3be4a77c3fcc056b6b"
    )
    found = decipher(sent, KEYS)
    assert found.content == bytes.fromhex("c0010000080000010000ff0200")
    assert (found.verified, found.counter) == (True, 0x01234567)
    # No meter pushes a get-request: without a tag to go by, it is taken for a wrong key.
    with pytest.raises(DecodeError, match="encryption key does not fit"):
        decipher(sent, Keys(KEY))


@given(
    st.binary(max_size=600),
    st.binary(min_size=16, max_size=16),
    st.binary(min_size=16, max_size=16),
    st.integers(0, 2**32 - 1),
)
def test_what_was_ciphered_comes_out_verified(
    content: bytes, key: bytes, authentication: bytes, counter: int
) -> None:
    apdu = ciphered(b"\x0f" + content, key, authentication, counter=counter)
    found = decipher(apdu, Keys(key, authentication))
    assert (found.content, found.counter, found.verified) == (b"\x0f" + content, counter, True)


@pytest.mark.parametrize("control", [0x10, 0x20, 0x30])
def test_every_way_of_suite_0_is_read(control: int) -> None:
    pipeline = Pipeline(encryption_key=KEY, authentication_key=AUTHENTICATION_KEY)
    apdu = ciphered(LIST, KEY, AUTHENTICATION_KEY, control=control)
    (found,) = pipeline.feed(hdlc(LLC + apdu, KAMSTRUP_HEADER))
    assert found.power_import == 826
    assert (pipeline.counts.deciphered, pipeline.counts.unverified) == (1, int(control == 0x20))


def test_without_the_authentication_key_it_is_read_and_said_once_that_it_is_not_verified() -> None:
    pipeline = Pipeline(encryption_key=KEY)
    reporter = Reporter(10, now=0)
    said = []
    for number in range(1, 5):
        apdu = ciphered(LIST, KEY, AUTHENTICATION_KEY, counter=number)
        assert len(pipeline.feed(hdlc(apdu, KAMSTRUP_HEADER))) == 1
        said.append(reporter.check(pipeline.counts, number * 10))
    assert pipeline.counts.unverified == 4
    assert "not verified" in (said[0] or "")
    assert said[1:] == [None, None, None]


def test_content_that_is_authenticated_only_needs_no_key() -> None:
    apdu = ciphered(LIST, KEY, AUTHENTICATION_KEY, control=0x10)
    assert len(Pipeline().feed(apdu)) == 1


def damaged(apdu: bytes) -> bytes:
    return apdu[:-20] + bytes([apdu[-20] ^ 1]) + apdu[-19:]


@pytest.mark.parametrize(
    ("apdu", "keys", "reason"),
    [
        (ciphered(LIST, KEY), Keys(), "needs a key from the grid company"),
        (ciphered(LIST, KEY), Keys(bytes(16)), "encryption key does not fit the meter KAM"),
        (
            ciphered(LIST, KEY, AUTHENTICATION_KEY),
            Keys(bytes(16), AUTHENTICATION_KEY),
            "encryption key does not fit the meter KAM",
        ),
        (
            ciphered(LIST, KEY, AUTHENTICATION_KEY),
            Keys(KEY, bytes(16)),
            "authentication key does not fit the meter KAM",
        ),
        (damaged(ciphered(LIST, KEY, AUTHENTICATION_KEY)), KEYS, "authentication key does not fit"),
        (ciphered(LIST, KEY, control=0x32), KEYS, "only suite 0"),
        (ciphered(LIST, KEY, control=0xB0), KEYS, "only suite 0"),
        (ciphered(LIST, KEY, title=b"KAM12345678"), KEYS, "a system title of 11"),
        (ciphered(LIST, KEY)[:-1], KEYS, "is cut off"),
        (ciphered(b"\x0f", KEY, control=0x30)[:20], KEYS, "is cut off"),
        (b"\xdb\x08KAM", KEYS, "is cut off"),
        (b"\xdb", KEYS, "is cut off"),
        (b"\xdc\x08", KEYS, r"\(dc\).*only general-glo-ciphering"),
        (b"\xdd\x08", KEYS, r"\(dd\).*only general-glo-ciphering"),
    ],
)
def test_says_what_is_wrong(apdu: bytes, keys: Keys, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        decipher(apdu, keys)


def test_a_wrong_key_is_told_once_and_again_only_when_something_else_is_wrong() -> None:
    pipeline = Pipeline(encryption_key=bytes(16))
    reporter = Reporter(10, now=0)
    said = []
    for number in range(1, 6):
        pipeline.feed(hdlc(ciphered(LIST, KEY, counter=number), KAMSTRUP_HEADER))
        said.append(reporter.check(pipeline.counts, number * 10))
    assert "the encryption key does not fit the meter KAM" in (said[0] or "")
    assert said[1:] == [None] * 4
    pipeline.feed(hdlc(b"nonsense"))
    assert "not a data-notification" in (reporter.check(pipeline.counts, 60) or "")


def test_counters_that_come_again_are_counted_and_read_all_the_same() -> None:
    pipeline = Pipeline(encryption_key=KEY)
    for counter in (5, 6, 6, 4, 7):
        assert pipeline.feed(ciphered(LIST, KEY, counter=counter))
    assert pipeline.counts.repeated == 2


def test_keys_never_show() -> None:
    assert KEY.hex() not in repr(KEYS)
    assert repr(KEY) not in repr(KEYS)


def test_a_ciphered_list_in_blocks_of_a_landis_gyr_is_read_with_its_makers_scales() -> None:
    body = structure(
        b"\x09\x0c" + bytes.fromhex("07e60215011125 1eff800000"),
        obis("1.0.1.8.0.255"),
        u32(4_408_736),
        obis("1.0.1.7.0.255"),
        u32(2893),
        obis("1.0.31.7.0.255"),
        u16(130),
    )
    apdu = ciphered(
        notification(body).removeprefix(LLC), KEY, control=0x20, title=b"LGZ\x67\x73\x70\xb1\x77"
    )
    stream = b"".join(hdlc(block, LANDIS_GYR_HEADER) for block in blocks(apdu))
    (found,) = Pipeline(encryption_key=KEY).feed(stream)
    assert found.manufacturer is Manufacturer.LANDIS_GYR
    assert (found.energy_import, found.power_import, found.current_l1) == (4_408_736, 2893, 1.3)


def test_a_ciphered_list_in_m_bus_is_read() -> None:
    stream = b"".join(mbus_frames(ciphered(LIST, KEY, AUTHENTICATION_KEY), 150))
    pipeline = Pipeline(encryption_key=KEY, authentication_key=AUTHENTICATION_KEY)
    assert [found.power_import for found in pipeline.feed(stream)] == [826]


def test_a_ciphered_telegram_of_luxembourg_is_read() -> None:
    apdu = ciphered(telegram(["1-0:1.7.0(00.500*kW)"]), KEY, AUTHENTICATION_KEY)
    pipeline = Pipeline(encryption_key=KEY, authentication_key=AUTHENTICATION_KEY)
    assert [found.power_import for found in pipeline.feed(apdu)] == [500]


@given(st.binary(max_size=200))
def test_no_octets_make_it_raise_anything_else(octets: bytes) -> None:
    for apdu in (octets, b"\xdb" + octets, b"\xdb\x08KAM12345" + octets):
        try:
            decipher(apdu, KEYS)
        except DecodeError:
            pass
