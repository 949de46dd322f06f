from hypothesis import given, strategies as st
import pytest

from ams2mqtt_bridge.framers import StreamFramer
from ams2mqtt_bridge.pipeline import Pipeline

from .encoders import mbus_frame, mbus_frames
from .helpers import hdlc, octets

LIST_3 = octets("aidon-IT-llcpdu-amshan-no_list_3")


def feed(framer: StreamFramer, stream: bytes, size: int = 10_000) -> list[bytes]:
    return [
        message
        for at in range(0, len(stream), size)
        for message in framer.feed(stream[at : at + size])
    ]


# There are at most 16 parts.
@given(st.binary(min_size=1, max_size=900), st.integers(60, 250), st.integers(1, 300))
def test_a_message_in_parts_comes_out_whole_however_it_is_cut(
    message: bytes, part: int, size: int
) -> None:
    framer = StreamFramer()
    frames = mbus_frames(message, part)
    assert feed(framer, b"".join(frames), size) == [message]
    assert (framer.counts.mbus, framer.counts.bad) == (len(frames), 0)


def test_a_list_in_two_frames_is_read() -> None:
    (found,) = Pipeline().feed(b"".join(mbus_frames(LIST_3[3:])))
    assert (found.energy_import, found.number) == (22_721_380, 3)


def test_a_frame_longer_than_its_one_octet_of_length_is_read() -> None:
    frames = [mbus_frame(LIST_3[:252], 0x00), mbus_frame(LIST_3[252:], 0x11)]
    assert len(frames[0]) == 263
    assert frames[0][1] == 1
    assert feed(StreamFramer(), b"".join(frames), 50) == [LIST_3]


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_a_part_that_is_missing_costs_its_own_message_and_no_other(lost: int) -> None:
    framer = StreamFramer()
    frames = mbus_frames(LIST_3, 150)
    assert len(frames) == 3
    stream = b"".join(frame for number, frame in enumerate(frames) if number != lost)
    assert feed(framer, stream + b"".join(frames)) == [LIST_3]
    assert framer.counts.fragments > 0


def test_a_damaged_part_costs_its_own_message_and_no_other() -> None:
    frames = mbus_frames(LIST_3, 150)
    damaged = bytearray(frames[1])
    damaged[40] ^= 4
    framer = StreamFramer()
    assert feed(framer, frames[0] + damaged + frames[2] + b"".join(frames)) == [LIST_3]
    assert framer.counts.bad == 1


def test_frames_of_other_m_bus_devices_are_good_and_carry_nothing() -> None:
    framer = StreamFramer()
    assert feed(framer, mbus_frame(b"water", 0x72)) == []
    assert framer.counts.mbus == 1


def test_short_frames_between_are_no_hindrance() -> None:
    assert feed(StreamFramer(), bytes.fromhex("1040014116") + b"".join(mbus_frames(LIST_3))) == [
        LIST_3
    ]


def test_a_message_without_end_is_given_up() -> None:
    framer = StreamFramer()
    for number in range(400):
        framer.feed(mbus_frame(bytes(200), number & 0x0F))
    assert sum(map(len, framer._segments._parts)) <= 16 * 1024
    assert feed(framer, b"".join(mbus_frames(LIST_3))) == [LIST_3]


def test_a_port_may_change_from_hdlc_to_m_bus_and_back() -> None:
    framer = StreamFramer()
    stream = hdlc(LIST_3)[:60] + b"".join(mbus_frames(LIST_3)) + hdlc(LIST_3)
    assert feed(framer, stream, 17) == [LIST_3, LIST_3]
