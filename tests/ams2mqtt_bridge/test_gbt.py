from hypothesis import given, strategies as st
import pytest

from ams2mqtt_bridge.dlms import BlockTransfer, DecodeError
from ams2mqtt_bridge.framers import StreamFramer
from ams2mqtt_bridge.pipeline import Pipeline

from .encoders import LANDIS_GYR_HEADER, LLC, blocks, hdlc_segments, mbus_frames
from .helpers import hdlc, octets

LIST_3 = octets("aidon-IT-llcpdu-amshan-no_list_3")


@given(st.binary(min_size=1, max_size=2000), st.integers(1, 500))
def test_blocks_become_the_apdu_that_they_were_made_of(message: bytes, size: int) -> None:
    transfer = BlockTransfer()
    *before, last = [transfer.add(block) for block in blocks(message, size)]
    assert set(before) <= {None}
    assert last == message


def test_a_list_in_blocks_in_hdlc_is_read_again_and_again() -> None:
    stream = b"".join(hdlc(block, LANDIS_GYR_HEADER) for block in blocks(LIST_3[3:]))
    pipeline = Pipeline()
    found = [meter_list for _ in range(3) for meter_list in pipeline.feed(stream)]
    assert [meter_list.energy_import for meter_list in found] == [22_721_380] * 3
    assert pipeline.counts.undecodable == 0


@pytest.mark.parametrize("lost", [0, 1, 3])
def test_a_missing_block_costs_its_own_list_and_no_other(lost: int) -> None:
    frames = [hdlc(block, LANDIS_GYR_HEADER) for block in blocks(LIST_3[3:])]
    assert len(frames) == 4
    pipeline = Pipeline()
    gap = b"".join(frame for number, frame in enumerate(frames) if number != lost)
    assert len(pipeline.feed(gap + b"".join(frames))) == 1


def test_a_transfer_without_end_is_given_up() -> None:
    transfer = BlockTransfer()
    block = b"\0\0\x82\x04\x00" + bytes(1024)
    for number in range(1, 17):
        assert transfer.add(b"\xe0\x40" + number.to_bytes(2) + block) is None
    with pytest.raises(DecodeError, match="more than"):
        transfer.add(b"\xe0\x40" + (17).to_bytes(2) + block)
    assert len(transfer._data) == 0


@pytest.mark.parametrize("block", ["e0", "e040000100000aff", "e04000010000", "0f", "e6e700"])
def test_says_what_is_wrong_with_a_block(block: str) -> None:
    with pytest.raises(DecodeError, match="block"):
        BlockTransfer().add(bytes.fromhex(block))


@given(st.binary(min_size=1, max_size=900), st.integers(1, 250))
def test_segments_of_hdlc_become_the_message_that_they_were_cut_from(
    message: bytes, size: int
) -> None:
    (found,) = StreamFramer().feed(b"".join(hdlc_segments(LLC + message, size + len(LLC))))
    assert found == LLC + message


def test_a_missing_segment_of_hdlc_costs_its_own_message_and_no_other() -> None:
    frames = hdlc_segments(LIST_3, 130)
    assert len(frames) == 3
    whole = b"".join(frames)
    assert StreamFramer().feed(frames[0] + whole) == [LIST_3]
    assert StreamFramer().feed(frames[1] + whole) == [LIST_3]
    damaged = bytearray(frames[1])
    damaged[50] ^= 1
    framer = StreamFramer()
    assert framer.feed(frames[0] + damaged)[-1:] == []
    assert framer.feed(whole)[-1] == LIST_3


def test_blocks_in_m_bus_are_read() -> None:
    stream = b"".join(frame for block in blocks(LIST_3[3:], 200) for frame in mbus_frames(block))
    assert [found.number for found in Pipeline().feed(stream)] == [3]
